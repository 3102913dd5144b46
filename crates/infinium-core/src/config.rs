//! How a client is set up, and what is wrong with a set-up.

use std::{path::PathBuf, time::Duration};

use crate::{log::Logger, secret::Secret};

/// The platform's public address.
pub const DEFAULT_BASE_URL: &str = "https://platform.i42m.ai/api/v1";

/// When a batch or single task that meets status 429 waits and is tried again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RetryOnRateLimit {
    /// In batches. A single send fails at once, so that its caller can decide.
    #[default]
    Batches,
    /// Everywhere.
    Always,
    /// Nowhere.
    Never,
}

/// What happens to a task in the background for which there is no room in memory.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum QueuePolicy {
    /// Those that have waited longest make room.
    #[default]
    DropOldest,
    /// It is dropped itself.
    DropNewest,
}

/// How a client is set up.
///
/// ```
/// use infinium_core::Config;
///
/// let mut config = Config::new("3f2b8c1e-6a4d-4f0b-9c7e-2d1a5b6c7d8e", "a-secret-of-the-agent");
/// config.requests_per_second = 50.0;
/// assert!(!format!("{config:?}").contains("a-secret"));
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Config {
    /// The agent: printable ASCII, at least 3 characters. On the hosted platform a UUID.
    pub agent_id: String,
    /// The agent's secret: at least 8 characters, legal in an HTTP header.
    pub agent_secret: Secret,
    /// Absolute http or https URL without credentials, query or fragment.
    /// Default [`DEFAULT_BASE_URL`].
    pub base_url: String,
    /// The limit of one attempt, from connecting to the last byte of the answer. Default 30 s.
    pub timeout: Duration,
    /// Attempts after the first, 0 to 100. Default 3.
    pub max_retries: u32,
    /// Whether [`requests_per_second`](Config::requests_per_second) is kept to. Default yes.
    pub rate_limiting: bool,
    /// Requests that may start per second, with bursts of twice as many. Above 0 and finite.
    /// Default 10.
    pub requests_per_second: f64,
    /// What the client calls itself. Default `infinium-rust/<version>`.
    pub user_agent: String,
    /// Requests in flight at most, 1 or more. Default 32.
    pub max_concurrency: usize,
    /// The first wait before a retry; each further one is twice as long. Default 1 s.
    pub retry_delay: Duration,
    /// The longest wait before a retry. Default 60 s.
    pub max_retry_delay: Duration,
    /// The longest wait that the platform may ask for; above it the error is given at once.
    /// Default 60 s.
    pub max_retry_after: Duration,
    /// Whether to wait and try again on status 429. Default: in batches.
    pub retry_on_rate_limit: RetryOnRateLimit,
    /// Bytes that tasks in the background may take in memory. Default 64 MiB.
    pub max_queue_bytes: usize,
    /// What happens to tasks in the background when these are used up. Default: the oldest are dropped.
    pub queue_policy: QueuePolicy,
    /// Where tasks are kept on disk until the platform has confirmed them, so that they outlive the
    /// process; many processes may share it. Default nowhere.
    pub spool_directory: Option<PathBuf>,
    /// Bytes that tasks of this client may take on disk, with those that it takes over; what does not fit is
    /// kept in memory. Default 256 MiB.
    pub max_spool_bytes: u64,
    /// Whether a task is on disk even after a loss of power, which costs a wait for the disk with each.
    /// Default no: the operating system writes it when it likes, within half a minute mostly.
    pub spool_durably: bool,
    /// PEM texts with certificates that are trusted in addition to the public ones. Default none.
    pub ca_certificates: Vec<String>,
    /// The proxy for https URLs. Default none. `http://` or `https://`, with or without credentials, which are
    /// percent-decoded; `host:port` means `http://host:port`. An unusable URL is an error only where the proxy
    /// would be used.
    /// Never used for loopback, or where [`no_proxy`](Config::no_proxy) says so.
    pub proxy: Option<Secret>,
    /// Hosts that are reached without the proxy, as in the environment variable `NO_PROXY`: domains with all
    /// below them (`x.y`, `.x.y` or `*.x.y`), addresses, networks such as `10.0.0.0/8`, each domain or address
    /// with or without `:port`, or `*`; separated by commas or spaces. Entries that cannot be read are ignored.
    pub no_proxy: Option<String>,
    /// Receives the log of the client. Default none.
    pub logger: Option<Logger>,
}

impl Config {
    /// The defaults, for the agent with these credentials.
    pub fn new(agent_id: impl Into<String>, agent_secret: impl Into<Secret>) -> Self {
        Self {
            agent_id: agent_id.into(),
            agent_secret: agent_secret.into(),
            base_url: DEFAULT_BASE_URL.to_owned(),
            timeout: Duration::from_secs(30),
            max_retries: 3,
            rate_limiting: true,
            requests_per_second: 10.0,
            user_agent: concat!("infinium-rust/", env!("CARGO_PKG_VERSION")).to_owned(),
            max_concurrency: 32,
            retry_delay: Duration::from_secs(1),
            max_retry_delay: Duration::from_secs(60),
            max_retry_after: Duration::from_secs(60),
            retry_on_rate_limit: RetryOnRateLimit::Batches,
            max_queue_bytes: 64 * 1024 * 1024,
            queue_policy: QueuePolicy::DropOldest,
            spool_directory: None,
            max_spool_bytes: 256 * 1024 * 1024,
            spool_durably: false,
            ca_certificates: Vec::new(),
            proxy: None,
            no_proxy: None,
            logger: None,
        }
    }
}
