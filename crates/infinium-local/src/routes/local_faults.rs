//! `/local/faults`: the faults that are active.

use std::sync::Arc;

use axum::{
    body::Body,
    extract::State as Shared,
    http::StatusCode,
    response::{IntoResponse, Response},
};

use super::{
    request::read_body,
    response::{self, error, unreadable},
};
use crate::{fault::Fault, state::State};

/// `GET /local/faults`
pub(super) async fn list(Shared(state): Shared<Arc<State>>) -> Response {
    response::json(StatusCode::OK, &state.faults.list())
}

/// `PUT /local/faults`
pub(super) async fn replace(Shared(state): Shared<Arc<State>>, body: Body) -> Response {
    let script = match read_body(body, state.body_timeout).await {
        Ok(body) => String::from_utf8_lossy(&body).into_owned(),
        Err(problem) => return unreadable(problem),
    };
    match Fault::parse_script(&script) {
        Ok(script) => {
            state.faults.replace(script);
            StatusCode::NO_CONTENT.into_response()
        }
        Err(problem) => error(
            StatusCode::BAD_REQUEST,
            &format!("not a fault script: {problem}"),
        ),
    }
}

/// `DELETE /local/faults`
pub(super) async fn delete(Shared(state): Shared<Arc<State>>) -> Response {
    state.faults.replace(Vec::new());
    StatusCode::NO_CONTENT.into_response()
}
