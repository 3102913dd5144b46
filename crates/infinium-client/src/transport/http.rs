//! The way that requests take, and the time that they may take.

use std::{sync::Arc, time::Duration};

use http::{
    HeaderValue, Response,
    header::{DATE, RETRY_AFTER},
};
use tokio::time::{Instant, timeout_at};
use url::Url;

use super::{Answer, Failure, Request, direct::Direct, proxied::Proxied, tls};
use crate::{
    clock::{CENTURY, wall_clock},
    config::{Config, is_loopback},
    error::{Error, Result},
    retry,
};

/// Idle connections are dropped after this time, before most servers and balancers do.
const IDLE: Duration = Duration::from_secs(30);

/// An answer with its body, or without one that is too large.
pub(super) type Incoming = Response<Option<Vec<u8>>>;

/// Sends requests over connections that it keeps.
#[derive(Clone, Debug)]
pub(crate) struct Http {
    way: Arc<Way>,
    timeout: Duration,
}

#[derive(Debug)]
enum Way {
    Direct(Direct),
    Proxied(Proxied),
}

impl Http {
    /// # Errors
    /// `Configuration` of `caCertificates` or of the proxy.
    pub(crate) fn new(config: &Config, base_url: &Url) -> Result<Self> {
        let tls = tls::config(&config.ca_certificates)?;
        let except = config.no_proxy.as_deref();
        // reqwest takes `*` for every host name, but for no address.
        let except_all = except.is_some_and(|list| list.split(',').any(|host| host.trim() == "*"));
        let may_proxy = base_url.scheme() == "https" && !is_loopback(base_url) && !except_all;
        let way = match config.https_proxy.as_ref().filter(|_| may_proxy) {
            Some(proxy) => Way::Proxied(Proxied::new(
                tls,
                config.max_concurrency,
                IDLE,
                proxy.expose(),
                except,
            )?),
            None => Way::Direct(Direct::new(tls, host(base_url)?, IDLE)),
        };
        Ok(Self {
            way: Arc::new(way),
            timeout: config.timeout,
        })
    }

    /// Sends once. Redirects are answers like others.
    pub(crate) async fn send(&self, request: &Request) -> Result<Answer, Failure> {
        let began = Instant::now();
        let deadline = began + self.timeout.min(CENTURY);
        let exchange = async {
            match &*self.way {
                Way::Direct(direct) => direct.exchange(request, deadline).await,
                Way::Proxied(proxied) => proxied.exchange(request, deadline).await,
            }
        };
        let Ok(incoming) = timeout_at(deadline, exchange).await else {
            if let Way::Direct(direct) = &*self.way {
                direct.distrust(began);
            }
            return Err(Failure::Timeout);
        };
        let incoming = incoming?;
        let header = |name| incoming.headers().get(name)?.to_str().ok();
        let retry_after = header(RETRY_AFTER).and_then(|value| {
            // A date is one of the server's clock, which tells its own time as well.
            let now = header(DATE).and_then(|date| httpdate::parse_http_date(date).ok());
            retry::retry_after(value, now.unwrap_or_else(wall_clock))
        });
        let status = incoming.status().as_u16();
        let body = incoming
            .into_body()
            .and_then(|body| String::from_utf8(body).ok())
            .map(without_mark);
        Ok(Answer {
            status,
            retry_after,
            body,
        })
    }
}

/// A text without the mark that some servers put before UTF-8.
fn without_mark(mut text: String) -> String {
    const MARK: &str = "\u{feff}";
    if text.starts_with(MARK) {
        text.drain(..MARK.len());
    }
    text
}

/// What the server is called in requests: its port is not mentioned where it goes without saying.
fn host(base_url: &Url) -> Result<HeaderValue> {
    let host = base_url.host_str().unwrap_or_default();
    let host = match base_url.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    };
    HeaderValue::from_str(&host).map_err(|error| {
        Error::misconfigured(
            crate::options::OptionId::BaseUrl,
            format!("cannot be used in HTTP: {error}"),
        )
    })
}
