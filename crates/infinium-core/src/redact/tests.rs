//! What holds for all kinds together: ordinary texts stay, JSON stays JSON, and nothing takes long.

use std::borrow::Cow;

use proptest::prelude::*;
use serde_json::Value;

use super::{Kinds, Redactor, Search, hide_secrets};

/// Everything that can be found.
fn everything() -> Redactor {
    let kinds = Kinds::PRESETS
        .iter()
        .fold(Kinds::SECRETS, |all, (_, kind)| all.with(*kind));
    Redactor::new(kinds, &["password", "apiKey"], "[redacted]")
}

/// Texts that agents report every day, with nothing to hide.
const ORDINARY: [&str; 24] = [
    "The agent read the quarterly report, compared revenue with the forecast and drafted two sentences for the board. \
     Figures were checked against the \"Q4\" sheet: 1,320 units at $19.99 (+12.5 %), 3.2x of 2024-2025.",
    "L’agent a relu le rapport 📈 et l’a comparé aux prévisions. Первый черновик 👍🏽. 四半期の売上は予想を上回りました 🎉.",
    r#"{"userId":"3f2b8c1e-6a4d-4f0b-9c7e-2d1a5b6c7d8e","createdAt":"2026-11-23T09:30:00.000Z","amount":1234.56,"tags":["a-b","c_d"],"ok":true,"n":null}"#,
    r#"{"model":"gpt-4o-2024-08-06","max_tokens":4096,"temperature":0.7,"messages":[{"role":"user","content":"What is the capital of France?\nAnswer briefly."}]}"#,
    "const token = await getToken(); if (!token) throw new Error('no token'); headers.Authorization = `Bearer ${token}`;",
    "def login(username, password, *, api_key=None):\n    return requests.post(url, data={'password': password}, auth=(user, key))",
    "SELECT id, name FROM users WHERE email = $1 AND phone IS NOT NULL AND key = 'value' ORDER BY created_at DESC LIMIT 10;",
    "fn main() -> Result<(), Box<dyn std::error::Error>> { let x: std::collections::HashMap<String, u64> = Default::default(); Ok(()) }",
    "Error: connect ECONNREFUSED\n    at TCPConnectWrap.afterConnect [as oncomplete] (node:net:1595:16)\n    at OpenAI.makeRequest (/app/node_modules/openai/src/core.ts:412:19)",
    "git commit 9fceb02d0ae598e95dc970b74767f19372d61af8 (HEAD -> main, tag: v1.2.3-beta.4+build.567) sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36",
    "https://example.org/docs/v2/guide?page=2&sort=name&lang=en#section-4 and https://packages.example.org/@scope/package/-/package-1.0.0.tgz",
    "npm install lodash@4.17.21 @types/node@^22.20.5 && docker run -p 8080:80 -v /data:/data nginx:1.27.3-alpine",
    "ssh git@github.com:owner/repository.git; rsync -av --delete src/ backup:/srv/data; curl -X POST https://api.example.org/v1/items",
    "Order 2026-004711 of 23.11.2026 (11/23/2026): 3 x 12.50 € = 37.50 €, invoice INV-2026-11-0042, ISBN 978-3-16-148410-0, EAN 4006381333931.",
    "Meeting 14:30-15:45, room 3.141, dial 5. Score 6:4 7:6 (7:5), ratio 16:9, 52.5200° N 13.4050° E, 10-20 people, 1 200 000 rows in 1732354200000 ms.",
    "trace 4bf92f3577b34da6a3ce929d0e0e4736 span 00f067aa0ba902b7 arn:aws:s3:::bucket/key order_1a2b3c4d5e6f7g8h cus_NffrFeUfNV2Hib req_011CSHoEeqs5C35K2UUqR7Fy",
    "Basic usage: the bearer of this letter. Bearer authentication, basic authentication; keys: see the docs. Cookie: none. Authorization: see above.",
    "a=1; b=2; path=/usr/local/bin:/usr/bin; LANG=en_US.UTF-8; key=value; x==y; a&&b; c||d; e?f:g; h::i; j->k; l=>m; n@o; #p; $q; %r; ^s; ~t",
    "# Heading\n\n- [ ] item *one* (see [link](https://example.org/a_b-c.html))\n- [x] `code(1, 2)` -- done\n\n| a | b |\n|---|---|\n| 1 | 2 |\n-----\nBEGIN of text",
    "<div class=\"sk-folding-cube\" id=\"sk-chase\" data-key=\"value\"><img src=\"logo@2x.png\" alt=\"Logo\"/></div> .a{margin:0 auto!important;color:#ff00aa}",
    "[1320,245,1565,0.00575,1e-9,-40,123456789012,20261123,99999999999] {\"x\":[[1,2],[3,4]],\"y\":{\"z\":1732354200000}}",
    "UPDATED_AT=2026-11-23 NODE_ENV=production npm_config_registry=https://packages.example.org PORT=3000 DEBUG=app:* LOG_LEVEL=info",
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
];

#[test]
fn leaves_ordinary_texts_alone() {
    for text in ORDINARY {
        let (quoted, nested) = (
            Value::from(text),
            Value::from(Value::from(text).to_string()),
        );
        for text in [text, &quoted.to_string(), &nested.to_string()] {
            assert_eq!(everything().redact(text), text);
            assert!(matches!(hide_secrets(text), Cow::Borrowed(_)));
        }
    }
}

#[test]
fn hides_credentials_before_the_address_that_contains_them() {
    let text = "mongodb://ada@example.org:secret@db.example.org/x, ada@example.org";
    let hidden = "mongodb://[redacted]@db.example.org/x, [redacted]";
    assert_eq!(everything().redact(text), hidden);
}

#[test]
fn hides_secrets_in_json_of_json() {
    let key = "-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----";
    let text = format!(
        r#"{{"a":"Authorization: Bearer abc.def\r\nCookie: a=b\r\n\r\n","b":"https://u:p@h/?token=x&y=1","c":{},"d":"sk-ant-api03-0123456789abcdef","headers":{{"authorization":"Bearer x","set-cookie":["a=b","c=d"]}}}}"#,
        Value::from(key)
    );
    let hidden = r#"{"a":"Authorization: Bearer [Hidden]\r\nCookie: [Hidden]\r\n\r\n","b":"https://[Hidden]@h/?token=[Hidden]&y=1","c":"[Hidden]","d":"[Hidden]","headers":{"authorization":"[Hidden]","set-cookie":"[Hidden]"}}"#;
    let (mut text, mut hidden) = (text, hidden.to_owned());
    for _ in 0..4 {
        assert_eq!(hide_secrets(&text), hidden);
        text = Value::from(text).to_string();
        hidden = Value::from(hidden).to_string();
    }
}

/// Pieces of texts that are secret, or nearly so.
fn piece() -> impl Strategy<Value = String> {
    let pieces = [
        "ada@example.org",
        "@",
        "+49 151 12345678",
        "(202) 555-0143",
        "4111 1111 1111 1111",
        "4111111111111111",
        "DE89 3704 0044 0532 0130 00",
        "GB82 WEST 1234",
        "10.0.0.1",
        "2001:db8::1",
        "::",
        "1.2.3",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc",
        "sk-abc123def456",
        "ghp_0123456789abcdefghij",
        "AKIAIOSFODNN7EXAMPLE",
        "-----BEGIN PRIVATE KEY-----",
        "-----END PRIVATE KEY-----",
        "MIIEvQIBADANBgkqhkiG9w0BAQEFAASC",
        "https://",
        "u:p@h",
        "://",
        "?token=",
        "&sig=",
        "key=",
        "Password=",
        "Server=db;",
        "host=db ",
        "Authorization: ",
        "Bearer ",
        "Basic ",
        "dXNlcjpwYXNz",
        "Cookie: ",
        "a=b; c=d",
        "\"password\"",
        "\"apiKey\":",
        ": ",
        "\"",
        "\\",
        "\\n",
        "\\\"",
        "\n",
        "\r\n",
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "...",
        "=",
        "$",
        "[redacted]",
        "[Hidden]",
        "'",
        "é",
        "😀",
        "\u{0}",
        "\\u00e9",
        "null",
        "phone: ",
        "2025550143",
        "version ",
        "\"a\":",
        "1",
        "x",
        " ",
        " ",
        "-",
        "/",
        "%3D",
    ];
    prop_oneof![
        8 => prop::sample::select(pieces.to_vec()).prop_map(str::to_owned),
        1 => "\\PC{0,8}",
    ]
}

fn text() -> impl Strategy<Value = String> {
    prop::collection::vec(piece(), 0..24).prop_map(|pieces| pieces.concat())
}

/// Any JSON with such texts, also as names and within strings of JSON.
fn json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        6 => text().prop_map(Value::from),
        1 => Just(Value::from(4_111_111_111_111_111_u64)),
        1 => any::<i64>().prop_map(Value::from),
        1 => Just(Value::Null),
        1 => any::<bool>().prop_map(Value::from),
    ];
    let name = prop_oneof![
        2 => prop::sample::select(vec!["password", "api_key", "phone", "version", "a"]).prop_map(str::to_owned),
        1 => text(),
    ];
    leaf.prop_recursive(4, 24, 4, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::hash_map(name.clone(), inner.clone(), 0..4)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
            inner.prop_map(|value| Value::from(value.to_string())),
        ]
    })
}

/// Whether strings that contained an object or array still do, unless they were replaced as a whole.
fn is_nested_alike(before: &Value, after: &Value) -> bool {
    match (before, after) {
        (Value::Array(before), Value::Array(after)) => {
            let mut pairs = before.iter().zip(after);
            before.len() == after.len()
                && pairs.all(|(before, after)| is_nested_alike(before, after))
        }
        (Value::Object(before), Value::Object(after)) => before.iter().all(|(name, before)| {
            let after = after.get(name);
            after.is_none_or(|after| is_nested_alike(before, after))
        }),
        (Value::String(before), Value::String(after)) if *after != "[Hidden]" => {
            match serde_json::from_str(before) {
                Ok(before @ (Value::Array(_) | Value::Object(_))) => {
                    serde_json::from_str(after).is_ok_and(|after| is_nested_alike(&before, &after))
                }
                _ => true,
            }
        }
        _ => true,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(ProptestConfig::default().cases.max(3000)))]

    #[test]
    fn never_panics_and_redacts_once_and_for_all(text in text()) {
        for redact in [|text: &str| everything().redact(text).into_owned(), |text: &str| hide_secrets(text).into_owned()] {
            let once = redact(&text);
            prop_assert_eq!(redact(&once), once);
        }
    }

    #[test]
    fn keeps_json_valid(value in json(), pretty in any::<bool>()) {
        // A number by itself may also be the text of a string.
        prop_assume!(!value.is_number());
        let text = if pretty { serde_json::to_string_pretty(&value).unwrap() } else { value.to_string() };
        let redacted = everything().redact(&text).into_owned();
        prop_assert!(serde_json::from_str::<Value>(&redacted).is_ok(), "{}\n{}", text, redacted);
        prop_assert_eq!(everything().redact(&redacted), redacted.as_str());
    }

    #[test]
    fn keeps_json_within_json_valid_when_it_hides_secrets(value in json()) {
        let text = value.to_string();
        let hidden = hide_secrets(&text).into_owned();
        let after = serde_json::from_str(&hidden);
        prop_assert!(after.is_ok_and(|after| is_nested_alike(&value, &after)), "{}\n{}", text, hidden);
    }

    #[test]
    fn finds_in_a_document_what_it_finds_in_its_strings(texts in prop::collection::vec(text(), 1..6)) {
        let redactor = everything();
        let document = Value::from(texts).to_string();
        let mut search = Search::new(&redactor, &document);
        let mut cursor = crate::wire::Cursor::new(&document);
        while let Some(piece) = cursor.piece() {
            if piece.starts_with('"') {
                let end = cursor.position();
                let found = search.string(end - piece.len()..end, "");
                let direct = redactor.replace(&piece[1..piece.len() - 1], 1, "");
                prop_assert_eq!(found, direct.map(|text| format!("\"{text}\"")), "{}", document);
            }
        }
    }
}
