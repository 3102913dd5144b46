//! Whether a body is what the platform expects.

use indexmap::IndexMap;
use serde_json::{Map, Value, value::RawValue};

use crate::schema::{Field, Kind, TASK};

/// Something that is wrong with a body.
#[derive(Debug, PartialEq, serde::Serialize)]
pub(crate) struct Problem {
    /// The path to it.
    pub(crate) field: String,
    pub(crate) message: String,
}

fn problem(field: impl Into<String>, message: impl Into<String>) -> Problem {
    Problem {
        field: field.into(),
        message: message.into(),
    }
}

/// Everything that is wrong with a body; nothing if it is fine.
pub(crate) fn check(body: &str) -> Vec<Problem> {
    let order: IndexMap<String, Box<RawValue>> = match serde_json::from_str(body) {
        Ok(order) => order,
        Err(error) => return vec![problem("body", format!("is not a JSON object: {error}"))],
    };
    let value: Map<String, Value> = match serde_json::from_str(body) {
        Ok(value) => value,
        Err(error) => return vec![problem("body", format!("is not a JSON object: {error}"))],
    };
    let mut problems = Vec::new();
    check_order(order.keys().map(String::as_str), &mut problems);
    check_object("", TASK, &value, &mut problems);
    for (field, most) in [("name", 500), ("description", 10_000)] {
        if let Some(Value::String(text)) = value.get(field) {
            let length = text.chars().count();
            if text.trim().is_empty() || length > most {
                problems.push(problem(field, format!("must have 1 to {most} characters")));
            }
        }
    }
    if let Some(duration) = value.get("duration").and_then(Value::as_f64)
        && !(0.0..=86_400.0).contains(&duration)
    {
        problems.push(problem("duration", "must be 0 to 86400"));
    }
    problems
}

/// The documented fields come first, in their order: what is too long is cut from the end.
fn check_order<'a>(keys: impl Iterator<Item = &'a str>, problems: &mut Vec<Problem>) {
    let mut last = 0;
    for key in keys {
        let place = TASK
            .iter()
            .position(|(name, ..)| *name == key)
            .unwrap_or(TASK.len());
        if place < last {
            problems.push(problem(key, "is out of order"));
        }
        last = last.max(place);
    }
}

fn check_object(
    path: &str,
    fields: &[Field],
    object: &Map<String, Value>,
    problems: &mut Vec<Problem>,
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
            Some(value) => check_value(&at(name), *kind, value, problems),
            None if *required => problems.push(problem(at(name), "is required")),
            None => {}
        }
    }
}

fn check_value(path: &str, kind: Kind, value: &Value, problems: &mut Vec<Problem>) {
    let fine = match (kind, value) {
        (Kind::Object(fields), Value::Object(object)) => {
            if object.is_empty() {
                problems.push(problem(path, "must be left out when it is empty"));
            }
            check_object(path, fields, object, problems);
            true
        }
        (Kind::Objects(fields), Value::Array(items)) => {
            for (index, item) in items.iter().enumerate() {
                check_value(
                    &format!("{path}[{index}]"),
                    Kind::Object(fields),
                    item,
                    problems,
                );
            }
            check_filled(path, items, problems);
            true
        }
        (Kind::Texts | Kind::TextOrTexts | Kind::TextsOrNull, Value::Array(items)) => {
            check_filled(path, items, problems);
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
    if !fine {
        problems.push(problem(path, "has the wrong type"));
    }
}

fn check_filled(path: &str, items: &[Value], problems: &mut Vec<Problem>) {
    if items.is_empty() {
        problems.push(problem(path, "must be left out when it is empty"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: &str =
        r#""name":"n","description":"d","current_datetime":"2026-11-23T09:30:00Z","duration":1"#;

    fn fields(rest: &str) -> Vec<String> {
        check(&format!("{{{START}{rest}}}"))
            .into_iter()
            .map(|problem| problem.field)
            .collect()
    }

    #[test]
    fn takes_what_is_right() {
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
    fn names_what_is_wrong() {
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
        assert_eq!(check("[]")[0].field, "body");
        assert_eq!(check(r#"{"name":" "}"#).len(), 4);
    }
}
