//! What `--help` says: the members of a line and every reason code.

/// The text.
pub(crate) const TEXT: &str = "\
explain judges captured requests: JSON lines in, JSON lines out.

  explain < requests.jsonl     one verdict for each line, in order, flushed
  explain --presets            the presets: name, aliases, key form, params, what each covers
  explain --presets --json     the same as JSON lines
  explain --help               this text

A line in is one JSON object:
  id           any JSON value; it is echoed as it was written
  provider     the name or alias of a preset, or
  scheme       a scheme in its stored form
  keys         0 to 4 texts, each what the provider's dashboard shows: a secret, or a public key
               in hex, base64, base64 of its SPKI, PEM, a certificate; any of them may match
  params       key_id, webhook_id, client_id, audience, issuer, service_account, bundle_id,
               environment, topic_arn, jwks (an object or its text, one more key beside keys),
               tolerance_seconds (1 to 86400, both ways); others are ignored with a hint
  method       default POST
  url          taken as it is; default empty
  headers      an object; a value is a text in UTF-8, {\"base64\": TEXT} for raw bytes, or a list
               of these, which is as many header lines
  body_base64  the raw body in standard base64; \"\" for an empty one; never left out
  now          the moment to judge at, in seconds since 1970; never left out, for the clock of
               the machine is not asked

A line out is one JSON object:
  id           as in the line in; null if it could not be read
  verdict      verified, refused or unusable
  reason       a code of the lists below
  covers       if verified, what the signature covers: body (whole, digest, tokens, form_fields,
               checksum, {fields} or nothing), method, url, timestamp, id, headers
  key_index    if verified by a key, its place in keys
  dedupe       if verified, the key of the preset's own dedupe rule in hex; null if the request
               does not hold its parts
  event_type   if verified, what stands where the preset has it
  hints        sentences for people; they may change

Verdicts speak of authentication only: signature, freshness, equalities. A method, a size, a
body that is no JSON, a missing dedupe key or a handshake never changes one.

Reasons of verified:
  signature          a signature over what covers says
  token              the sender showed the secret; nothing of the message is covered
  unsigned           the scheme authenticates nothing

Reasons of refused:
  absent             something that the scheme needs is not there
  malformed          it is there and cannot be what it should be, or stands twice
  mismatch           a well-formed signature or token that no key made
  stale              rightly signed, too long ago
  future             rightly signed, for a time too far ahead
  key_unknown        it names a key that was not given
  different          a value that the source requires is another

Reasons of unusable:
  unknown_provider   no preset has this name
  bad_key            a key is none for this scheme; none is given; more than four are
  missing_param:NAME the scheme needs this parameter
  bad_scheme         the scheme cannot be read or is not sound
  bad_input          the line is no JSON object, or a member is missing or not what it should be
  feature_off        the scheme needs a feature that this build does not have

An empty line, a line that is not UTF-8 and one of more than 256 MiB are bad_input with a null
id. Lines end in LF or CR LF. The exit status is 0 unless standard input cannot be read.
";
