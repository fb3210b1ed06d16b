//! Deliveries and answers in the types of the crate `http`.
#![cfg(all(feature = "http", feature = "test-util"))]

mod common;

use common::*;
use hookstage::{Delivery, HttpHead, Outcome, PublicAddress};

fn address(text: &str) -> PublicAddress {
    PublicAddress::new(text).unwrap()
}

fn parts(request: http::request::Builder) -> http::request::Parts {
    request.body(()).unwrap().into_parts().0
}

fn url(public: &str, asked: &str) -> String {
    let parts = parts(http::Request::post(asked).header("host", "evil.example.net"));
    HttpHead::new(&parts, &address(public)).head().url().to_owned()
}

#[test]
fn the_url_is_the_configured_one_whatever_the_request_says() {
    let public = "https://hooks.example.com";
    for (asked, wanted) in [
        ("/in/acme?x=1&x=2", "https://hooks.example.com/in/acme?x=1&x=2"),
        ("/", "https://hooks.example.com/"),
        ("http://evil.example.net:81/in?a=b", "https://hooks.example.com/in?a=b"),
        ("http://evil.example.net", "https://hooks.example.com/"),
        ("http://evil.example.net?a=b", "https://hooks.example.com/?a=b"),
        ("https://user@evil.example.net/in", "https://hooks.example.com/in"),
        ("//evil.example.net/in", "https://hooks.example.com//evil.example.net/in"),
        ("/a%2Fb/../c?%20", "https://hooks.example.com/a%2Fb/../c?%20"),
        ("*", "https://hooks.example.com/*"),
        ("evil.example.net:443", "https://hooks.example.com/"),
    ] {
        assert_eq!(url(public, asked), wanted, "{asked}");
    }
    assert_eq!(url("https://example.com/webhooks/", "/in"), "https://example.com/webhooks/in");
    assert_eq!(url("http://localhost:8080", "/in"), "http://localhost:8080/in");
    assert_eq!(url("https://[2001:db8::1]:8443", "/in"), "https://[2001:db8::1]:8443/in");
}

#[test]
fn what_is_no_public_address_is_refused() {
    for text in [
        "",
        "hooks.example.com",
        "/in",
        "https://",
        "https:///in",
        "https://:443",
        "HTTPS://hooks.example.com",
        "ftp://hooks.example.com",
        "https://user:pass@hooks.example.com",
        "https://hooks.example.com?x=1",
        "https://hooks.example.com#x",
        "https://hooks example.com",
        "https://h\u{f6}oks.example.com",
        "https://hooks.example.com\n",
    ] {
        let error = PublicAddress::new(text).unwrap_err();
        assert_eq!(error.faults()[0].at(), "public_address", "{text}");
        assert!(!error.to_string().contains("user:pass"), "{error}");
        assert!(text.parse::<PublicAddress>().is_err());
    }
    assert_eq!(address("https://example.com/").to_string(), "https://example.com");
}

#[test]
fn every_value_of_a_repeated_header_is_there_in_order_and_as_bytes() {
    let not_text = http::HeaderValue::from_bytes(b"caf\xe9 \xff").unwrap();
    let parts = parts(
        http::Request::builder()
            .method("PUT")
            .uri("/in")
            .header("X-Signature", "first")
            .header("x-other", not_text)
            .header("x-signature", "second")
            .header("X-SIGNATURE", ""),
    );
    let owned = HttpHead::new(&parts, &address("https://hooks.example.com"));
    let head = owned.head();
    assert_eq!(head.method(), "PUT");
    let values: Vec<&[u8]> = head.header("X-Signature").collect();
    assert_eq!(values, [b"first".as_slice(), b"second", b""]);
    assert_eq!(head.header("x-other").next(), Some(b"caf\xe9 \xff".as_slice()));
    assert_eq!(head.headers().len(), 4);
    let of = HttpHead::of("PUT", &parts.uri, &parts.headers, &address("https://hooks.example.com"));
    assert_eq!(of.head().headers(), head.headers());
    let told = format!("{owned:?}");
    assert!(!told.contains("first") && told.contains("x-signature"), "{told}");
}

/// The same delivery, told in both ways, has the same outcome, whatever is wrong with it.
#[test]
fn a_request_is_judged_as_the_lines_it_is_made_of() {
    let public = address("https://hooks.example.com");
    for profile in PROFILES {
        let genuine = genuine(profile, "1");
        let (name, value) = genuine.headers.last().unwrap().clone();
        let cases = [
            genuine.clone(),
            genuine.clone().without(&name),
            genuine.clone().with(&name, value),
            genuine.clone().without(&name).with(&name, b"\xff\xfe".to_vec()),
            genuine.clone().by("PUT"),
        ];
        for case in cases {
            let mut builder = http::Request::builder().method(case.method).uri("/in");
            for (name, value) in &case.headers {
                let value = http::HeaderValue::from_bytes(value).unwrap();
                builder = builder.header(name.as_str(), value);
            }
            let parts = parts(builder);
            let head = HttpHead::new(&parts, &public);
            let body = case.body.as_deref().unwrap();
            let source = source(profile);
            let by_http = engine().receive(&source, &Delivery::new(head.head(), body)).unwrap();
            let by_lines = receive(&engine(), &source, &case);
            assert_eq!(by_http.outcome, by_lines.outcome, "{profile}");
            assert_eq!(seen(&by_http), seen(&by_lines), "{profile}");
        }
    }
}

#[test]
fn an_answer_becomes_a_response_with_all_of_its_headers() {
    for profile in PROFILES {
        let engine = engine();
        let source = source(profile);
        for request in [genuine(profile, "1"), genuine(profile, "2").by("PUT"), Request::new("")] {
            let receipt = receive(&engine, &source, &request);
            let (status, body, headers) = seen(&receipt);
            let response: http::Response<String> = receipt.response.into();
            assert_eq!(response.status().as_u16(), status);
            assert_eq!(*response.body(), body);
            let mut got: Vec<(String, String)> = response
                .headers()
                .iter()
                .map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()))
                .collect();
            let mut headers = headers;
            got.sort();
            headers.sort();
            assert_eq!(got, headers);
        }
        let receipt = receive(&engine, &source, &genuine(profile, "3"));
        assert!(matches!(receipt.outcome, Outcome::Staged(_)));
        let bytes: http::Response<axum::body::Body> = receipt.response.into();
        assert!(bytes.status().is_success());
    }
}
