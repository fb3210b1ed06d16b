//! How secrets become keys, and how public keys are named.

use super::content::MAX_PARTS;
use super::place::check_place;
use super::{Faults, as_str, items};
use crate::scheme::description::{KeyFetch, KeyForm, KeyName, Place, Text};

pub(super) const fn check_fetch(fetch: &KeyFetch, faults: &mut Faults) {
    check_place(&fetch.named_at, "key.named_at", faults);
    if matches!(fetch.named_at, Place::Parameter(_) | Place::WholeBody) {
        faults.add("key.named_at", "the name of a key stands in the delivery");
    }
    if let KeyName::Url { hosts, path_prefix, .. } = &fetch.name {
        let hosts = items(hosts);
        if hosts.is_empty() || hosts.len() > MAX_PARTS {
            faults.add("key.name", "pin the hosts that a key may come from");
        }
        let mut index = 0;
        while index < hosts.len() {
            check_host(&hosts[index], faults);
            index += 1;
        }
        let path = as_str(path_prefix).as_bytes();
        if path.is_empty() || path[0] != b'/' {
            faults.add("key.name", "a path begins with /");
        }
    }
}

/// A pinned host: labels in lower case, of which the last two are never a wildcard.
const fn check_host(host: &Text, faults: &mut Faults) {
    let bytes = as_str(host).as_bytes();
    let mut dots_behind = 0;
    let mut index = bytes.len();
    if index == 0 {
        faults.add("key.name", "a host must not be empty");
    }
    while index > 0 {
        index -= 1;
        let byte = bytes[index];
        if byte == b'.' {
            dots_behind += 1;
        } else if byte == b'*' {
            if dots_behind < 2 {
                faults.add("key.name", "the last two labels of a pinned host are fixed");
            }
        } else if !byte.is_ascii_lowercase() && !byte.is_ascii_digit() && byte != b'-' {
            faults.add("key.name", "a host is written in lower case");
            return;
        }
    }
}

pub(super) const fn check_key_form(form: &KeyForm, faults: &mut Faults) {
    if let KeyForm::Base64 { prefixes } = form {
        let prefixes = items(prefixes);
        let mut index = 0;
        while index < prefixes.len() {
            if as_str(&prefixes[index]).is_empty() {
                faults.add("signature.key", "a prefix must not be empty");
            }
            index += 1;
        }
    }
    if let KeyForm::Fetched(fetch) = form {
        check_fetch(fetch, faults);
    }
}
