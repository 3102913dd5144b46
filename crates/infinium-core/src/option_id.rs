//! Ids of options, independent of the caller's language.

/// Declares the options with their ids, which are used across languages and in errors.
macro_rules! option_ids {
    ($($(#[doc = $doc:literal])+ $variant:ident = $id:literal,)+) => {
        /// An option of a client. Each language spells it in its own way.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum OptionId {
            $($(#[doc = $doc])+ $variant,)+
        }

        impl OptionId {
            /// All options.
            pub const ALL: &[Self] = &[$(Self::$variant,)+];

            /// Returns the id in snake_case, for example `max_queue_bytes`. It is the key in
            /// [`Options`](crate::Options).
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $id,)+
                }
            }
        }
    };
}

option_ids! {
    /// [`Config::agent_id`](crate::Config::agent_id).
    AgentId = "agent_id",
    /// [`Config::agent_secret`](crate::Config::agent_secret).
    AgentSecret = "agent_secret",
    /// [`Config::base_url`](crate::Config::base_url).
    BaseUrl = "base_url",
    /// [`Config::timeout`](crate::Config::timeout).
    Timeout = "timeout",
    /// [`Config::max_retries`](crate::Config::max_retries).
    MaxRetries = "max_retries",
    /// [`Config::rate_limiting`](crate::Config::rate_limiting).
    EnableRateLimiting = "enable_rate_limiting",
    /// [`Config::requests_per_second`](crate::Config::requests_per_second).
    RequestsPerSecond = "requests_per_second",
    /// [`Config::user_agent`](crate::Config::user_agent).
    UserAgent = "user_agent",
    /// [`Config::max_concurrency`](crate::Config::max_concurrency).
    MaxConcurrency = "max_concurrency",
    /// [`Config::retry_delay`](crate::Config::retry_delay).
    RetryDelay = "retry_delay",
    /// [`Config::max_retry_delay`](crate::Config::max_retry_delay).
    MaxRetryDelay = "max_retry_delay",
    /// [`Config::max_retry_after`](crate::Config::max_retry_after).
    MaxRetryAfter = "max_retry_after",
    /// [`Config::retry_on_rate_limit`](crate::Config::retry_on_rate_limit).
    RetryOnRateLimit = "retry_on_rate_limit",
    /// [`Config::max_queue_bytes`](crate::Config::max_queue_bytes).
    MaxQueueBytes = "max_queue_bytes",
    /// [`Config::queue_policy`](crate::Config::queue_policy).
    QueuePolicy = "queue_policy",
    /// [`Config::spool_directory`](crate::Config::spool_directory).
    SpoolDir = "spool_dir",
    /// [`Config::max_spool_bytes`](crate::Config::max_spool_bytes).
    MaxSpoolBytes = "max_spool_bytes",
    /// [`Config::spool_durably`](crate::Config::spool_durably).
    SpoolSync = "spool_sync",
    /// [`Config::ca_certificates`](crate::Config::ca_certificates).
    CaCertificates = "ca_certificates",
    /// [`Config::proxy`](crate::Config::proxy).
    Proxy = "proxy",
    /// [`Config::no_proxy`](crate::Config::no_proxy).
    NoProxy = "no_proxy",
    /// [`Config::redactor`](crate::Config::redactor).
    Redact = "redact",
}
