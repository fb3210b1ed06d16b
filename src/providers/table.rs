//! All rows in one table, sorted and judged while it is compiled.

use super::{
    Preset, ai, app_stores, banking, billing, blockchain, code_hosting, commerce, customers,
    developer_tools, devices, documents_and_people, event_platforms, identity, mail, marketing,
    media, messaging, operations, payments, regional_payments, seeds, social, standard_webhooks,
    telephony, work,
};
use crate::scheme::check_description;

/// Every preset, sorted by name.
pub(super) static PRESETS: [&Preset; COUNT] = merged();

/// The rows, one list for each trade.
const TRADES: &[&[&Preset]] = &[
    ai::ROWS,
    app_stores::ROWS,
    banking::ROWS,
    billing::ROWS,
    blockchain::ROWS,
    code_hosting::ROWS,
    commerce::ROWS,
    customers::ROWS,
    developer_tools::ROWS,
    devices::ROWS,
    documents_and_people::ROWS,
    event_platforms::ROWS,
    identity::ROWS,
    mail::ROWS,
    marketing::ROWS,
    media::ROWS,
    messaging::ROWS,
    operations::ROWS,
    payments::ROWS,
    regional_payments::ROWS,
    seeds::ROWS,
    social::ROWS,
    standard_webhooks::ROWS,
    telephony::ROWS,
    work::ROWS,
];

const COUNT: usize = {
    let mut count = 0;
    let mut trade = 0;
    while trade < TRADES.len() {
        count += TRADES[trade].len();
        trade += 1;
    }
    count
};

/// A wrong row is a compile error: an unsound description, a name that is not in lower case with
/// hyphens, a name that stands before its neighbour or twice.
#[expect(clippy::panic, reason = "it runs while the table is compiled, and never again")]
const fn merged() -> [&'static Preset; COUNT] {
    let mut table = [TRADES[0][0]; COUNT];
    let mut taken = [0_usize; TRADES.len()];
    let mut filled = 0;
    while filled < COUNT {
        let mut next: Option<usize> = None;
        let mut trade = 0;
        while trade < TRADES.len() {
            if taken[trade] < TRADES[trade].len() {
                let first = match next {
                    None => true,
                    Some(best) => {
                        is_before(TRADES[trade][taken[trade]].name, TRADES[best][taken[best]].name)
                    }
                };
                if first {
                    next = Some(trade);
                }
            }
            trade += 1;
        }
        if let Some(trade) = next {
            let preset = TRADES[trade][taken[trade]];
            taken[trade] += 1;
            assert!(is_kebab_case(preset.name), "a name is lower-case letters, digits, hyphens");
            assert!(
                filled == 0 || is_before(table[filled - 1].name, preset.name),
                "the rows of each file are sorted by name, and no two rows have the same"
            );
            if let Some(fault) = check_description(&preset.description).first() {
                panic!("{}", fault.what);
            }
            table[filled] = preset;
        }
        filled += 1;
    }
    table
}

const fn is_before(left: &str, right: &str) -> bool {
    let (left, right) = (left.as_bytes(), right.as_bytes());
    let mut index = 0;
    while index < left.len() && index < right.len() {
        if left[index] != right[index] {
            return left[index] < right[index];
        }
        index += 1;
    }
    left.len() < right.len()
}

const fn is_kebab_case(name: &str) -> bool {
    let bytes = name.as_bytes();
    let mut index = 0;
    let mut boundary = true;
    while index < bytes.len() {
        let hyphen = bytes[index] == b'-';
        if hyphen && boundary
            || !hyphen && !bytes[index].is_ascii_lowercase() && !bytes[index].is_ascii_digit()
        {
            return false;
        }
        boundary = hyphen;
        index += 1;
    }
    !boundary
}
