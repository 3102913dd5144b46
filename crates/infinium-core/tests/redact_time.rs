//! Checks that redaction takes no longer for texts that are made to be slow.

#![expect(clippy::disallowed_methods, reason = "real time is what is checked")]

use std::time::{Duration, Instant};

use infinium_core::redact::{Kinds, Redactor, hide_secrets};

/// In bytes. If the time grew with the square of the size, most of these texts would take minutes.
const SIZE: usize = 1 << 17;

/// Each text takes a few milliseconds; this is for builds without optimization on busy machines.
const LIMIT: Duration = Duration::from_secs(10);

/// What texts repeat: the beginnings and ends of what is searched for.
const PIECES: &[&str] = &[
    "a",
    "@",
    "a@",
    "a@a.",
    "a.",
    "1",
    "1 ",
    "1-",
    "1.",
    "4111 ",
    "4111111111111111 ",
    "GB82 ",
    "AB12",
    "+1",
    "(",
    "+49 ",
    ":",
    "::",
    "a:",
    "1:",
    "a://",
    "a://b:c/",
    "a://b:c@",
    "://",
    "=",
    "a=",
    "?token=",
    "token=",
    "pwd=",
    ";pwd=a b",
    "Password=a;",
    "host=a password=",
    "b",
    "B",
    "Bearer ",
    "Basic A",
    "-----BEGIN PRIVATE KEY-----",
    "-----BEGIN PRIVATE KEY----- and ",
    "-----BEGIN ",
    "password: \"",
    "password: '",
    "token=`",
    "token=a1(",
    "token:a.",
    "<a>",
    "<token>",
    "curl -u a",
    "https://hooks.slack.com/services/",
    " --token ",
    " --a",
    "%3D",
    "%3A%2F%2F",
    "token%3D ",
    "?a[token]=",
    "postgres://a:b@c/",
    "http://a:'",
    "-",
    "----END ",
    "\"",
    "\\",
    "\\\"",
    "\\\\\"",
    "\"password\":",
    "\"password\":{",
    "\"password\":\"",
    "\\\"password\\\":[",
    "\"a\":",
    "{\"",
    "[",
    "[1,",
    "[4111111111111111,",
    "eyJ",
    "eyJaaaaaaaaaaaa.",
    "sk-",
    "sk-abc123def456.",
    "sk-abc123def456 ",
    "cookie: a=b",
    "cookie:",
    "authorization: ",
    "authorization: digest a=\"",
    "'",
    "authorization: '",
    "\\n",
    "\\u00e9",
    "%3D",
    " ",
    "\n",
    ": ",
    "  :",
    "é",
    "é@é.",
    "phone 1",
    "....",
    "2001:db8::1",
    "1.1.1.1",
    "1.1.1.1 ",
    "https://h/?key=a&",
];

#[test]
fn takes_no_longer_for_hostile_texts() {
    let presets = Kinds::PRESETS.iter();
    let kinds = presets.fold(Kinds::SECRETS, |all, (_, kind)| all.with(*kind));
    let redactor = Redactor::new(kinds, &["password"], "[redacted]");
    for piece in PIECES {
        let text = piece.repeat(SIZE / piece.len());
        let text = format!("[\"{text}");
        let start = Instant::now();
        let lengths = redactor.redact(&text).len() + hide_secrets(&text).len();
        let time = start.elapsed();
        assert!(time < LIMIT, "{piece:?} took {time:?} for {lengths} bytes");
    }
}
