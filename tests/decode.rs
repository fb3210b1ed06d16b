//! Which bodies hold a document: content types and forms.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test or bench may panic"
)]

use hookstage::Head;
use hookstage::json::{Document, ReadOptions};
use hookstage::payload::{BodyDecoder, DecodeError, Forms};

const FORM: &[u8] = b"application/x-www-form-urlencoded";

fn decode(
    decoder: &BodyDecoder,
    content_type: Option<&[u8]>,
    body: &str,
) -> Result<String, DecodeError> {
    let headers: Vec<(&str, &[u8])> =
        content_type.map(|value| ("Content-Type", value)).into_iter().collect();
    let head = Head::post("", &headers);
    decoder.decode(&head, body.as_bytes()).map(|json| String::from_utf8(json.into_owned()).unwrap())
}

fn forms(forms: Forms) -> BodyDecoder {
    BodyDecoder { forms, ..BodyDecoder::default() }
}

fn form(rule: Forms, body: &str) -> Result<String, DecodeError> {
    let json = decode(&forms(rule), Some(FORM), body)?;
    Ok(json)
}

#[test]
fn corner_018_coded_bodies_are_refused() {
    for coding in ["gzip", "deflate", "br", "identity, gzip"] {
        let headers = [
            ("content-type", b"application/json".as_slice()),
            ("Content-Encoding", coding.as_bytes()),
        ];
        let head = Head::post("", &headers);
        assert_eq!(BodyDecoder::default().decode(&head, b"{}"), Err(DecodeError::Encoded));
    }
    let headers =
        [("content-type", b"application/json".as_slice()), ("content-encoding", b"Identity")];
    assert!(BodyDecoder::default().decode(&Head::post("", &headers), b"{}").is_ok());
}

#[test]
fn corner_019_a_document_in_a_field() {
    let body = "payload=%7B%22a%22%3A+%22b%26c%22%7D";
    let inner = r#"{"a": "b&c"}"#;
    assert_eq!(form(Forms::Auto, body).as_deref(), Ok(inner));
    assert_eq!(form(Forms::JsonIn("payload".into()), body).as_deref(), Ok(inner));
    assert_eq!(form(Forms::Fields, body).as_deref(), Ok(r#"{"payload":"{\"a\": \"b&c\"}"}"#));
    assert_eq!(form(Forms::Refuse, body), Err(DecodeError::ContentType));
    // Strict equality of the content type is what other readers get wrong.
    let decoder = forms(Forms::Auto);
    let spelt = b"Application/X-WWW-Form-Urlencoded ; charset=UTF-8";
    assert_eq!(decode(&decoder, Some(spelt), body).as_deref(), Ok(inner));
    for ambiguous in ["payload=%7B%7D&payload=%7B%7D", "other=1", ""] {
        assert_eq!(form(Forms::JsonIn("payload".into()), ambiguous), Err(DecodeError::Field));
    }
    assert_eq!(
        form(Forms::Auto, "payload=%7B%7D&x=1").as_deref(),
        Ok(r#"{"payload":"{}","x":"1"}"#)
    );
    assert_eq!(form(Forms::Auto, "payload=text").as_deref(), Ok(r#"{"payload":"text"}"#));
}

#[test]
fn corner_020_fields_become_an_object_of_texts() {
    for (body, wanted) in [
        ("a=1&a=2&b=", r#"{"a":["1","2"],"b":""}"#),
        ("b=x&a=y&b=z", r#"{"b":["x","z"],"a":"y"}"#),
        ("", "{}"),
        ("a", r#"{"a":""}"#),
        ("a=b=c", r#"{"a":"b=c"}"#),
        ("%61=%22%5C%0A%00", r#"{"a":"\"\\\n\u0000"}"#),
        ("caf%C3%A9=+%2B", r#"{"café":" +"}"#),
        ("a=100%", r#"{"a":"100%"}"#),
    ] {
        let json = form(Forms::Fields, body).unwrap();
        assert_eq!(json, wanted, "{body}");
        assert!(Document::read(json.as_bytes(), &ReadOptions::default()).is_ok());
    }
    assert_eq!(form(Forms::Fields, "a=%FF"), Err(DecodeError::NotUtf8));
    assert_eq!(form(Forms::Fields, &"a=1&".repeat(1_001)), Err(DecodeError::TooManyFields));
    assert!(form(Forms::Fields, &"a=1&".repeat(1_000)).is_ok());
}

#[test]
fn corner_021_to_023_content_types() {
    let strict = BodyDecoder::default();
    let suffix = BodyDecoder { json_suffix: true, ..BodyDecoder::default() };
    for (content_type, plain, with_suffix) in [
        ("application/json", Ok(()), Ok(())),
        ("Application/JSON; Charset=UTF-8", Ok(()), Ok(())),
        ("application/json;charset=\"utf-8\"", Ok(()), Ok(())),
        ("application/json; profile=x", Ok(()), Ok(())),
        ("application/vnd.api+json", Err(DecodeError::ContentType), Ok(())),
        ("text/json", Err(DecodeError::ContentType), Ok(())),
        ("+json", Err(DecodeError::ContentType), Err(DecodeError::ContentType)),
        ("application/jsonp", Err(DecodeError::ContentType), Err(DecodeError::ContentType)),
        ("text/plain", Err(DecodeError::ContentType), Err(DecodeError::ContentType)),
        (
            "multipart/form-data; boundary=x",
            Err(DecodeError::ContentType),
            Err(DecodeError::ContentType),
        ),
        ("", Err(DecodeError::ContentType), Err(DecodeError::ContentType)),
        (
            "application/json; charset=iso-8859-1",
            Err(DecodeError::Charset),
            Err(DecodeError::Charset),
        ),
        ("application/json; charset=utf-16", Err(DecodeError::Charset), Err(DecodeError::Charset)),
    ] {
        let with = |decoder| decode(decoder, Some(content_type.as_bytes()), "{}").map(drop);
        assert_eq!(with(&strict), plain, "{content_type}");
        assert_eq!(with(&suffix), with_suffix, "{content_type}");
    }
    assert_eq!(decode(&strict, Some(b"application/\xFF"), "{}"), Err(DecodeError::ContentType));
}

#[test]
fn content_types_that_are_absent_or_repeated() {
    assert_eq!(decode(&BodyDecoder::default(), None, "{}"), Err(DecodeError::NoContentType));
    let lenient = BodyDecoder { without_content_type: true, ..BodyDecoder::default() };
    assert!(decode(&lenient, None, "{}").is_ok());
    let headers =
        [("content-type", b"application/json".as_slice()), ("Content-Type", b"application/json")];
    let twice = BodyDecoder::default().decode(&Head::post("", &headers), b"{}").map(drop);
    assert_eq!(twice, Err(DecodeError::Repeated));
}
