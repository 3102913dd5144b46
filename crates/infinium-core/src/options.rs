//! Options from another language: plain numbers and texts, not yet checked.

use std::time::Duration;

use serde::Deserialize;

use crate::{
    config::{Config, QueuePolicy, RetryOnRateLimit},
    error::{Error, Result},
    option_id::OptionId,
    redact::RedactOptions,
};

/// The given options, by the ids of [`OptionId`]. Missing options have the defaults of [`Config`].
///
/// ```
/// use std::time::Duration;
/// use infinium_core::Options;
///
/// let options = Options {
///     agent_id: "agent-1".into(),
///     agent_secret: "a-secret-of-the-agent".into(),
///     timeout_ms: Some(2_500.0),
///     ..Options::default()
/// };
/// assert_eq!(options.into_config()?.timeout, Duration::from_millis(2_500));
/// # Ok::<(), infinium_core::Error>(())
/// ```
#[derive(Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Options {
    /// See [`Config::agent_id`].
    pub agent_id: String,
    /// See [`Config::agent_secret`].
    pub agent_secret: String,
    /// See [`Config::base_url`].
    pub base_url: Option<String>,
    /// See [`Config::timeout`]: milliseconds, greater than 0.
    #[serde(rename = "timeout")]
    pub timeout_ms: Option<f64>,
    /// See [`Config::max_retries`]: a whole number, 0 to 100.
    pub max_retries: Option<f64>,
    /// See [`Config::rate_limiting`].
    pub enable_rate_limiting: Option<bool>,
    /// See [`Config::requests_per_second`].
    pub requests_per_second: Option<f64>,
    /// See [`Config::adaptive_rate_limit`].
    pub adaptive_rate_limit: Option<bool>,
    /// See [`Config::user_agent`].
    pub user_agent: Option<String>,
    /// See [`Config::max_concurrency`]: a whole number, 1 or more.
    pub max_concurrency: Option<f64>,
    /// See [`Config::retry_delay`]: milliseconds, 0 or more.
    #[serde(rename = "retry_delay")]
    pub retry_delay_ms: Option<f64>,
    /// See [`Config::max_retry_delay`]: milliseconds, 0 or more.
    #[serde(rename = "max_retry_delay")]
    pub max_retry_delay_ms: Option<f64>,
    /// See [`Config::max_retry_after`]: milliseconds, 0 or more.
    #[serde(rename = "max_retry_after")]
    pub max_retry_after_ms: Option<f64>,
    /// See [`Config::retry_on_rate_limit`]: true means always, false means never.
    pub retry_on_rate_limit: Option<bool>,
    /// See [`Config::max_queue_bytes`]: a whole number, 0 or more.
    pub max_queue_bytes: Option<f64>,
    /// See [`Config::queue_policy`]: `dropOldest` or `dropNewest`.
    pub queue_policy: Option<String>,
    /// See [`Config::extra_ca_file`].
    pub extra_ca_file: Option<String>,
    /// See [`Config::spool_directory`].
    pub spool_dir: Option<String>,
    /// See [`Config::max_spool_bytes`]: a whole number, 0 or more.
    pub max_spool_bytes: Option<f64>,
    /// See [`Config::spool_durably`].
    pub spool_sync: Option<bool>,
    /// See [`Config::ca_certificates`].
    pub ca_certificates: Vec<String>,
    /// See [`Config::proxy`].
    pub proxy: Option<String>,
    /// See [`Config::no_proxy`].
    pub no_proxy: Option<String>,
    /// See [`Config::redactor`].
    pub redact: Option<RedactOptions>,
}

impl Options {
    /// Converts the options to a configuration.
    ///
    /// # Errors
    /// `Configuration`, with the option in [`Error::option`], if a number is negative or not whole, a name is
    /// unknown, or [`RedactOptions`] are wrong. Other checks happen when a client is created.
    pub fn into_config(self) -> Result<Config> {
        let mut config = Config::new(self.agent_id, self.agent_secret);
        set(&mut config.base_url, self.base_url);
        set(&mut config.timeout, timeout(self.timeout_ms)?);
        set(
            &mut config.max_retries,
            whole(OptionId::MaxRetries, self.max_retries)?,
        );
        set(
            &mut config.max_concurrency,
            whole(OptionId::MaxConcurrency, self.max_concurrency)?,
        );
        set(&mut config.rate_limiting, self.enable_rate_limiting);
        set(&mut config.requests_per_second, self.requests_per_second);
        set(&mut config.adaptive_rate_limit, self.adaptive_rate_limit);
        set(&mut config.user_agent, self.user_agent);
        set(
            &mut config.retry_delay,
            delay(OptionId::RetryDelay, self.retry_delay_ms)?,
        );
        set(
            &mut config.max_retry_delay,
            delay(OptionId::MaxRetryDelay, self.max_retry_delay_ms)?,
        );
        set(
            &mut config.max_retry_after,
            delay(OptionId::MaxRetryAfter, self.max_retry_after_ms)?,
        );
        set(
            &mut config.retry_on_rate_limit,
            self.retry_on_rate_limit.map(|everywhere| match everywhere {
                true => RetryOnRateLimit::Always,
                false => RetryOnRateLimit::Never,
            }),
        );
        set(
            &mut config.max_queue_bytes,
            whole(OptionId::MaxQueueBytes, self.max_queue_bytes)?,
        );
        set(
            &mut config.queue_policy,
            self.queue_policy.as_deref().map(queue_policy).transpose()?,
        );
        config.extra_ca_file = self.extra_ca_file.map(Into::into);
        config.spool_directory = self.spool_dir.map(Into::into);
        set(
            &mut config.max_spool_bytes,
            whole(OptionId::MaxSpoolBytes, self.max_spool_bytes)?,
        );
        set(&mut config.spool_durably, self.spool_sync);
        config.ca_certificates = self.ca_certificates;
        config.proxy = self.proxy.map(Into::into);
        config.no_proxy = self.no_proxy;
        if let Some(redact) = self.redact {
            config.redactor = redact.into_redactor()?;
        }
        Ok(config)
    }
}

/// Converts milliseconds to a duration. Negative numbers become zero, numbers that are too large become
/// `Duration::MAX`, and positive numbers never become zero.
#[must_use]
pub fn duration_from_ms(milliseconds: f64) -> Duration {
    if milliseconds <= 0.0 {
        return Duration::ZERO;
    }
    Duration::try_from_secs_f64(milliseconds / 1000.0)
        .unwrap_or(Duration::MAX)
        .max(Duration::from_nanos(1))
}

fn set<T>(option: &mut T, given: Option<T>) {
    if let Some(given) = given {
        *option = given;
    }
}

fn timeout(milliseconds: Option<f64>) -> Result<Option<Duration>> {
    match milliseconds {
        Some(given) if given <= 0.0 => Err(Error::misconfigured(
            OptionId::Timeout,
            format!("must be greater than 0 ms (got {given})"),
        )),
        _ => Ok(milliseconds.map(duration_from_ms)),
    }
}

fn delay(option: OptionId, milliseconds: Option<f64>) -> Result<Option<Duration>> {
    match milliseconds {
        Some(given) if given < 0.0 => Err(Error::misconfigured(
            option,
            format!("must be 0 ms or more (got {given})"),
        )),
        _ => Ok(milliseconds.map(duration_from_ms)),
    }
}

fn whole<T: TryFrom<i64>>(option: OptionId, number: Option<f64>) -> Result<Option<T>> {
    let Some(number) = number else {
        return Ok(None);
    };
    #[expect(
        clippy::cast_possible_truncation,
        reason = "numbers that do not fit are refused below"
    )]
    let integer = number as i64;
    #[expect(clippy::cast_precision_loss, reason = "exact, or it is refused")]
    let exact = integer as f64 == number;
    match T::try_from(integer) {
        Ok(value) if exact => Ok(Some(value)),
        _ => Err(Error::misconfigured(
            option,
            format!("must be a whole number, 0 or more (got {number})"),
        )),
    }
}

fn queue_policy(name: &str) -> Result<QueuePolicy> {
    match name {
        "dropOldest" => Ok(QueuePolicy::DropOldest),
        "dropNewest" => Ok(QueuePolicy::DropNewest),
        _ => Err(Error::misconfigured(
            OptionId::QueuePolicy,
            format!("must be 'dropOldest' or 'dropNewest' (got '{name}')"),
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error_kind::ErrorKind;

    fn parse(json: &str) -> Result<Config> {
        let options: Options = serde_json::from_str(json).unwrap();
        options.into_config()
    }

    #[test]
    fn keeps_the_defaults_of_the_config_when_nothing_is_given() {
        let (config, defaults) = (parse("{}").unwrap(), Config::new("", ""));
        assert_eq!(format!("{config:?}"), format!("{defaults:?}"));
    }

    #[test]
    fn takes_every_option_under_its_id() {
        for id in OptionId::ALL {
            let (id, values) = (
                id.as_str(),
                ["1", "true", "\"dropOldest\"", "[\"a\"]", "{}"],
            );
            let fits = |value: &&str| {
                serde_json::from_str::<Options>(&format!("{{\"{id}\":{value}}}")).is_ok()
            };
            assert_eq!(values.iter().filter(|value| fits(value)).count(), 1, "{id}");
        }
        assert!(serde_json::from_str::<Options>("{\"maxRetries\":1}").is_err());
    }

    #[test]
    fn reads_numbers_texts_and_names() {
        let config = parse(
            r#"{"timeout":0.5,"max_retries":7,"retry_delay":0,"max_queue_bytes":5,"user_agent":"me",
                "retry_on_rate_limit":false,"queue_policy":"dropNewest","spool_dir":"/spool"}"#,
        )
        .unwrap();
        assert_eq!(config.timeout, Duration::from_micros(500));
        assert_eq!((config.max_retries, config.max_queue_bytes), (7, 5));
        assert_eq!(config.retry_delay, Duration::ZERO);
        assert_eq!(config.user_agent, "me");
        assert_eq!(config.retry_on_rate_limit, RetryOnRateLimit::Never);
        assert_eq!(config.queue_policy, QueuePolicy::DropNewest);
        assert_eq!(config.spool_directory, Some("/spool".into()));
    }

    #[test]
    fn names_the_option_that_is_wrong_and_why() {
        let cases = [
            (
                r#"{"timeout":-1}"#,
                "timeout must be greater than 0 ms (got -1)",
            ),
            (
                r#"{"timeout":0}"#,
                "timeout must be greater than 0 ms (got 0)",
            ),
            (
                r#"{"retry_delay":-1}"#,
                "retry_delay must be 0 ms or more (got -1)",
            ),
            (
                r#"{"max_retry_delay":-0.5}"#,
                "max_retry_delay must be 0 ms or more (got -0.5)",
            ),
            (
                r#"{"max_retry_after":-1}"#,
                "max_retry_after must be 0 ms or more (got -1)",
            ),
            (
                r#"{"max_retries":1.5}"#,
                "max_retries must be a whole number, 0 or more (got 1.5)",
            ),
            (
                r#"{"max_concurrency":-1}"#,
                "max_concurrency must be a whole number, 0 or more (got -1)",
            ),
            (
                r#"{"max_queue_bytes":-1}"#,
                "max_queue_bytes must be a whole number, 0 or more (got -1)",
            ),
            (
                r#"{"max_spool_bytes":1e300}"#,
                "max_spool_bytes must be a whole number, 0 or more (got 1000000",
            ),
            (
                r#"{"queue_policy":"x"}"#,
                "queue_policy must be 'dropOldest' or 'dropNewest' (got 'x')",
            ),
        ];
        for (json, message) in cases {
            let error = parse(json).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Configuration);
            let option = error.option().unwrap().as_str();
            assert!(json.contains(&format!("\"{option}\"")), "{option}");
            assert!(error.message().starts_with(message), "{error}");
        }
    }

    #[test]
    fn reads_milliseconds_of_any_size() {
        assert_eq!(duration_from_ms(2.5), Duration::from_micros(2_500));
        assert_eq!(duration_from_ms(1e-10), Duration::from_nanos(1));
        assert_eq!(duration_from_ms(0.0), Duration::ZERO);
        assert_eq!(duration_from_ms(-3.0), Duration::ZERO);
        assert_eq!(duration_from_ms(f64::MAX), Duration::MAX);
    }
}
