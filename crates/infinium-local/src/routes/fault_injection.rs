//! The middleware in front of the endpoints of the real platform: faults, rate limit, counts.

use std::{collections::BTreeMap, future, io, sync::Arc, time::Duration};

use axum::{
    Extension,
    body::{Body, Bytes},
    extract::{Request, State as Shared},
    http::{HeaderName, HeaderValue, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use futures_util::stream;

use super::{request::read_body, response::error};
use crate::{connection::Connection, fault::Action, state::State};

/// The size in bytes of the largest answer that can be cut.
const MAX_CUT_ANSWER: usize = 1024 * 1024;

/// Applies the fault of a request, and counts its answer.
pub(super) async fn inject_faults(
    Shared(state): Shared<Arc<State>>,
    Extension(connection): Extension<Connection>,
    request: Request,
    next: Next,
) -> Response {
    let action = state
        .faults
        .next_action(request.method().as_str(), request.uri().path());
    let response = match action {
        Action::Status {
            status,
            headers,
            body,
        } => scripted_response(status, &headers, body),
        Action::Reset => {
            discard_body(&state, request).await;
            connection.reset();
            StatusCode::OK.into_response()
        }
        Action::Garbage => {
            discard_body(&state, request).await;
            connection.write_garbage();
            StatusCode::OK.into_response()
        }
        Action::Hang => {
            discard_body(&state, request).await;
            future::pending().await
        }
        Action::Lost => {
            let response = respond(&state, request, next).await;
            connection.reset();
            response
        }
        Action::Cut => cut(respond(&state, request, next).await).await,
        Action::Delay { ms } => {
            tokio::time::sleep(Duration::from_millis(ms)).await;
            respond(&state, request, next).await
        }
        Action::Pass => respond(&state, request, next).await,
    };
    let status = response.status().as_u16();
    *state.counts().by_status.entry(status).or_default() += 1;
    response
}

/// Responds without faults, within the rate limit.
async fn respond(state: &State, request: Request, next: Next) -> Response {
    if let Some(limiter) = &state.rate_limiter
        && let Err(seconds) = limiter.try_acquire()
    {
        discard_body(state, request).await;
        let mut response = error(StatusCode::TOO_MANY_REQUESTS, "too many requests");
        response
            .headers_mut()
            .insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        return response;
    }
    next.run(request).await
}

/// Reads the rest of a request, so that the client has sent everything before it is answered.
async fn discard_body(state: &State, request: Request) {
    let _ = read_body(request.into_body(), state.body_timeout).await;
}

fn scripted_response(status: u16, headers: &BTreeMap<String, String>, body: String) -> Response {
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

/// Announces the whole body, sends half of it, and closes the connection.
async fn cut(response: Response) -> Response {
    let (mut head, body) = response.into_parts();
    let body = axum::body::to_bytes(body, MAX_CUT_ANSWER)
        .await
        .unwrap_or_default();
    head.headers
        .insert(header::CONTENT_LENGTH, HeaderValue::from(body.len()));
    let half = body.slice(..body.len() / 2);
    let chunks = stream::unfold(Some(half), async |half: Option<Bytes>| match half {
        Some(half) => Some((Ok(half), None)),
        None => {
            // The server gets time to write the half before the connection closes.
            tokio::time::sleep(Duration::from_millis(20)).await;
            Some((Err(io::Error::from(io::ErrorKind::BrokenPipe)), None))
        }
    });
    Response::from_parts(head, Body::from_stream(chunks))
}
