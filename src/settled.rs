//! Describes settled tasks in JSON.

use infinium_client::{Answer, ApiResponse, DropReason, Error, ErrorKind, Fate, Outcome, Settled};
use napi_derive::napi;
use serde::Serialize;

use crate::{error::ErrorDescription, event_queue::EventKind, json::to_json};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SettledDescription {
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
                Outcome::Delivered => "delivered",
                Outcome::Failed => "failed",
                Outcome::Dropped => "dropped",
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

/// Why JavaScript does not send a task.
#[napi]
pub enum DroppedFor {
    /// The trace is not part of the sample.
    Sampling,
    /// The user's `beforeSend` has dropped it.
    BeforeSend,
    /// The client is disabled.
    Disabled,
}

impl From<DroppedFor> for DropReason {
    fn from(reason: DroppedFor) -> Self {
        match reason {
            DroppedFor::Sampling => Self::Sampled,
            DroppedFor::BeforeSend => Self::BeforeSend,
            DroppedFor::Disabled => Self::Disabled,
        }
    }
}

/// Returns the kind and the text of the event that tells what has become of a task.
pub(crate) fn describe_fate(fate: Fate<'_>) -> (EventKind, String) {
    let undelivered = |error: &Error| {
        let text = to_json(&ErrorDescription::from(error));
        (EventKind::Undelivered, text)
    };
    match fate {
        Fate::Delivered(status, json) => {
            let answer = Answer {
                status,
                retry_after: None,
                body: json.map(ToOwned::to_owned),
            };
            let text = to_json(&ApiResponse::from_answer(answer));
            (EventKind::Delivered, text)
        }
        Fate::Failed(error) => undelivered(error),
        Fate::Dropped(reason) => undelivered(&Error::new(
            ErrorKind::NotSent,
            format!("the task was dropped: {}", reason.name()),
        )),
    }
}
