//! One attempt: sends a request once, and reports the outcome to the circuit breaker and the log.

use std::sync::Arc;

use crate::runtime::Instant;

use super::{
    breaker::CircuitBreaker,
    limiter::{Limiter, Outcome},
    request_class::RequestClass,
};
use crate::{request::Request, transport::Http, wait_group::WaitGroup};
use infinium_core::{
    Answer, Failure, Level, Log, LogLine, platform_of,
    status::{Platform, Retry, is_success, rule_of},
};

#[derive(Debug)]
pub(crate) struct Attempts {
    breaker: Arc<CircuitBreaker>,
    limiter: Arc<Limiter>,
    in_flight: WaitGroup,
    log: Log,
    #[cfg(test)]
    pub(crate) watch: super::watch::Watch,
}

impl Attempts {
    pub(crate) fn new(breaker: Arc<CircuitBreaker>, limiter: Arc<Limiter>, log: Log) -> Self {
        Self {
            breaker,
            limiter,
            in_flight: WaitGroup::default(),
            log,
            #[cfg(test)]
            watch: Default::default(),
        }
    }

    /// The number of requests in flight.
    pub(crate) fn in_flight(&self) -> usize {
        self.in_flight.count()
    }

    /// Sends a request once. `number` is the attempt's number, counted from 1.
    pub(crate) async fn send(
        &self,
        http: &Http,
        request: &Request,
        class: RequestClass,
        number: u32,
    ) -> Result<Answer, Failure> {
        let log = &self.log;
        let started = Instant::now();
        #[cfg(test)]
        let watched = self.watch.begin(request, class, number);
        log.line(Level::Debug, || {
            let text = format!("{} {} (attempt {number})", request.method, request.uri);
            LogLine::from(text).with("attempt", number)
        });
        if class.is_task() {
            self.breaker.on_attempt(self.in_flight.count());
        }
        let in_flight = self.in_flight.add();
        let outcome = http.send(request).await;
        drop(in_flight);
        #[cfg(test)]
        watched.end(&outcome);
        let platform = platform_of(&outcome);
        let is_trial = class == RequestClass::Background && self.breaker.is_open();
        if class.is_task()
            && let Some(platform) = platform
            && let Some(took) = self.breaker.on_outcome(platform)
        {
            self.limiter.on_recovery();
            log.line(Level::Warn, || {
                let seconds = took.as_secs_f64();
                let text =
                    format!("the outage is over after {seconds:.1} s: waiting tasks are sent");
                LogLine::from(text).with("durationMs", took.as_millis())
            });
        }
        let learnt = lesson(&outcome, platform);
        self.limiter.on_outcome(class, started, learnt);
        // An outage is told when it begins and when it is over.
        let level = if is_trial { Level::Debug } else { Level::Info };
        log.line(level, || {
            let took = started.elapsed().as_millis();
            let end = match &outcome {
                Ok(answer) => answer.status.to_string(),
                Err(Failure::Timeout) => "timeout".to_owned(),
                Err(Failure::Network { problem, .. }) => problem.clone(),
            };
            let text = format!("{} {} -> {end} in {took} ms", request.method, request.uri);
            let line = LogLine::from(text).with("durationMs", took);
            match &outcome {
                Ok(answer) => line.with("status", answer.status),
                Err(_) => line,
            }
        });
        outcome
    }
}

/// What the limiter learns from an outcome.
fn lesson(outcome: &Result<Answer, Failure>, platform: Option<Platform>) -> Outcome {
    match outcome {
        Ok(answer) if rule_of(answer.status).retry == Retry::PausesClient => Outcome::Refused,
        Ok(_) if platform != Some(Platform::Answers) => Outcome::Failed,
        Ok(answer) if is_success(answer.status) => Outcome::Delivered,
        Ok(_) => Outcome::Answered,
        Err(Failure::Network { stale: false, .. }) => Outcome::Broken,
        Err(_) => Outcome::Silent,
    }
}
