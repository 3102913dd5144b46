//! Answers in JSON.

use axum::{
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;

use super::request::BodyError;
use crate::store::StoreError;

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

/// The answer to a request whose body could not be read.
pub(super) fn unreadable(problem: BodyError) -> Response {
    match problem {
        BodyError::Incomplete => error(
            StatusCode::PAYLOAD_TOO_LARGE,
            "the body is incomplete or far too large",
        ),
        BodyError::Slow => error(StatusCode::REQUEST_TIMEOUT, "the body took too long"),
    }
}

pub(super) fn database_error(error: &StoreError) -> Response {
    self::error(
        StatusCode::INTERNAL_SERVER_ERROR,
        &format!("the database failed: {error}"),
    )
}
