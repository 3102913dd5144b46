//! `POST /mcp`: the Model Context Protocol over HTTP, without sessions and streams.

use std::sync::Arc;

use axum::{
    body::Body,
    extract::State as Shared,
    http::StatusCode,
    response::{IntoResponse, Response},
};

use super::{
    request::read_body,
    response::{self, unreadable},
};
use crate::{mcp, state::State};

pub(super) async fn receive(Shared(state): Shared<Arc<State>>, body: Body) -> Response {
    let body = match read_body(body, state.body_timeout).await {
        Ok(body) => body,
        Err(problem) => return unreadable(problem),
    };
    match mcp::answer(&state.store, &String::from_utf8_lossy(&body)).await {
        Some(answer) => response::json(StatusCode::OK, &answer),
        None => StatusCode::ACCEPTED.into_response(),
    }
}
