//! The pipeline: the steps of every request from the caller to the answer.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use tokio_util::sync::CancellationToken;

use super::{
    attempt::Attempts,
    breaker::CircuitBreaker,
    deliveries::Deliveries,
    limiter::Limiter,
    places::Place,
    rate::RateOptions,
    request_class::RequestClass,
    requests::Requests,
    retry::{Retrier, Run},
    retry_policy::RetryPolicy,
};
use crate::request::Request;
use crate::transport::Http;
use infinium_core::{
    Answer, Config, ErrorKind, Level, Log, Notices, RequestContext, Result, RetryOnRateLimit,
    Secret,
};

/// The state that all requests of a client share.
#[derive(Debug)]
pub(crate) struct Pipeline {
    pub(crate) requests: Requests,
    pub(crate) limiter: Arc<Limiter>,
    pub(crate) breaker: Arc<CircuitBreaker>,
    pub(crate) deliveries: Arc<Deliveries>,
    pub(crate) log: Log,
    pub(crate) notices: Notices,
    /// Cancelled once the client is closed. No request is sent afterwards.
    pub(crate) closed: CancellationToken,
    attempts: Attempts,
    retrier: Retrier,
    secret: Secret,
    timeout: Duration,
    max_retries: u32,
    retry_on_rate_limit: RetryOnRateLimit,
}

/// One request and its settings.
#[derive(Debug)]
pub(crate) struct Exchange<'a> {
    pub(crate) http: &'a Http,
    pub(crate) request: &'a Request,
    pub(crate) class: RequestClass,
    pub(crate) context: &'a RequestContext<'a>,
    /// Ends waiting, but does not end a request in flight.
    pub(crate) stop: &'a CancellationToken,
    /// Counts the attempts.
    pub(crate) attempts: Option<&'a AtomicU32>,
    /// The admission of the first attempt, if the caller already has it.
    pub(crate) admission: Option<Place>,
}

impl Pipeline {
    pub(crate) fn new(config: &Config, requests: Requests, log: Log) -> Self {
        let policy = RetryPolicy::new(config);
        let rate = RateOptions {
            per_second: config.rate_limiting.then_some(config.requests_per_second),
            is_adaptive: config.adaptive_rate_limit,
            retry_on_rate_limit: config.retry_on_rate_limit,
        };
        let limiter = Arc::new(Limiter::new(config.max_concurrency, rate, log.clone()));
        let deliveries = Arc::<Deliveries>::default();
        let breaker = Arc::new(CircuitBreaker::new(&policy));
        Self {
            requests,
            attempts: Attempts::new(breaker.clone(), limiter.clone(), log.clone()),
            breaker,
            closed: CancellationToken::new(),
            retrier: Retrier::new(policy, limiter.clone(), deliveries.clone(), log.clone()),
            deliveries,
            limiter,
            log,
            notices: config.notices.clone(),
            secret: config.agent_secret.clone(),
            timeout: config.timeout,
            max_retries: config.max_retries,
            retry_on_rate_limit: config.retry_on_rate_limit,
        }
    }

    /// Returns the context for classifying a request that uses the agent's credentials. `resource` is named as
    /// missing if the platform answers 404.
    pub(crate) fn context<'a>(
        &'a self,
        class: RequestClass,
        resource: &'a str,
    ) -> RequestContext<'a> {
        RequestContext {
            max_retries: self.max_retries,
            delivers_task: class.is_task(),
            retry_rate_limit: class.retries_rate_limit(self.retry_on_rate_limit),
            resource,
            credentials: "the agent id and the agent secret",
            timeout: self.timeout,
            secret: &self.secret,
        }
    }

    /// Sends a request, with retries, until it has an answer.
    ///
    /// # Errors
    /// The last failure, if it is final or no attempts are left. `NotSent` if the request was stopped before its
    /// first attempt.
    pub(crate) async fn exchange(&self, exchange: Exchange<'_>) -> Result<Answer> {
        let Exchange {
            http,
            request,
            class,
            context,
            stop,
            attempts,
            admission,
        } = exchange;
        let attempt = |number| {
            if let Some(attempts) = attempts {
                attempts.fetch_add(1, Ordering::Relaxed);
            }
            self.attempts.send(http, request, class, number)
        };
        let run = Run {
            context,
            class,
            stop,
            admission,
        };
        let result = self.retrier.run(run, attempt).await;
        match &result {
            Ok(_) if class.is_task() => self.deliveries.record(),
            Err(error) if error.kind() != ErrorKind::NotSent => {
                // The background tells an outage once, and each task that it gives up.
                let is_told_later = class == RequestClass::Background;
                let level = if is_told_later {
                    Level::Debug
                } else {
                    Level::Error
                };
                self.log.line(level, || {
                    format!("{} {}: {error}", request.method, request.uri)
                });
            }
            _ => {}
        }
        result
    }

    /// The number of requests in flight.
    pub(crate) fn in_flight(&self) -> usize {
        self.attempts.in_flight()
    }

    /// What was seen of the attempts so far.
    #[cfg(test)]
    pub(crate) fn watch(&self) -> &super::watch::Watch {
        &self.attempts.watch
    }

    /// The number of retries so far.
    pub(crate) fn retries(&self) -> u64 {
        self.retrier.retries()
    }

    /// The maximum duration of one attempt.
    pub(crate) fn timeout(&self) -> Duration {
        self.timeout
    }
}
