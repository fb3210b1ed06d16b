//! Numbers by their exact decimal value, without ever writing out an exponent.

use std::cmp::Ordering;
use std::fmt;

/// The exact value of a JSON number, taken from its text.
///
/// `1`, `1.0`, `1e0` and `10e-1` are equal; `9007199254740992` and `9007199254740993` are not;
/// `-0` is `0`. Nothing is rounded and no exponent is expanded: `1e999999999` costs as much as
/// `1`, and an exponent of a thousand digits is compared digit by digit.
///
/// ```
/// use hookstage::json::Decimal;
///
/// let one = Decimal::parse("1.0").unwrap();
/// assert_eq!(one, Decimal::parse("10e-1").unwrap());
/// assert!(one < Decimal::parse("1e999999999").unwrap());
/// assert!(Decimal::parse("1e-999999999").unwrap() > Decimal::parse("0").unwrap());
/// assert!(Decimal::parse("0x10").is_none());
/// ```
#[derive(Clone, Debug)]
pub struct Decimal<'a> {
    negative: bool,
    /// The digits from the first to the last that is not zero, in two pieces because the point
    /// can stand between them. Both are empty for zero.
    head: &'a [u8],
    tail: &'a [u8],
    /// The power of ten that the first digit stands for.
    exponent: Exponent,
}

/// `Small` below 10³⁰ in size, `Huge` from there on: each value has one form.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Exponent {
    Small(i128),
    Huge { negative: bool, digits: Vec<u8> },
}

const HUGE: u128 = 10_u128.pow(30);

/// The exact value of a JSON number as a text that equal numbers share and different ones do
/// not, for hashing: its digits without zeros around them, `e`, and the power of ten of the
/// first digit. Zero is `0`.
///
/// `None` if the text is not a JSON number.
///
/// ```
/// use hookstage::json::decimal_key;
///
/// assert_eq!(decimal_key("-12.50").as_deref(), Some("-125e1"));
/// assert_eq!(decimal_key("1e2"), decimal_key("100"));
/// assert_eq!(decimal_key("-0.0").as_deref(), Some("0"));
/// ```
#[must_use]
pub fn decimal_key(lexeme: &str) -> Option<String> {
    Decimal::parse(lexeme).map(|decimal| decimal.to_string())
}

impl<'a> Decimal<'a> {
    /// The value of a number as RFC 8259 writes it; `None` for any other text.
    #[must_use]
    pub fn parse(lexeme: &'a str) -> Option<Self> {
        let parts = Parts::split(lexeme)?;
        let integer = trim_leading_zeros(parts.integer);
        let fraction = trim_trailing_zeros(parts.fraction);
        let (head, tail, first) = if integer.is_empty() {
            let tail = trim_leading_zeros(fraction);
            let skipped = fraction.len() - tail.len();
            (&[][..], tail, -1 - skipped as i128)
        } else {
            let head = if fraction.is_empty() { trim_trailing_zeros(integer) } else { integer };
            (head, fraction, integer.len() as i128 - 1)
        };
        if head.is_empty() && tail.is_empty() {
            let exponent = Exponent::Small(0);
            return Some(Self { negative: false, head, tail, exponent });
        }
        let exponent = Exponent::sum(parts.exponent_negative, parts.exponent, first);
        Some(Self { negative: parts.negative, head, tail, exponent })
    }

    /// Whether the value is a whole number, however it is written: `1.0` and `1e2` are.
    #[must_use]
    pub fn is_integer(&self) -> bool {
        match &self.exponent {
            _ if self.is_zero() => true,
            Exponent::Small(first) => *first + 1 >= self.digits().count() as i128,
            Exponent::Huge { negative, .. } => !negative,
        }
    }

    /// Whether the value is zero.
    #[must_use]
    pub fn is_zero(&self) -> bool {
        self.head.is_empty() && self.tail.is_empty()
    }

    /// Whether the value is below zero.
    #[must_use]
    pub fn is_negative(&self) -> bool {
        self.negative
    }

    /// The value as an integer, if it is one and fits.
    #[must_use]
    pub fn to_i128(&self) -> Option<i128> {
        self.plain(40)?.parse().ok()
    }

    /// The value without an exponent (`1e3` is `1000`, `-1.50` is `-1.5`), if that takes at most
    /// `max_length` characters.
    #[must_use]
    pub fn plain(&self, max_length: usize) -> Option<String> {
        if self.is_zero() {
            return (max_length >= 1).then(|| "0".to_owned());
        }
        let Exponent::Small(first) = &self.exponent else { return None };
        let count = self.digits().count() as i128;
        let zeros_before = (-first).max(0);
        let zeros_after = (first + 1 - count).max(0);
        let point = i128::from(*first < 0 || first + 1 < count);
        let length = i128::from(self.negative) + zeros_before + count + zeros_after + point;
        if length > max_length as i128 {
            return None;
        }
        let mut text = String::new();
        if self.negative {
            text.push('-');
        }
        // All lengths are at most `max_length` from here on.
        for place in 0..zeros_before {
            text.push_str(if place == 0 { "0." } else { "0" });
        }
        for (place, digit) in self.digits().enumerate() {
            if place as i128 == first + 1 && *first >= 0 {
                text.push('.');
            }
            text.push(char::from(digit));
        }
        text.extend((0..zeros_after).map(|_| '0'));
        Some(text)
    }

    /// Whether a reader that keeps numbers as doubles shows the same value again.
    ///
    /// `0.1` and `1e300` survive; `9007199254740993`, `1e400` and `1e-400` do not.
    #[must_use]
    pub fn survives_f64(&self) -> bool {
        let Ok(double) = self.to_string_for_f64().parse::<f64>() else { return false };
        // The shortest text that reads back as this double, as JavaScript and others print it.
        let shown = format!("{double:e}");
        Decimal::parse(&shown).is_some_and(|shown| shown == *self)
    }

    fn digits(&self) -> impl Iterator<Item = u8> + '_ {
        self.head.iter().chain(self.tail).copied()
    }

    fn to_string_for_f64(&self) -> String {
        match self.to_string().split_once('e') {
            Some((digits, exponent)) => {
                let sign_length = usize::from(self.negative);
                let (first, rest) = digits.split_at((sign_length + 1).min(digits.len()));
                format!("{first}.{rest}0e{exponent}")
            }
            None => "0".to_owned(),
        }
    }

    fn cmp_size(&self, other: &Self) -> Ordering {
        match (self.is_zero(), other.is_zero()) {
            (true, true) => Ordering::Equal,
            (true, false) => Ordering::Less,
            (false, true) => Ordering::Greater,
            (false, false) => {
                self.exponent.cmp(&other.exponent).then_with(|| self.digits().cmp(other.digits()))
            }
        }
    }
}

impl fmt::Display for Decimal<'_> {
    /// Writes the text of [`decimal_key`].
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_zero() {
            return f.write_str("0");
        }
        if self.negative {
            f.write_str("-")?;
        }
        for piece in [self.head, self.tail] {
            f.write_str(std::str::from_utf8(piece).unwrap_or_default())?;
        }
        match &self.exponent {
            Exponent::Small(value) => write!(f, "e{value}"),
            Exponent::Huge { negative, digits } => {
                let sign = if *negative { "-" } else { "" };
                write!(f, "e{sign}{}", std::str::from_utf8(digits).unwrap_or_default())
            }
        }
    }
}

impl PartialEq for Decimal<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Decimal<'_> {}

impl PartialOrd for Decimal<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Decimal<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self.negative, other.negative) {
            (false, true) => Ordering::Greater,
            (true, false) => Ordering::Less,
            (false, false) => self.cmp_size(other),
            (true, true) => other.cmp_size(self),
        }
    }
}

impl Exponent {
    /// The exponent `±written` plus `shift`, which is at most the length of a lexeme.
    fn sum(negative: bool, written: &[u8], shift: i128) -> Self {
        let written = trim_leading_zeros(written);
        if written.len() <= 36 {
            let size = written.iter().fold(0_i128, |sum, digit| sum * 10 + digit_value(*digit));
            let sum = if negative { shift - size } else { shift + size };
            if sum.unsigned_abs() < HUGE {
                return Self::Small(sum);
            }
            let digits = sum.unsigned_abs().to_string().into_bytes();
            return Self::Huge { negative: sum < 0, digits };
        }
        // At least 10³⁶: the shift cannot change the sign.
        let toward = if negative { -shift } else { shift };
        Self::Huge { negative, digits: add(written, toward) }
    }
}

impl Ord for Exponent {
    fn cmp(&self, other: &Self) -> Ordering {
        let size = |a: &[u8], b: &[u8]| a.len().cmp(&b.len()).then_with(|| a.cmp(b));
        match (self, other) {
            (Self::Small(a), Self::Small(b)) => a.cmp(b),
            (Self::Small(_), Self::Huge { negative: true, .. }) => Ordering::Greater,
            (Self::Small(_), Self::Huge { negative: false, .. }) => Ordering::Less,
            (Self::Huge { negative: true, .. }, Self::Small(_)) => Ordering::Less,
            (Self::Huge { negative: false, .. }, Self::Small(_)) => Ordering::Greater,
            (
                Self::Huge { negative: a_negative, digits: a },
                Self::Huge { negative: b_negative, digits: b },
            ) => match (a_negative, b_negative) {
                (false, false) => size(a, b),
                (true, true) => size(b, a),
                (true, false) => Ordering::Less,
                (false, true) => Ordering::Greater,
            },
        }
    }
}

impl PartialOrd for Exponent {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// The pieces of a number as RFC 8259, section 6 writes it.
struct Parts<'a> {
    negative: bool,
    integer: &'a [u8],
    fraction: &'a [u8],
    exponent_negative: bool,
    exponent: &'a [u8],
}

impl<'a> Parts<'a> {
    fn split(lexeme: &'a str) -> Option<Self> {
        let bytes = lexeme.as_bytes();
        let (negative, rest) = match bytes {
            [b'-', rest @ ..] => (true, rest),
            rest => (false, rest),
        };
        let (integer, rest) = split_digits(rest)?;
        if integer.len() > 1 && integer[0] == b'0' {
            return None;
        }
        let (fraction, rest) = match rest {
            [b'.', rest @ ..] => split_digits(rest)?,
            rest => (&[][..], rest),
        };
        let (exponent_negative, rest) = match rest {
            [b'e' | b'E', b'-', rest @ ..] => (true, rest),
            [b'e' | b'E', b'+', rest @ ..] | [b'e' | b'E', rest @ ..] => (false, rest),
            [] => {
                let exponent = &[];
                let exponent_negative = false;
                return Some(Self { negative, integer, fraction, exponent_negative, exponent });
            }
            _ => return None,
        };
        let (exponent, rest) = split_digits(rest)?;
        rest.is_empty().then_some(Self { negative, integer, fraction, exponent_negative, exponent })
    }
}

/// One or more digits and what follows them.
fn split_digits(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = bytes.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(bytes.len());
    (end > 0).then(|| bytes.split_at(end))
}

fn trim_leading_zeros(digits: &[u8]) -> &[u8] {
    let zeros = digits.iter().take_while(|digit| **digit == b'0').count();
    digits.get(zeros..).unwrap_or_default()
}

fn trim_trailing_zeros(digits: &[u8]) -> &[u8] {
    let zeros = digits.iter().rev().take_while(|digit| **digit == b'0').count();
    digits.get(..digits.len() - zeros).unwrap_or_default()
}

fn digit_value(digit: u8) -> i128 {
    i128::from(digit.wrapping_sub(b'0'))
}

/// `digits + delta` in decimal, for a sum that stays positive.
fn add(digits: &[u8], delta: i128) -> Vec<u8> {
    let mut sum = digits.to_vec();
    let mut carry = delta;
    for digit in sum.iter_mut().rev() {
        let total = digit_value(*digit) + carry;
        *digit = b'0' + total.rem_euclid(10) as u8;
        carry = total.div_euclid(10);
        if carry == 0 {
            break;
        }
    }
    while carry > 0 {
        sum.insert(0, b'0' + (carry % 10) as u8);
        carry /= 10;
    }
    trim_leading_zeros(&sum).to_vec()
}
