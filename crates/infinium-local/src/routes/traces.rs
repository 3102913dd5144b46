//! Traces come in here, and interpretations go out.

use std::sync::Arc;

use axum::{
    body::Body,
    extract::{Path, State as Shared},
    http::{HeaderMap, StatusCode, header},
    response::Response,
};
use serde_json::{Value, json};

use super::{Answer, READ_LIMIT, broken, count, error, json as reply};
use crate::{check, platform::State, store::Trace, time};

/// The largest body that is taken, in bytes.
const MAX_BODY: usize = 1_048_576;

/// `POST /agents/{agent}/trace`
pub(super) async fn take(
    Shared(state): Shared<Arc<State>>,
    Path(agent): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    count(&state, |counts| counts.arrivals += 1);
    let body = axum::body::to_bytes(body, READ_LIMIT).await;
    let Ok(body) = body else {
        return error(StatusCode::PAYLOAD_TOO_LARGE, "far too large");
    };
    store(&state, &agent, &headers, &body).unwrap_or_else(|refusal| refusal)
}

fn store(state: &State, agent: &str, headers: &HeaderMap, body: &[u8]) -> Answer {
    authorize(state, agent, headers)?;
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    if text(header::CONTENT_TYPE) != Some("application/json") {
        return Err(error(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "content-type must be application/json",
        ));
    }
    if body.len() > MAX_BODY {
        let message = format!("{} bytes, {MAX_BODY} are allowed", body.len());
        return Err(error(StatusCode::PAYLOAD_TOO_LARGE, &message));
    }
    let problems = match std::str::from_utf8(body) {
        Ok(body) => check::check(body),
        Err(_) => return Err(error(StatusCode::BAD_REQUEST, "the body is not UTF-8")),
    };
    if let Some(first) = problems.first() {
        let message = format!("{} {}", first.field, first.message);
        let body = json!({
            "success": false, "message": message, "field": first.field, "errors": problems,
        });
        return Err(reply(StatusCode::UNPROCESSABLE_ENTITY, &body));
    }
    let key = headers
        .get("idempotency-key")
        .and_then(|value| value.to_str().ok());
    let body = String::from_utf8_lossy(body);
    let (id, new) = state
        .store
        .insert(agent, key, &body)
        .map_err(|failure| broken(&failure))?;
    count(state, |counts| {
        counts.stored += u64::from(new);
        counts.duplicates += u64::from(!new);
    });
    let body = json!({ "success": true, "message": "Trace accepted", "traceId": id });
    Ok(reply(StatusCode::OK, &body))
}

/// Whether the request may act for the agent.
fn authorize(state: &State, agent: &str, headers: &HeaderMap) -> Result<(), Response> {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let refused = |message| error(StatusCode::UNAUTHORIZED, message);
    if text("user-agent").is_none_or(str::is_empty) {
        return Err(error(StatusCode::BAD_REQUEST, "user-agent is missing"));
    }
    let key = text("x-agent-key").ok_or_else(|| refused("x-agent-key is missing"))?;
    if text("x-agent-id") != Some(agent) {
        return Err(refused("x-agent-id is not the agent of the path"));
    }
    let secret = match state.agents.get(agent) {
        Some(secret) => secret.clone(),
        None if state.agents.is_empty() && key.len() >= 8 => state
            .store
            .secret(agent, key)
            .map_err(|failure| broken(&failure))?,
        None if state.agents.is_empty() => return Err(refused("the agent's secret is too short")),
        None => return Err(error(StatusCode::NOT_FOUND, "unknown agent")),
    };
    if key == secret {
        Ok(())
    } else {
        Err(refused("wrong secret"))
    }
}

/// `GET /agents/{agent}/interpreted-result/{trace}`
pub(super) async fn interpret(
    Shared(state): Shared<Arc<State>>,
    Path((agent, id)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    interpretation(&state, &agent, &id, &headers).unwrap_or_else(|refusal| refusal)
}

fn interpretation(state: &State, agent: &str, id: &str, headers: &HeaderMap) -> Answer {
    authorize(state, agent, headers)?;
    let trace = state.store.trace(id).map_err(|failure| broken(&failure))?;
    let Some(trace) = trace.filter(|trace| trace.agent == agent) else {
        return Err(error(StatusCode::NOT_FOUND, "unknown trace"));
    };
    let ready_ms = i64::try_from(state.interpret_after.as_millis()).unwrap_or(i64::MAX);
    if time::unix_ms() < trace.received_ms.saturating_add(ready_ms) {
        let body =
            json!({ "success": true, "message": "Not interpreted yet", "status": "pending" });
        return Ok(reply(StatusCode::OK, &body));
    }
    let body = json!({
        "success": true,
        "message": "Interpreted",
        "traceId": trace.id,
        "interpretedTraceResult": summarize(&trace),
    });
    Ok(reply(StatusCode::OK, &body))
}

/// Facts of a trace.
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
        "summary": "A summary of the facts by the local platform. It is not Maestro's judgement.",
        "name": body["name"],
        "durationSeconds": body["duration"],
        "steps": length(&body["steps"]),
        "failedSteps": failed.count(),
        "errors": length(&body["errors"]),
        "totalTokens": tokens,
        "model": usage["model"],
    })
}
