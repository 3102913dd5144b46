//! Redaction of the values that are copied to the wire.

use std::ops::Range;

use super::{Cursor, fault::Fault, record::Encoder, string};
use crate::{
    redact::Search,
    schema::{Field, Kind},
};

/// Returns the value at this position of a task with all strings redacted, and without the values of members with
/// secret names. `None` if nothing changes.
fn redact_value(search: &mut Search<'_>, task: &str, value: Range<usize>) -> Option<String> {
    if !search.hides_members() && !search.touches(&value) {
        return None;
    }
    let mut cursor = Cursor::starting_at(task, value.start);
    let (mut out, mut done) = (String::new(), value.start);
    let mut name = "";
    while cursor.position() < value.end {
        let start = cursor.position();
        let piece = cursor.piece()?;
        let end = cursor.position();
        if !piece.starts_with('"') {
            continue;
        }
        let replaced = if cursor.take(b':') {
            name = &piece[1..piece.len() - 1];
            if !search.hides(&string::decode(piece)) {
                continue;
            }
            let member = cursor.skip().ok()?.span;
            let is_null = task[member.clone()] == *"null";
            (!is_null).then(|| (member, quoted(search)))
        } else {
            search
                .string(start..end, name)
                .map(|text| (start..end, text))
        };
        if let Some((range, replacement)) = replaced {
            out.push_str(&task[done..range.start]);
            out.push_str(&replacement);
            done = range.end;
        }
    }
    if done == value.start {
        return None;
    }
    out.push_str(&task[done..value.end]);
    Some(out)
}

/// The replacement as a value of JSON. It contains nothing that must be escaped.
fn quoted(search: &Search<'_>) -> String {
    format!("\"{}\"", search.replacement())
}

impl Encoder<'_> {
    /// Redacts the map at this position. `None` if nothing changes.
    pub(super) fn redact_map(&mut self, value: Range<usize>) -> Option<String> {
        redact_value(self.search.as_mut()?, self.cursor.text(), value)
    }

    /// Redacts the value of an undocumented member. `None` if nothing changes.
    pub(super) fn redact_member(&mut self, name: &str, value: Range<usize>) -> Option<String> {
        let search = self.search.as_mut()?;
        if !search.hides(name) || self.cursor.slice(value.clone()) == "null" {
            return redact_value(search, self.cursor.text(), value);
        }
        Some(quoted(search))
    }

    /// Redacts the string at this position, the value of a field or a part of it. `None` if nothing changes.
    #[inline]
    pub(super) fn redact_text(&mut self, string: &Range<usize>) -> Option<String> {
        let search = self.search.as_mut()?;
        if !search.touches(string) {
            return None;
        }
        search.string(string.clone(), self.field.map_or("", Field::name))
    }

    /// Replaces the value of a field with a secret name, which was written from `start` on. Returns false if the field
    /// is omitted.
    ///
    /// Every field keeps its type, so that the platform accepts the task: what is no text is omitted, or stays if it is
    /// required.
    pub(super) fn hide(&mut self, field: &Field, start: usize) -> bool {
        let search = self.search.as_ref();
        let Some(search) =
            search.filter(|search| search.hides_fields() && search.hides(field.name()))
        else {
            return true;
        };
        let hidden = match (field.kind, self.out[start]) {
            (Kind::DateTime, _) => None,
            (_, b'"') | (Kind::TextOrMap | Kind::TextOrNumber, _) => Some(quoted(search)),
            (Kind::Texts | Kind::TextsOrNull | Kind::TextOrTexts, _) => {
                Some(format!("[{}]", quoted(search)))
            }
            _ => None,
        };
        match hidden {
            Some(hidden) => {
                self.out.truncate(start);
                self.out.extend_from_slice(hidden.as_bytes());
                true
            }
            None => field.required,
        }
    }

    /// Shortens the text that was written from `start` on to `max` characters: a replacement may be longer than what it
    /// replaces.
    pub(super) fn fit(&mut self, start: usize, max: usize) -> Result<(), Fault> {
        if self.out.len() - start - 2 <= max {
            return Ok(());
        }
        let written = std::str::from_utf8(&self.out[start..]);
        let text = written.map_err(|_| Fault::here("must be text"))?;
        let length = string::prefix(text, max);
        self.out.truncate(start + length);
        self.out.push(b'"');
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::{
        MAX_DESCRIPTION_LENGTH, MAX_NAME_LENGTH, MAX_PAYLOAD_SIZE,
        redact::{Kinds, Redactor},
        wire::{encode, encode_redacted},
    };

    const NOW: Option<&str> = Some("2026-11-23T09:30:00Z");

    fn redactor(keys: &[&str]) -> Redactor {
        let presets = Kinds::PRESETS.iter();
        let kinds = presets.fold(Kinds::NONE, |all, (_, kind)| all.with(*kind));
        Redactor::new(kinds, keys, "[redacted]")
    }

    fn body(task: &Value, keys: &[&str]) -> Value {
        let payload = encode_redacted(&task.to_string(), NOW, Some(&redactor(keys))).unwrap();
        serde_json::from_slice(&payload.body).unwrap()
    }

    fn task(more: Value) -> Value {
        let mut task = json!({ "name": "n", "description": "d", "duration": 1 });
        let fields = task.as_object_mut().unwrap();
        fields.extend(more.as_object().unwrap().clone());
        task
    }

    #[test]
    fn redacts_every_string_value_and_no_name() {
        let sent = body(
            &task(json!({
                "name": "Mail to ada@example.org",
                "zOwn": ["10.0.0.1", { "bob@example.org": "bob@example.org", "n": 4_111_111_111_111_111_u64 }],
                "inputSummary": r#"{"to":"ada@example.org","card":4111111111111111}"#,
                "steps": [{
                    "stepNumber": 1, "action": "tool_use", "description": "+4915112345678",
                    "toolCall": { "toolName": "t", "inputSummary": "https://u:p@h/", "error": { "errorType": "E", "message": "a@b.org" } },
                    "metadata": { "list": [["\n10.0.0.1\\"]], "ada@example.org": null },
                }],
                "general": { "tags": ["x", "ada@example.org"], "toolsUsed": "ada@example.org" },
                "environment": { "nodeVersion": "1.2.3.4", "customTags": { "ip": "2001:db8::1" } },
            })),
            &[],
        );
        assert_eq!(
            sent,
            json!({
                "name": "Mail to [redacted]", "description": "d", "current_datetime": "2026-11-23T09:30:00Z", "duration": 1,
                "z_own": ["[redacted]", { "bob@example.org": "[redacted]", "n": 4_111_111_111_111_111_u64 }],
                "input_summary": r#"{"to":"[redacted]","card":"[redacted]"}"#,
                "steps": [{
                    "step_number": 1, "action": "tool_use", "description": "[redacted]",
                    "tool_call": { "tool_name": "t", "input_summary": "https://[redacted]@h/", "error": { "error_type": "E", "message": "[redacted]" } },
                    "metadata": { "list": [["\n[redacted]\\"]], "ada@example.org": null },
                }],
                "sections": { "general": { "tags": ["x", "[redacted]"], "tools_used": "[redacted]" } },
                "environment": { "node_version": "1.2.3.4", "custom_tags": { "ip": "[redacted]" } },
            })
        );
    }

    #[test]
    fn hides_the_values_of_keys_of_any_type() {
        let sent = body(
            &task(json!({
                "own": { "Api Key": 5, "a": { "PASSWORD": ["x"] }, "b": [{ "password": {} }, "password"], "c": { "apiKey": null } },
                "api_key": { "x": 1 },
                "outputSummary": r#"{"a":{"api-key":"x"},"password":"sec..."#,
                "general": { "tags": ["{\"password\":1}"] },
            })),
            &["apiKey", "password"],
        );
        assert_eq!(
            sent["own"],
            json!({ "Api Key": "[redacted]", "a": { "PASSWORD": "[redacted]" }, "b": [{ "password": "[redacted]" }, "password"], "c": { "apiKey": null } })
        );
        assert_eq!(sent["api_key"], "[redacted]");
        assert_eq!(
            sent["output_summary"],
            r#"{"a":{"api-key":"[redacted]"},"password":"[redacted]..."#
        );
        assert_eq!(
            sent["sections"]["general"]["tags"],
            json!([r#"{"password":"[redacted]"}"#])
        );
    }

    #[test]
    fn hides_a_field_by_a_name_that_only_fields_within_others_have() {
        for (key, task) in [
            ("dealStage", json!({ "sales": { "dealStage": "x" } })),
            ("model", json!({ "llmUsage": { "model": "x" } })),
            (
                "toolName",
                json!({ "steps": [{ "stepNumber": 1, "action": "a", "description": "d", "toolCall": { "toolName": "x" } }] }),
            ),
            (
                "promptName",
                json!({ "promptStudio": { "promptsUsed": [{ "promptId": "p", "promptName": "x" }] } }),
            ),
        ] {
            let sent = body(&self::task(task), &[key]).to_string();
            assert!(
                sent.contains("\"[redacted]\"") && !sent.contains("\"x\""),
                "{sent}"
            );
        }
    }

    #[test]
    fn keeps_the_types_of_documented_fields_that_are_hidden() {
        let full = task(json!({
            "customer": { "customerEmail": "x", "customerName": "y" },
            "sales": { "dealValue": 5, "salesNotes": "n" },
            "support": { "followUpRequired": true, "callId": "c" },
            "general": { "tags": ["a"], "toolsUsed": ["b"] },
            "steps": [{ "stepNumber": 1, "action": "a", "description": "d", "metadata": { "a": 1 }, "llmCall": { "model": "m" } }],
            "promptStudio": { "promptsUsed": [{ "promptId": "p", "version": 3, "variablesUsed": ["v"] }] },
            "development": { "performanceMetrics": { "a": 1 }, "testsRun": 1 },
        }));
        let sent = body(
            &full,
            &[
                "customer_email",
                "dealValue",
                "followUpRequired",
                "tags",
                "tools-used",
                "metadata",
                "LLM call",
                "version",
                "variablesUsed",
                "performanceMetrics",
                "duration",
                "currentDatetime",
                "stepNumber",
                "action",
                "name",
            ],
        );
        let hidden = "[redacted]";
        assert_eq!(
            sent,
            json!({
                "name": hidden, "description": "d", "current_datetime": "2026-11-23T09:30:00Z", "duration": 1,
                "sections": {
                    "customer": { "customer_email": hidden, "customer_name": "y" },
                    "sales": { "sales_notes": "n" },
                    "support": { "call_id": "c" },
                    "general": { "tags": [hidden], "tools_used": [hidden] },
                    "development": { "performance_metrics": hidden, "tests_run": 1 },
                },
                "steps": [{ "step_number": 1, "action": hidden, "description": "d" }],
                "prompt_studio": { "prompts_used": [{ "prompt_id": "p", "version": hidden, "variables_used": [hidden] }] },
            })
        );
        assert_eq!(
            body(&full, &["customer", "steps"])["sections"].get("customer"),
            None
        );
        assert_eq!(body(&full, &["customer", "steps"]).get("steps"), None);
    }

    #[test]
    fn cuts_names_that_replacements_make_too_long() {
        let long = "a@b.cc ".repeat(MAX_NAME_LENGTH / 7);
        let description = format!(
            "\u{1F600}\n{}",
            "a@b.cc ".repeat(MAX_DESCRIPTION_LENGTH / 7 - 1)
        );
        let sent = body(
            &task(json!({ "name": long, "description": description })),
            &[],
        );
        for (field, max) in [
            ("name", MAX_NAME_LENGTH),
            ("description", MAX_DESCRIPTION_LENGTH),
        ] {
            let text = sent[field].as_str().unwrap();
            assert_eq!(text.chars().count(), max);
            assert!(
                text.trim_start()
                    .replace('\u{1F600}', "")
                    .trim()
                    .starts_with("[redacted] [redacted]"),
                "{text}"
            );
        }
    }

    #[test]
    fn checks_limits_before_and_after() {
        let too_long = task(json!({ "name": "x".repeat(MAX_NAME_LENGTH + 1) })).to_string();
        let error = encode_redacted(&too_long, NOW, Some(&redactor(&[]))).unwrap_err();
        assert_eq!(error.field(), Some("name"));
        let grows =
            task(json!({ "outcome": "a@b.cc ".repeat(MAX_PAYLOAD_SIZE / 7 - 100) })).to_string();
        assert!(encode(&grows, NOW).is_ok());
        let error = encode_redacted(&grows, NOW, Some(&redactor(&[]))).unwrap_err();
        assert!(error.payload_size() > Some(MAX_PAYLOAD_SIZE), "{error}");
        let wrong = task(json!({ "steps": "a@b.cc" })).to_string();
        let error = encode_redacted(&wrong, NOW, Some(&redactor(&["steps"]))).unwrap_err();
        assert_eq!(error.field(), Some("steps"));
    }

    #[test]
    fn repairs_surrogates_in_redacted_strings() {
        let text = r#"{"name":"\ud83d a@b.cc \ud83d\ude00","description":"d","duration":1,"own":{"a":"\ude00 10.0.0.1"}}"#;
        let sent = encode_redacted(text, NOW, Some(&redactor(&[]))).unwrap();
        let sent: Value = serde_json::from_slice(&sent.body).unwrap();
        assert_eq!(sent["name"], "\u{FFFD} [redacted] \u{1F600}");
        assert_eq!(sent["own"]["a"], "\u{FFFD} [redacted]");
    }

    #[test]
    fn changes_nothing_where_there_is_nothing() {
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/vectors.json");
        let vectors: Vec<Value> =
            serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
        let redactor = Redactor::new(Kinds::SECRETS, &["none"], "[redacted]");
        for vector in vectors {
            let task = vector["task"].to_string();
            let (plain, redacted) = (
                encode(&task, None),
                encode_redacted(&task, None, Some(&redactor)),
            );
            assert_eq!(
                plain.unwrap().body,
                redacted.unwrap().body,
                "{}",
                vector["id"]
            );
        }
    }
}
