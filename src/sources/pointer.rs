//! From a token or id to the source that has it.
//!
//! As with the names, the record is the truth: a pointer may lead to a source that does not have
//! the address any more, and then counts for nothing.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::SourcesError;
use super::record::{self, Entry};
use super::shelf::Shelf;
use crate::clock::Timestamp;
use crate::source::{Address, SourceConfig, SourceId};
use crate::store::{Put, PutState, State};

pub(super) const NAMESPACE: &str = "source_address";

/// How long a pointer without its record is left to whoever is just creating it.
const PATIENCE: Duration = Duration::from_secs(60);

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Form {
    v: u16,
    to: SourceId,
    at: Timestamp,
}

/// The keys of the addresses that a source has beside its name.
pub(super) fn keys(config: &SourceConfig) -> impl Iterator<Item = String> {
    let id = config.endpoint.map(|id| format!("id:{id}"));
    let token = config.token.map(|hash| format!("token:{}", hash.to_hex()));
    id.into_iter().chain(token)
}

/// Where an address leads, if it does. Whether the source there has it is for its record to say.
pub(super) async fn follow(
    shelf: &impl Shelf,
    address: &Address,
) -> Result<Option<SourceId>, SourcesError> {
    let key = match address {
        Address::Named(id) => return Ok(Some(id.clone())),
        Address::Id(id) => format!("id:{id}"),
        Address::Token(token) => format!("token:{}", token.hash().to_hex()),
    };
    let state = shelf.state(NAMESPACE, &key).await?;
    Ok(state.as_ref().map(read).transpose()?.map(|form| form.to))
}

/// Makes an address lead to a source, unless it leads to another that has it.
pub(super) async fn claim(
    shelf: &impl Shelf,
    key: &str,
    id: &SourceId,
) -> Result<(), SourcesError> {
    loop {
        let expected = match shelf.state(NAMESPACE, key).await? {
            None => None,
            Some(state) => {
                let form = read(&state)?;
                if form.to != *id {
                    let is_young = shelf.now().since(form.at) < PATIENCE;
                    if is_young || is_had_by(shelf, key, &form.to).await? {
                        return Err(SourcesError::AddressTaken);
                    }
                }
                Some(state.version)
            }
        };
        let form = Form { v: 1, to: id.clone(), at: shelf.now() };
        let bytes = serde_json::to_vec(&form)
            .map_err(|_| SourcesError::corrupt("an address cannot be written"))?;
        if let Put::Done { .. } = shelf.put_if(put(key, expected, Some(bytes))).await? {
            return Ok(());
        }
    }
}

/// Takes a pointer away that leads to this source.
pub(super) async fn release(
    shelf: &impl Shelf,
    key: &str,
    id: &SourceId,
) -> Result<(), SourcesError> {
    loop {
        let Some(state) = shelf.state(NAMESPACE, key).await? else { return Ok(()) };
        if read(&state)?.to != *id {
            return Ok(());
        }
        if let Put::Done { .. } = shelf.put_if(put(key, Some(state.version), None)).await? {
            return Ok(());
        }
    }
}

async fn is_had_by(shelf: &impl Shelf, key: &str, id: &SourceId) -> Result<bool, SourcesError> {
    let Some(state) = shelf.state(record::NAMESPACE, &record::key(id)).await? else {
        return Ok(false);
    };
    Ok(match Entry::read(&state)? {
        Entry::Live(record) => keys(&record.config).any(|own| own == key),
        Entry::Deleted(_) => false,
    })
}

fn read(state: &State) -> Result<Form, SourcesError> {
    serde_json::from_slice(&state.bytes)
        .ok()
        .filter(|form: &Form| form.v == 1)
        .ok_or_else(|| SourcesError::corrupt("the address of a source cannot be understood"))
}

fn put(key: &str, expected: Option<u64>, bytes: Option<Vec<u8>>) -> PutState {
    PutState {
        namespace: NAMESPACE.to_owned(),
        key: key.to_owned(),
        expected,
        bytes,
        expires: None,
    }
}
