//! `/local/traces`, `/local/stats` and `/local/prompts`: endpoints for tests, which the real platform
//! does not have.

use std::sync::Arc;

use axum::{
    body::Body,
    extract::{Path, RawQuery, State as Shared},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde_json::value::RawValue;

use super::{
    query,
    request::read_body,
    response::{self, database_error, error, unreadable},
};
use crate::{
    state::{Counts, State},
    store::{Prompt, Trace},
    time,
};

/// How many traces are listed by default.
const DEFAULT_LIMIT: u32 = 100;

#[derive(serde::Serialize)]
#[serde(rename_all = "camelCase")]
struct TraceJson<'a> {
    trace_id: &'a str,
    agent_id: &'a str,
    received_at: String,
    body: &'a RawValue,
}

fn trace_json(trace: &Trace) -> Result<TraceJson<'_>, serde_json::Error> {
    Ok(TraceJson {
        trace_id: &trace.id,
        agent_id: &trace.agent,
        received_at: time::iso(trace.received_ms),
        body: serde_json::from_str(&trace.body)?,
    })
}

/// `GET /local/traces?limit=&agent=`
pub(super) async fn list_traces(
    Shared(state): Shared<Arc<State>>,
    RawQuery(raw): RawQuery,
) -> Response {
    let limit = query::find(raw.as_deref(), "limit")
        .and_then(|limit| limit.parse().ok())
        .unwrap_or(DEFAULT_LIMIT);
    let agent = query::find(raw.as_deref(), "agent");
    match state.store.traces(agent, limit).await {
        Ok(traces) => {
            let traces: Vec<_> = traces
                .iter()
                .filter_map(|trace| trace_json(trace).ok())
                .collect();
            response::json(StatusCode::OK, &traces)
        }
        Err(error) => database_error(&error),
    }
}

/// `GET /local/traces/{trace}`
pub(super) async fn show_trace(
    Shared(state): Shared<Arc<State>>,
    Path(id): Path<String>,
) -> Response {
    match state.store.trace(id).await {
        Ok(Some(trace)) => match trace_json(&trace) {
            Ok(shown) => response::json(StatusCode::OK, &shown),
            Err(problem) => error(StatusCode::INTERNAL_SERVER_ERROR, &problem.to_string()),
        },
        Ok(None) => error(StatusCode::NOT_FOUND, "unknown trace"),
        Err(error) => database_error(&error),
    }
}

/// `DELETE /local/traces`
pub(super) async fn delete_traces(Shared(state): Shared<Arc<State>>) -> Response {
    match state.store.delete_traces().await {
        Ok(()) => {
            *state.counts() = Counts::default();
            StatusCode::NO_CONTENT.into_response()
        }
        Err(error) => database_error(&error),
    }
}

/// `GET /local/about`
pub(super) async fn about(Shared(state): Shared<Arc<State>>) -> Response {
    response::json(StatusCode::OK, &state.about())
}

/// `GET /local/stats`
pub(super) async fn stats(Shared(state): Shared<Arc<State>>) -> Response {
    response::json(StatusCode::OK, &*state.counts())
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
    body: Body,
) -> Response {
    let body = match read_body(body, state.body_timeout).await {
        Ok(body) => body,
        Err(problem) => return unreadable(problem),
    };
    let NewPrompt { key, name, content } = match serde_json::from_slice(&body) {
        Ok(prompt) => prompt,
        Err(problem) => {
            let message = format!("not a prompt: {problem}");
            return error(StatusCode::BAD_REQUEST, &message);
        }
    };
    if key.trim().is_empty() {
        return error(StatusCode::BAD_REQUEST, "key must not be empty");
    }
    let prompt = Prompt {
        version,
        key,
        name,
        content,
        created_ms: time::unix_ms(),
    };
    match state.store.put_prompt(id, prompt).await {
        Ok(()) => StatusCode::NO_CONTENT.into_response(),
        Err(error) => database_error(&error),
    }
}
