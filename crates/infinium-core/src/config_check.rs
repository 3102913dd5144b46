//! Checks the options of a client.

use std::net::IpAddr;

use http::HeaderValue;
use url::{Host, Url};

use crate::{
    config::Config,
    error::{Error, Result},
    limits::MAX_SEGMENT_LENGTH,
    option_id::OptionId,
};

impl Config {
    /// Checks every option.
    ///
    /// # Errors
    /// `Configuration`, with the option in [`Error::option`].
    pub fn check(&self) -> Result<Checked> {
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
        if agent_id.len() > MAX_SEGMENT_LENGTH {
            let length = agent_id.len();
            return wrong(
                OptionId::AgentId,
                format!("must be at most {MAX_SEGMENT_LENGTH} characters (got {length})"),
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
        // HTTP removes spaces around a header value, so such a secret could never match.
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
        let has_nul =
            |directory: &std::path::PathBuf| directory.as_os_str().as_encoded_bytes().contains(&0);
        if self.spool_directory.as_ref().is_some_and(has_nul) {
            return wrong(
                OptionId::SpoolDir,
                "must be the path of a directory, without a NUL character",
            );
        }
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

/// The parsed options.
#[derive(Debug)]
pub struct Checked {
    /// The header `x-agent-id`.
    pub agent_id: HeaderValue,
    /// The header `x-agent-key`.
    pub secret_header: HeaderValue,
    /// The header `user-agent`.
    pub user_agent: HeaderValue,
    /// Without trailing slashes.
    pub base_url: Url,
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

/// Whether a URL points to this machine.
pub fn is_loopback(url: &Url) -> bool {
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
    use std::time::Duration;

    use super::*;
    use crate::{QueuePolicy, RetryOnRateLimit, error_kind::ErrorKind};

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
    fn never_shows_the_secret() {
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
