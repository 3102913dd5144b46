//! How a platform is set up.

use std::{
    collections::HashMap,
    net::{IpAddr, Ipv4Addr},
    path::PathBuf,
    time::Duration,
};

use crate::fault::Fault;

/// How a platform is set up. The default listens on a free port of this machine, accepts any agent,
/// and stores everything in memory.
#[derive(Clone, Debug)]
pub struct Options {
    /// The address to listen on. Default 127.0.0.1.
    pub host: IpAddr,
    /// The port, 1 to 65535, or 0 for a free one. Default 0.
    pub port: u16,
    /// The SQLite file that stores the traces. Default none: they are stored in memory.
    pub db: Option<PathBuf>,
    /// How long traces are kept. Default for ever.
    pub max_age: Option<Duration>,
    /// How many bytes the database may have: above that, the oldest traces are deleted. Default no limit.
    pub max_bytes: Option<u64>,
    /// The agents and their secrets. Default none: any agent is accepted, and the secret of its first
    /// request is required from then on.
    pub agents: HashMap<String, String>,
    /// The rate limit for all agents together, in requests per second; must be above 0. Bursts may be
    /// twice as large. Default no limit.
    pub rate: Option<f64>,
    /// How long an interpretation takes. Default 1 s.
    pub interpret_after: Duration,
    /// A directory of prompts: `<id>/key` and `<id>/v<N>.md`. Default none.
    pub prompts: Option<PathBuf>,
    /// The faults to inject from the start. Default none.
    pub faults: Vec<Fault>,
    /// Host names under which requests may arrive, besides `localhost` and IP addresses. Default none.
    pub allowed_hosts: Vec<String>,
    /// A token that every request needs, except those of agents, which have a secret. Default none.
    pub token: Option<String>,
    /// How long a client may take to send the headers of a request, and how long a connection may be
    /// idle. Default 60 s.
    pub header_timeout: Duration,
    /// How long a client may take to send the body of a request. Default 30 s.
    pub body_timeout: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            host: IpAddr::V4(Ipv4Addr::LOCALHOST),
            port: 0,
            db: None,
            max_age: None,
            max_bytes: None,
            agents: HashMap::new(),
            rate: None,
            interpret_after: Duration::from_secs(1),
            prompts: None,
            faults: Vec::new(),
            allowed_hosts: Vec::new(),
            token: None,
            header_timeout: Duration::from_secs(60),
            body_timeout: Duration::from_secs(30),
        }
    }
}
