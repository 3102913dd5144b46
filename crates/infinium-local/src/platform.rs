//! The platform as a whole: what it is given, and its life.

use std::{
    collections::HashMap,
    io,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
    time::Duration,
};

use tokio::{net::TcpListener, task::JoinHandle};

use crate::{
    faults::{Fault, Faults},
    listener::{Connection, FaultListener},
    rate::Rate,
    routes,
    store::Store,
};

/// How a platform is set up. The default listens on a free port of this machine, takes any agent,
/// and keeps everything in memory.
#[derive(Clone, Debug)]
pub struct Options {
    /// Where to listen. Default 127.0.0.1.
    pub host: IpAddr,
    /// The port; 0 for a free one, the default.
    pub port: u16,
    /// The file that keeps the traces. Default none: they are kept in memory.
    pub db: Option<PathBuf>,
    /// The agents and their secrets. Default none: any agent is welcome, and keeps the secret that it
    /// came with first.
    pub agents: HashMap<String, String>,
    /// Requests per second that are taken, with bursts of twice as many. Default no limit.
    pub rate: Option<f64>,
    /// How long an interpretation takes. Default 1 s.
    pub interpret_after: Duration,
    /// A folder of prompts: `<id>/key` and `<id>/v<N>.md`. Default none.
    pub prompts: Option<PathBuf>,
    /// What goes wrong. Default nothing.
    pub faults: Vec<Fault>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            host: IpAddr::V4(Ipv4Addr::LOCALHOST),
            port: 0,
            db: None,
            agents: HashMap::new(),
            rate: None,
            interpret_after: Duration::from_secs(1),
            prompts: None,
            faults: Vec::new(),
        }
    }
}

/// What all requests share.
pub(crate) struct State {
    pub(crate) store: Store,
    pub(crate) faults: Faults,
    pub(crate) rate: Option<Rate>,
    pub(crate) agents: HashMap<String, String>,
    pub(crate) interpret_after: Duration,
    pub(crate) prompts: Option<PathBuf>,
    pub(crate) counts: Mutex<Counts>,
}

/// What has happened since the start.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub(crate) struct Counts {
    /// Requests for traces that were read, whatever became of them.
    pub(crate) arrivals: u64,
    /// Traces that were new.
    pub(crate) stored: u64,
    /// Traces whose idempotency key was known.
    pub(crate) duplicates: u64,
    /// Answers by status.
    pub(crate) by_status: std::collections::BTreeMap<u16, u64>,
}

/// A platform that is running. It stops when this is dropped.
#[derive(Debug)]
pub struct Platform {
    address: SocketAddr,
    server: JoinHandle<io::Result<()>>,
}

impl Platform {
    /// Starts one.
    ///
    /// # Errors
    /// If the port is taken, or the database cannot be opened.
    pub async fn start(options: Options) -> io::Result<Self> {
        let wanted = SocketAddr::new(options.host, options.port);
        let listener = TcpListener::bind(wanted).await.map_err(|failure| {
            io::Error::new(
                failure.kind(),
                format!("cannot listen on {wanted}: {failure}"),
            )
        })?;
        let address = listener.local_addr()?;
        let store = Store::open(options.db.as_deref()).map_err(|failure| {
            let place = options.db.as_deref().unwrap_or(Path::new("memory"));
            io::Error::other(format!(
                "cannot keep traces in {}: {failure}",
                place.display()
            ))
        })?;
        let state = Arc::new(State {
            store,
            faults: Faults::new(options.faults),
            rate: options.rate.map(Rate::new),
            agents: options.agents,
            interpret_after: options.interpret_after,
            prompts: options.prompts,
            counts: Mutex::default(),
        });
        let app = routes::router(state).into_make_service_with_connect_info::<Connection>();
        let server = tokio::spawn(async move { axum::serve(FaultListener(listener), app).await });
        Ok(Self { address, server })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The base URL for a client.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}/api/v1", self.address)
    }

    /// Waits until it ends, which it does by itself only if something is badly wrong.
    ///
    /// # Errors
    /// What was wrong.
    pub async fn wait(mut self) -> io::Result<()> {
        (&mut self.server).await.map_err(io::Error::other)?
    }
}

impl Drop for Platform {
    fn drop(&mut self) {
        self.server.abort();
    }
}
