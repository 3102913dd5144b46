//! The configuration of a client.

use std::{path::PathBuf, time::Duration};

use crate::{log::Logger, notice::Notices, redact::Redactor, secret::Secret};

/// The platform's public address.
pub const DEFAULT_BASE_URL: &str = "https://platform.i42m.ai/api/v1";

/// Which tasks wait and retry after status 429.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RetryOnRateLimit {
    /// Tasks of a batch. A single send fails at once, so that its caller can decide.
    #[default]
    Batches,
    /// All tasks.
    Always,
    /// No tasks.
    Never,
}

/// What happens when a background task does not fit into memory.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum QueuePolicy {
    /// The tasks that have waited longest are dropped to make room.
    #[default]
    DropOldest,
    /// The new task is dropped.
    DropNewest,
}

/// The configuration of a client.
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
    /// The agent: printable ASCII, at least 3 characters. A UUID on the hosted platform.
    pub agent_id: String,
    /// The agent's secret: at least 8 characters, valid in an HTTP header.
    pub agent_secret: Secret,
    /// Absolute http or https URL without credentials, query or fragment.
    /// Default [`DEFAULT_BASE_URL`].
    pub base_url: String,
    /// Time limit of one attempt, from connecting to the last byte of the answer. Default 30 s.
    pub timeout: Duration,
    /// Maximum number of retries, 0 to 100. Default 3.
    pub max_retries: u32,
    /// Whether [`requests_per_second`](Config::requests_per_second) limits the client. Default true.
    pub rate_limiting: bool,
    /// Maximum number of requests started per second. Bursts may be twice as large. Finite and greater than 0.
    /// Default 10.
    pub requests_per_second: f64,
    /// Whether answers of 429 lower the rate, and later successes raise it again, up to
    /// [`requests_per_second`](Config::requests_per_second). Default true.
    pub adaptive_rate_limit: bool,
    /// The `user-agent` header. Default `infinium-rust/<version>`.
    pub user_agent: String,
    /// Maximum number of requests in flight, 1 or more. Default 32.
    pub max_concurrency: usize,
    /// Delay before the first retry. It doubles with each further retry. Default 1 s.
    pub retry_delay: Duration,
    /// Maximum delay before a retry. Default 60 s.
    pub max_retry_delay: Duration,
    /// Maximum wait that the platform may ask for. A longer wait fails at once with the error. Default 60 s.
    pub max_retry_after: Duration,
    /// Which tasks wait and retry after status 429. Default: tasks of a batch.
    pub retry_on_rate_limit: RetryOnRateLimit,
    /// Maximum memory for background tasks, in bytes. Default 64 MiB.
    pub max_queue_bytes: usize,
    /// What happens to background tasks when this memory is full. Default: the oldest tasks are dropped.
    pub queue_policy: QueuePolicy,
    /// Directory where tasks are stored until the platform has confirmed them, so that they survive the process. Many
    /// processes may share it. Default: none.
    pub spool_directory: Option<PathBuf>,
    /// Maximum size on disk of this client's tasks, including adopted tasks, in bytes. Tasks that do not fit are kept
    /// in memory. Default 256 MiB.
    pub max_spool_bytes: u64,
    /// Whether tasks survive a power failure. If true, each task waits for the disk. Default false: the operating
    /// system writes tasks when it chooses, usually within 30 s.
    pub spool_durably: bool,
    /// Mean time between two searches for tasks of processes that have ended. Each pause is between half of this and
    /// one and a half times this, at random. Default 30 s.
    pub spool_rescan: Duration,
    /// PEM texts with certificates that are trusted in addition to the public ones. Default none.
    pub ca_certificates: Vec<String>,
    /// A file with further certificates in PEM, which is read only if a server is not trusted otherwise. One that cannot
    /// be read is ignored. Default none.
    pub extra_ca_file: Option<PathBuf>,
    /// The proxy for https URLs: `http://` or `https://`, with or without percent-encoded credentials. `host:port`
    /// means `http://host:port`. Never used for loopback or for hosts in [`no_proxy`](Config::no_proxy). An invalid
    /// URL is an error only if the proxy would be used. Default: none.
    pub proxy: Option<Secret>,
    /// Hosts that are reached without the proxy, in the format of the environment variable `NO_PROXY`: domains
    /// including their subdomains (`x.y`, `.x.y` or `*.x.y`), addresses, networks such as `10.0.0.0/8`, or `*`. A
    /// domain or address may end in `:port`. Entries are separated by commas or spaces. Invalid entries are ignored.
    pub no_proxy: Option<String>,
    /// Replaces secrets and personal data in every task before it is sent or stored. Default none.
    pub redactor: Option<Redactor>,
    /// Receives the log of the client. Default none.
    pub logger: Option<Logger>,
    /// Receives the first notice of each kind about tasks in the background that do not arrive. Default none.
    pub notices: Notices,
}

impl Config {
    /// Creates the default configuration for the agent with these credentials.
    pub fn new(agent_id: impl Into<String>, agent_secret: impl Into<Secret>) -> Self {
        Self {
            agent_id: agent_id.into(),
            agent_secret: agent_secret.into(),
            base_url: DEFAULT_BASE_URL.to_owned(),
            timeout: Duration::from_secs(30),
            max_retries: 3,
            rate_limiting: true,
            requests_per_second: 10.0,
            adaptive_rate_limit: true,
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
            spool_rescan: Duration::from_secs(30),
            ca_certificates: Vec::new(),
            extra_ca_file: None,
            proxy: None,
            no_proxy: None,
            redactor: None,
            logger: None,
            notices: Notices::none(),
        }
    }
}
