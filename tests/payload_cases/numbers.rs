//! Cases 44 to 59: numbers keep their digits.

use hookstage::json::{Decimal, decimal_key};
use hookstage::payload::{FlattenOptions, PathStyle};
use hookstage::{Binding, ContactRule, IdentifierType, Source, json::Path};

use super::common::{SECRET, config, engine, receive, signed_with};
use super::tools::*;
use super::{Row, row};

/// The one leaf of a number.
fn kept(lexeme: &str) -> String {
    let shown = flat(lexeme);
    shown.strip_prefix("$ = ").unwrap().to_owned()
}

/// Whether these are one value.
fn values(lexemes: &[&str]) -> String {
    let mut keys: Vec<String> = lexemes.iter().map(|lexeme| decimal_key(lexeme).unwrap()).collect();
    keys.sort_unstable();
    keys.dedup();
    if keys.len() == 1 { "one value".to_owned() } else { format!("{} values", keys.len()) }
}

fn ordered(lexemes: &[&str]) -> String {
    let decimals: Vec<Decimal<'_>> =
        lexemes.iter().map(|lexeme| Decimal::parse(lexeme).unwrap()).collect();
    decimals.is_sorted_by(|a, b| a < b).to_string()
}

/// What the host's directory is asked for.
fn identifier(id: &str) -> String {
    let mut config = config("wexio");
    config.bindings = vec![Binding::new("flow")];
    let path = Path::parse("id").unwrap();
    config.contact = Some(ContactRule::new(IdentifierType::Chat, path));
    let source = Source::new(config).unwrap();
    let request = signed_with("wexio", SECRET, format!("{{\"id\":{id}}}"));
    let receipt = receive(&engine(), &source, &request);
    match receipt.contact {
        Some(contact) => contact.strip_prefix("contact of ").unwrap().to_owned(),
        None => receipt.outcome.as_str().to_owned(),
    }
}

pub(crate) const ROWS: &[Row] = &[
    row(44, "2^53 + 1 in a view", "9007199254740993", || kept("9007199254740993")),
    row(44, "2^53 + 1 in a key", "all differ", || {
        keys_of(&[r#"{"id":9007199254740992}"#, r#"{"id":9007199254740993}"#])
    }),
    row(44, "2^53 + 1 in a template", "9007199254740993", || {
        render("{{webhook.id}}", r#"{"id":9007199254740993}"#)
    }),
    row(44, "2^53 + 1, flagged", "beyond_double at id", || flagged(r#"{"id":9007199254740993}"#))
        .otherwise("there is no export as CloudEvents; the raw body is what a host exports"),
    row(45, "2^64 - 1 and 2^64", "18446744073709551615, 18446744073709551616", || {
        ["18446744073709551615", "18446744073709551616"].map(kept).join(", ")
    }),
    row(45, "2^64 in a schema", "a: integer! >64", || fields(&[r#"{"a":18446744073709551616}"#])),
    row(46, "-2^63 - 1", "-9223372036854775809, a: integer! >64", || {
        let schema = fields(&[r#"{"a":-9223372036854775809}"#]);
        format!("{}, {schema}", kept("-9223372036854775809"))
    }),
    row(47, "thirty digits", "123456789012345678901234567890", || {
        kept("123456789012345678901234567890")
    }),
    row(48, "four spellings of one", "one value, one key, true, true, true, true", || {
        let spellings = ["1", "1.0", "1e0", "10e-1"];
        let bodies = spellings.map(|one| format!("{{\"id\":{one}}}"));
        let bodies: Vec<&str> = bodies.iter().map(String::as_str).collect();
        let equal: Vec<String> =
            bodies.iter().map(|body| filter(r#"{"payload":"id","eq":1}"#, body)).collect();
        format!("{}, {}, {}", values(&spellings), keys_of(&bodies), equal.join(", "))
    }),
    row(48, "their types", "integer!, number!, number!, number!", || {
        let types = ["1", "1.0", "1e0", "10e-1"]
            .map(|one| fields(&[&format!("{{\"a\":{one}}}")]).replace("a: ", ""));
        types.join(", ")
    }),
    row(48, "their texts", "1, 1.0, 1e0, 10e-1", || {
        ["1", "1.0", "1e0", "10e-1"].map(kept).join(", ")
    }),
    row(49, "zeros", "one value; -0, -0.0, 0, 0.0", || {
        let zeros = ["-0", "-0.0", "0", "0.0"];
        format!("{}; {}", values(&zeros), zeros.map(kept).join(", "))
    }),
    row(50, "beyond the largest double", "1e400, -1e400, true, beyond_double at $", || {
        let above = filter(r#"{"payload":"$","gt":{"number":"9e399"}}"#, "1e400");
        format!("{}, {}, {above}, {}", kept("1e400"), kept("-1e400"), flagged("1e400"))
    }),
    row(51, "below the smallest double", "false, true", || {
        let zero = filter(r#"{"payload":"$","eq":0}"#, "1e-400");
        format!("{zero}, {}", ordered(&["0", "1e-400", "1e-399"]))
    }),
    row(52, "an exponent of a thousand million", "1e999999999, true", || {
        let sizes = ordered(&["-1e999999999", "1e-999999999", "1", "1e999999998", "1e999999999"]);
        format!("{}, {sizes}", kept("1e999999999"))
    }),
    row(53, "5,000 and 1,000 digits", "number_too_long, accepted, 1000 digits", || {
        let thousand = "7".repeat(1_000);
        let shown = flat_with(&thousand, &FlattenOptions::default(), PathStyle::Bracket);
        assert_eq!(shown, format!("$ = {thousand}"));
        format!("{}, {}, 1000 digits", judged("7".repeat(5_000)), judged(&thousand))
    }),
    row(54, "what a sum of doubles prints", "0.30000000000000004", || kept("0.30000000000000004")),
    row(55, "1E5 and 1e+5", "one value", || values(&["1E5", "1e+5", "100000"])),
    row(56, "nearly zero", "false", || filter(r#"{"payload":"$","eq":0}"#, "1e-20")),
    row(57, "true, 1, \"1\", null, 0, false", "false, false, false, false, false", || {
        filters(&[
            (r#"{"payload":"a","eq":1}"#, r#"{"a":true}"#),
            (r#"{"payload":"a","eq":true}"#, r#"{"a":1}"#),
            (r#"{"payload":"a","eq":1}"#, r#"{"a":"1"}"#),
            (r#"{"payload":"a","eq":0}"#, r#"{"a":null}"#),
            (r#"{"payload":"a","eq":false}"#, r#"{"a":0}"#),
        ])
    }),
    row(58, "an id of ten digits", "7000000000, 7000000000, 7000000000", || {
        ["7000000000", "7e9", "7000000000.0"].map(identifier).join(", ")
    }),
    row(59, "identifiers that are no whole numbers", "12.5, 1000", || {
        ["12.5", "1e3"].map(identifier).join(", ")
    })
    .otherwise("no flag says that it is no whole number: its text does"),
];
