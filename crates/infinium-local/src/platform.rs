//! The platform as a server: start, address, end.

use std::{
    io,
    net::SocketAddr,
    path::Path,
    sync::{Arc, Mutex},
};

use tokio::{net::TcpListener, task::JoinHandle};

use crate::{
    access::{Access, local_url},
    fault_script::FaultScript,
    options::Options,
    rate_limiter::RateLimiter,
    routes, server,
    state::State,
    store::Store,
};

/// A running platform. Dropping it stops the server.
#[derive(Debug)]
pub struct Platform {
    address: SocketAddr,
    token: Option<String>,
    server: JoinHandle<io::Result<()>>,
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
        let token = options.token.or_else(|| {
            let is_local = address.ip().to_canonical().is_loopback();
            (!is_local).then(|| uuid::Uuid::new_v4().simple().to_string())
        });
        let state = Arc::new(State {
            access: Access {
                allowed_hosts: options.allowed_hosts,
                token: token.clone(),
            },
            body_timeout: options.body_timeout,
            store,
            faults: FaultScript::new(options.faults),
            rate_limiter: options.rate.map(RateLimiter::new),
            agents: options.agents,
            interpret_after: options.interpret_after,
            prompts: options.prompts,
            counts: Mutex::default(),
        });
        let router = routes::router(state);
        let server = tokio::spawn(server::serve(listener, router, options.header_timeout));
        Ok(Self {
            address,
            token,
            server,
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

    /// The address of its pages, with the token if one is needed.
    #[must_use]
    pub fn viewer(&self) -> String {
        let url = local_url(self.address);
        match &self.token {
            Some(token) => format!("{url}/?token={token}"),
            None => format!("{url}/"),
        }
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
    }
}
