//! Faults to inject, and how they are written in JSON.

use std::collections::BTreeMap;

use axum::http::{HeaderName, HeaderValue};
use serde::{Deserialize, Serialize};

/// A fault to inject into the requests that match it.
#[derive(Clone, Debug, Deserialize, Serialize, PartialEq)]
#[serde(try_from = "FaultJson")]
pub struct Fault {
    /// Only requests with this method, in capitals (`POST`). Default all methods.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
    /// Only requests whose path contains this text. Default all paths under `/api/`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// How many requests get this fault. Default 1.
    pub times: Times,
    /// What happens to these requests.
    #[serde(flatten)]
    pub action: Action,
}

impl Fault {
    /// Parses a fault script: a JSON array of faults, or a single fault.
    ///
    /// # Errors
    /// If the text is not JSON, or something in it is not a fault.
    pub fn parse_script(json: &str) -> serde_json::Result<Vec<Self>> {
        // The first character decides, instead of an untagged enum, whose errors name no reason.
        if json.trim_start().starts_with('[') {
            serde_json::from_str(json)
        } else {
            Ok(vec![serde_json::from_str(json)?])
        }
    }
}

/// How many requests get a fault.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, PartialEq, Eq)]
#[serde(untagged)]
pub enum Times {
    /// The next `n` requests that match.
    Count(u64),
    /// Every request that matches.
    Forever(Forever),
}

/// The JSON spelling of [`Times::Forever`].
#[derive(Clone, Copy, Debug, Deserialize, Serialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum Forever {
    /// `"forever"`.
    Forever,
}

impl Default for Times {
    fn default() -> Self {
        Self::Count(1)
    }
}

/// What happens to a request.
#[derive(Clone, Debug, Serialize, PartialEq)]
#[serde(tag = "action", rename_all = "lowercase")]
pub enum Action {
    /// The request is answered normally: a gap between faults.
    Pass,
    /// The request gets this answer, and nothing is stored.
    Status {
        /// The HTTP status.
        status: u16,
        /// The headers of the answer. Default none.
        headers: BTreeMap<String, String>,
        /// The body of the answer. Default empty.
        body: String,
    },
    /// The request is answered normally after a delay.
    Delay {
        /// The delay in milliseconds.
        ms: u64,
    },
    /// The connection is reset before any answer, and nothing is stored.
    Reset,
    /// The answer ends in the middle of its body; the trace is stored.
    Cut,
    /// The request is never answered, and nothing is stored.
    Hang,
    /// The answer is bytes that are not HTTP, and nothing is stored.
    Garbage,
    /// The trace is stored, and the connection is reset before the answer.
    Lost,
}

/// A fault in JSON. All keys are in one flat struct because Serde cannot reject unknown keys in a
/// flattened enum.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FaultJson {
    action: String,
    method: Option<String>,
    path: Option<String>,
    #[serde(default)]
    times: Times,
    status: Option<u16>,
    headers: Option<BTreeMap<String, String>>,
    body: Option<String>,
    ms: Option<u64>,
}

impl TryFrom<FaultJson> for Fault {
    type Error = String;

    fn try_from(json: FaultJson) -> Result<Self, String> {
        let FaultJson {
            action,
            method,
            path,
            times,
            status,
            headers,
            body,
            ms,
        } = json;
        let has_answer = status.is_some() || headers.is_some() || body.is_some();
        if has_answer && action != "status" {
            return Err(format!(
                "the action {action} does not accept status, headers or body"
            ));
        }
        if ms.is_some() && action != "delay" {
            return Err(format!("the action {action} does not accept ms"));
        }
        if let Some(status) = status {
            check_answer(status, headers.as_ref(), body.as_deref())?;
        }
        if ms.is_some_and(|ms| ms > MAX_DELAY_MS) {
            return Err(format!("ms must be at most {MAX_DELAY_MS}"));
        }
        let action = match action.as_str() {
            "pass" => Action::Pass,
            "status" => Action::Status {
                status: status.ok_or("the action status requires status")?,
                headers: headers.unwrap_or_default(),
                body: body.unwrap_or_default(),
            },
            "delay" => Action::Delay {
                ms: ms.ok_or("the action delay requires ms")?,
            },
            "reset" => Action::Reset,
            "cut" => Action::Cut,
            "hang" => Action::Hang,
            "garbage" => Action::Garbage,
            "lost" => Action::Lost,
            other => return Err(format!("unknown action {other}")),
        };
        Ok(Self {
            method,
            path,
            times,
            action,
        })
    }
}

/// The longest delay, one hour.
const MAX_DELAY_MS: u64 = 3_600_000;

/// Headers that the server writes itself: another value would break the answers that follow.
const FRAMING: [&str; 7] = [
    "connection",
    "content-length",
    "keep-alive",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

/// Checks that an answer is valid HTTP, so that a script breaks a connection only where it says so.
fn check_answer(
    status: u16,
    headers: Option<&BTreeMap<String, String>>,
    body: Option<&str>,
) -> Result<(), String> {
    // 1xx answers are followed by another answer, and only hyper knows when.
    if !(200..=599).contains(&status) {
        return Err(format!("status must be 200 to 599 (got {status})"));
    }
    if matches!(status, 204 | 205 | 304) && body.is_some_and(|body| !body.is_empty()) {
        return Err(format!("an answer with status {status} cannot have a body"));
    }
    for (name, value) in headers.into_iter().flatten() {
        if HeaderName::try_from(name).is_err() {
            return Err(format!("{name:?} is not the name of a header"));
        }
        if HeaderValue::try_from(value).is_err() {
            return Err(format!("the value of the header {name} is not valid"));
        }
        if FRAMING.contains(&name.to_ascii_lowercase().as_str()) {
            return Err(format!("the header {name} cannot be set"));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rejects_unknown_actions_keys_and_values() {
        for script in [
            r#"[{"action":"explode"}]"#,
            r#"[{"action":"hang","tmes":3}]"#,
            r#"[{"action":"hang","times":"often"}]"#,
            r#"[{"action":"status"}]"#,
            r#"[{"action":"hang","ms":1}]"#,
            r#"{"action":"explode"}"#,
            r#"{"action":"status","status":101}"#,
            r#"{"action":"status","status":99}"#,
            r#"{"action":"status","status":600}"#,
            r#"{"action":"status","status":204,"body":"x"}"#,
            r#"{"action":"status","status":200,"headers":{"Content-Length":"5"}}"#,
            r#"{"action":"status","status":200,"headers":{"transfer-encoding":"chunked"}}"#,
            r#"{"action":"status","status":200,"headers":{"upgrade":"h2c"}}"#,
            r#"{"action":"status","status":200,"headers":{"a b":"c"}}"#,
            r#"{"action":"status","status":200,"headers":{"a":"b\r\nc: d"}}"#,
            r#"{"action":"delay","ms":3600001}"#,
            "3",
            "",
        ] {
            assert!(Fault::parse_script(script).is_err(), "{script}");
        }
    }
}
