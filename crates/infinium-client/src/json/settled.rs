//! Describes settled tasks in JSON.

use serde::Serialize;

use super::{error::ErrorDescription, outcome::Outcome, text::to_json};
use crate::{
    observer::{self, Settled},
    stats::Fate,
};
use infinium_core::{Answer, ApiResponse, Error, ErrorKind};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SettledDescription {
    outcome: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    status_code: Option<u16>,
    attempts: u32,
    duration_ms: f64,
    bytes: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    trace_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

impl From<Settled> for SettledDescription {
    fn from(settled: Settled) -> Self {
        Self {
            outcome: match settled.outcome {
                observer::Outcome::Delivered => "delivered",
                observer::Outcome::Failed => "failed",
                observer::Outcome::Dropped => "dropped",
            },
            status_code: settled.status,
            attempts: settled.attempts,
            duration_ms: settled.duration.as_secs_f64() * 1_000.0,
            bytes: settled.bytes,
            trace_id: settled.trace_id,
            error: settled.error,
        }
    }
}

/// Describes a settled task. `lib/bridge/diagnostics.ts` publishes it.
#[must_use]
pub fn of_settled(settled: Settled) -> String {
    to_json(&SettledDescription::from(settled))
}

/// Tells what has become of a task: a response or an error.
#[must_use]
pub fn of_fate(fate: Fate<'_>) -> Outcome {
    let undelivered = |error: &Error| Outcome::Rejected(to_json(&ErrorDescription::from(error)));
    match fate {
        Fate::Delivered(status, json) => {
            let answer = Answer {
                status,
                retry_after: None,
                body: json.map(ToOwned::to_owned),
            };
            Outcome::Resolved(to_json(&ApiResponse::from_answer(answer)))
        }
        Fate::Failed(error) => undelivered(error),
        Fate::Dropped(reason) => undelivered(&Error::new(
            ErrorKind::NotSent,
            format!("the task was dropped: {}", reason.name()),
        )),
    }
}
