//! Sends requests over the client's route, within a time limit.

use std::{sync::Arc, time::Duration};

use http::{
    HeaderValue, Method,
    header::{DATE, RETRY_AFTER},
};
use rustls::ClientConfig;
use tokio::time::{Instant, timeout_at};
use url::Url;

use super::{
    connect::Connector,
    decode::decode,
    dial::Dialer,
    network::{Network, SystemNetwork},
    reads::Reads,
    route::Route,
    tls,
    writes::Writes,
};
use crate::clock::{CENTURY, wall_clock};
use crate::request::Request;
use infinium_core::{Answer, Config, Error, Failure, Headers, OptionId, Result};

/// Idle connections are closed after this time, before most servers and load balancers close them.
const MAX_IDLE: Duration = Duration::from_secs(30);

/// Sends requests over pooled connections. Clones share the pool.
#[derive(Clone, Debug)]
pub(crate) struct Http(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    writes: Writes,
    /// `None` where reqwest does not work: see [`Http::over`].
    reads: Option<Reads>,
    timeout: Duration,
}

/// The limits of an [`Http`].
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    /// Time limit of one exchange, from connecting to the last byte of the answer.
    pub(super) timeout: Duration,
    /// The maximum idle time of a connection.
    pub(super) max_idle: Duration,
}

impl Http {
    /// # Errors
    /// `Configuration` of `caCertificates` or of the proxy.
    pub(crate) fn new(config: &Config, base_url: &Url) -> Result<Self> {
        let tls = tls::config(&config.ca_certificates, config.extra_ca_file.as_deref())?;
        let route = Route::decide(config, base_url)?;
        let network = Arc::new(SystemNetwork);
        let limits = Limits {
            timeout: config.timeout,
            max_idle: MAX_IDLE,
        };
        Self::over(network, &route, tls, base_url, limits)
    }

    /// Creates it for a simulated network. Reads use the same connections as tasks.
    #[cfg(test)]
    pub(crate) fn simulated(
        config: &Config,
        network: Arc<dyn Network>,
        base_url: &Url,
    ) -> Result<Self> {
        let dialer = Dialer::new(network);
        let addresses = dialer.addresses.clone();
        let connector = Connector::new(&Route::Direct, tls::config(&[], None)?, dialer);
        Ok(Self(Arc::new(Inner {
            writes: Writes::new(connector, addresses, host(base_url)?, MAX_IDLE),
            reads: None,
            timeout: config.timeout,
        })))
    }

    /// Creates it for this route, regardless of the configuration.
    ///
    /// # Errors
    /// `Configuration` of the base URL or of the proxy.
    pub(super) fn over(
        network: Arc<dyn Network>,
        route: &Route,
        tls: ClientConfig,
        base_url: &Url,
        limits: Limits,
    ) -> Result<Self> {
        let Limits { timeout, max_idle } = limits;
        // Through a proxy, reqwest does not accept an IPv6 address as the name in a certificate.
        let is_ipv6 = matches!(base_url.host(), Some(url::Host::Ipv6(_)));
        let dialer = Dialer::new(network);
        let reads = if is_ipv6 && matches!(route, Route::Proxied(_)) {
            None
        } else {
            Some(Reads::new(
                route,
                tls.clone(),
                dialer.clone(),
                base_url,
                max_idle,
            )?)
        };
        let addresses = dialer.addresses.clone();
        let connector = Connector::new(route, tls, dialer);
        Ok(Self(Arc::new(Inner {
            writes: Writes::new(connector, addresses, host(base_url)?, max_idle),
            reads,
            timeout,
        })))
    }

    /// Sends a request once. Does not follow redirects.
    pub(crate) async fn send(&self, request: &Request) -> Result<Answer, Failure> {
        let Inner {
            writes,
            reads,
            timeout,
        } = &*self.0;
        let reads = reads.as_ref().filter(|_| request.method == Method::GET);
        let began = Instant::now();
        let limit = timeout.saturating_mul(request.time_factor);
        let deadline = began + limit.min(CENTURY);
        let exchange = async {
            match reads {
                // Boxed, because every task would have to carry its size otherwise.
                Some(reads) => Box::pin(reads.exchange(request, deadline)).await,
                None => writes.exchange(request, deadline).await,
            }
        };
        let Ok(incoming) = timeout_at(deadline, exchange).await else {
            match reads {
                Some(reads) => reads.distrust(began),
                None => writes.distrust(began),
            }
            return Err(Failure::Timeout);
        };
        let incoming = incoming?;
        let (head, body) = incoming.into_parts();
        let header = |name| head.headers.get(name)?.to_str().ok();
        let headers = Headers {
            retry_after: header(RETRY_AFTER),
            date: header(DATE),
        };
        let body = body.and_then(|body| decode(&head.headers, body));
        Ok(Answer::read(
            head.status.as_u16(),
            headers,
            body,
            wall_clock,
        ))
    }
}

/// Returns the value of the `Host` header: with the port, unless it is the scheme's default.
fn host(base_url: &Url) -> Result<HeaderValue> {
    let host = base_url.host_str().unwrap_or_default();
    let host = match base_url.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    };
    HeaderValue::from_str(&host).map_err(|error| {
        Error::misconfigured(
            OptionId::BaseUrl,
            format!("cannot be used in HTTP: {error}"),
        )
    })
}
