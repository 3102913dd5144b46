//! Checks that a request may act for an agent.

use axum::{
    http::{HeaderMap, StatusCode},
    response::Response,
};

use super::{
    request::header,
    response::{database_error, error},
};
use crate::state::State;

/// The length in bytes of the shortest secret that an unknown agent may have.
const MIN_SECRET_LENGTH: usize = 8;

/// Checks the headers of a request for this agent.
///
/// # Errors
/// The answer: 400 without `user-agent`, 401 for missing or wrong credentials, 404 for an unknown agent.
pub(super) async fn authorize(
    state: &State,
    agent: &str,
    headers: &HeaderMap,
) -> Result<(), Response> {
    let unauthorized = |message: &str| error(StatusCode::UNAUTHORIZED, message);
    if header(headers, "user-agent").is_none_or(str::is_empty) {
        return Err(error(StatusCode::BAD_REQUEST, "user-agent is missing"));
    }
    let key =
        header(headers, "x-agent-key").ok_or_else(|| unauthorized("x-agent-key is missing"))?;
    if header(headers, "x-agent-id") != Some(agent) {
        return Err(unauthorized("x-agent-id is not the agent in the path"));
    }
    let secret = if state.agents.is_empty() {
        if key.len() < MIN_SECRET_LENGTH {
            return Err(unauthorized(&format!(
                "the agent's secret must have at least {MIN_SECRET_LENGTH} characters"
            )));
        }
        state
            .store
            .secret_or_insert(agent, key)
            .await
            .map_err(|error| database_error(&error))?
    } else {
        let secret = state.agents.get(agent).cloned();
        secret.ok_or_else(|| error(StatusCode::NOT_FOUND, "unknown agent"))?
    };
    if key == secret {
        Ok(())
    } else {
        Err(unauthorized("wrong secret"))
    }
}
