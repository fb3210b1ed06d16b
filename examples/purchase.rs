//! A purchase becomes a company, a contact and a lead that know each other.
//!
//! `cargo run --example purchase` stages one signed event, shows the plan that a reviewer would look
//! at, promotes it, and shows what the host's sink created. Run twice in one process, the second
//! promotion creates nothing.

use std::collections::BTreeMap;
use std::error::Error;
use std::fmt::Write as _;
use std::sync::Mutex;

use hookstage::promotion::{Order, Promoter, Sink, SinkError};
use hookstage::store::MemoryStore;
use hookstage::template::Rendered;
use hookstage::workflow::{SystemFields, Workflow};
use hookstage::{Delivery, Engine, Head, Outcome, Secret, Source, SourceConfig, providers};

const SECRET: &str = "a-secret-of-this-example-only";

const WORKFLOW: &str = r#"{
    "version": 1,
    "name": "A purchase becomes a company, a contact and a lead",
    "assertions": [{"path": "currency", "equals": "EUR"}],
    "steps": [
        {"entity": "company", "store_as": "company",
         "fields": {"name": "$event.customer.company"}, "required": ["name"]},
        {"entity": "contact", "store_as": "contact",
         "fields": {"email": "$event.customer.email", "company_id": "$company.id"}},
        {"entity": "lead",
         "fields": {"title": "Purchase {{event.id}}", "amount": "$event.amount",
                    "contact_id": "$contact.id", "company_id": "$company.id"}}
    ]
}"#;

const EVENT: &[u8] = br#"{"id":"evt_123","currency":"EUR","amount":19.90,
 "customer":{"email":"ada@acme.com","company":"Acme"},"tenant_id":"someone-else"}"#;

fn main() -> Result<(), Box<dyn Error>> {
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    print!("{}", runtime.block_on(purchase())?);
    Ok(())
}

/// What it does, told step by step.
pub(crate) async fn purchase() -> Result<String, Box<dyn Error>> {
    let mut story = String::new();
    let config = SourceConfig::preset("acme", "shop", &providers::COMMA_HMAC);
    let source = Source::new(config.with_secret(Secret::new(SECRET)?))?;
    let workflow = Workflow::new(serde_json::from_str(WORKFLOW)?, &SystemFields::standard())?;
    let engine = Engine::new(MemoryStore::new());

    let signature = signature(EVENT);
    let headers = [("x-comma-signature", signature.as_bytes())];
    let delivery = Delivery::new(Head::post("/in/shop", &headers), EVENT);
    let receipt = engine.receive(&source, &delivery).await?;
    let Outcome::Staged(id) = receipt.outcome else {
        return Err(format!("not staged: {:?}", receipt.outcome).into());
    };
    writeln!(story, "staged as event {id}; nothing else exists yet\n")?;

    let event = engine.get("acme", id).await?.ok_or("the event is gone")?;
    let plan = workflow.plan(&event)?;
    writeln!(story, "the plan, as a reviewer sees it:")?;
    for creation in &plan.creations {
        writeln!(story, "  create a {}", creation.entity)?;
        for (field, value) in &creation.fields {
            match value.rendered() {
                Rendered::Json(json) => writeln!(story, "    {field} = {json}")?,
                Rendered::IdOf(name) => writeln!(story, "    {field} = the id of {name}")?,
                Rendered::Text(_) => writeln!(story, "    {field} = text with ids in it")?,
            }
        }
    }

    let promoter = Promoter::new(engine, Records::default());
    let promoted = promoter.promote(&workflow, "acme", id, Some(plan.digest()), "ada").await?;
    writeln!(story, "\npromoted: {}", promoted.ids.join(", "))?;
    match promoter.promote(&workflow, "acme", id, None, "bob").await {
        Ok(_) => return Err("it was promoted twice".into()),
        Err(error) => writeln!(story, "promoted again by another reviewer: {error}")?,
    }
    writeln!(story, "\nwhat the host keeps, for the tenant of the endpoint:")?;
    for (id, record) in promoter.sink().0.lock().map_err(|_| "poisoned")?.values() {
        writeln!(story, "  {id}: {record}")?;
    }
    Ok(story)
}

/// The host's database, as far as this example needs one: what was created, by the order's token.
#[derive(Default)]
struct Records(Mutex<BTreeMap<String, (String, String)>>);

impl Sink for Records {
    async fn find(&self, token: &str) -> Result<Option<String>, SinkError> {
        let records = self.0.lock().map_err(|_| SinkError::retryable("poisoned"))?;
        Ok(records.get(token).map(|(id, _)| id.clone()))
    }

    async fn create(&self, order: &Order<'_>) -> Result<String, SinkError> {
        let mut records = self.0.lock().map_err(|_| SinkError::retryable("poisoned"))?;
        let id = format!("{}-{}", order.entity, records.len() + 1);
        let fields: Vec<String> =
            order.fields.iter().map(|(field, json)| format!("{field}={json}")).collect();
        let record = format!("tenant={} {}", order.tenant, fields.join(" "));
        records.insert(order.token.to_owned(), (id.clone(), record));
        Ok(id)
    }
}

/// What a sender computes.
fn signature(body: &[u8]) -> String {
    use hmac::{KeyInit as _, Mac as _};
    let Ok(mut mac) = hmac::Hmac::<sha2::Sha256>::new_from_slice(SECRET.as_bytes()) else {
        return String::new();
    };
    mac.update(body);
    hex::encode(mac.finalize().into_bytes())
}
