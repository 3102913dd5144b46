//! Checks that a body is what the platform expects.

use indexmap::IndexMap;
use serde_json::{Map, Value, value::RawValue};

use crate::schema::{Field, Kind, TASK};

/// How Serde's error begins when a value is nested too deeply.
const TOO_DEEP: &str = "recursion limit exceeded";

/// A violation of the wire format.
#[derive(Debug, PartialEq, serde::Serialize)]
pub(crate) struct Violation {
    /// The path of the field, as in `steps[0].action`.
    pub(crate) field: String,
    pub(crate) message: String,
}

fn violation(field: impl Into<String>, message: impl Into<String>) -> Violation {
    Violation {
        field: field.into(),
        message: message.into(),
    }
}

/// Parses a body.
///
/// # Errors
/// All violations in it.
pub(crate) fn validate(body: &str) -> Result<Map<String, Value>, Vec<Violation>> {
    let order: IndexMap<String, Box<RawValue>> = match serde_json::from_str(body) {
        Ok(order) => order,
        Err(error) => return Err(not_an_object(&error)),
    };
    let value: Map<String, Value> = match serde_json::from_str(body) {
        Ok(value) => value,
        // It is JSON: reading the keys has shown that.
        Err(error) if error.to_string().starts_with(TOO_DEEP) => {
            let message =
                "is nested more than 127 levels deep, and the local platform reads no deeper";
            return Err(vec![violation("body", message)]);
        }
        Err(error) => return Err(not_an_object(&error)),
    };
    let mut violations = Vec::new();
    check_order(order.keys().map(String::as_str), &mut violations);
    check_object("", TASK, &value, &mut violations);
    for (field, max) in [("name", 500), ("description", 10_000)] {
        if let Some(Value::String(text)) = value.get(field) {
            let length = text.chars().count();
            if text.trim().is_empty() || length > max {
                violations.push(violation(field, format!("must have 1 to {max} characters")));
            }
        }
    }
    if let Some(duration) = value.get("duration").and_then(Value::as_f64)
        && !(0.0..=86_400.0).contains(&duration)
    {
        violations.push(violation("duration", "must be 0 to 86400"));
    }
    if violations.is_empty() {
        Ok(value)
    } else {
        Err(violations)
    }
}

fn not_an_object(error: &serde_json::Error) -> Vec<Violation> {
    vec![violation("body", format!("is not a JSON object: {error}"))]
}

/// Documented fields must come first, in their order, because the platform cuts long bodies at the end.
fn check_order<'a>(keys: impl Iterator<Item = &'a str>, violations: &mut Vec<Violation>) {
    let mut last = 0;
    for key in keys {
        let position = TASK
            .iter()
            .position(|(name, ..)| *name == key)
            .unwrap_or(TASK.len());
        if position < last {
            violations.push(violation(key, "is out of order"));
        }
        last = last.max(position);
    }
}

fn check_object(
    path: &str,
    fields: &[Field],
    object: &Map<String, Value>,
    violations: &mut Vec<Violation>,
) {
    let at = |name: &str| {
        if path.is_empty() {
            name.to_owned()
        } else {
            format!("{path}.{name}")
        }
    };
    for (name, required, kind) in fields {
        match object.get(*name) {
            Some(value) => check_value(&at(name), *kind, value, violations),
            None if *required => violations.push(violation(at(name), "is required")),
            None => {}
        }
    }
}

fn check_value(path: &str, kind: Kind, value: &Value, violations: &mut Vec<Violation>) {
    let has_right_type = match (kind, value) {
        (Kind::Object(fields), Value::Object(object)) => {
            if object.is_empty() {
                violations.push(violation(path, "must be omitted when empty"));
            }
            check_object(path, fields, object, violations);
            true
        }
        (Kind::Objects(fields), Value::Array(items)) => {
            for (index, item) in items.iter().enumerate() {
                check_value(
                    &format!("{path}[{index}]"),
                    Kind::Object(fields),
                    item,
                    violations,
                );
            }
            check_not_empty(path, items, violations);
            true
        }
        (Kind::Texts | Kind::TextOrTexts | Kind::TextsOrNull, Value::Array(items)) => {
            check_not_empty(path, items, violations);
            items.iter().all(Value::is_string)
        }
        (
            Kind::Text | Kind::TextOrTexts | Kind::TextOrMap | Kind::TextOrNumber,
            Value::String(_),
        )
        | (Kind::Number | Kind::TextOrNumber, Value::Number(_))
        | (Kind::Flag, Value::Bool(_))
        | (Kind::Map | Kind::TextOrMap, Value::Object(_))
        | (Kind::TextsOrNull, Value::Null) => true,
        _ => false,
    };
    if !has_right_type {
        violations.push(violation(path, "has the wrong type"));
    }
}

fn check_not_empty(path: &str, items: &[Value], violations: &mut Vec<Violation>) {
    if items.is_empty() {
        violations.push(violation(path, "must be omitted when empty"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: &str =
        r#""name":"n","description":"d","current_datetime":"2026-11-23T09:30:00Z","duration":1"#;

    fn fields(rest: &str) -> Vec<String> {
        validate(&format!("{{{START}{rest}}}"))
            .err()
            .into_iter()
            .flatten()
            .map(|violation| violation.field)
            .collect()
    }

    #[test]
    fn accepts_valid_bodies() {
        for rest in [
            "",
            r#","input_summary":"","steps":[{"step_number":1,"action":"","description":"","metadata":{"A":null}}]"#,
            r#","sections":{"sales":{"deal_value":0}},"environment":{"custom_tags":{}},"unknown":null"#,
            r#","prompt_studio":{"prompts_used":[{"prompt_id":"p","variables_used":null,"version":3}]}"#,
        ] {
            assert_eq!(fields(rest), Vec::<String>::new(), "{rest}");
        }
    }

    #[test]
    fn names_the_field_of_each_violation() {
        for (rest, field) in [
            (r#","outcome":null"#, "outcome"),
            (r#","steps":[]"#, "steps"),
            (r#","llm_usage":{}"#, "llm_usage"),
            (r#","sections":{}"#, "sections"),
            (
                r#","sections":{"sales":{"deal_value":"1"}}"#,
                "sections.sales.deal_value",
            ),
            (
                r#","steps":[{"step_number":1,"action":"a"}]"#,
                "steps[0].description",
            ),
            (r#","errors":[null]"#, "errors[0]"),
            (r#","environment":{"region":"r"},"outcome":"o""#, "outcome"),
            (r#","zzz":1,"outcome":"o""#, "outcome"),
        ] {
            assert_eq!(fields(rest), [field], "{rest}");
        }
        assert_eq!(validate("[]").unwrap_err()[0].field, "body");
        let deep = format!(r#"{{"name":{}{}}}"#, "[".repeat(200), "]".repeat(200));
        assert!(
            validate(&deep).unwrap_err()[0]
                .message
                .contains("127 levels")
        );
        let unclosed = format!(r#"{{"name":{}}}"#, "[".repeat(200));
        assert!(
            validate(&unclosed).unwrap_err()[0]
                .message
                .contains("not a JSON object")
        );
        assert_eq!(validate(r#"{"name":" "}"#).unwrap_err().len(), 4);
    }
}
