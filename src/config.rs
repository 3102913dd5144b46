//! The options of a client, as `lib/config.js` hands them over.

use std::time::Duration;

use infinium_client::{Config, Error, ProxySetting, QueuePolicy, RetryOnRateLimit};
use serde::Deserialize;

/// Options that were given; the types were checked in JavaScript, the defaults are the client's.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Options {
    agent_id: String,
    agent_secret: String,
    base_url: Option<String>,
    timeout: Option<f64>,
    max_retries: Option<f64>,
    enable_rate_limiting: Option<bool>,
    requests_per_second: Option<f64>,
    user_agent: String,
    max_concurrency: Option<f64>,
    retry_delay: Option<f64>,
    max_retry_delay: Option<f64>,
    max_retry_after: Option<f64>,
    retry_on_rate_limit: Option<bool>,
    max_queue_bytes: Option<f64>,
    queue_policy: Option<String>,
    spool_dir: Option<String>,
    max_spool_bytes: Option<f64>,
    spool_sync: Option<bool>,
    /// The default of this one is JavaScript's, which has the most use for it.
    pub(crate) exit_timeout: f64,
    #[serde(default)]
    ca_certificates: Vec<String>,
    proxy: Option<ProxyOption>,
    no_proxy: Option<String>,
}

/// A proxy, with the environment variable that names it.
#[derive(Deserialize)]
struct ProxyOption {
    url: String,
    variable: String,
}

impl Options {
    pub(crate) fn into_config(self) -> Result<Config, Error> {
        let mut config = Config::new(self.agent_id, self.agent_secret);
        set(&mut config.base_url, self.base_url);
        set(&mut config.timeout, duration("timeout", self.timeout)?);
        set(
            &mut config.max_retries,
            whole("maxRetries", self.max_retries)?,
        );
        set(
            &mut config.max_concurrency,
            whole("maxConcurrency", self.max_concurrency)?,
        );
        set(&mut config.rate_limiting, self.enable_rate_limiting);
        set(&mut config.requests_per_second, self.requests_per_second);
        config.user_agent = self.user_agent;
        set(
            &mut config.retry_delay,
            duration("retryDelay", self.retry_delay)?,
        );
        set(
            &mut config.max_retry_delay,
            duration("maxRetryDelay", self.max_retry_delay)?,
        );
        set(
            &mut config.max_retry_after,
            duration("maxRetryAfter", self.max_retry_after)?,
        );
        if let Some(everywhere) = self.retry_on_rate_limit {
            config.retry_on_rate_limit = if everywhere {
                RetryOnRateLimit::Always
            } else {
                RetryOnRateLimit::Never
            };
        }
        set(
            &mut config.max_queue_bytes,
            whole("maxQueueBytes", self.max_queue_bytes)?,
        );
        set(
            &mut config.queue_policy,
            self.queue_policy.as_deref().map(queue_policy).transpose()?,
        );
        config.spool_directory = self.spool_dir.map(Into::into);
        set(
            &mut config.max_spool_bytes,
            whole("maxSpoolBytes", self.max_spool_bytes)?,
        );
        set(&mut config.spool_durably, self.spool_sync);
        config.ca_certificates = self.ca_certificates;
        config.proxy = self.proxy.map(|proxy| ProxySetting {
            url: proxy.url.into(),
            variable: proxy.variable,
        });
        config.no_proxy = self.no_proxy;
        Ok(config)
    }
}

fn queue_policy(name: &str) -> Result<QueuePolicy, Error> {
    match name {
        "dropOldest" => Ok(QueuePolicy::DropOldest),
        "dropNewest" => Ok(QueuePolicy::DropNewest),
        _ => {
            let problem = format!("must be 'dropOldest' or 'dropNewest' (got '{name}')");
            Err(Error::misconfigured("queuePolicy", problem))
        }
    }
}

fn set<T>(option: &mut T, given: Option<T>) {
    if let Some(given) = given {
        *option = given;
    }
}

fn duration(option: &str, milliseconds: Option<f64>) -> Result<Option<Duration>, Error> {
    let Some(milliseconds) = milliseconds else {
        return Ok(None);
    };
    if milliseconds < 0.0 {
        let problem = format!("must be milliseconds, and not negative (got {milliseconds})");
        return Err(Error::misconfigured(option, problem));
    }
    Ok(Some(from_ms(milliseconds)))
}

/// Milliseconds that are not negative; what is too long for a `Duration` is as good as endless, and only zero is
/// no time at all.
pub(crate) fn from_ms(milliseconds: f64) -> Duration {
    let duration = Duration::try_from_secs_f64(milliseconds / 1000.0).unwrap_or(Duration::MAX);
    match milliseconds > 0.0 {
        true => duration.max(Duration::from_nanos(1)),
        false => duration,
    }
}

fn whole<T: TryFrom<i64>>(option: &str, number: Option<f64>) -> Result<Option<T>, Error> {
    let Some(number) = number else {
        return Ok(None);
    };
    #[expect(
        clippy::cast_possible_truncation,
        reason = "what does not fit is refused below"
    )]
    let integer = number as i64;
    #[expect(clippy::cast_precision_loss, reason = "exact, or it is refused")]
    let exact = integer as f64 == number;
    match T::try_from(integer) {
        Ok(value) if exact => Ok(Some(value)),
        _ => {
            let problem = format!("must be a whole number that is not negative (got {number})");
            Err(Error::misconfigured(option, problem))
        }
    }
}
