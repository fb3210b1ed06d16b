//! Structured fields (RFC 8941), as far as signatures and digests need them: dictionaries.
//!
//! The text of a member is signed as it stands, so one value has one spelling here: what RFC 8941
//! calls its serialisation, with white space only around the commas between members. A name that
//! stands twice, of which the RFC lets the last one win, is refused. Nothing recurses, and every
//! count has a limit.

use std::borrow::Cow;

/// The most members of a dictionary, which are signatures or digests.
pub(super) const MAX_MEMBERS: usize = 16;

/// The most items of an inner list, which are the components that a signature covers.
const MAX_ITEMS: usize = 64;

/// The most parameters of an item or list.
const MAX_PARAMETERS: usize = 16;

/// The most digits of an integer (RFC 8941, section 3.3.1).
const MAX_DIGITS: usize = 15;

/// Why text is no dictionary.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// It is not written as the RFC serialises one.
    Syntax,
    /// A name stands twice.
    Repeated,
    /// It has too many members.
    TooManyMembers,
    /// A member has too many items or parameters.
    TooLong,
}

/// A value without parameters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Bare<'a> {
    Boolean(bool),
    /// A byte sequence, still in base64.
    Bytes(&'a str),
    /// An integer or decimal.
    Number(&'a str),
    Text(Cow<'a, str>),
    Token(&'a str),
}

/// Names and values, each name once.
pub(super) type Parameters<'a> = Vec<(&'a str, Bare<'a>)>;

/// A member of a dictionary.
#[derive(Debug)]
pub(super) struct Member<'a> {
    pub(super) name: &'a str,
    pub(super) value: Value<'a>,
    pub(super) parameters: Parameters<'a>,
    /// Value and parameters, as they are written.
    pub(super) written: &'a str,
}

/// What a member is.
#[derive(Debug)]
pub(super) enum Value<'a> {
    Item(Bare<'a>),
    List(Vec<(Bare<'a>, Parameters<'a>)>),
}

/// The members of a dictionary, in their order.
pub(super) fn dictionary(text: &str) -> Result<Vec<Member<'_>>, Fault> {
    let mut reader = Reader { text, at: 0 };
    let mut members: Vec<Member<'_>> = Vec::new();
    loop {
        reader.skip_space();
        let name = reader.name()?;
        if members.iter().any(|other| other.name == name) {
            return Err(Fault::Repeated);
        }
        if members.len() == MAX_MEMBERS {
            return Err(Fault::TooManyMembers);
        }
        let has_value = reader.take(b'=');
        let start = reader.at;
        let value = match reader.peek() {
            _ if !has_value => Value::Item(Bare::Boolean(true)),
            Some(b'(') => Value::List(reader.list()?),
            _ => Value::Item(reader.bare()?),
        };
        let parameters = reader.parameters()?;
        let written = reader.since(start);
        members.push(Member { name, value, parameters, written });
        reader.skip_space();
        if reader.peek().is_none() {
            return Ok(members);
        }
        if !reader.take(b',') {
            return Err(Fault::Syntax);
        }
    }
}

/// Text in quotes, as a signer writes it; nothing for a text that RFC 8941 has no string for.
pub(super) fn quoted(text: &str) -> Option<String> {
    if !text.bytes().all(|byte| matches!(byte, 0x20..=0x7e)) {
        return None;
    }
    Some(format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"")))
}

/// Whether text can be the name of a member or parameter (RFC 8941, section 3.1.2).
pub(super) const fn is_name(text: &[u8]) -> bool {
    if text.is_empty() || !(text[0].is_ascii_lowercase() || text[0] == b'*') {
        return false;
    }
    let mut index = 1;
    while index < text.len() {
        if !is_in_name(text[index]) {
            return false;
        }
        index += 1;
    }
    true
}

const fn is_in_name(byte: u8) -> bool {
    byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'_' | b'-' | b'.' | b'*')
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Reader<'a> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn take(&mut self, byte: u8) -> bool {
        let is_next = self.peek() == Some(byte);
        if is_next {
            self.at += 1;
        }
        is_next
    }

    fn skip_space(&mut self) {
        self.take_while(|byte| matches!(byte, b' ' | b'\t'));
    }

    fn take_while(&mut self, wanted: impl Fn(u8) -> bool) -> &'a str {
        let start = self.at;
        while self.peek().is_some_and(&wanted) {
            self.at += 1;
        }
        self.since(start)
    }

    // All that was read is ASCII, so it begins and ends between characters.
    fn since(&self, start: usize) -> &'a str {
        self.text.get(start..self.at).unwrap_or_default()
    }

    fn name(&mut self) -> Result<&'a str, Fault> {
        let name = self.take_while(is_in_name);
        if is_name(name.as_bytes()) { Ok(name) } else { Err(Fault::Syntax) }
    }

    fn list(&mut self) -> Result<Vec<(Bare<'a>, Parameters<'a>)>, Fault> {
        let mut items = Vec::new();
        if !self.take(b'(') {
            return Err(Fault::Syntax);
        }
        if self.take(b')') {
            return Ok(items);
        }
        loop {
            if items.len() == MAX_ITEMS {
                return Err(Fault::TooLong);
            }
            let item = self.bare()?;
            items.push((item, self.parameters()?));
            if self.take(b')') {
                return Ok(items);
            }
            if !self.take(b' ') {
                return Err(Fault::Syntax);
            }
        }
    }

    fn parameters(&mut self) -> Result<Parameters<'a>, Fault> {
        let mut parameters: Parameters<'a> = Vec::new();
        while self.take(b';') {
            let name = self.name()?;
            if parameters.iter().any(|(other, _)| *other == name) {
                return Err(Fault::Repeated);
            }
            if parameters.len() == MAX_PARAMETERS {
                return Err(Fault::TooLong);
            }
            let has_value = self.take(b'=');
            let value = if has_value { self.bare()? } else { Bare::Boolean(true) };
            if has_value && value == Bare::Boolean(true) {
                // Truth is written by the name alone.
                return Err(Fault::Syntax);
            }
            parameters.push((name, value));
        }
        Ok(parameters)
    }

    fn bare(&mut self) -> Result<Bare<'a>, Fault> {
        match self.peek() {
            Some(b'"') => self.string(),
            Some(b':') => self.bytes(),
            Some(b'?') => self.boolean(),
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(byte) if byte.is_ascii_alphabetic() || byte == b'*' => {
                Ok(Bare::Token(self.take_while(is_in_token)))
            }
            _ => Err(Fault::Syntax),
        }
    }

    fn string(&mut self) -> Result<Bare<'a>, Fault> {
        self.at += 1;
        let start = self.at;
        let mut unescaped: Option<String> = None;
        loop {
            let byte = self.peek().ok_or(Fault::Syntax)?;
            let before = self.since(start);
            self.at += 1;
            let byte = match byte {
                b'"' => {
                    return Ok(Bare::Text(unescaped.map_or(Cow::Borrowed(before), Cow::Owned)));
                }
                b'\\' => match self.peek() {
                    Some(escaped @ (b'"' | b'\\')) => {
                        self.at += 1;
                        unescaped.get_or_insert_with(|| before.to_owned());
                        escaped
                    }
                    _ => return Err(Fault::Syntax),
                },
                0x20..=0x7e => byte,
                _ => return Err(Fault::Syntax),
            };
            if let Some(unescaped) = &mut unescaped {
                unescaped.push(char::from(byte));
            }
        }
    }

    fn bytes(&mut self) -> Result<Bare<'a>, Fault> {
        self.at += 1;
        let base64 = self
            .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'='));
        if self.take(b':') { Ok(Bare::Bytes(base64)) } else { Err(Fault::Syntax) }
    }

    fn boolean(&mut self) -> Result<Bare<'a>, Fault> {
        self.at += 1;
        if self.take(b'1') {
            Ok(Bare::Boolean(true))
        } else if self.take(b'0') {
            Ok(Bare::Boolean(false))
        } else {
            Err(Fault::Syntax)
        }
    }

    fn number(&mut self) -> Result<Bare<'a>, Fault> {
        let start = self.at;
        let is_negative = self.take(b'-');
        let whole = self.take_while(|byte| byte.is_ascii_digit());
        let has_leading_zero = whole.len() > 1 && whole.starts_with('0');
        let mut most = MAX_DIGITS;
        let mut is_zero = whole == "0";
        if self.take(b'.') {
            // Twelve digits before the point, one to three behind it, the last of them no zero but
            // where it is the only one.
            most = 12;
            let fraction = self.take_while(|byte| byte.is_ascii_digit());
            is_zero = is_zero && fraction == "0";
            let has_trailing_zero = fraction.len() > 1 && fraction.ends_with('0');
            if fraction.is_empty() || fraction.len() > 3 || has_trailing_zero {
                return Err(Fault::Syntax);
            }
        }
        if whole.is_empty() || whole.len() > most || has_leading_zero || (is_negative && is_zero) {
            return Err(Fault::Syntax);
        }
        Ok(Bare::Number(self.since(start)))
    }
}

const fn is_in_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
        || matches!(byte, b'!' | b'#' | b'$' | b'%' | b'&' | b'\'' | b'*' | b'+' | b'-' | b'.')
        || matches!(byte, b'^' | b'_' | b'`' | b'|' | b'~' | b':' | b'/')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_as_rfc_8941_serialises_it_is_read() {
        let text = "sig1=(\"@method\" \"x\";sf \"@query-param\";name=\"a\\\"\\\\b\");created=1618884473;\
                    keyid=\"k\";tag=app/1:*;d=-0.5;n=0;no=?0;yes,\tb=:cHJl:  , c;a=1, *d.e-f_1=?1";
        let members = dictionary(text).unwrap();
        let names: Vec<&str> = members.iter().map(|member| member.name).collect();
        assert_eq!(names, ["sig1", "b", "c", "*d.e-f_1"]);
        let Value::List(items) = &members[0].value else { panic!("{members:?}") };
        assert_eq!(items[0], (Bare::Text("@method".into()), Vec::new()));
        assert_eq!(items[1].1, [("sf", Bare::Boolean(true))]);
        assert_eq!(items[2].1, [("name", Bare::Text("a\"\\b".into()))]);
        assert_eq!(
            members[0].parameters,
            [
                ("created", Bare::Number("1618884473")),
                ("keyid", Bare::Text("k".into())),
                ("tag", Bare::Token("app/1:*")),
                ("d", Bare::Number("-0.5")),
                ("n", Bare::Number("0")),
                ("no", Bare::Boolean(false)),
                ("yes", Bare::Boolean(true)),
            ]
        );
        assert!(
            members[0].written.starts_with("(\"@method\"") && members[0].written.ends_with(";yes")
        );
        assert!(matches!(members[1].value, Value::Item(Bare::Bytes("cHJl"))));
        assert!(matches!(members[2].value, Value::Item(Bare::Boolean(true))));
        assert_eq!(members[2].written, ";a=1");
    }

    #[test]
    fn what_is_hostile_or_not_canonical_is_no_dictionary() {
        let many = |count: usize, text: &dyn Fn(usize) -> String| {
            (0..count).map(text).collect::<Vec<_>>().join(", ")
        };
        let items = |count: usize| format!("a=({})", vec!["\"x\""; count].join(" "));
        let parameters = |count: usize| {
            format!("a=1{}", (0..count).map(|n| format!(";p{n}")).collect::<String>())
        };
        let cases: Vec<(String, Fault)> = [
            "",
            " ",
            ",",
            "=",
            "a=",
            "a,",
            "a, ",
            ",a",
            "a,,b",
            "a b",
            "a;",
            "a=;b",
            "A=1",
            "1=1",
            "-a=1",
            "é=1",
            "a=\u{e9}",
            "a=1\n",
            "a\0",
            "a\r\n=1",
            "a =1",
            "a= 1",
            "a=1 ;b",
            "a=1; b",
            "a=(",
            "a=(1",
            "a=(1,2)",
            "a=( 1)",
            "a=(1 )",
            "a=(1  2)",
            "a=(1\t2)",
            "a=()(",
            "a=(())",
            "a=\"",
            "a=\"\\\"",
            "a=\"\\x\"",
            "a=\"\t\"",
            "a=\"\u{7f}\"",
            "a=\"é\"",
            "a=:",
            "a=:YQ",
            "a=:a b:",
            "a=:a-b_:",
            "a=?",
            "a=?2",
            "a=?t",
            "a=-",
            "a=--1",
            "a=-0",
            "a=-0.0",
            "a=+1",
            "a=01",
            "a=00",
            "a=1.",
            "a=.5",
            "a=1.1234",
            "a=1.50",
            "a=1.00",
            "a=1e3",
            "a=1234567890123456",
            "a=1234567890123.5",
            "a=@2026",
            "a=%\"x\"",
            "a=#",
            "a=1;b=?1",
        ]
        .iter()
        .map(|text| ((*text).to_owned(), Fault::Syntax))
        .chain([
            ("a=1, b=2, a=3".to_owned(), Fault::Repeated),
            ("a=1;b=1;b=2".to_owned(), Fault::Repeated),
            ("a=(\"x\";b;b)".to_owned(), Fault::Repeated),
            (many(17, &|n| format!("k{n}=1")), Fault::TooManyMembers),
            (many(100_000, &|n| format!("k{n}")), Fault::TooManyMembers),
            (items(65), Fault::TooLong),
            (items(100_000), Fault::TooLong),
            (parameters(17), Fault::TooLong),
            ("a=(".to_owned() + &"(".repeat(100_000), Fault::Syntax),
        ])
        .collect();
        for (text, fault) in cases {
            let start: String = text.chars().take(40).collect();
            assert_eq!(dictionary(&text).err(), Some(fault), "{start:?}");
        }
        for text in [many(16, &|n| format!("k{n}=1")), items(64), parameters(16)] {
            assert!(dictionary(&text).is_ok(), "{text}");
        }
    }

    #[test]
    fn what_is_quoted_reads_back() {
        for text in ["", "a", "a\"b\\c d", "\\\""] {
            let written = format!("a={}", quoted(text).unwrap());
            let members = dictionary(&written).unwrap();
            assert!(matches!(&members[0].value, Value::Item(Bare::Text(read)) if read == text));
        }
        for text in ["é", "\n", "\u{7f}", "\t"] {
            assert!(quoted(text).is_none(), "{text:?}");
        }
    }
}
