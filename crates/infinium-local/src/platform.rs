//! The platform as a server: start, address, end.

use std::{
    io,
    net::SocketAddr,
    path::Path,
    sync::{Arc, Mutex},
};

use tokio::{net::TcpListener, task::JoinHandle};

use crate::{
    connection::{Connection, FaultListener},
    fault_script::FaultScript,
    options::Options,
    rate_limiter::RateLimiter,
    routes,
    state::State,
    store::Store,
};

/// A running platform. Dropping it stops the server.
#[derive(Debug)]
pub struct Platform {
    address: SocketAddr,
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
        let state = Arc::new(State {
            store,
            faults: FaultScript::new(options.faults),
            rate_limiter: options.rate.map(RateLimiter::new),
            agents: options.agents,
            interpret_after: options.interpret_after,
            prompts: options.prompts,
            counts: Mutex::default(),
        });
        let app = routes::router(state).into_make_service_with_connect_info::<Connection>();
        let server = tokio::spawn(async move { axum::serve(FaultListener(listener), app).await });
        Ok(Self { address, server })
    }

    /// The address it listens on, with the port that was chosen.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The base URL for a client.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}/api/v1", self.address)
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
