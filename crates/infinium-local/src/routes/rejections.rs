//! Keeps refused requests, and lists them: `GET /local/rejected`.

use std::sync::Arc;

use axum::{
    body::{Body, Bytes},
    extract::{RawQuery, State as Shared},
    http::{HeaderMap, StatusCode},
    response::Response,
};
use serde_json::{Value, json};

use super::{
    query,
    response::{self, database_error},
};
use crate::{state::State, store::NewRejected, time};

/// How many are listed by default.
const DEFAULT_LIMIT: u32 = 200;
/// The size of the largest answer that is read, in bytes: all answers of this server are smaller.
const MAX_ANSWER: usize = 1024 * 1024;
/// Headers whose values are secrets.
const SECRET: [&str; 5] = [
    "authorization",
    "cookie",
    "proxy-authorization",
    "x-agent-key",
    "x-prompt-key",
];

/// Keeps what was wrong with a request, and returns the refusal unchanged.
pub(super) async fn keep(
    state: &State,
    agent: &str,
    headers: &HeaderMap,
    body: Bytes,
    refusal: Response,
) -> Response {
    let (head, answer) = refusal.into_parts();
    let answer = axum::body::to_bytes(answer, MAX_ANSWER)
        .await
        .unwrap_or_default();
    let parsed: Value = serde_json::from_slice(&answer).unwrap_or_default();
    let errors = parsed.get("errors").cloned().unwrap_or(json!([]));
    let headers: Vec<_> = headers
        .iter()
        .map(|(name, value)| {
            let is_secret = SECRET.contains(&name.as_str());
            let value = String::from_utf8_lossy(value.as_bytes());
            let value = if is_secret { "(hidden)".into() } else { value };
            json!([name.as_str(), value])
        })
        .collect();
    let new = NewRejected {
        received_ms: time::unix_ms(),
        agent: agent.to_owned(),
        status: head.status.as_u16(),
        message: parsed["message"].as_str().unwrap_or_default().to_owned(),
        errors: errors.to_string(),
        headers: Value::from(headers).to_string(),
        body: body.to_vec(),
    };
    // The refusal matters more than its record.
    let _ = state.store.insert_rejected(new).await;
    Response::from_parts(head, Body::from(answer))
}

/// `GET /local/rejected?limit=`
pub(super) async fn list(Shared(state): Shared<Arc<State>>, RawQuery(raw): RawQuery) -> Response {
    let limit = query::find(raw.as_deref(), "limit")
        .and_then(|limit| limit.parse().ok())
        .unwrap_or(DEFAULT_LIMIT);
    match state.store.rejected(limit).await {
        Ok(rejected) => response::json(StatusCode::OK, &rejected),
        Err(error) => database_error(&error),
    }
}
