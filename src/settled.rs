//! Describes settled tasks in JSON, for `lib/bridge/diagnostics.ts`.

use infinium_client::{Outcome, Settled};
use serde::Serialize;

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
