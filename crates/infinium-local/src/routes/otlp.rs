//! `POST /v1/traces`: OTLP over HTTP, in protobuf and JSON.

use std::{io::Read, sync::Arc};

use axum::{
    body::{Body, Bytes},
    extract::State as Shared,
    http::{HeaderMap, StatusCode, header::CONTENT_TYPE},
    response::{IntoResponse, Response},
};
use flate2::read::GzDecoder;

use super::{
    rejections,
    request::{header, read_body},
    response::{Answer, database_error, error, unreadable},
};
use crate::{otlp, state::State, time};

/// The size in bytes of the largest body, decompressed: what the collector of OpenTelemetry takes, too.
const MAX_BODY: usize = 20 * 1024 * 1024;
/// What rejected requests of OpenTelemetry are listed as.
const AGENT: &str = "OpenTelemetry";

pub(super) async fn receive(
    Shared(state): Shared<Arc<State>>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let body = match read_body(body, state.body_timeout).await {
        Ok(body) => body,
        Err(problem) => return unreadable(problem),
    };
    match store(&state, &headers, &body).await {
        Ok(response) => response,
        Err(refusal) => rejections::keep(&state, AGENT, &headers, body, refusal).await,
    }
}

/// `POST /v1/metrics` and `/v1/logs`: accepted and dropped, so that exporters report no errors.
pub(super) async fn ignore(Shared(state): Shared<Arc<State>>, body: Body) -> Response {
    let _ = read_body(body, state.body_timeout).await;
    StatusCode::OK.into_response()
}

async fn store(state: &State, headers: &HeaderMap, body: &Bytes) -> Answer {
    let refuse = |message: String| error(StatusCode::BAD_REQUEST, &message);
    let body = match header(headers, "content-encoding") {
        None | Some("identity" | "") => body.to_vec(),
        Some("gzip") => decompress(body).map_err(refuse)?,
        Some(other) => {
            let message = format!("content-encoding must be gzip or identity (got {other})");
            return Err(error(StatusCode::UNSUPPORTED_MEDIA_TYPE, &message));
        }
    };
    if body.len() > MAX_BODY {
        let message = format!("the body must have at most {MAX_BODY} bytes");
        return Err(error(StatusCode::PAYLOAD_TOO_LARGE, &message));
    }
    let kind = header(headers, "content-type").unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    let (spans, answer) = match kind {
        "application/x-protobuf" => (otlp::read_protobuf(&body), ""),
        "application/json" => (otlp::read_json(&body), "{}"),
        _ => {
            let message = "content-type must be application/x-protobuf or application/json";
            return Err(error(StatusCode::UNSUPPORTED_MEDIA_TYPE, message));
        }
    };
    state
        .store
        .insert_spans(spans.map_err(refuse)?, time::unix_ms())
        .await
        .map_err(|error| database_error(&error))?;
    // An empty message in protobuf has no bytes.
    Ok(([(CONTENT_TYPE, kind.to_owned())], answer).into_response())
}

fn decompress(body: &[u8]) -> Result<Vec<u8>, String> {
    let mut out = Vec::new();
    // One byte more, so that a body that is too large is seen as such.
    let mut limited = GzDecoder::new(body).take(MAX_BODY as u64 + 1);
    match limited.read_to_end(&mut out) {
        Ok(_) => Ok(out),
        Err(error) => Err(format!("the body is not gzip: {error}")),
    }
}
