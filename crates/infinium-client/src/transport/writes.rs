//! Requests that carry tasks: the hot path. They use pooled hyper connections with HTTP/1.1, or HTTP/2 if the server
//! offers it.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use http::{HeaderValue, Uri, uri::Scheme};
use tokio::{sync::Mutex, time::Instant};

use super::{
    addresses::Addresses,
    connect::Connector,
    connection::{Broken, Connection},
    incoming::Incoming,
    pool::Pool,
    problem::unconnected,
};
use crate::request::Request;
use infinium_core::Failure;

/// Connections to one server, over one route.
#[derive(Clone, Debug)]
pub(super) struct Writes {
    connector: Connector,
    addresses: Arc<Addresses>,
    host: HeaderValue,
    pool: Arc<Pool>,
    opening: Arc<Opening>,
}

/// Opens one connection at a time while it may be one that other requests can share.
#[derive(Debug, Default)]
struct Opening {
    turn: Mutex<()>,
    /// Whether the server has chosen HTTP/1.1, so that every request needs a connection of its own.
    is_http1: AtomicBool,
}

impl Writes {
    /// `host` is the server's name, with its port unless that is the scheme's default.
    pub(super) fn new(
        connector: Connector,
        addresses: Arc<Addresses>,
        host: HeaderValue,
        max_idle: Duration,
    ) -> Self {
        Self {
            connector,
            addresses,
            host,
            pool: Arc::new(Pool::new(max_idle)),
            opening: Arc::default(),
        }
    }

    pub(super) async fn exchange(
        &self,
        request: &Request,
        deadline: Instant,
    ) -> Result<Incoming, Failure> {
        let mut kept = self.pool.take();
        loop {
            let is_kept = kept.is_some();
            let mut connection = match kept.take() {
                Some(connection) => connection,
                // Boxed, because every request would have to carry its size otherwise.
                None => Box::pin(self.connect(&request.uri)).await?,
            };
            match connection.exchange(request, &self.host, deadline).await {
                Ok(answer) => {
                    if let Some(peer) = connection.peer() {
                        self.addresses.answers(peer);
                    }
                    if answer.body().is_some() {
                        self.pool.put(connection);
                    }
                    return Ok(answer);
                }
                // The pooled connection had been closed without notice. A new connection will work.
                Err(Broken::Unsent(_)) if is_kept => {}
                Err(Broken::Unsent(failure) | Broken::Failed(failure)) => {
                    // A server closes idle connections for its own reasons.
                    if !matches!(failure, Failure::Network { stale: true, .. })
                        && let Some(peer) = connection.peer()
                    {
                        self.addresses.suspect(peer);
                    }
                    return Err(failure);
                }
            }
        }
    }

    /// Called when a request that began at `since` got no answer in time. Connections without an answer since then
    /// may be broken, and the next request could not detect this.
    pub(super) fn distrust(&self, since: Instant) {
        self.pool.keep_used(since);
        self.addresses.suspect_working();
    }

    /// Opens a connection, or waits until another request has opened one that can be shared.
    async fn connect(&self, to: &Uri) -> Result<Connection, Failure> {
        let is_http1 = || self.opening.is_http1.load(Ordering::Relaxed);
        if to.scheme() == Some(&Scheme::HTTP) || is_http1() {
            return self.open(to).await;
        }
        let turn = self.opening.turn.lock().await;
        if let Some(shared) = self.pool.take_shared() {
            return Ok(shared);
        }
        if is_http1() {
            drop(turn);
        }
        let connection = self.open(to).await?;
        self.opening
            .is_http1
            .store(!connection.is_shared(), Ordering::Relaxed);
        Ok(connection)
    }

    async fn open(&self, to: &Uri) -> Result<Connection, Failure> {
        let io = self.connector.connect(to).await;
        let io = io.map_err(|error| unconnected(to, error))?;
        let connection = Connection::open(io)
            .await
            .map_err(|error| unconnected(to, error.into()))?;
        // Share the connection now, so that other requests need not wait until this one is done.
        if let Some(shared) = connection.share() {
            self.pool.put(shared);
        }
        Ok(connection)
    }
}
