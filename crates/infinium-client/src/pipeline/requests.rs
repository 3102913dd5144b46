//! Builds the requests of a client: URLs and headers.

use std::sync::Arc;

use bytes::Bytes;
use http::{
    HeaderMap, HeaderName, HeaderValue, Method, Uri,
    header::{ACCEPT, ACCEPT_ENCODING, CONTENT_TYPE, USER_AGENT},
};
use url::Url;

use crate::{
    request::Request,
    url_path::{join, to_uri},
};
use infinium_core::{Checked, Result};

const AGENT_ID: HeaderName = HeaderName::from_static("x-agent-id");
const AGENT_KEY: HeaderName = HeaderName::from_static("x-agent-key");
const JSON: HeaderValue = HeaderValue::from_static("application/json");
/// Answers are small, so compressing them only costs time.
const IDENTITY: HeaderValue = HeaderValue::from_static("identity");

/// Builds the requests of one client.
#[derive(Debug)]
pub(crate) struct Requests {
    base_url: Url,
    agent_url: Url,
    trace_uri: Uri,
    /// The resource that an error names if the platform answers a task with 404.
    agent: String,
    agent_headers: Arc<HeaderMap>,
    trace_headers: Arc<HeaderMap>,
    user_agent: HeaderValue,
}

impl Requests {
    /// # Errors
    /// `Configuration` of the base URL if it contains characters that HTTP does not allow.
    pub(crate) fn new(agent: &str, checked: Checked) -> Result<Self> {
        let Checked {
            agent_id,
            secret_header,
            user_agent,
            base_url,
        } = checked;
        let mut agent_headers = HeaderMap::new();
        agent_headers.insert(AGENT_ID, agent_id);
        agent_headers.insert(AGENT_KEY, secret_header);
        agent_headers.insert(USER_AGENT, user_agent.clone());
        agent_headers.insert(ACCEPT, JSON);
        agent_headers.insert(ACCEPT_ENCODING, IDENTITY);
        let mut trace_headers = agent_headers.clone();
        trace_headers.insert(CONTENT_TYPE, JSON);
        let agent_url = join(&base_url, &["agents", agent]);
        Ok(Self {
            trace_uri: to_uri(&join(&agent_url, &["trace"]))?,
            base_url,
            agent_url,
            agent: format!("agent {agent}"),
            agent_headers: agent_headers.into(),
            trace_headers: trace_headers.into(),
            user_agent,
        })
    }

    pub(crate) fn base_url(&self) -> &Url {
        &self.base_url
    }

    pub(crate) fn agent_url(&self) -> &Url {
        &self.agent_url
    }

    /// The agent's name in error messages.
    pub(crate) fn agent(&self) -> &str {
        &self.agent
    }

    /// Builds the request that delivers a task with this body. `key` is its idempotency key.
    pub(crate) fn trace(&self, key: &str, body: Bytes) -> Request {
        Request {
            method: Method::POST,
            uri: self.trace_uri.clone(),
            headers: self.trace_headers.clone(),
            key: HeaderValue::from_str(key).ok(),
            body,
            time_factor: 1,
        }
    }

    /// Builds a read below the agent's URL, with the agent's credentials.
    ///
    /// # Errors
    /// As [`Requests::new`].
    pub(crate) fn read_of_agent(&self, segments: &[&str]) -> Result<Request> {
        let url = join(&self.agent_url, segments);
        Ok(read(to_uri(&url)?, self.agent_headers.clone()))
    }

    /// Builds a read below the base URL, with the credentials in `headers`.
    ///
    /// # Errors
    /// As [`Requests::new`].
    pub(crate) fn read(&self, segments: &[&str], mut headers: HeaderMap) -> Result<Request> {
        headers.insert(USER_AGENT, self.user_agent.clone());
        headers.insert(ACCEPT, JSON);
        headers.insert(ACCEPT_ENCODING, IDENTITY);
        let url = join(&self.base_url, segments);
        Ok(read(to_uri(&url)?, headers.into()))
    }
}

fn read(uri: Uri, headers: Arc<HeaderMap>) -> Request {
    Request {
        method: Method::GET,
        uri,
        headers,
        key: None,
        body: Bytes::new(),
        time_factor: 1,
    }
}
