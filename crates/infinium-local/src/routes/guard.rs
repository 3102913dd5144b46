//! The middleware in front of everything: refuses requests that other machines or other web pages made.

use std::sync::Arc;

use axum::{
    extract::{Request, State as Shared},
    http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header},
    middleware::Next,
    response::{IntoResponse, Redirect, Response},
};

use super::{request::header, response::error};
use crate::{
    access::{Access, is_same_origin},
    state::State,
};

/// The cookie that holds the token in a browser.
const COOKIE: &str = "infinium-local";

/// Refuses a request with a foreign `Host` or `Origin`, or without the token.
pub(super) async fn guard(
    Shared(state): Shared<Arc<State>>,
    request: Request,
    next: Next,
) -> Response {
    let access = &state.access;
    if let Err(refusal) = check(access, &request) {
        return refusal;
    }
    if let Some(answer) = sign_in(access, request.method(), request.uri()) {
        return answer;
    }
    let is_api = request.uri().path().starts_with("/api/");
    let mut response = next.run(request).await;
    if !is_api {
        protect(response.headers_mut());
    }
    response
}

#[expect(
    clippy::result_large_err,
    reason = "the error of a check is its answer, and answers are large"
)]
fn check(access: &Access, request: &Request) -> Result<(), Response> {
    let (headers, path) = (request.headers(), request.uri().path());
    let host = header(headers, "host").unwrap_or_default();
    if !access.allows_host(host) {
        let message = "the Host of a request must be localhost or an IP address; to allow another \
                       name, start infinium-local with --allow-host NAME";
        return Err(error(StatusCode::FORBIDDEN, message));
    }
    let is_foreign = match headers.get(header::ORIGIN) {
        Some(origin) => !origin
            .to_str()
            .is_ok_and(|origin| is_same_origin(origin, host)),
        // A browser leaves Origin out of some GETs, but says that another site made them.
        None => path.starts_with("/local/") && is_cross_site(headers),
    };
    if is_foreign {
        let message = "requests from pages of other sites are refused";
        return Err(error(StatusCode::FORBIDDEN, message));
    }
    // Agents have secrets of their own.
    if path.starts_with("/api/") || access.token.is_none() || is_sign_in(request.uri()) {
        return Ok(());
    }
    let bearer = header(headers, "authorization").and_then(|value| value.strip_prefix("Bearer "));
    let offered = bearer.or_else(|| cookie(headers)).unwrap_or_default();
    if access.accepts_token(offered) {
        return Ok(());
    }
    let message = "a token is needed: open the address that infinium-local printed when it started, \
                   or send authorization: Bearer TOKEN";
    Err(error(StatusCode::UNAUTHORIZED, message))
}

fn is_cross_site(headers: &HeaderMap) -> bool {
    matches!(
        header(headers, "sec-fetch-site"),
        Some("cross-site" | "same-site")
    )
}

fn cookie(headers: &HeaderMap) -> Option<&str> {
    header(headers, "cookie")?
        .split("; ")
        .find_map(|pair| pair.strip_prefix(COOKIE)?.strip_prefix('='))
}

fn offered_token(uri: &Uri) -> Option<&str> {
    uri.query()?
        .split('&')
        .find_map(|pair| pair.strip_prefix("token="))
}

fn is_sign_in(uri: &Uri) -> bool {
    uri.path() == "/" && offered_token(uri).is_some()
}

/// Answers `GET /?token=…`: keeps the token in a cookie, and takes it out of the address.
fn sign_in(access: &Access, method: &Method, uri: &Uri) -> Option<Response> {
    if method != Method::GET || !is_sign_in(uri) {
        return None;
    }
    let token = offered_token(uri)?;
    if !access.accepts_token(token) {
        return Some(error(StatusCode::UNAUTHORIZED, "wrong token"));
    }
    let mut response = Redirect::to("/").into_response();
    let cookie = format!("{COOKIE}={token}; HttpOnly; SameSite=Strict; Path=/");
    if let Ok(cookie) = HeaderValue::try_from(cookie) {
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    Some(response)
}

/// Headers that keep browsers from using an answer for anything but what it is.
fn protect(headers: &mut HeaderMap) {
    for (name, value) in [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (
            header::HeaderName::from_static("cross-origin-resource-policy"),
            "same-origin",
        ),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers
        .entry(header::CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
}
