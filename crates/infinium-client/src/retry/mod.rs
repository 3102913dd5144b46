//! What is decided about retries, without waiting.

mod after;
mod backoff;
mod budget;
mod classify;

pub(crate) use after::parse as retry_after;
pub(crate) use backoff::Backoff;
pub(crate) use budget::Budget as RetryBudget;
pub(crate) use classify::{
    Context as RequestContext, Verdict as Decision, is_answered, judge as classify,
};
