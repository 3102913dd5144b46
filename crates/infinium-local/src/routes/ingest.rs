//! `POST /agents/{agent}/trace`: validates a trace and stores it.

use std::sync::Arc;

use axum::{
    body::{Body, Bytes},
    extract::{Path, State as Shared},
    http::{HeaderMap, StatusCode},
    response::Response,
};
use serde_json::json;

use super::{
    authorization::authorize,
    rejections,
    request::{header, read_body},
    response::{self, Answer, database_error, error, unreadable},
};
use crate::{
    state::State,
    store::{Inserted, NewTrace, Trace},
    time,
    validation::validate,
};

/// The size of the largest body that is accepted, in bytes.
const MAX_BODY: usize = 1_048_576;

pub(super) async fn receive(
    Shared(state): Shared<Arc<State>>,
    Path(agent): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    state.counts().arrivals += 1;
    let (body, answer) = match read_body(body, state.body_timeout).await {
        Ok(body) => (body.clone(), store(&state, &agent, &headers, &body).await),
        Err(problem) => (Bytes::new(), Err(unreadable(problem))),
    };
    match answer {
        Ok(response) => response,
        Err(refusal) => rejections::keep(&state, &agent, &headers, body, refusal).await,
    }
}

async fn store(state: &State, agent: &str, headers: &HeaderMap, body: &[u8]) -> Answer {
    authorize(state, agent, headers).await?;
    if header(headers, "content-type") != Some("application/json") {
        return Err(error(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "content-type must be application/json",
        ));
    }
    if body.len() > MAX_BODY {
        let message = format!(
            "the body must have at most {MAX_BODY} bytes (got {})",
            body.len()
        );
        return Err(error(StatusCode::PAYLOAD_TOO_LARGE, &message));
    }
    let body = std::str::from_utf8(body)
        .map_err(|_| error(StatusCode::BAD_REQUEST, "the body is not UTF-8"))?;
    let parsed = validate(body).map_err(|violations| {
        let first = &violations[0];
        let message = format!("{} {}", first.field, first.message);
        let body = json!({
            "success": false, "message": message, "field": first.field, "errors": violations,
        });
        response::json(StatusCode::UNPROCESSABLE_ENTITY, &body)
    })?;
    let trace = Trace {
        id: uuid::Uuid::new_v4().to_string(),
        agent: agent.to_owned(),
        received_ms: time::unix_ms(),
        source: "infinium".to_owned(),
        body: body.to_owned(),
    };
    let idempotency_key = header(headers, "idempotency-key").map(str::to_owned);
    let inserted = state
        .store
        .insert(NewTrace::new(trace, idempotency_key, &parsed))
        .await
        .map_err(|error| database_error(&error))?;
    let id = match inserted {
        Inserted::New { id } => {
            state.counts().stored += 1;
            id
        }
        Inserted::Duplicate { id } => {
            state.counts().duplicates += 1;
            id
        }
    };
    let body = json!({ "success": true, "message": "Trace accepted", "traceId": id });
    Ok(response::json(StatusCode::OK, &body))
}
