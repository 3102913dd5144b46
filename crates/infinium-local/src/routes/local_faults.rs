//! `/local/faults`: the faults that are active.

use std::sync::Arc;

use axum::{
    extract::State as Shared,
    http::StatusCode,
    response::{IntoResponse, Response},
};

use super::response::{self, error};
use crate::{fault::Fault, state::State};

/// `GET /local/faults`
pub(super) async fn list(Shared(state): Shared<Arc<State>>) -> Response {
    response::json(StatusCode::OK, &state.faults.list())
}

/// `PUT /local/faults`
pub(super) async fn replace(Shared(state): Shared<Arc<State>>, script: String) -> Response {
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
