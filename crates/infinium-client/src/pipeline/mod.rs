//! From a request to its answer: limiter, circuit breaker, retries, and single attempts.

mod adaptive_rate;
mod attempt;
mod breaker;
#[cfg(test)]
mod brownout_tests;
mod deliveries;
mod exchange;
#[cfg(test)]
mod fleet_tests;
mod hanging;
mod limiter;
mod places;
mod priority;
mod rate;
mod request_class;
mod requests;
mod retry;
mod retry_policy;
#[cfg(test)]
mod schedule_tests;
mod share;
#[cfg(test)]
mod watch;
mod window;

pub(crate) use breaker::{Admission, CircuitBreaker, Trial};
#[cfg(test)]
pub(crate) use breaker::{FAILURE_THRESHOLD, MAX_TRIAL_DELAY};
pub(crate) use deliveries::Deliveries;
pub(crate) use exchange::{Exchange, Pipeline};
#[cfg(feature = "bench")]
pub(crate) use limiter::Limiter;
pub(crate) use places::Place;
#[cfg(feature = "bench")]
pub(crate) use rate::RateOptions;
pub(crate) use request_class::RequestClass;
pub(crate) use requests::Requests;
#[cfg(test)]
pub(crate) use retry_policy::RetryPolicy;
#[cfg(test)]
pub(crate) use watch::Watch;
