//! Whether a description is sound. One function judges the rows of the preset table while they are
//! compiled and the descriptions that hosts load while they run.

use super::description::{
    Algorithm, Authentication, Description, Encoding, Equality, Expected, Fields, Grammar, Hash,
    HostChecked, Jose, JoseAlgorithm, JoseKey, JosePayload, KeyChoice, KeyFetch, KeyForm, KeyName,
    List, NamedHeaders, Part, Place, Presence, Signature, SignedTime, Slot, Text, Token,
    TokenGrammar, Tolerance,
};
use std::borrow::Cow;

/// The longest tolerance: a day. A longer one is a window for replay, not for clocks that differ.
pub(crate) const MAX_TOLERANCE: u32 = 86_400;

/// The most slots or templates of a scheme: each multiplies what a forged delivery makes us do.
pub(crate) const MAX_ALTERNATIVES: usize = 4;

/// The most parts of one template.
const MAX_PARTS: usize = 32;

/// How deep parts nest: a digest in an optional part, and one to spare.
const MAX_DEPTH: u8 = 3;

/// The most faults reported for one description.
const MAX_FAULTS: usize = 24;

/// What makes a description unsound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) at: &'static str,
    pub(crate) what: &'static str,
}

/// The faults of one description, in the order found.
pub(crate) struct Faults {
    list: [Option<Fault>; MAX_FAULTS],
    length: usize,
}

impl Faults {
    const fn add(&mut self, at: &'static str, what: &'static str) {
        if self.length < MAX_FAULTS {
            self.list[self.length] = Some(Fault { at, what });
            self.length += 1;
        }
    }

    pub(crate) const fn first(&self) -> Option<Fault> {
        self.list[0]
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = Fault> + '_ {
        self.list.iter().flatten().copied()
    }
}

/// All that is wrong with a description.
pub(crate) const fn check(description: &Description) -> Faults {
    let mut faults = Faults { list: [None; MAX_FAULTS], length: 0 };
    match &description.authentication {
        Authentication::Signature(signature) => {
            check_signature(description, signature, &mut faults)
        }
        Authentication::AnyOf(signatures) => {
            let signatures = items(signatures);
            if signatures.len() < 2 || signatures.len() > MAX_ALTERNATIVES {
                faults.add("any_of", "give two to four signature rules");
            }
            let mut index = 0;
            while index < signatures.len() {
                check_signature(description, &signatures[index], &mut faults);
                index += 1;
            }
        }
        Authentication::Token(token) => {
            check_token(token, &mut faults);
            check_nothing_signed(description, &mut faults);
        }
        Authentication::HostChecked(HostChecked { token, check }) => {
            check_token(token, &mut faults);
            check_word(check, "host_checked.check", &mut faults);
            check_nothing_signed(description, &mut faults);
        }
        Authentication::Jose(jose) => check_jose(description, jose, &mut faults),
        Authentication::Unsigned => check_nothing_signed(description, &mut faults),
    }
    let require = items(&description.require);
    let mut index = 0;
    while index < require.len() {
        check_equality(description, &require[index], &mut faults);
        index += 1;
    }
    faults
}

const fn check_signature(description: &Description, signature: &Signature, faults: &mut Faults) {
    let slots = items(&signature.at);
    if slots.is_empty() || slots.len() > MAX_ALTERNATIVES {
        faults.add("signature.at", "name one to four places where a signature may stand");
    }
    let mut index = 0;
    while index < slots.len() {
        check_slot(&slots[index], &signature.grammar, faults);
        index += 1;
    }
    check_algorithm(signature, faults);
    check_grammar(&signature.grammar, signature.encoding, faults);
    check_key_form(&signature.key, faults);

    let templates = items(&signature.content);
    if templates.is_empty() || templates.len() > MAX_ALTERNATIVES {
        faults.add("signature.content", "give one to four templates of the signed bytes");
    }
    let mut index = 0;
    while index < templates.len() {
        check_template(description, signature, items(&templates[index]), faults);
        index += 1;
    }
    if let Some(timestamp) = &description.timestamp {
        check_timestamp(timestamp, &signature.grammar, faults);
    }
    if let Some(place) = &description.id {
        check_place(place, "id", faults);
        check_item_exists(place, &signature.grammar, "id", faults);
    }
}

const fn check_nothing_signed(description: &Description, faults: &mut Faults) {
    if description.timestamp.is_some() {
        faults.add("timestamp", "nothing is signed here, so a time proves nothing; remove it");
    }
    if description.id.is_some() {
        faults.add("id", "nothing is signed here, so an id proves nothing; remove it");
    }
}

/// Public keys verify what private keys signed, and nothing else does.
const fn check_algorithm(signature: &Signature, faults: &mut Faults) {
    let public_key = matches!(signature.key, KeyForm::Public | KeyForm::Fetched(_));
    let public_algorithm = match signature.algorithm {
        Algorithm::Digest(_) => false,
        Algorithm::Hmac(hash) => {
            if matches!(hash, Hash::Keccak256) {
                faults
                    .add("signature.algorithm", "Keccak is used as a bare digest, not in an HMAC");
            }
            false
        }
        Algorithm::Ed25519 => true,
        Algorithm::Ecdsa { hash, .. } | Algorithm::RsaPkcs1(hash) | Algorithm::RsaPss(hash) => {
            if matches!(hash, Hash::Keccak256 | Hash::Md5Legacy) {
                faults.add(
                    "signature.algorithm",
                    "a public-key signature takes a hash of the SHA family",
                );
            }
            true
        }
    };
    if public_algorithm && !public_key {
        faults.add("signature.key", "this algorithm verifies with a public key");
    }
    if !public_algorithm && public_key {
        faults
            .add("signature.key", "this algorithm takes a secret; a public key is known to anyone");
    }
}

const fn check_slot(slot: &Slot, grammar: &Grammar, faults: &mut Faults) {
    check_place(&slot.place, "signature.at", faults);
    match &slot.key {
        KeyChoice::Named(place) => {
            check_place(place, "signature.at.key", faults);
            check_item_exists(place, grammar, "signature.at.key", faults);
        }
        KeyChoice::Record => {
            if !matches!(grammar, Grammar::Records { .. }) {
                faults.add(
                    "signature.at.key",
                    "only a grammar of records names a key for each signature",
                );
            }
        }
        KeyChoice::Any | KeyChoice::Nth(_) => {}
    }
    match &slot.place {
        Place::Claim(_) | Place::JoseHeader(_) | Place::WholeBody => {
            faults.add("signature.at", "a signature cannot stand there");
        }
        Place::Item(_) | Place::Position(_) => {
            faults.add(
                "signature.at",
                "an item stands in a signature value, not the other way round",
            );
        }
        Place::Parameter(_) => {
            faults.add("signature.at", "a signature must come from the delivery");
        }
        _ => {}
    }
}

const fn check_grammar(grammar: &Grammar, encoding: Encoding, faults: &mut Faults) {
    match grammar {
        Grammar::Items { item, pair, signatures } => {
            let keys = items(signatures);
            if *item == *pair {
                faults.add("signature.grammar", "the separators of items and of pairs must differ");
            }
            if !is_separator(*item) || !is_separator(*pair) {
                faults.add(
                    "signature.grammar",
                    "a separator must be ASCII and not a letter or digit",
                );
            }
            if stands_in(*item, encoding) {
                faults
                    .add("signature.grammar", "the separator of items occurs inside the encoding");
            }
            if keys.is_empty() || keys.len() > MAX_ALTERNATIVES {
                faults
                    .add("signature.grammar", "name one to four keys whose values are signatures");
            }
            let mut index = 0;
            while index < keys.len() {
                if as_str(&keys[index]).is_empty() {
                    faults.add("signature.grammar", "a key must not be empty");
                }
                index += 1;
            }
        }
        Grammar::JsonObject { signature } | Grammar::Quoted { signature } => {
            if as_str(signature).is_empty() {
                faults.add("signature.grammar", "a key must not be empty");
            }
        }
        Grammar::Plain { .. } => {}
        Grammar::Records { item, field, fields, key } => {
            if *item == *field || !is_separator(*item) || !is_separator(*field) {
                faults.add(
                    "signature.grammar",
                    "the separators must differ, and be neither letters nor digits",
                );
            }
            if stands_in(*item, encoding) || stands_in(*field, encoding) {
                faults.add("signature.grammar", "a separator occurs inside the encoding");
            }
            if *fields < 2 || *fields > 8 || *key >= *fields - 1 {
                faults.add(
                    "signature.grammar",
                    "a record has two to eight fields; the key stands before the last",
                );
            }
        }
        Grammar::Positions { item, .. } => {
            if !is_separator(*item) || stands_in(*item, encoding) {
                faults.add("signature.grammar", "the separator must not occur inside the encoding");
            }
        }
        Grammar::Word { word } => check_word(word, "signature.grammar", faults),
    }
}

const fn check_template(
    description: &Description,
    signature: &Signature,
    parts: &[Part],
    faults: &mut Faults,
) {
    let mut found =
        Found { anything: false, timestamp: false, id: false, secret: 0, body: false, depth: 0 };
    if parts.len() > MAX_PARTS {
        faults.add("signature.content", "a template has at most 32 parts");
    }
    check_parts(description, signature, parts, false, &mut found, faults);
    if !found.anything {
        faults.add("signature.content", "the signed bytes hold nothing of the delivery");
    }
    match signature.algorithm {
        Algorithm::Digest(_) if found.secret != 1 => {
            faults.add("signature.content", "a bare digest needs the secret once among its parts");
        }
        Algorithm::Digest(_) => {}
        _ if found.secret != 0 => {
            faults.add("signature.content", "the secret is the key here, not a part");
        }
        _ => {}
    }
    if let Some(timestamp) = &description.timestamp {
        let within_body = timestamp.at.is_in_body() && found.body;
        if !found.timestamp && !within_body {
            faults
                .add("timestamp", "it is judged but not signed, so a replay only needs a new one");
        }
    }
    if description.id.is_some() && !found.id {
        faults.add("id", "it is not among the signed parts, so it proves nothing; remove it");
    }
}

/// What a template was seen to hold.
struct Found {
    anything: bool,
    timestamp: bool,
    id: bool,
    secret: usize,
    body: bool,
    depth: u8,
}

const fn check_parts(
    description: &Description,
    signature: &Signature,
    parts: &[Part],
    optional: bool,
    found: &mut Found,
    faults: &mut Faults,
) {
    let mut index = 0;
    while index < parts.len() {
        match &parts[index] {
            Part::Body | Part::BodyDigest { .. } | Part::BodyJsonString | Part::BodyMinified => {
                found.anything = true;
                found.body = true;
            }
            Part::BodyCrc32 => found.anything = true,
            Part::Digest { of, .. } => {
                check_inner(description, signature, of, optional, found, faults);
            }
            Part::Fields(fields) => {
                found.anything = true;
                check_fields(fields, faults);
                // Every field but those left out is signed, and a time can be one of them.
                found.body = true;
            }
            Part::Headers(headers) => {
                found.anything = true;
                check_named_headers(headers, &signature.grammar, faults);
            }
            Part::Id => {
                found.anything = true;
                found.id = true;
                if description.id.is_none() {
                    faults.add("id", "it is signed, but its place is not given");
                }
            }
            Part::Literal(literal) => {
                if as_str(literal).is_empty() {
                    faults.add("signature.content", "a literal must not be empty");
                }
            }
            Part::Method | Part::MethodLowercase | Part::Url(_) => found.anything = true,
            Part::Optional(inner) | Part::UnlessBodyEmpty(inner) => {
                if optional {
                    faults.add("signature.content", "optional parts do not nest");
                } else {
                    check_inner(description, signature, inner, true, found, faults);
                }
            }
            Part::Secret => found.secret += 1,
            Part::Timestamp => {
                found.anything = true;
                if optional {
                    faults.add("signature.content", "a timestamp must not be optional");
                }
                found.timestamp = true;
                if description.timestamp.is_none() {
                    faults.add("timestamp", "it is signed, but its place and unit are not given");
                }
            }
            Part::Lowercase(place) | Part::Value(place) | Part::ValueOrEmpty(place) => {
                found.anything = true;
                check_place(place, "signature.content", faults);
                check_item_exists(place, &signature.grammar, "signature.content", faults);
                check_no_claim(place, "signature.content", faults);
            }
        }
        index += 1;
    }
}

const fn check_inner(
    description: &Description,
    signature: &Signature,
    inner: &List<Part>,
    optional: bool,
    found: &mut Found,
    faults: &mut Faults,
) {
    if items(inner).is_empty() {
        faults.add("signature.content", "inner parts must not be empty");
    }
    if items(inner).len() > MAX_PARTS {
        faults.add("signature.content", "a template has at most 32 parts");
        return;
    }
    if found.depth == MAX_DEPTH {
        faults.add("signature.content", "parts nest at most three deep");
        return;
    }
    found.depth += 1;
    check_parts(description, signature, items(inner), optional, found, faults);
    found.depth -= 1;
}

const fn check_fields(fields: &Fields, faults: &mut Faults) {
    let except = items(&fields.except);
    if except.len() > MAX_PARTS {
        faults.add("signature.content", "at most 32 fields may be left out");
    }
    let mut index = 0;
    while index < except.len() {
        if as_str(&except[index]).is_empty() {
            faults.add("signature.content", "a name must not be empty");
        }
        index += 1;
    }
}

const fn check_named_headers(headers: &NamedHeaders, grammar: &Grammar, faults: &mut Faults) {
    check_place(&headers.named_at, "signature.content", faults);
    check_item_exists(&headers.named_at, grammar, "signature.content", faults);
    if !is_separator(headers.separator) && headers.separator != ' ' {
        faults.add("signature.content", "a separator must be ASCII and not a letter or digit");
    }
    let always = items(&headers.always);
    if always.len() > MAX_PARTS {
        faults.add("signature.content", "at most 32 headers may be asked for");
    }
    let mut index = 0;
    while index < always.len() {
        check_header_name(&always[index], "signature.content", faults);
        index += 1;
    }
}

/// A token or signature in JOSE form.
const fn check_jose(description: &Description, jose: &Jose, faults: &mut Faults) {
    check_place(&jose.at, "jose.at", faults);
    check_no_claim(&jose.at, "jose.at", faults);
    if matches!(jose.at, Place::Item(_) | Place::Position(_) | Place::Parameter(_)) {
        faults
            .add("jose.at", "a token stands in a header, query parameter, body field or the body");
    }
    if matches!(jose.grammar, TokenGrammar::Basic) {
        faults.add("jose.grammar", "a token is not a user and a password");
    }
    if let TokenGrammar::Word { word } = &jose.grammar {
        check_word(word, "jose.grammar", faults);
    }
    if description.timestamp.is_some() {
        faults.add("timestamp", "a token has its own times; name them there");
    }
    if description.id.is_some() {
        faults.add("id", "a token has its own id, a claim; remove it");
    }
    if jose.times.leeway > 300 {
        faults.add("jose.times.leeway", "clocks may differ by 0 to 300 seconds");
    }
    if let Some(max_age) = jose.times.max_age {
        if max_age == 0 || max_age > MAX_TOLERANCE {
            faults.add("jose.times.max_age", "the greatest age must be 1 to 86400 seconds");
        }
        if !matches!(jose.times.issued, Presence::Required) {
            faults.add("jose.times.issued", "without iat there is no age; require it");
        }
    }
    check_jose_algorithms(jose, faults);
    match &jose.payload {
        JosePayload::Claims => {}
        JosePayload::Opaque => check_no_times(jose, faults),
        JosePayload::Detached(template) | JosePayload::DetachedUnencoded(template) => {
            check_no_times(jose, faults);
            check_detached(items(template), faults);
        }
    }
}

const fn check_no_times(jose: &Jose, faults: &mut Faults) {
    let times = &jose.times;
    if !matches!(
        (times.expires, times.not_before, times.issued),
        (Presence::Ignored, Presence::Ignored, Presence::Ignored)
    ) {
        faults.add("jose.times", "this signature carries no claims that are looked at");
    }
}

const fn check_jose_algorithms(jose: &Jose, faults: &mut Faults) {
    let algorithms = items(&jose.algorithms);
    if algorithms.is_empty() || algorithms.len() > 13 {
        faults.add("jose.algorithms", "name at least one algorithm, each once");
    }
    let mut secret = false;
    let mut public = false;
    let mut index = 0;
    while index < algorithms.len() {
        match algorithms[index] {
            JoseAlgorithm::Hs256 | JoseAlgorithm::Hs384 | JoseAlgorithm::Hs512 => secret = true,
            _ => public = true,
        }
        index += 1;
    }
    match &jose.key {
        JoseKey::Chain { length, .. } => {
            if *length < 2 || *length > 5 {
                faults.add("jose.key", "a chain has two to five certificates");
            }
            if secret {
                faults.add("jose.algorithms", "a certificate cannot verify an HMAC");
            }
        }
        JoseKey::Fetched(fetch) => {
            check_fetch(fetch, faults);
            if secret {
                faults.add("jose.algorithms", "a secret cannot be fetched by what a token says");
            }
        }
        JoseKey::Ring(form) => {
            check_key_form(form, faults);
            if matches!(form, KeyForm::Fetched(_)) {
                faults.add("jose.key", "say that the token's key is fetched");
            }
            if secret && !public && matches!(form, KeyForm::Public) {
                faults.add("jose.key", "an HMAC takes a secret; a public key is known to anyone");
            }
        }
    }
}

/// A detached template holds parts of the delivery alone: there is no list and no secret.
const fn check_detached(parts: &[Part], faults: &mut Faults) {
    if parts.is_empty() || parts.len() > MAX_PARTS {
        faults.add("jose.payload", "a template has 1 to 32 parts");
    }
    let mut index = 0;
    while index < parts.len() {
        match &parts[index] {
            Part::Id | Part::Secret | Part::Timestamp => {
                faults.add(
                    "jose.payload",
                    "name the header that is signed; a token has no such part",
                );
            }
            Part::Value(place) | Part::ValueOrEmpty(place) | Part::Lowercase(place) => {
                check_place(place, "jose.payload", faults);
            }
            Part::Headers(headers) => check_place(&headers.named_at, "jose.payload", faults),
            Part::Optional(_) | Part::Digest { .. } | Part::UnlessBodyEmpty(_) => {
                faults.add("jose.payload", "parts of a detached payload do not nest");
            }
            _ => {}
        }
        index += 1;
    }
}

const fn check_fetch(fetch: &KeyFetch, faults: &mut Faults) {
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

const fn check_no_claim(place: &Place, at: &'static str, faults: &mut Faults) {
    if matches!(place, Place::Claim(_) | Place::JoseHeader(_)) {
        faults.add(at, "there is no token here that could hold it");
    }
}

const fn check_timestamp(timestamp: &SignedTime, grammar: &Grammar, faults: &mut Faults) {
    check_place(&timestamp.at, "timestamp.at", faults);
    check_item_exists(&timestamp.at, grammar, "timestamp.at", faults);
    if matches!(timestamp.at, Place::Parameter(_) | Place::WholeBody) {
        faults.add("timestamp.at", "a time must come from the delivery");
    }
    check_no_claim(&timestamp.at, "timestamp.at", faults);
    check_tolerance(timestamp.tolerance, faults);
}

/// A tolerance of zero means "none" in one library and "any" in another, so it means nothing here.
pub(crate) const fn check_tolerance(tolerance: Tolerance, faults: &mut Faults) {
    if let Tolerance::Within { past, future } = tolerance {
        if past == 0 || past > MAX_TOLERANCE {
            faults.add("timestamp.tolerance", "the past must be 1 to 86400 seconds");
        }
        if future > MAX_TOLERANCE {
            faults.add("timestamp.tolerance", "the future must be 0 to 86400 seconds");
        }
    }
}

/// The faults of a tolerance alone.
pub(crate) const fn tolerance_faults(tolerance: Tolerance) -> Faults {
    let mut faults = Faults { list: [None; MAX_FAULTS], length: 0 };
    check_tolerance(tolerance, &mut faults);
    faults
}

const fn check_token(token: &Token, faults: &mut Faults) {
    check_place(&token.at, "token.at", faults);
    if matches!(
        token.at,
        Place::Item(_)
            | Place::Position(_)
            | Place::Parameter(_)
            | Place::NumberedHeader { .. }
            | Place::Claim(_)
            | Place::JoseHeader(_)
            | Place::WholeBody
    ) {
        faults.add("token.at", "a token stands in one header, query parameter or body field");
    }
    if let TokenGrammar::Word { word } = &token.grammar {
        check_word(word, "token.grammar", faults);
    }
}

const fn check_equality(description: &Description, equality: &Equality, faults: &mut Faults) {
    check_place(&equality.at, "require.at", faults);
    match &description.authentication {
        Authentication::Signature(signature) => {
            check_item_exists(&equality.at, &signature.grammar, "require.at", faults);
        }
        _ => {
            if matches!(equality.at, Place::Item(_) | Place::Position(_)) {
                faults.add("require.at", "there is no list of items here");
            }
        }
    }
    match &description.authentication {
        Authentication::Jose(_) => {}
        _ => check_no_claim(&equality.at, "require.at", faults),
    }
    match &equality.equals {
        Expected::Text(expected) => check_expected_text(expected, faults),
        Expected::AnyText(texts) => {
            let texts = items(texts);
            if texts.is_empty() || texts.len() > MAX_PARTS {
                faults.add("require.equals", "name one to 32 texts");
            }
            let mut index = 0;
            while index < texts.len() {
                check_expected_text(&texts[index], faults);
                index += 1;
            }
        }
        _ => {}
    }
    if matches!(equality.at, Place::WholeBody) {
        faults.add("require.at", "name the value in the body");
    }
    if matches!(equality.at, Place::Parameter(_)) {
        faults.add("require.at", "the value must come from the delivery");
    }
}

const fn check_expected_text(expected: &Text, faults: &mut Faults) {
    if as_str(expected).is_empty() {
        faults.add("require.equals", "an empty text is what an absent value looks like");
    }
}

const fn check_key_form(form: &KeyForm, faults: &mut Faults) {
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

const fn check_place(place: &Place, at: &'static str, faults: &mut Faults) {
    match place {
        Place::Header(name) => check_header_name(name, at, faults),
        Place::NumberedHeader { prefix, up_to } => {
            check_header_name(prefix, at, faults);
            if *up_to == 0 || *up_to > 16 {
                faults.add(at, "numbered headers go up to 1 to 16");
            }
        }
        Place::FirstHeader(names) => {
            let names = items(names);
            if names.len() < 2 || names.len() > MAX_ALTERNATIVES {
                faults.add(at, "name two to four headers, of which the first that is there counts");
            }
            let mut index = 0;
            while index < names.len() {
                check_header_name(&names[index], at, faults);
                index += 1;
            }
        }
        Place::Body(pointer) => check_pointer(pointer, at, faults),
        Place::FormMember { field, pointer } => {
            check_pointer(pointer, at, faults);
            if as_str(field).is_empty() {
                faults.add(at, "a name must not be empty");
            }
        }
        Place::Claim(name)
        | Place::Form(name)
        | Place::Item(name)
        | Place::JoseHeader(name)
        | Place::Query(name) => {
            if as_str(name).is_empty() {
                faults.add(at, "a name must not be empty");
            }
        }
        Place::Parameter(_) | Place::Position(_) | Place::WholeBody => {}
    }
}

const fn check_pointer(pointer: &Text, at: &'static str, faults: &mut Faults) {
    let bytes = as_str(pointer).as_bytes();
    if bytes.is_empty() || bytes[0] != b'/' {
        faults.add(at, "a JSON Pointer to a member begins with /");
    }
}

const fn check_item_exists(
    place: &Place,
    grammar: &Grammar,
    at: &'static str,
    faults: &mut Faults,
) {
    match place {
        Place::Item(_) => match grammar {
            Grammar::Items { .. } | Grammar::JsonObject { .. } | Grammar::Quoted { .. } => {}
            _ => faults.add(at, "there is no list of keys and values in this grammar"),
        },
        Place::Position(position) => match grammar {
            Grammar::Positions { first, .. } if *position < *first => {}
            _ => faults.add(at, "no such position stands before the first signature"),
        },
        _ => {}
    }
}

const fn check_header_name(name: &Text, at: &'static str, faults: &mut Faults) {
    let bytes = as_str(name).as_bytes();
    if bytes.is_empty() {
        faults.add(at, "a header name must not be empty");
    }
    let mut index = 0;
    while index < bytes.len() {
        let byte = bytes[index];
        let token = byte.is_ascii_lowercase()
            || byte.is_ascii_digit()
            || matches!(byte, b'-' | b'_' | b'.' | b'!' | b'#' | b'$' | b'%' | b'&' | b'\'' | b'*')
            || matches!(byte, b'+' | b'^' | b'`' | b'|' | b'~');
        if !token {
            faults.add(at, "write header names in lower case, as RFC 9110 tokens");
            return;
        }
        index += 1;
    }
}

const fn check_word(word: &Text, at: &'static str, faults: &mut Faults) {
    let bytes = as_str(word).as_bytes();
    if bytes.is_empty() {
        faults.add(at, "the word must not be empty");
    }
    let mut index = 0;
    while index < bytes.len() {
        if !bytes[index].is_ascii_graphic() {
            faults.add(at, "the word must be visible ASCII without spaces");
            return;
        }
        index += 1;
    }
}

const fn is_separator(separator: char) -> bool {
    separator.is_ascii() && !separator.is_ascii_alphanumeric() && !separator.is_ascii_control()
}

/// Whether a character can stand inside text of this encoding.
const fn stands_in(character: char, encoding: Encoding) -> bool {
    match encoding {
        Encoding::Base64 => matches!(character, '+' | '/' | '='),
        Encoding::Base64Url => matches!(character, '-' | '_'),
        Encoding::Hex => false,
    }
}

pub(crate) const fn as_str(text: &Text) -> &str {
    match text {
        Cow::Borrowed(text) => text,
        Cow::Owned(text) => text.as_str(),
    }
}

pub(crate) const fn items<T: Clone>(list: &List<T>) -> &[T] {
    match list {
        Cow::Borrowed(items) => items,
        Cow::Owned(items) => items.as_slice(),
    }
}
