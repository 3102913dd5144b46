//! Encodes a complete task, with its top level in wire order.

use std::{cell::Cell, ops::Range};

use super::{
    Cursor,
    cursor::Token,
    fault::Fault,
    record::{Encoder, close},
    string,
};
use crate::{
    error::{Error, Result},
    error_kind::ErrorKind,
    limits::MAX_PAYLOAD_SIZE,
    redact::{Redactor, Search},
    schema::TASK,
};

/// An encoded task.
#[derive(Debug)]
pub struct Payload {
    /// The JSON for the platform.
    pub body: Vec<u8>,
}

/// Checks a task, given as the caller's JSON, and encodes it for the platform.
///
/// A task without `currentDatetime` gets the time `now`.
///
/// # Errors
/// `Validation` with the path of the field, or `PayloadTooLarge`.
pub fn encode(text: &str, now: Option<&str>) -> Result<Payload> {
    encode_redacted(text, now, None)
}

/// Like [`encode`], and redacts every string of the task. The limits hold before and after that.
///
/// # Errors
/// See [`encode`].
pub fn encode_redacted(
    text: &str,
    now: Option<&str>,
    redactor: Option<&Redactor>,
) -> Result<Payload> {
    let payload = reorder(text, now, redactor)?;
    if payload.body.len() > MAX_PAYLOAD_SIZE {
        let size = payload.body.len();
        let message = format!(
            "the encoded task is {size} bytes (maximum {MAX_PAYLOAD_SIZE}); shorten its summaries or steps"
        );
        return Err(Error::new(ErrorKind::PayloadTooLarge, message).with_payload_size(size));
    }
    Ok(payload)
}

thread_local! {
    /// A reused buffer for the members of a task before they are sorted.
    static MEMBERS: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
}

fn reorder(text: &str, now: Option<&str>, redactor: Option<&Redactor>) -> Result<Payload, Fault> {
    let mut members = MEMBERS.take();
    members.clear();
    let mut encoder = Encoder {
        cursor: Cursor::new(text),
        out: members,
        now,
        search: redactor.map(|redactor| Search::new(redactor, text)),
        field: None,
    };
    let found = encoder.cursor.token()?;
    if found != Token::Object {
        return Err(Fault::here(format!(
            "must be an object (got {})",
            found.name()
        )));
    }
    let schema = &TASK;
    let mut spans = [const { 0..0 }; TASK.fields.len()];
    let unknown = encoder.members(schema, &mut spans)?;
    encoder.cursor.end()?;

    let members = encoder.out;
    let copy = |out: &mut Vec<u8>, spans: &[Range<usize>]| {
        for span in spans {
            out.extend_from_slice(&members[span.clone()]);
        }
    };
    let sections = schema.sections.clone();
    let mut out = Vec::with_capacity(members.len() + 16);
    out.push(b'{');
    copy(&mut out, &spans[..sections.start]);
    if spans[sections.clone()].iter().any(|span| !span.is_empty()) {
        out.extend_from_slice(b"\"sections\":{");
        copy(&mut out, &spans[sections.clone()]);
        close(&mut out, b'}');
        out.push(b',');
    }
    copy(&mut out, &spans[sections.end..]);
    out.extend_from_slice(&members[unknown]);
    close(&mut out, b'}');
    if members.capacity() <= 2 * MAX_PAYLOAD_SIZE {
        MEMBERS.set(members);
    }
    Ok(Payload { body: out })
}

/// Returns the name of a task for messages, at most 60 characters, from any text that may contain a name.
pub fn task_name(text: &str) -> Option<String> {
    let mut cursor = Cursor::new(text);
    cursor.expect(b'{').ok()?;
    let mut first = true;
    while cursor.more(&mut first, b'}').ok()? {
        let key = cursor.string().ok()?;
        cursor.expect(b':').ok()?;
        let value = cursor.skip().ok()?;
        if cursor.slice(key.span) == "\"name\"" {
            let quoted = cursor.slice(value.span);
            return quoted
                .starts_with('"')
                .then(|| string::chars(quoted).take(60).collect());
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde::de::IgnoredAny;
    use serde_json::{Map, Value, json};

    use super::*;

    const BASE: &str =
        r#""name":"n","description":"d","currentDatetime":"2026-11-23T09:30:00Z","duration":1"#;

    fn body(rest: &str) -> String {
        let payload = encode(&format!("{{{BASE}{rest}}}"), None).unwrap();
        String::from_utf8(payload.body).unwrap()
    }

    /// The fields after the four required ones.
    fn rest(rest: &str) -> String {
        let start = r#"{"name":"n","description":"d","current_datetime":"2026-11-23T09:30:00Z","duration":1"#;
        body(rest).strip_prefix(start).unwrap().to_owned()
    }

    #[test]
    fn encodes_the_test_vectors() {
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/vectors.json");
        let vectors: Vec<Value> =
            serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
        for vector in vectors {
            let payload = encode(&vector["task"].to_string(), None).unwrap();
            let sent: Value = serde_json::from_slice(&payload.body).unwrap();
            assert_eq!(sent, vector["wire"]["body"], "{}", vector["id"]);
        }
    }

    #[test]
    fn omits_empty_values_and_keeps_meaningful_ones() {
        for (given, sent) in [
            (r#","outcome":null"#, "}"),
            (r#","outcome":"""#, r#","outcome":""}"#),
            (r#","steps":[],"errors":[]"#, "}"),
            (
                r#","customer":{},"sales":{"dealValue":null},"research":{"keyFindings":[]}"#,
                "}",
            ),
            (
                r#","sales":{"dealValue":0},"support":{"followUpRequired":false}"#,
                r#","sections":{"support":{"follow_up_required":false},"sales":{"deal_value":0}}}"#,
            ),
            (
                r#","environment":{"customTags":{}}"#,
                r#","environment":{"custom_tags":{}}}"#,
            ),
            (r#","llmUsage":{"calls":[]}"#, "}"),
            (
                r#","promptStudio":{"promptsUsed":[{"promptId":"p","variablesUsed":[]}]}"#,
                r#","prompt_studio":{"prompts_used":[{"prompt_id":"p","variables_used":null}]}}"#,
            ),
        ] {
            assert_eq!(rest(given), sent, "{given}");
        }
    }

    #[test]
    fn puts_the_top_level_in_order_whatever_the_order_of_its_input() {
        let given = r#","zOther":1,"environment":{"region":"r"},"general":{"retries":1},"steps":[{"stepNumber":1,"action":"a","description":"d"}],"timeTracking":{"startTime":"s"},"outcome":"o""#;
        let text = body(given);
        let places: Vec<_> = [
            "\"duration\"",
            "\"outcome\"",
            "\"steps\"",
            "\"sections\"",
            "\"time_tracking\"",
            "\"general\"",
            "\"environment\"",
            "\"z_other\"",
        ]
        .iter()
        .map(|key| text.find(key).unwrap())
        .collect();
        assert!(places.is_sorted(), "{text}");
    }

    #[test]
    fn copies_maps_and_unknown_values_to_the_letter() {
        let raw = r#"{"camelKey": 1.50, "null":null,"é\u00e9":[ ],"big":90071992547409931234}"#;
        let given = format!(r#","environment":{{"customTags":{raw}}},"own":{raw}"#);
        assert_eq!(
            rest(&given),
            format!(r#","environment":{{"custom_tags":{raw}}},"own":{raw}}}"#)
        );
    }

    #[test]
    fn knows_a_field_however_its_key_is_written() {
        let given = r#"{ "\u006eame":"n","description" : "d","current\u0044atetime":"2026-11-23T09:30:00Z",
            "duration":1,"own" :2,"\u006fwnToo":3}"#;
        let sent = encode(given, None).unwrap().body;
        assert_eq!(
            String::from_utf8(sent).unwrap(),
            r#"{"name":"n","description":"d","current_datetime":"2026-11-23T09:30:00Z","duration":1,"own":2,"own_too":3}"#
        );
    }

    #[test]
    fn fills_in_the_time_only_where_it_is_missing() {
        let now = Some("2026-01-01T00:00:00.000Z");
        for (given, time) in [
            (
                r#"{"name":"n","description":"d","duration":1}"#,
                "2026-01-01T00:00:00.000Z",
            ),
            (
                r#"{"name":"n","description":"d","currentDatetime":null,"duration":1}"#,
                "2026-01-01T00:00:00.000Z",
            ),
            (
                r#"{"name":"n","description":"d","currentDatetime":"2026-11-23T09:30:00Z","duration":1}"#,
                "2026-11-23T09:30:00Z",
            ),
        ] {
            let sent = encode(given, now).unwrap().body;
            let expected = format!(
                r#"{{"name":"n","description":"d","current_datetime":"{time}","duration":1}}"#
            );
            assert_eq!(String::from_utf8(sent).unwrap(), expected);
        }
    }

    #[test]
    fn names_the_path_to_what_is_wrong() {
        for (given, field) in [
            (
                r#","steps":[{"stepNumber":1,"action":"a","description":"d"},{"stepNumber":"2"}]"#,
                "steps[1].stepNumber",
            ),
            (r#","steps":[null]"#, "steps[0]"),
            (r#","errors":[{"errorType":"e"}]"#, "errors[0].message"),
            (r#","general":{"tags":["a",null]}"#, "general.tags[1]"),
            (r#","project":{"deliverables":{}}"#, "project.deliverables"),
            (r#","name":"again""#, "name"),
            (r#","a_b":1,"aB":2"#, "aB"),
            (r#","sales":{"dealValue":1},"sections":{}"#, "sections"),
            (",", "task"),
        ] {
            let error = encode(&format!("{{{BASE}{given}}}"), None).unwrap_err();
            assert_eq!(error.field(), Some(field), "{error}");
        }
    }

    #[test]
    fn checks_the_size_to_the_byte() {
        let with = |length: usize| {
            encode(
                &format!(r#"{{{BASE},"outcome":"{}"}}"#, "x".repeat(length)),
                None,
            )
        };
        let max = MAX_PAYLOAD_SIZE - with(0).unwrap().body.len();
        assert_eq!(with(max).unwrap().body.len(), MAX_PAYLOAD_SIZE);
        assert_eq!(
            with(max + 1).unwrap_err().payload_size(),
            Some(MAX_PAYLOAD_SIZE + 1)
        );
    }

    /// Any JSON, mostly in shapes that resemble tasks.
    fn any_json() -> impl Strategy<Value = Value> {
        let text = prop_oneof![
            Just("x".to_owned()),
            "\\PC{0,6}",
            Just("2026-11-23T09:30:00Z".to_owned())
        ];
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            (0.0..90_000.0).prop_map(Value::from),
            text.prop_map(Value::from),
        ];
        let known = [
            "name",
            "description",
            "currentDatetime",
            "duration",
            "steps",
            "errors",
            "llmUsage",
            "calls",
            "model",
            "metadata",
            "stepNumber",
            "action",
            "errorType",
            "message",
            "sales",
            "dealValue",
            "environment",
            "customTags",
            "outcome",
            "general",
            "tags",
            "promptStudio",
            "promptsUsed",
            "promptId",
            "variablesUsed",
        ];
        let key = prop_oneof![4 => prop::sample::select(known.to_vec()).prop_map(str::to_owned), 1 => "\\PC{0,6}"];
        leaf.prop_recursive(4, 40, 6, move |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::hash_map(key.clone(), inner, 0..6)
                    .prop_map(|map| Value::Object(map.into_iter().collect())),
            ]
        })
    }

    /// Checks that no documented field is null or empty, except `variables_used`.
    fn is_tidy(value: &Value, documented: bool) -> bool {
        match value {
            Value::Null => !documented,
            Value::Array(items) if documented => {
                !items.is_empty() && items.iter().all(|item| is_tidy(item, true))
            }
            _ => true,
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(ProptestConfig::default().cases.max(3000)))]

        #[test]
        fn never_panics_and_always_encodes_valid_json(value in any_json(), complete in any::<bool>()) {
            let mut value = value;
            if complete && let Value::Object(map) = &mut value {
                for (key, field) in [("name", json!("n")), ("description", json!("d")), ("currentDatetime", json!("2026-11-23T09:30:00Z")), ("duration", json!(1))] {
                    map.insert(key.to_owned(), field);
                }
            }
            if let Ok(payload) = encode(&value.to_string(), None) {
                let sent: Map<String, Value> = serde_json::from_slice(&payload.body).unwrap();
                for field in TASK.fields {
                    if let Some(value) = sent.get(field.name()) {
                        prop_assert!(is_tidy(value, true), "{}", field.name());
                    }
                }
                prop_assert_eq!(sent["name"].clone(), value["name"].clone());
            }
        }

        #[test]
        fn never_panics_on_text_that_was_cut_or_changed(value in any_json(), at in any::<prop::sample::Index>(), with in "\\PC{0,2}") {
            let text = format!("{{{BASE},\"own\":{value}}}");
            let mut cut = at.index(text.len() + 1);
            while !text.is_char_boundary(cut) {
                cut -= 1;
            }
            let changed = format!("{}{with}{}", &text[..cut], &text[cut..]);
            for text in [&text[..cut], changed.as_str()] {
                if let Ok(payload) = encode(text, None) {
                    // A number may exceed the range of `Value`.
                    prop_assert!(serde_json::from_slice::<IgnoredAny>(&payload.body).is_ok());
                    prop_assert!(serde_json::from_str::<IgnoredAny>(text).is_ok());
                }
            }
        }
    }
}
