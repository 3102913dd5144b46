//! What no real platform has: reading back, and making things go wrong.

use std::sync::{Arc, PoisonError};

use axum::{
    extract::{Path, RawQuery, State as Shared},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde_json::{json, value::RawValue};

use super::{broken, error, json as reply};
use crate::{
    faults::Fault,
    platform::State,
    store::{Prompt, Trace},
    time,
};

/// How many traces are listed, unless asked for otherwise.
const LISTED: u32 = 100;

#[derive(serde::Serialize)]
#[serde(rename_all = "camelCase")]
struct Shown<'a> {
    trace_id: &'a str,
    agent_id: &'a str,
    received_at: String,
    body: &'a RawValue,
}

fn show_one(trace: &Trace) -> Result<Shown<'_>, serde_json::Error> {
    Ok(Shown {
        trace_id: &trace.id,
        agent_id: &trace.agent,
        received_at: time::iso(trace.received_ms),
        body: serde_json::from_str(&trace.body)?,
    })
}

/// `GET /local/traces?limit=&agent=`
pub(super) async fn list(Shared(state): Shared<Arc<State>>, RawQuery(query): RawQuery) -> Response {
    let query = query.unwrap_or_default();
    let parameter = |name: &str| {
        query
            .split('&')
            .find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))
    };
    let limit = parameter("limit")
        .and_then(|limit| limit.parse().ok())
        .unwrap_or(LISTED);
    match state.store.traces(parameter("agent"), limit) {
        Ok(traces) => {
            let shown: Vec<_> = traces
                .iter()
                .filter_map(|trace| show_one(trace).ok())
                .collect();
            reply(StatusCode::OK, &shown)
        }
        Err(failure) => broken(&failure),
    }
}

/// `GET /local/traces/{trace}`
pub(super) async fn show(Shared(state): Shared<Arc<State>>, Path(id): Path<String>) -> Response {
    match state.store.trace(&id) {
        Ok(Some(trace)) => match show_one(&trace) {
            Ok(shown) => reply(StatusCode::OK, &shown),
            Err(failure) => error(StatusCode::INTERNAL_SERVER_ERROR, &failure.to_string()),
        },
        Ok(None) => error(StatusCode::NOT_FOUND, "unknown trace"),
        Err(failure) => broken(&failure),
    }
}

/// `DELETE /local/traces`
pub(super) async fn clear(Shared(state): Shared<Arc<State>>) -> Response {
    match state.store.clear() {
        Ok(()) => {
            *state.counts.lock().unwrap_or_else(PoisonError::into_inner) = Default::default();
            StatusCode::NO_CONTENT.into_response()
        }
        Err(failure) => broken(&failure),
    }
}

/// `GET /local/stats`
pub(super) async fn stats(Shared(state): Shared<Arc<State>>) -> Response {
    let counts = state
        .counts
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .clone();
    let by_status: serde_json::Map<_, _> = counts
        .by_status
        .iter()
        .map(|(status, count)| (status.to_string(), (*count).into()))
        .collect();
    let body = json!({
        "arrivals": counts.arrivals,
        "stored": counts.stored,
        "duplicates": counts.duplicates,
        "byStatus": by_status,
    });
    reply(StatusCode::OK, &body)
}

/// `GET /local/faults`
pub(super) async fn faults(Shared(state): Shared<Arc<State>>) -> Response {
    reply(StatusCode::OK, &state.faults.list())
}

/// `PUT /local/faults`
pub(super) async fn set_faults(Shared(state): Shared<Arc<State>>, script: String) -> Response {
    match Fault::script(&script) {
        Ok(script) => {
            state.faults.replace(script);
            StatusCode::NO_CONTENT.into_response()
        }
        Err(problem) => error(
            StatusCode::BAD_REQUEST,
            &format!("no fault script: {problem}"),
        ),
    }
}

/// `DELETE /local/faults`
pub(super) async fn clear_faults(Shared(state): Shared<Arc<State>>) -> Response {
    state.faults.replace(Vec::new());
    StatusCode::NO_CONTENT.into_response()
}

#[derive(serde::Deserialize)]
struct NewPrompt {
    key: String,
    name: String,
    content: String,
}

/// `PUT /local/prompts/{id}/v/{version}`
pub(super) async fn put_prompt(
    Shared(state): Shared<Arc<State>>,
    Path((id, version)): Path<(String, u64)>,
    body: String,
) -> Response {
    let NewPrompt { key, name, content } = match serde_json::from_str(&body) {
        Ok(prompt) => prompt,
        Err(problem) => return error(StatusCode::BAD_REQUEST, &format!("no prompt: {problem}")),
    };
    let prompt = Prompt {
        version,
        key,
        name,
        content,
        created_ms: time::unix_ms(),
    };
    match state.store.put_prompt(&id, &prompt) {
        Ok(()) => StatusCode::NO_CONTENT.into_response(),
        Err(failure) => broken(&failure),
    }
}
