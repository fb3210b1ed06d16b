//! Times as senders write them, each in one canonical spelling.
//!
//! A lenient reader is an attack: `+1700000000`, `01700000000` and `1700000000.0` name the same
//! moment as `1700000000`, and a verifier that prints the number again accepts all of them under
//! one signature.

use time::OffsetDateTime;
use time::format_description::FormatItem;
use time::format_description::well_known::Rfc3339;
use time::macros::format_description;

use super::description::TimeUnit;
use crate::clock::Timestamp;

/// The longest text that is a time in any unit: an RFC 3339 time with nanoseconds and an offset.
const MAX_LENGTH: usize = 40;

const HTTP_DATE: &[FormatItem<'_>] = format_description!(
    "[weekday repr:short], [day] [month repr:short] [year] [hour]:[minute]:[second] GMT"
);

impl TimeUnit {
    /// The moment that this text names.
    pub(crate) fn read(self, text: &[u8]) -> Option<Timestamp> {
        match self {
            Self::Seconds => whole_number(text)?.checked_mul(1000).map(Timestamp::from_unix_millis),
            Self::Milliseconds => whole_number(text).map(Timestamp::from_unix_millis),
            Self::Rfc3339 => rfc3339(text),
            Self::IsoUtc => {
                if text.last() == Some(&b'Z') || text.ends_with(b"+00:00") {
                    return rfc3339(text);
                }
                let mut zoned = [0_u8; MAX_LENGTH];
                zoned.get_mut(..text.len())?.copy_from_slice(text);
                *zoned.get_mut(text.len())? = b'Z';
                rfc3339(zoned.get(..=text.len())?)
            }
            Self::HttpDate => {
                let text = bounded(text)?;
                let moment = time::PrimitiveDateTime::parse(text, HTTP_DATE).ok()?.assume_utc();
                // The parser takes any weekday and any width; only the one spelling is canonical.
                let canonical = moment.format(HTTP_DATE).ok()?;
                (canonical == text).then(|| from_offset(moment))
            }
        }
    }

    /// How many digits a number of this unit has from 2001 to 2286; nothing for a text that says
    /// itself where it ends.
    pub(super) const fn width(self) -> Option<usize> {
        match self {
            Self::Seconds => Some(10),
            Self::Milliseconds => Some(13),
            Self::HttpDate | Self::IsoUtc | Self::Rfc3339 => None,
        }
    }

    /// The text of a moment, as a sender writes it.
    pub(super) fn write(self, moment: Timestamp) -> Option<String> {
        let at = OffsetDateTime::from_unix_timestamp(moment.as_unix_seconds()).ok()?;
        match self {
            Self::Seconds => Some(moment.as_unix_seconds().to_string()),
            Self::Milliseconds => Some(moment.as_unix_millis().to_string()),
            Self::Rfc3339 => at.format(&Rfc3339).ok(),
            Self::IsoUtc => {
                at.format(&Rfc3339).ok().map(|text| text.trim_end_matches('Z').to_owned())
            }
            Self::HttpDate => at.format(HTTP_DATE).ok(),
        }
    }
}

/// Digits only, no leading zero, at most 16 of them: year 318,857 in milliseconds.
fn whole_number(text: &[u8]) -> Option<i64> {
    if text.is_empty() || text.len() > 16 || text[0] == b'0' {
        return None;
    }
    text.iter().try_fold(0_i64, |number, byte| {
        byte.is_ascii_digit().then(|| number * 10 + i64::from(byte - b'0'))
    })
}

/// RFC 3339 with an upper-case `T` and `Z`: the parser behind it also takes a space and lower case.
fn rfc3339(text: &[u8]) -> Option<Timestamp> {
    let shape = text.get(10) == Some(&b'T')
        && text.iter().all(|byte| byte.is_ascii_digit() || b"-:.TZ+".contains(byte));
    if !shape {
        return None;
    }
    OffsetDateTime::parse(bounded(text)?, &Rfc3339).ok().map(from_offset)
}

fn bounded(text: &[u8]) -> Option<&str> {
    if text.len() > MAX_LENGTH { None } else { std::str::from_utf8(text).ok() }
}

fn from_offset(moment: OffsetDateTime) -> Timestamp {
    let millis = moment.unix_timestamp_nanos().div_euclid(1_000_000);
    Timestamp::from_unix_millis(i64::try_from(millis).unwrap_or(i64::MAX))
}
