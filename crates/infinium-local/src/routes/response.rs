//! Answers in JSON.

use axum::{
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;

/// The answer to a request; a refusal is the error, so that handlers can use `?`.
pub(super) type Answer = Result<Response, Response>;

pub(super) fn json(status: StatusCode, value: &impl Serialize) -> Response {
    // Fails only for maps whose keys are not strings or numbers, and no handler has one.
    let body = serde_json::to_string(value).unwrap_or_default();
    (status, [(header::CONTENT_TYPE, "application/json")], body).into_response()
}

pub(super) fn error(status: StatusCode, message: &str) -> Response {
    let body = serde_json::json!({ "success": false, "message": message });
    json(status, &body)
}

pub(super) fn database_error(error: &rusqlite::Error) -> Response {
    self::error(
        StatusCode::INTERNAL_SERVER_ERROR,
        &format!("the database failed: {error}"),
    )
}
