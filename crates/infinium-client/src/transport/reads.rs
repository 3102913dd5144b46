//! Reads of prompts and interpretations. They use reqwest with separate connections, so that a read never waits
//! behind tasks.

mod answered;

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use http::{Response, Uri};
use hyper_util::client::legacy::connect::HttpInfo;
use reqwest::{
    Client, Proxy,
    dns::{Addrs, Name, Resolve, Resolving},
    redirect,
};
use rustls::ClientConfig;
use tokio::time::{Instant, timeout_at};
use url::Url;

use super::{
    dial::Dialer,
    incoming::{Incoming, MAX_HEADERS},
    network::{PROBE_AFTER, PROBE_INTERVAL},
    pool::MAX_AGE,
    problem::{incomplete, unconnected},
    route::Route,
};
use crate::request::Request;
use crate::sync::LockExt;
use answered::Answered;
use infinium_core::{Error, ErrorKind, Result};
use infinium_core::{Failure, MAX_ANSWER_SIZE};

/// A reqwest client that is replaced once its connections may be broken.
#[derive(Debug)]
pub(super) struct Reads {
    tls: ClientConfig,
    proxy: Option<Proxy>,
    resolver: Resolver,
    /// Idle connections are not used after this time, and are closed within twice this time.
    max_idle: Duration,
    /// Created for the first request: most clients never read.
    current: Mutex<Option<Generation>>,
}

/// A reqwest client and the state of its connections.
#[derive(Clone, Debug)]
struct Generation {
    client: Client,
    since: Instant,
    answered: Arc<Answered>,
}

impl Reads {
    /// # Errors
    /// `Configuration` of the proxy. The proxy was checked before, so this is not expected.
    pub(super) fn new(
        route: &Route,
        tls: ClientConfig,
        dialer: Dialer,
        base_url: &Url,
        max_idle: Duration,
    ) -> Result<Self> {
        let port = match route {
            Route::Direct => base_url.port_or_known_default(),
            Route::Proxied(proxy) => proxy.uri().port_u16(),
        };
        let resolver = Resolver {
            dialer,
            port: port.unwrap_or_default(),
        };
        let proxy = match route {
            Route::Direct => None,
            Route::Proxied(proxy) => {
                let tunnel = Proxy::all(proxy.uri().to_string()).map_err(|error| {
                    Error::new(ErrorKind::Configuration, format!("no proxy: {error}"))
                })?;
                Some(match proxy.authorization() {
                    Some(value) => tunnel.custom_http_auth(value.clone()),
                    None => tunnel,
                })
            }
        };
        Ok(Self {
            tls,
            proxy,
            resolver,
            max_idle,
            current: Mutex::default(),
        })
    }

    pub(super) async fn exchange(
        &self,
        request: &Request,
        deadline: Instant,
    ) -> Result<Incoming, Failure> {
        let Generation {
            client, answered, ..
        } = self.current(&request.uri)?;
        let began = Instant::now();
        let mut outgoing = http::Request::new(request.body.clone());
        *outgoing.method_mut() = request.method.clone();
        *outgoing.uri_mut() = request.uri.clone();
        *outgoing.headers_mut() = request.all_headers();
        let failed = |error| failed(&request.uri, error);
        let outgoing = outgoing.try_into().map_err(failed)?;
        let incoming = client.execute(outgoing).await.map_err(|error| {
            let stale = answered.was_idle(&error, began);
            failed(error).with_stale(stale)
        })?;
        let mut head = Response::new(());
        *head.status_mut() = incoming.status();
        *head.headers_mut() = incoming.headers().clone();
        let connection = incoming.extensions().get().map(HttpInfo::local_addr);
        let body = if incoming.status().is_success() {
            read(incoming).await.map_err(failed)?
        } else {
            // An unreadable reason is no cause to send a refused request again.
            let read = timeout_at(deadline, read(incoming)).await;
            read.ok().and_then(Result::ok).flatten()
        };
        if body.is_some()
            && let Some(connection) = connection
        {
            answered.note(connection, self.max_idle);
        }
        Ok(head.map(|()| body))
    }

    /// Called when a request that began at `since` got no answer in time: the next request gets a new connection.
    /// Requests in flight keep their connections.
    pub(super) fn distrust(&self, since: Instant) {
        self.resolver.dialer.addresses.suspect_working();
        let mut current = self.current.lock_unpoisoned();
        // If many requests time out together, the first one replaces the client for all.
        current.take_if(|generation| generation.since <= since);
    }

    fn current(&self, to: &Uri) -> Result<Generation, Failure> {
        let mut current = self.current.lock_unpoisoned();
        // Changes of the name server are followed.
        current.take_if(|generation| generation.since.elapsed() >= MAX_AGE);
        if let Some(generation) = &*current {
            return Ok(generation.clone());
        }
        let client = self.client().map_err(|error| failed(to, error))?;
        let generation = Generation {
            client,
            since: Instant::now(),
            answered: Arc::default(),
        };
        Ok(current.insert(generation).clone())
    }

    fn client(&self) -> reqwest::Result<Client> {
        let mut tls = self.tls.clone();
        // reqwest sets no ALPN protocols in a configuration that it is given.
        tls.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        let mut builder = Client::builder()
            // Following a redirect would send the credentials to an unknown server.
            .redirect(redirect::Policy::none())
            // Only the retry loop may send again: each attempt counts for the limits.
            .retry(reqwest::retry::never())
            .referer(false)
            // The route is already decided, so the environment is not read.
            .no_proxy()
            .http1_max_headers(MAX_HEADERS)
            .pool_idle_timeout(self.max_idle)
            .dns_resolver(self.resolver.clone())
            .tcp_keepalive(PROBE_AFTER)
            .tcp_keepalive_interval(PROBE_INTERVAL)
            .tls_backend_preconfigured(tls);
        #[cfg(target_os = "linux")]
        {
            builder = builder.tcp_user_timeout(super::network::USER_TIMEOUT);
        }
        if let Some(proxy) = &self.proxy {
            builder = builder.proxy(proxy.clone());
        }
        builder.build()
    }
}

fn failed(to: &Uri, error: reqwest::Error) -> Failure {
    let is_connect = error.is_connect();
    // The log has the URL already, and a later one may hold a secret.
    let error = error.without_url().into();
    if is_connect {
        unconnected(to, error)
    } else {
        incomplete(error)
    }
}

/// Resolves names for reqwest, which would wait for each address in turn.
#[derive(Clone, Debug)]
struct Resolver {
    dialer: Dialer,
    /// The port that reqwest connects to. It does not tell its resolver.
    port: u16,
}

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let Self { dialer, port } = self.clone();
        Box::pin(async move {
            let addresses = dialer.accepting_first(name.as_str(), port).await?;
            Ok(Box::new(addresses.into_iter()) as Addrs)
        })
    }
}

/// Reads a complete body. Returns `None` if it is too large.
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
