//! Payloads in the shape that real senders use, written after their public documentation. All
//! names and numbers in them are made up.

#![allow(
    dead_code,
    unreachable_pub,
    clippy::unwrap_used,
    reason = "each bench uses its part, and may panic"
)]

use std::fmt::Write;

/// The five sizes that the goals name.
pub(crate) fn all() -> Vec<(&'static str, String)> {
    vec![
        ("CRM event, 0.3 KB", crm_event()),
        ("Stripe invoice, 4 KB", stripe_invoice()),
        ("GitHub push, 9 KB", github_push()),
        ("Shopify order, 14 KB", shopify_order(8)),
        ("Shopify order, 100 KB", shopify_order(75)),
    ]
}

/// The path of the id that a dedupe rule would name, for each of [`all`].
pub(crate) fn id_paths() -> [&'static str; 5] {
    ["id", "id", "head_commit.id", "admin_graphql_api_id", "admin_graphql_api_id"]
}

/// A small event of an own back end, compact.
pub(crate) fn crm_event() -> String {
    concat!(
        r#"{"id":"evt_8Zk2PqLm4T","type":"contact.updated","created_at":"2026-05-28T14:30:00Z","#,
        r#""contact":{"id":48213,"email":"jane.doe@example.com","first_name":"Jane","#,
        r#""last_name":"Doe","phone":"+15555550134","tags":["lead","newsletter"],"score":71.5,"#,
        r#""subscribed":true,"owner":null},"source":"crm","attempt":1}"#
    )
    .to_owned()
}

/// An `invoice.paid` event as Stripe sends it: pretty-printed with two blanks.
pub(crate) fn stripe_invoice() -> String {
    let event: serde_json::Value = serde_json::from_str(STRIPE_INVOICE).unwrap();
    serde_json::to_string_pretty(&event).unwrap()
}

const STRIPE_INVOICE: &str = r#"{
"id": "evt_1PfakeEvent0000001", "object": "event", "api_version": "2026-04-22",
"created": 1717238460, "livemode": false, "pending_webhooks": 1,
"request": { "id": null, "idempotency_key": null }, "type": "invoice.paid",
"data": { "object": {
"id": "in_1PfakeInvoice00001", "object": "invoice", "account_country": "US",
"account_name": "Example Shop", "amount_due": 1999, "amount_paid": 1999,
"amount_remaining": 0, "amount_shipping": 0, "attempt_count": 1, "attempted": true,
"auto_advance": false, "billing_reason": "subscription_cycle",
"collection_method": "charge_automatically", "created": 1717238400,
"currency": "usd", "custom_fields": null, "customer": "cus_PfakeCustomer1",
"customer_address": { "city": "Springfield", "country": "US", "line1": "1 Main Street",
"line2": null, "postal_code": "12345", "state": "CA" },
"customer_email": "jane.doe@example.com", "customer_name": "Jane Doe",
"customer_phone": null, "customer_tax_exempt": "none", "customer_tax_ids": [],
"default_payment_method": null, "description": null, "discounts": [],
"due_date": null, "effective_at": 1717238400, "ending_balance": 0, "footer": null,
"hosted_invoice_url": "https://invoice.example.com/i/acct_1/test_YWNjdF8x?s=ap",
"invoice_pdf": "https://invoice.example.com/i/acct_1/test_YWNjdF8x/pdf?s=ap",
"lines": { "object": "list", "data": [{
"id": "il_1PfakeLineItem0001", "object": "line_item", "amount": 1999, "currency": "usd",
"description": "1 × Starter (at $19.99 / month)", "discountable": true, "discounts": [],
"invoice": "in_1PfakeInvoice00001", "livemode": false, "metadata": {},
"parent": { "type": "subscription_item_details", "subscription_item_details": {
"proration": false, "subscription": "sub_1PfakeSub0000001",
"subscription_item": "si_PfakeItem000001" } },
"period": { "end": 1719830400, "start": 1717238400 },
"pricing": { "type": "price_details", "unit_amount_decimal": "1999",
"price_details": { "price": "price_1PfakePrice0001", "product": "prod_PfakeProd001" } },
"quantity": 1, "taxes": []
},
{
"id": "il_1PfakeLineItem0002", "object": "line_item", "amount": 499, "currency": "usd",
"description": "1 × Starter (at $19.99 / month)", "discountable": true, "discounts": [],
"invoice": "in_1PfakeInvoice00002", "livemode": false, "metadata": {},
"parent": { "type": "subscription_item_details", "subscription_item_details": {
"proration": false, "subscription": "sub_1PfakeSub0000002",
"subscription_item": "si_PfakeItem000002" } },
"period": { "end": 1719830400, "start": 1717238400 },
"pricing": { "type": "price_details", "unit_amount_decimal": "499",
"price_details": { "price": "price_1PfakePrice0002", "product": "prod_PfakeProd001" } },
"quantity": 1, "taxes": []
}], "has_more": false, "total_count": 1,
"url": "/v1/invoices/in_1PfakeInvoice00001/lines" },
"livemode": false, "metadata": { "tenant": "acme" }, "number": "ABCD1234-0002",
"payment_settings": { "default_mandate": null, "payment_method_options": null },
"period_end": 1717238400, "period_start": 1714560000, "starting_balance": 0,
"status": "paid", "status_transitions": { "finalized_at": 1717238400,
"marked_uncollectible_at": null, "paid_at": 1717238455, "voided_at": null },
"subtotal": 1999, "subtotal_excluding_tax": 1999, "test_clock": null, "total": 1999,
"total_discount_amounts": [], "total_excluding_tax": 1999, "total_taxes": []
} }
}"#;

/// A push event as GitHub sends it: one long line, many URLs.
pub(crate) fn github_push() -> String {
    let api = "https://api.github.example/repos/octo-org/hello-world";
    let mut repository = String::new();
    for (key, tail) in [
        ("forks", "forks"),
        ("keys", "keys{/key_id}"),
        ("collaborators", "collaborators{/collaborator}"),
        ("teams", "teams"),
        ("hooks", "hooks"),
        ("issue_events", "issues/events{/number}"),
        ("events", "events"),
        ("assignees", "assignees{/user}"),
        ("branches", "branches{/branch}"),
        ("tags", "tags"),
        ("blobs", "git/blobs{/sha}"),
        ("git_tags", "git/tags{/sha}"),
        ("git_refs", "git/refs{/sha}"),
        ("trees", "git/trees{/sha}"),
        ("statuses", "statuses/{sha}"),
        ("languages", "languages"),
        ("stargazers", "stargazers"),
        ("contributors", "contributors"),
        ("subscribers", "subscribers"),
        ("subscription", "subscription"),
        ("commits", "commits{/sha}"),
        ("git_commits", "git/commits{/sha}"),
        ("comments", "comments{/number}"),
        ("issue_comment", "issues/comments{/number}"),
        ("contents", "contents/{+path}"),
        ("compare", "compare/{base}...{head}"),
        ("merges", "merges"),
        ("archive", "{archive_format}{/ref}"),
        ("downloads", "downloads"),
        ("issues", "issues{/number}"),
        ("pulls", "pulls{/number}"),
        ("milestones", "milestones{/number}"),
        ("notifications", "notifications{?since,all,participating}"),
        ("labels", "labels{/name}"),
        ("releases", "releases{/id}"),
        ("deployments", "deployments"),
    ] {
        write!(repository, r#""{key}_url":"{api}/{tail}","#).unwrap();
    }
    for (key, value) in [
        ("created_at", "1430869212"),
        ("updated_at", "\"2026-05-27T09:11:02Z\""),
        ("pushed_at", "1779978600"),
        ("size", "1308"),
        ("stargazers_count", "12"),
        ("watchers_count", "12"),
        ("language", "\"Rust\""),
        ("has_issues", "true"),
        ("has_projects", "true"),
        ("has_wiki", "false"),
        ("archived", "false"),
        ("disabled", "false"),
        ("open_issues_count", "3"),
        ("license", "null"),
        ("topics", "[\"webhook\",\"example\"]"),
        ("visibility", "\"public\""),
        ("default_branch", "\"main\""),
    ] {
        write!(repository, r#""{key}":{value},"#).unwrap();
    }
    let user = |name: &str, id: u32| {
        let base = format!("https://api.github.example/users/{name}");
        format!(
            concat!(
                r#"{{"login":"{name}","id":{id},"node_id":"MDQ6VXNlcjIx{id}","avatar_url":"#,
                r#""https://avatars.github.example/u/{id}?v=4","gravatar_id":"","url":"{base}","#,
                r#""followers_url":"{base}/followers","gists_url":"{base}/gists{{/gist_id}}","#,
                r#""repos_url":"{base}/repos","events_url":"{base}/events{{/privacy}}","#,
                r#""type":"User","site_admin":false}}"#
            ),
            name = name,
            id = id,
            base = base
        )
    };
    let commit = |sha: &str, message: &str| {
        format!(
            concat!(
                r#"{{"id":"{sha}","tree_id":"31b122c26a97cf9af023e9ddab94a82c6e77b0ea","#,
                r#""distinct":true,"message":"{message}","timestamp":"2026-05-28T16:29:58+02:00","#,
                r#""url":"https://github.example/octo-org/hello-world/commit/{sha}","author":"#,
                r#"{{"name":"Jane Doe","email":"jane.doe@example.com","username":"jane"}},"#,
                r#""committer":{{"name":"GitHub","email":"noreply@github.example","username":"#,
                r#""web-flow"}},"added":["src/new_file.rs"],"removed":[],"modified":"#,
                r#"["README.md","src/lib.rs","tests/basic.rs"]}}"#
            ),
            sha = sha,
            message = message
        )
    };
    let head = commit(
        "0d1a26e67d8f5eaf1f6ba5c57fc3c7d91ac0fd1c",
        r"Say \u00abhello\u00bb twice\n\nCloses #7",
    );
    format!(
        concat!(
            r#"{{"ref":"refs/heads/main","before":"6113728f27ae82c7b1a177c8d03f9e96e0adf246","#,
            r#""after":"0d1a26e67d8f5eaf1f6ba5c57fc3c7d91ac0fd1c","repository":{{"id":35129377,"#,
            r#""node_id":"MDEwOlJlcG9zaXRvcnkzNTEyOTM3Nw==","name":"hello-world","full_name":"#,
            r#""octo-org/hello-world","private":false,"owner":{owner},"html_url":"#,
            r#""https://github.example/octo-org/hello-world","description":"Says hello","#,
            r#""fork":false,{repository}"master_branch":"main"}},"pusher":{{"name":"jane","#,
            r#""email":"jane.doe@example.com"}},"sender":{sender},"created":false,"#,
            r#""deleted":false,"forced":false,"base_ref":null,"compare":"#,
            r#""https://github.example/octo-org/hello-world/compare/6113728f27ae...0d1a26e67d8f","#,
            r#""commits":[{first},{second},{third},{head}],"head_commit":{head}}}"#
        ),
        owner = user("octo-org", 6_752_317),
        sender = user("jane", 21_031_067),
        repository = repository,
        first = commit("c3d0be41ecbe669545ee3e94d31ed9a4bc91ee3c", "Tidy up"),
        second = commit("5b1f6a9d0f4f0c1b6a8f0c2d7e9b3a4c5d6e7f80", "Name the parts"),
        third = commit("9f8e7d6c5b4a39281706f5e4d3c2b1a098765432", "Greet in three languages"),
        head = head
    )
}

/// An order as Shopify sends it: compact, decimals as text, nested money.
pub(crate) fn shopify_order(items: usize) -> String {
    let money = |amount: &str| {
        format!(
            concat!(
                r#"{{"shop_money":{{"amount":"{0}","currency_code":"USD"}},"#,
                r#""presentment_money":{{"amount":"{0}","currency_code":"USD"}}}}"#
            ),
            amount
        )
    };
    let address = concat!(
        r#"{"first_name":"Jane","address1":"1 Main Street","phone":"555-555-0134","city":"#,
        r#""Springfield","zip":"12345","province":"California","country":"United States","#,
        r#""last_name":"Doe","address2":null,"company":null,"latitude":45.41634,"longitude":"#,
        r#"-75.6868,"name":"Jane Doe","country_code":"US","province_code":"CA"}"#
    );
    let mut lines = Vec::new();
    for n in 0..items {
        lines.push(format!(
            concat!(
                r#"{{"id":{id},"admin_graphql_api_id":"gid://shopify/LineItem/{id}","#,
                r#""attributed_staffs":[],"current_quantity":1,"fulfillable_quantity":1,"#,
                r#""fulfillment_service":"manual","fulfillment_status":null,"gift_card":false,"#,
                r#""grams":567,"name":"Linen Shirt - {n} / Blue","price":"59.99","price_set":{price},"#,
                r#""product_exists":true,"product_id":{product},"properties":[{{"name":"engraving","#,
                r#""value":"J & D \"{n}\""}}],"quantity":1,"requires_shipping":true,"sku":"LIN-{n:04}","#,
                r#""taxable":true,"title":"Linen Shirt","total_discount":"0.00","#,
                r#""total_discount_set":{zero},"variant_id":{variant},"variant_title":"{n} / Blue","#,
                r#""vendor":"Example Shop","tax_lines":[{{"channel_liable":false,"price":"5.20","#,
                r#""price_set":{tax},"rate":0.0875,"title":"CA State Tax"}}],"duties":[],"#,
                r#""discount_allocations":[{{"amount":"5.00","amount_set":{five},"#,
                r#""discount_application_index":0}}]}}"#
            ),
            id = 866_550_311_766_439_020_u64 + n as u64,
            n = n,
            product = 632_910_392_u64,
            variant = 808_950_810_u64 + n as u64,
            price = money("59.99"),
            zero = money("0.00"),
            tax = money("5.20"),
            five = money("5.00")
        ));
    }
    format!(
        concat!(
            r#"{{"id":820982911946154508,"admin_graphql_api_id":"gid://shopify/Order/820982911946154508","#,
            r#""app_id":null,"browser_ip":"192.0.2.7","buyer_accepts_marketing":true,"#,
            r#""cancel_reason":null,"cancelled_at":null,"cart_token":null,"checkout_id":null,"#,
            r#""client_details":{{"accept_language":"en-US","browser_height":900,"browser_ip":"192.0.2.7","#,
            r#""browser_width":1440,"user_agent":"Mozilla/5.0"}},"confirmed":true,"#,
            r#""contact_email":"jane.doe@example.com","created_at":"2026-05-28T10:30:00-04:00","#,
            r#""currency":"USD","current_subtotal_price":"413.93","current_subtotal_price_set":{total},"#,
            r#""current_total_tax":"36.40","current_total_tax_set":{total},"discount_codes":[],"#,
            r#""email":"jane.doe@example.com","financial_status":"paid","fulfillment_status":null,"#,
            r#""name":"\u00239999","note":"Please ring twice \u2014 thank you","note_attributes":[],"#,
            r#""number":234,"order_number":1234,"payment_gateway_names":["visa","bogus"],"#,
            r#""phone":null,"presentment_currency":"USD","processed_at":"2026-05-28T10:29:58-04:00","#,
            r#""source_name":"web","subtotal_price":"413.93","subtotal_price_set":{total},"#,
            r#""tags":"","taxes_included":false,"test":true,"token":"123456abcd","total_discounts":"5.00","#,
            r#""total_discounts_set":{five},"total_line_items_price":"418.93","#,
            r#""total_line_items_price_set":{total},"total_price":"450.33","total_price_set":{total},"#,
            r#""total_shipping_price_set":{five},"total_weight":3969,"billing_address":{address},"#,
            r#""customer":{{"id":115310627314723954,"email":"jane.doe@example.com","created_at":null,"#,
            r#""updated_at":null,"first_name":"Jane","last_name":"Doe","state":"disabled","note":null,"#,
            r#""verified_email":true,"tax_exempt":false,"phone":null,"currency":"USD","#,
            r#""default_address":{address}}},"fulfillments":[],"line_items":[{lines}],"refunds":[],"#,
            r#""shipping_address":{address},"shipping_lines":[{{"id":271878346596884015,"code":null,"#,
            r#""price":"10.00","price_set":{five},"source":"shopify","title":"Generic Shipping","#,
            r#""tax_lines":[],"discount_allocations":[]}}]}}"#
        ),
        total = money("413.93"),
        five = money("5.00"),
        address = address,
        lines = lines.join(",")
    )
}

/// One object with this many short keys.
pub(crate) fn many_keys(count: usize) -> String {
    let members: Vec<String> =
        (0..count).map(|key| format!("\"field_{key:06}\":\"value {key}\"")).collect();
    format!("{{{}}}", members.join(","))
}

/// 20 nested objects with 1,500-byte keys around 5,000 leaves, in 74 KB.
pub(crate) fn amplification() -> String {
    let key = "k".repeat(1_500);
    let leaves: Vec<String> = (0..5_000).map(|leaf| format!("\"{leaf}\":0")).collect();
    let open = format!("{{\"{key}\":").repeat(20);
    format!("{open}{{{}}}{}", leaves.join(","), "}".repeat(20))
}
