//! The platform as a server: start, address, end.

use std::{
    io,
    net::SocketAddr,
    path::Path,
    sync::{Arc, Mutex},
    time::Duration,
};

use serde_json::Value;
use tokio::{net::TcpListener, task::JoinHandle};

use crate::{
    access::{Access, local_url},
    fault_script::FaultScript,
    options::Options,
    rate_limiter::RateLimiter,
    routes, server,
    state::State,
    store::{Retention, Store},
    time,
};

/// A running platform. Dropping it stops the server.
#[derive(Debug)]
pub struct Platform {
    address: SocketAddr,
    state: Arc<State>,
    server: JoinHandle<io::Result<()>>,
    housekeeping: JoinHandle<()>,
}

impl Platform {
    /// Starts a platform on the current Tokio runtime.
    ///
    /// # Errors
    /// If the port is in use, or the database cannot be opened.
    pub async fn start(options: Options) -> io::Result<Self> {
        let requested = SocketAddr::new(options.host, options.port);
        let listener = TcpListener::bind(requested).await.map_err(|error| {
            let message = format!("cannot listen on {requested}: {error}");
            io::Error::new(error.kind(), message)
        })?;
        let address = listener.local_addr()?;
        let store = Store::open(options.db.as_deref()).map_err(|error| {
            let file = options.db.as_deref().unwrap_or(Path::new(":memory:"));
            let message = format!("cannot open the database {}: {error}", file.display());
            io::Error::other(message)
        })?;
        let retention = Retention {
            max_age_ms: options
                .max_age
                .map(|age| i64::try_from(age.as_millis()).unwrap_or(i64::MAX)),
            max_bytes: options.max_bytes,
        };
        let token = options.token.or_else(|| {
            let is_local = address.ip().to_canonical().is_loopback();
            (!is_local).then(|| uuid::Uuid::new_v4().simple().to_string())
        });
        let state = Arc::new(State {
            access: Access {
                allowed_hosts: options.allowed_hosts,
                token,
            },
            address,
            body_timeout: options.body_timeout,
            store: Arc::new(store),
            faults: FaultScript::new(options.faults),
            rate_limiter: options.rate.map(RateLimiter::new),
            agents: options.agents,
            interpret_after: options.interpret_after,
            prompts: options.prompts,
            counts: Mutex::default(),
        });
        let router = routes::router(state.clone());
        let server = tokio::spawn(server::serve(listener, router, options.header_timeout));
        let housekeeping = tokio::spawn(retain(state.clone(), retention));
        Ok(Self {
            address,
            state,
            server,
            housekeeping,
        })
    }

    /// The address it listens on, with the port that was chosen.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The base URL for a client.
    #[must_use]
    pub fn url(&self) -> String {
        format!("{}/api/v1", local_url(self.address))
    }

    /// Whether only programs on this machine can connect.
    pub(crate) fn is_local(&self) -> bool {
        self.address.ip().to_canonical().is_loopback()
    }

    pub(crate) fn store(&self) -> Arc<Store> {
        self.state.store.clone()
    }

    /// What `GET /local/about` answers.
    pub(crate) fn about(&self) -> Value {
        self.state.about()
    }

    /// The address of its pages, with the token if one is needed.
    #[must_use]
    pub fn viewer(&self) -> String {
        self.state.viewer()
    }

    /// Waits until the server ends, which happens only when it fails.
    ///
    /// # Errors
    /// The failure of the server.
    pub async fn wait(mut self) -> io::Result<()> {
        (&mut self.server).await.map_err(io::Error::other)?
    }
}

impl Drop for Platform {
    fn drop(&mut self) {
        self.server.abort();
        self.housekeeping.abort();
    }
}

/// How often traces that are too old or too many are deleted.
const RETAIN_EVERY: Duration = Duration::from_secs(10);

async fn retain(state: Arc<State>, retention: Retention) {
    let mut ticks = tokio::time::interval(RETAIN_EVERY);
    loop {
        ticks.tick().await;
        // A database that fails now may work at the next tick; requests report it meanwhile.
        let _ = state.store.retain(retention, time::unix_ms()).await;
    }
}
