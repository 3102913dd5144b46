//! `POST /agents/{agent}/trace`: validates a trace and stores it.

use std::sync::Arc;

use axum::{
    body::Body,
    extract::{Path, State as Shared},
    http::{HeaderMap, StatusCode},
    response::Response,
};
use serde_json::json;

use super::{
    authorization::authorize,
    request::{header, read_body},
    response::{self, Answer, database_error, error, unreadable},
};
use crate::{state::State, store::Inserted, validation::validate};

/// The size of the largest body that is accepted, in bytes.
const MAX_BODY: usize = 1_048_576;

pub(super) async fn receive(
    Shared(state): Shared<Arc<State>>,
    Path(agent): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    state.counts().arrivals += 1;
    match read_body(body, state.body_timeout).await {
        Ok(body) => store(&state, &agent, &headers, &body).unwrap_or_else(|refusal| refusal),
        Err(problem) => unreadable(problem),
    }
}

fn store(state: &State, agent: &str, headers: &HeaderMap, body: &[u8]) -> Answer {
    authorize(state, agent, headers)?;
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
    let violations = validate(body);
    if let Some(first) = violations.first() {
        let message = format!("{} {}", first.field, first.message);
        let body = json!({
            "success": false, "message": message, "field": first.field, "errors": violations,
        });
        return Err(response::json(StatusCode::UNPROCESSABLE_ENTITY, &body));
    }
    let inserted = state
        .store
        .insert(agent, header(headers, "idempotency-key"), body)
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
