//! The endpoints, and what goes wrong on the way to them.

mod control;
mod prompts;
mod traces;
mod viewer;

use std::{
    sync::{Arc, PoisonError},
    time::Duration,
};

use axum::{
    Router,
    body::Body,
    extract::{ConnectInfo, Request, State as Shared},
    http::{HeaderName, HeaderValue, StatusCode, header},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use bytes::Bytes;
use futures_util::stream;
use serde::Serialize;

use crate::{
    faults::Action,
    listener::Connection,
    platform::{Counts, State},
};

/// Bodies are read up to this size, to be able to say how much too large they are.
const READ_LIMIT: usize = 64 * 1024 * 1024;
/// Answers that are cut are taken apart up to this size.
const ANSWER_LIMIT: usize = 1024 * 1024;

pub(crate) fn router(state: Arc<State>) -> Router {
    let api = Router::new()
        .route("/agents/{agent}/trace", post(traces::take))
        .route(
            "/agents/{agent}/interpreted-result/{trace}",
            get(traces::interpret),
        )
        .route("/prompts/{id}/v/{version}", get(prompts::fetch))
        .fallback(|| async { error(StatusCode::NOT_FOUND, "no such endpoint") })
        .layer(middleware::from_fn_with_state(state.clone(), misbehave));
    let local = Router::new()
        .route("/traces", get(control::list).delete(control::clear))
        .route("/traces/{trace}", get(control::show))
        .route("/stats", get(control::stats))
        .route(
            "/faults",
            get(control::faults)
                .put(control::set_faults)
                .delete(control::clear_faults),
        )
        .route(
            "/prompts/{id}/v/{version}",
            axum::routing::put(control::put_prompt),
        );
    Router::new()
        .nest("/api/v1", api)
        .nest("/local", local)
        .route("/", get(viewer::index))
        .route("/traces/{trace}", get(viewer::trace))
        .with_state(state)
}

/// Lets a request meet its fault, counts its answer, and keeps the rate.
async fn misbehave(
    Shared(state): Shared<Arc<State>>,
    ConnectInfo(connection): ConnectInfo<Connection>,
    request: Request,
    next: Next,
) -> Response {
    let action = state
        .faults
        .next(request.method().as_str(), request.uri().path());
    let response = match action {
        Action::Status {
            status,
            headers,
            body,
        } => scripted(status, &headers, body),
        Action::Reset => {
            drain(request).await;
            connection.reset();
            StatusCode::OK.into_response()
        }
        Action::Garbage => {
            drain(request).await;
            connection.garble();
            StatusCode::OK.into_response()
        }
        Action::Hang => {
            drain(request).await;
            std::future::pending().await
        }
        Action::Lost => {
            let response = answer(&state, request, next).await;
            connection.reset();
            response
        }
        Action::Cut => cut(answer(&state, request, next).await).await,
        Action::Delay { ms } => {
            tokio::time::sleep(Duration::from_millis(ms)).await;
            answer(&state, request, next).await
        }
        Action::Pass => answer(&state, request, next).await,
    };
    count(&state, |counts| {
        *counts
            .by_status
            .entry(response.status().as_u16())
            .or_default() += 1;
    });
    response
}

async fn answer(state: &State, request: Request, next: Next) -> Response {
    if let Some(Err(seconds)) = state.rate.as_ref().map(crate::rate::Rate::take) {
        drain(request).await;
        let mut response = error(StatusCode::TOO_MANY_REQUESTS, "too many requests");
        response
            .headers_mut()
            .insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        return response;
    }
    next.run(request).await
}

/// Reads what the other side is still sending, so that it is ready to listen.
async fn drain(request: Request) {
    let _ = axum::body::to_bytes(request.into_body(), READ_LIMIT).await;
}

fn scripted(
    status: u16,
    headers: &std::collections::BTreeMap<String, String>,
    body: String,
) -> Response {
    let mut response = body.into_response();
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::IM_A_TEAPOT);
    for (name, value) in headers {
        let pair = (HeaderName::try_from(name), HeaderValue::try_from(value));
        if let (Ok(name), Ok(value)) = pair {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

/// Promises the whole body, sends half of it, and breaks off.
async fn cut(response: Response) -> Response {
    let (mut head, body) = response.into_parts();
    let body = axum::body::to_bytes(body, ANSWER_LIMIT)
        .await
        .unwrap_or_default();
    head.headers
        .insert(header::CONTENT_LENGTH, HeaderValue::from(body.len()));
    let half = body.slice(..body.len() / 2);
    let pieces = stream::unfold(Some(half), async |half: Option<Bytes>| match half {
        Some(half) => Some((Ok(half), None)),
        None => {
            // The half is on its way before the connection breaks.
            tokio::time::sleep(Duration::from_millis(20)).await;
            Some((
                Err(std::io::Error::from(std::io::ErrorKind::BrokenPipe)),
                None,
            ))
        }
    });
    Response::from_parts(head, Body::from_stream(pieces))
}

fn count(state: &State, change: impl FnOnce(&mut Counts)) {
    change(&mut state.counts.lock().unwrap_or_else(PoisonError::into_inner));
}

fn json(status: StatusCode, value: &impl Serialize) -> Response {
    // Only maps with other keys than strings cannot be written: there are none.
    let body = serde_json::to_string(value).unwrap_or_default();
    (status, [(header::CONTENT_TYPE, "application/json")], body).into_response()
}

fn error(status: StatusCode, message: &str) -> Response {
    json(
        status,
        &serde_json::json!({ "success": false, "message": message }),
    )
}

/// A failure of the database: nobody but the platform is to blame.
fn broken(failure: &rusqlite::Error) -> Response {
    error(
        StatusCode::INTERNAL_SERVER_ERROR,
        &format!("the database failed: {failure}"),
    )
}

/// The answer, good or bad: so that handlers can use `?`.
type Answer = Result<Response, Response>;
