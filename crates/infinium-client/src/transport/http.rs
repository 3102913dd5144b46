//! HTTP/1.1 and HTTP/2 over reqwest.

use std::time::{Duration, SystemTime};

use http::header::RETRY_AFTER;
use reqwest::{Client, NoProxy, Proxy, redirect};
use url::Url;

use super::{Answer, Failure, MAX_ANSWER_SIZE, Request, tls};
use crate::{
    config::{Config, is_loopback},
    error::{Error, ErrorKind, Result},
    retry,
};

/// Idle connections are dropped after this time, before most servers and balancers do.
const IDLE: Duration = Duration::from_secs(30);

/// Sends requests over connections that it keeps.
#[derive(Clone, Debug)]
pub(crate) struct Http {
    client: Client,
    timeout: Duration,
}

impl Http {
    /// # Errors
    /// `Configuration` of `caCertificates` or of the proxy.
    pub(crate) fn new(config: &Config, base_url: &Url) -> Result<Self> {
        let mut builder = Client::builder()
            // A redirect would carry the credentials to wherever it points.
            .redirect(redirect::Policy::none())
            // The retry loop is the only one that sends again: each attempt counts for the limits.
            .retry(reqwest::retry::never())
            .no_proxy()
            .referer(false)
            .pool_idle_timeout(IDLE)
            .pool_max_idle_per_host(config.max_concurrency)
            .tls_backend_preconfigured(tls::config(&config.ca_certificates)?);
        if base_url.scheme() == "https"
            && !is_loopback(base_url)
            && let Some(url) = &config.https_proxy
        {
            let proxy = Proxy::https(url.expose()).map_err(|_| {
                let message = "the proxy in HTTPS_PROXY must be a URL such as http://proxy:3128";
                Error::of_field(ErrorKind::Configuration, "HTTPS_PROXY", message)
            })?;
            let except = config.no_proxy.as_deref().and_then(NoProxy::from_string);
            builder = builder.proxy(proxy.no_proxy(except));
        }
        let client = builder.build().map_err(|error| {
            Error::new(ErrorKind::Configuration, format!("no HTTP client: {error}"))
        })?;
        Ok(Self {
            client,
            timeout: config.timeout,
        })
    }

    /// Sends once.
    pub(crate) async fn send(&self, request: &Request) -> Result<Answer, Failure> {
        match tokio::time::timeout(self.timeout, self.exchange(request)).await {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(error)) => Err(failure(error)),
            Err(_) => Err(Failure::Timeout),
        }
    }

    async fn exchange(&self, request: &Request) -> reqwest::Result<Answer> {
        let mut outgoing = reqwest::Request::new(request.method.clone(), request.url.clone());
        *outgoing.headers_mut() = request.headers.clone();
        if !request.body.is_empty() {
            *outgoing.body_mut() = Some(request.body.clone().into());
        }
        let mut incoming = self.client.execute(outgoing).await?;
        let status = incoming.status().as_u16();
        let retry_after = incoming
            .headers()
            .get(RETRY_AFTER)
            .and_then(|value| retry::retry_after(value.to_str().ok()?, wall_clock()));
        let mut body = Vec::new();
        while let Some(chunk) = incoming.chunk().await? {
            if body.len() + chunk.len() > MAX_ANSWER_SIZE {
                return Ok(Answer {
                    status,
                    retry_after,
                    body: None,
                });
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Answer {
            status,
            retry_after,
            body: String::from_utf8(body).ok(),
        })
    }
}

fn failure(error: reqwest::Error) -> Failure {
    let problem = if error.is_connect() {
        "could not connect"
    } else if error.is_timeout() {
        return Failure::Timeout;
    } else {
        "the connection broke before the answer was complete"
    };
    // The address tells nothing new, and may one day hold something that should not be told.
    Failure::Network {
        problem,
        source: error.without_url().into(),
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "dates in headers are about the time of day"
)]
fn wall_clock() -> SystemTime {
    SystemTime::now()
}
