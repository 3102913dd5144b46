//! `GET /agents/{agent}/interpreted-result/{trace}`: a summary instead of Maestro's interpretation.

use std::sync::Arc;

use axum::{
    extract::{Path, State as Shared},
    http::{HeaderMap, StatusCode},
    response::Response,
};
use serde_json::{Value, json};

use super::{
    authorization::authorize,
    response::{self, Answer, database_error, error},
};
use crate::{state::State, store::Trace, time};

pub(super) async fn show(
    Shared(state): Shared<Arc<State>>,
    Path((agent, id)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    find(&state, &agent, id, &headers)
        .await
        .unwrap_or_else(|refusal| refusal)
}

async fn find(state: &State, agent: &str, id: String, headers: &HeaderMap) -> Answer {
    authorize(state, agent, headers).await?;
    let trace = state
        .store
        .trace(id)
        .await
        .map_err(|error| database_error(&error))?;
    let Some(trace) = trace.filter(|trace| trace.agent == agent) else {
        return Err(error(StatusCode::NOT_FOUND, "unknown trace"));
    };
    let duration_ms = i64::try_from(state.interpret_after.as_millis()).unwrap_or(i64::MAX);
    if time::unix_ms() < trace.received_ms.saturating_add(duration_ms) {
        let body =
            json!({ "success": true, "message": "Not interpreted yet", "status": "pending" });
        return Ok(response::json(StatusCode::OK, &body));
    }
    let body = json!({
        "success": true,
        "message": "Interpreted",
        "traceId": trace.id,
        "interpretedTraceResult": summarize(&trace),
    });
    Ok(response::json(StatusCode::OK, &body))
}

fn summarize(trace: &Trace) -> Value {
    let body: Value = serde_json::from_str(&trace.body).unwrap_or_default();
    let length = |value: &Value| value.as_array().map_or(0, Vec::len);
    let usage = &body["llm_usage"];
    let tokens = usage["total_tokens"].as_u64().unwrap_or_else(|| {
        let tokens = |field: &str| usage[field].as_u64().unwrap_or(0);
        tokens("prompt_tokens") + tokens("completion_tokens")
    });
    let failed = body["steps"]
        .as_array()
        .into_iter()
        .flatten()
        .filter(|step| step["error"].is_object());
    json!({
        "summary": "Counts and totals by the local platform. This is not Maestro's judgement.",
        "name": body["name"],
        "durationSeconds": body["duration"],
        "steps": length(&body["steps"]),
        "failedSteps": failed.count(),
        "errors": length(&body["errors"]),
        "totalTokens": tokens,
        "model": usage["model"],
    })
}
