//! How a client is set up, and what is wrong with a set-up.

use std::{net::IpAddr, path::PathBuf, time::Duration};

use http::HeaderValue;
use url::{Host, Url};

use crate::{
    error::{Error, Result},
    log::Logger,
    options::OptionId,
    secret::Secret,
    transport::tls,
    url_path::MAX_SEGMENT,
};

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
/// use infinium_client::Config;
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
    /// PEM texts with certificates that are trusted beside the public ones. Default none.
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
    /// Where the client tells of its work. Default nowhere.
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

    /// Checks every option.
    ///
    /// # Errors
    /// `Configuration`, with the option in [`Error::option`].
    pub(crate) fn check(&self) -> Result<Checked> {
        let agent_id = self.agent_id.trim();
        if agent_id.len() < 3 {
            let length = agent_id.len();
            return wrong(
                OptionId::AgentId,
                format!("must be at least 3 characters (got {length})"),
            );
        }
        if !agent_id.bytes().all(|byte| (b' '..=b'~').contains(&byte)) {
            return wrong(
                OptionId::AgentId,
                "must contain only printable ASCII characters",
            );
        }
        if agent_id.len() > MAX_SEGMENT {
            let length = agent_id.len();
            return wrong(
                OptionId::AgentId,
                format!("must be at most {MAX_SEGMENT} characters (got {length})"),
            );
        }
        let agent_secret = self.agent_secret.expose();
        let length = agent_secret.chars().count();
        if length < 8 {
            return wrong(
                OptionId::AgentSecret,
                format!("must be at least 8 characters (got {length})"),
            );
        }
        // Spaces around a header's value are lost on the way: such a secret could never match.
        let Some(mut secret_header) =
            header(agent_secret).filter(|_| agent_secret.trim() == agent_secret)
        else {
            return wrong(
                OptionId::AgentSecret,
                "must be legal in an HTTP header: no line breaks, no control or non-ASCII characters, no spaces around it",
            );
        };
        secret_header.set_sensitive(true);
        let base_url = check_url(&self.base_url)?;
        let Some(user_agent) = header(&self.user_agent) else {
            return wrong(
                OptionId::UserAgent,
                "must be legal in an HTTP header: no line breaks, no control or non-ASCII characters",
            );
        };
        if self.timeout.is_zero() {
            return wrong(OptionId::Timeout, "must be greater than 0 ms (got 0)");
        }
        if self.max_retries > 100 {
            return wrong(
                OptionId::MaxRetries,
                format!("must be 0 to 100 (got {})", self.max_retries),
            );
        }
        let rate = self.requests_per_second;
        if !(rate.is_finite() && rate > 0.0) {
            return wrong(
                OptionId::RequestsPerSecond,
                format!("must be finite and greater than 0 (got {rate})"),
            );
        }
        if self.max_concurrency == 0 {
            return wrong(OptionId::MaxConcurrency, "must be 1 or more (got 0)");
        }
        if matches!(&self.spool_directory, Some(directory) if directory.as_os_str().is_empty()) {
            return wrong(
                OptionId::SpoolDir,
                "must be the path of a directory (got '')",
            );
        }
        tls::certificates(&self.ca_certificates)?;
        Ok(Checked {
            agent_id: HeaderValue::from_str(agent_id).map_err(|_| {
                Error::misconfigured(OptionId::AgentId, "must be legal in an HTTP header")
            })?,
            secret_header,
            user_agent,
            base_url,
        })
    }
}

/// The options that had to be parsed.
#[derive(Debug)]
pub(crate) struct Checked {
    pub(crate) agent_id: HeaderValue,
    pub(crate) secret_header: HeaderValue,
    pub(crate) user_agent: HeaderValue,
    pub(crate) base_url: Url,
}

fn header(text: &str) -> Option<HeaderValue> {
    if text.is_ascii() {
        HeaderValue::from_str(text).ok()
    } else {
        None
    }
}

fn wrong<T>(option: OptionId, problem: impl AsRef<str>) -> Result<T> {
    Err(Error::misconfigured(option, problem))
}

fn check_url(text: &str) -> Result<Url> {
    const OPTION: OptionId = OptionId::BaseUrl;
    let Ok(mut url) = Url::parse(text.trim()) else {
        return wrong(
            OPTION,
            "must be an absolute URL such as https://platform.example/api/v1",
        );
    };
    if !matches!(url.scheme(), "http" | "https") {
        return wrong(
            OPTION,
            format!(
                "must begin with http:// or https:// (got {}:)",
                url.scheme()
            ),
        );
    }
    if !url.username().is_empty() || url.password().is_some() {
        return wrong(
            OPTION,
            "must not contain credentials: the agent id and the agent secret are options of their own",
        );
    }
    if url.query().is_some() || url.fragment().is_some() {
        return wrong(OPTION, "must not contain a query or fragment");
    }
    let path = url.path().trim_end_matches('/').to_owned();
    url.set_path(&path);
    Ok(url)
}

/// Whether a URL stays on this machine.
pub(crate) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => {
            let name = name.trim_end_matches('.');
            name == "localhost" || name.ends_with(".localhost")
        }
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => IpAddr::V6(address).to_canonical().is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorKind;

    fn config() -> Config {
        Config::new("agent-1", "secret-0123")
    }

    fn option_of(config: &Config) -> OptionId {
        let error = config.check().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Configuration);
        let option = error.option().unwrap();
        assert!(error.message().starts_with(option.as_str()), "{error}");
        option
    }

    #[test]
    fn names_the_wrong_option() {
        type Spoil = fn(&mut Config);
        let cases: &[(OptionId, Spoil)] = &[
            (OptionId::AgentId, |c| c.agent_id = " ab ".into()),
            (OptionId::AgentId, |c| c.agent_id = "a".repeat(100_000)),
            (OptionId::AgentId, |c| c.agent_id = "agént".into()),
            (OptionId::AgentId, |c| c.agent_id = "age\nnt".into()),
            (OptionId::AgentSecret, |c| c.agent_secret = "1234567".into()),
            (OptionId::AgentSecret, |c| {
                c.agent_secret = "12345678\r\nx: y".into()
            }),
            (OptionId::AgentSecret, |c| {
                c.agent_secret = "pässword".into()
            }),
            (OptionId::AgentSecret, |c| {
                c.agent_secret = " 12345678 ".into()
            }),
            (OptionId::BaseUrl, |c| {
                c.base_url = "platform.example".into()
            }),
            (OptionId::BaseUrl, |c| c.base_url = "/api/v1".into()),
            (OptionId::BaseUrl, |c| {
                c.base_url = "ftp://platform.example".into()
            }),
            (OptionId::BaseUrl, |c| {
                c.base_url = "https://user:pass@platform.example".into()
            }),
            (OptionId::BaseUrl, |c| {
                c.base_url = "https://platform.example/?a=1".into()
            }),
            (OptionId::BaseUrl, |c| {
                c.base_url = "https://platform.example/#a".into()
            }),
            (OptionId::BaseUrl, |c| c.base_url = "https://".into()),
            (OptionId::UserAgent, |c| c.user_agent = "a\nb".into()),
            (OptionId::Timeout, |c| c.timeout = Duration::ZERO),
            (OptionId::MaxRetries, |c| c.max_retries = 101),
            (OptionId::RequestsPerSecond, |c| c.requests_per_second = 0.0),
            (OptionId::RequestsPerSecond, |c| {
                c.requests_per_second = f64::INFINITY
            }),
            (OptionId::RequestsPerSecond, |c| {
                c.requests_per_second = f64::NAN
            }),
            (OptionId::MaxConcurrency, |c| c.max_concurrency = 0),
            (OptionId::CaCertificates, |c| {
                c.ca_certificates = vec!["not a certificate".into()]
            }),
        ];
        for (option, spoil) in cases {
            let mut config = config();
            spoil(&mut config);
            assert_eq!(option_of(&config), *option);
        }
    }

    #[test]
    fn has_the_documented_defaults() {
        let config = config();
        assert_eq!(config.base_url, "https://platform.i42m.ai/api/v1");
        assert_eq!(config.timeout, Duration::from_secs(30));
        assert_eq!(config.max_retries, 3);
        assert!(config.rate_limiting);
        assert_eq!(config.requests_per_second, 10.0);
        assert_eq!(config.max_concurrency, 32);
        assert_eq!(config.retry_delay, Duration::from_secs(1));
        assert_eq!(config.max_retry_delay, Duration::from_secs(60));
        assert_eq!(config.max_retry_after, Duration::from_secs(60));
        assert_eq!(config.retry_on_rate_limit, RetryOnRateLimit::Batches);
        assert_eq!(config.max_queue_bytes, 64 << 20);
        assert_eq!(config.queue_policy, QueuePolicy::DropOldest);
        assert_eq!(config.max_spool_bytes, 256 << 20);
        assert!(!config.spool_durably);
    }

    #[test]
    fn never_tells_the_secret() {
        let mut config = config();
        config.agent_secret = "s3cret\u{1}value".into();
        let error = config.check().unwrap_err();
        assert!(!format!("{config:?} {error} {error:?}").contains("s3cret"));
    }

    #[test]
    fn drops_trailing_slashes() {
        for (given, kept) in [
            ("https://a.example/api/v1//", "https://a.example/api/v1"),
            ("http://a.example", "http://a.example/"),
        ] {
            assert_eq!(check_url(given).unwrap().as_str(), kept);
        }
    }

    #[test]
    fn knows_loopback() {
        for (url, loopback) in [
            ("http://localhost:1", true),
            ("http://LOCALHOST.", true),
            ("http://api.localhost", true),
            ("http://127.8.9.1", true),
            ("http://[::1]", true),
            ("http://[::ffff:127.0.0.1]", true),
            ("http://10.0.0.1", false),
            ("http://localhost.example", false),
        ] {
            assert_eq!(is_loopback(&Url::parse(url).unwrap()), loopback, "{url}");
        }
    }
}
