//! Which sources a tenant has: pages of names, each changed under compare-and-set.
//!
//! The record of a source is the truth. A name may stand here for which there is none, never the
//! other way round: it is put in before the record, and looked at again after.

use serde::{Deserialize, Serialize};

use super::SourcesError;
use super::shelf::Shelf;
use crate::source::SourceId;
use crate::store::{Put, PutState, State};

pub(super) const NAMESPACE: &str = "source_names";

/// A page of the longest names takes 20 KB.
const PAGE: usize = 100;

/// 100,000 sources for each tenant.
const MAX_PAGES: u32 = 1000;

#[derive(Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Form {
    v: u16,
    /// In order.
    names: Vec<String>,
}

/// Puts a name in, unless it is there.
pub(super) async fn ensure(shelf: &impl Shelf, id: &SourceId) -> Result<(), SourcesError> {
    loop {
        let mut room = None;
        let mut number = 0;
        while let Some((names, version)) = page(shelf, id.tenant(), number).await? {
            if names.binary_search_by(|name| name.as_str().cmp(id.source())).is_ok() {
                return Ok(());
            }
            if room.is_none() && names.len() < PAGE {
                room = Some((number, names, Some(version)));
            }
            number += 1;
        }
        let (number, mut names, version) = room.unwrap_or((number, Vec::new(), None));
        if number >= MAX_PAGES {
            return Err(SourcesError::Full);
        }
        let place = names.partition_point(|name| name.as_str() < id.source());
        names.insert(place, id.source().to_owned());
        if let Put::Done { .. } = shelf.put_if(put(id.tenant(), number, names, version)?).await? {
            return Ok(());
        }
    }
}

/// Takes a name out, wherever it stands. Pages stay, so that their numbers have no gap.
pub(super) async fn remove(shelf: &impl Shelf, id: &SourceId) -> Result<(), SourcesError> {
    let mut number = 0;
    while let Some((mut names, version)) = page(shelf, id.tenant(), number).await? {
        let before = names.len();
        names.retain(|name| name != id.source());
        if names.len() == before {
            number += 1;
            continue;
        }
        let put = put(id.tenant(), number, names, Some(version))?;
        if let Put::Done { .. } = shelf.put_if(put).await? {
            number += 1;
        }
    }
    Ok(())
}

/// The names of a page in order, and its version; nothing behind the last.
pub(super) async fn page(
    shelf: &impl Shelf,
    tenant: &str,
    number: u32,
) -> Result<Option<(Vec<String>, u64)>, SourcesError> {
    let state = shelf.state(NAMESPACE, &key(tenant, number)).await?;
    state
        .map(|state: State| {
            let form: Form = serde_json::from_slice(&state.bytes).unwrap_or_default();
            match form.v {
                1 => Ok((form.names, state.version)),
                _ => Err(SourcesError::corrupt(
                    "the names of a tenant's sources cannot be understood",
                )),
            }
        })
        .transpose()
}

fn put(
    tenant: &str,
    number: u32,
    names: Vec<String>,
    expected: Option<u64>,
) -> Result<PutState, SourcesError> {
    let bytes = serde_json::to_vec(&Form { v: 1, names })
        .map_err(|_| SourcesError::corrupt("the names of a tenant's sources cannot be written"))?;
    Ok(PutState {
        namespace: NAMESPACE.to_owned(),
        key: key(tenant, number),
        expected,
        bytes: Some(bytes),
        expires: None,
    })
}

fn key(tenant: &str, number: u32) -> String {
    format!("{tenant}\u{1f}{number}")
}
