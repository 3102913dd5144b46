//! The one loop that sends a request until it is answered or out of attempts.

mod after;
mod backoff;
mod classify;

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::{
    cancel::unless_cancelled,
    error::{Error, ErrorKind, Result},
    limit::{Gate, Slot},
    log::{Level, Log},
    transport::{Answer, Failure},
};
pub(crate) use after::parse as retry_after;
pub(crate) use backoff::Backoff;
pub(crate) use classify::Context;
use classify::{Verdict, judge};

/// When and how often to try again.
#[derive(Clone, Debug)]
pub(crate) struct Policy {
    pub(crate) max_retries: u32,
    pub(crate) backoff: Backoff,
    pub(crate) max_retry_after: Duration,
}

/// Sends until there is an answer to give, admitted by `gate` each time.
///
/// `slot`, if there is one, serves the first attempt.
/// `attempt` is called with 1, 2, 3 … and sends the request once. `stop` ends every wait, but no
/// attempt.
///
/// # Errors
/// The last failure, when it is final or the attempts are used up.
pub(crate) async fn run<F>(
    policy: &Policy,
    gate: &Gate,
    log: &Log,
    context: &Context<'_>,
    stop: &CancellationToken,
    mut slot: Option<Slot>,
    mut attempt: impl FnMut(u32) -> F,
) -> Result<Answer>
where
    F: Future<Output = Result<Answer, Failure>>,
{
    let mut number = 1;
    let mut failed: Option<Error> = None;
    loop {
        let waiting = async {
            match slot.take() {
                Some(slot) => {
                    gate.turn().await;
                    slot
                }
                None => gate.admit().await,
            }
        };
        let Some(held) = unless_cancelled(stop, waiting).await else {
            return Err(failed.unwrap_or_else(not_sent));
        };
        let outcome = attempt(number).await;
        // Whoever waits for a retry is not in flight.
        drop(held);
        let (error, wait, pause) = match judge(outcome, context) {
            Verdict::Done(answer) => return Ok(answer),
            Verdict::Final(error) => return Err(error),
            Verdict::Again { error, wait, pause } => (error, wait, pause),
        };
        if number > policy.max_retries || wait.is_some_and(|wait| wait > policy.max_retry_after) {
            return Err(error);
        }
        let backoff = policy.backoff.delay(number);
        // A platform that says how long to pause is taken at its word; else ours is the least.
        let delay = wait.map_or(backoff, |wait| if pause { wait } else { wait.max(backoff) });
        log.line(Level::Warn, || {
            let next = number + 1;
            format!("{error}; attempt {next} in {} ms", delay.as_millis())
        });
        if pause {
            gate.pause(delay);
        } else {
            unless_cancelled(stop, tokio::time::sleep(delay)).await;
        }
        failed = Some(error);
        number += 1;
    }
}

/// For what was stopped before it began.
fn not_sent() -> Error {
    Error::new(
        ErrorKind::NotSent,
        "not sent, because the batch was stopped",
    )
}
