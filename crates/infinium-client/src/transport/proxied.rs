//! Requests through a proxy.

use std::time::Duration;

use http::Response;
use reqwest::{Client, NoProxy, Proxy, redirect};
use rustls::ClientConfig;
use tokio::time::{Instant, timeout_at};

use super::{Failure, INCOMPLETE, MAX_ANSWER_SIZE, Request, UNCONNECTED, http::Incoming};
use crate::error::{Error, ErrorKind, Result};

/// Connections through a proxy, to hosts that are not excepted from it.
#[derive(Clone, Debug)]
pub(super) struct Proxied(Client);

impl Proxied {
    /// # Errors
    /// `Configuration` of the proxy's URL.
    pub(super) fn new(
        tls: ClientConfig,
        max_idle: usize,
        idle: Duration,
        proxy: &str,
        except: Option<&str>,
    ) -> Result<Self> {
        let proxy = Proxy::https(proxy).map_err(|_| {
            let message = "the proxy in HTTPS_PROXY must be a URL such as http://proxy:3128";
            Error::of_field(ErrorKind::Configuration, "HTTPS_PROXY", message)
        })?;
        let client = Client::builder()
            // A redirect would carry the credentials to wherever it points.
            .redirect(redirect::Policy::none())
            // The retry loop is the only one that sends again: each attempt counts for the limits.
            .retry(reqwest::retry::never())
            .referer(false)
            .no_proxy()
            .proxy(proxy.no_proxy(except.and_then(NoProxy::from_string)))
            .pool_idle_timeout(idle)
            .pool_max_idle_per_host(max_idle)
            .tls_backend_preconfigured(tls)
            .build()
            .map_err(|error| {
                Error::new(ErrorKind::Configuration, format!("no HTTP client: {error}"))
            })?;
        Ok(Self(client))
    }

    pub(super) async fn exchange(
        &self,
        request: &Request,
        deadline: Instant,
    ) -> Result<Incoming, Failure> {
        // The address tells nothing new, and may one day hold something that should not be told.
        let failure = |error: reqwest::Error| {
            let problem = if error.is_connect() {
                UNCONNECTED
            } else {
                INCOMPLETE
            };
            Failure::network(problem, false, error.without_url())
        };
        let mut outgoing = http::Request::new(request.body.clone());
        *outgoing.method_mut() = request.method.clone();
        *outgoing.uri_mut() = request.uri.clone();
        *outgoing.headers_mut() = request.all_headers();
        let outgoing = outgoing.try_into().map_err(failure)?;
        let incoming = self.0.execute(outgoing).await.map_err(failure)?;
        let mut head = Response::new(());
        *head.status_mut() = incoming.status();
        *head.headers_mut() = incoming.headers().clone();
        let body = if incoming.status().is_success() {
            read(incoming).await.map_err(failure)?
        } else {
            // What has been refused is not sent again because the reason cannot be read.
            let read = timeout_at(deadline, read(incoming)).await;
            read.ok().and_then(Result::ok).flatten()
        };
        Ok(head.map(|()| body))
    }
}

/// All of a body; `None` if it is too large.
async fn read(mut incoming: reqwest::Response) -> reqwest::Result<Option<Vec<u8>>> {
    let mut read = Vec::new();
    while let Some(data) = incoming.chunk().await? {
        if read.len() + data.len() > MAX_ANSWER_SIZE {
            return Ok(None);
        }
        read.extend_from_slice(&data);
    }
    Ok(Some(read))
}
