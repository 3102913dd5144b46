//! The queue of single sends.
//!
//! A send that is under way takes kilobytes for its state, a send that waits little more than its text. So that ten
//! thousand sends at once take little memory, each starts when its request may be in flight.

use std::{panic::AssertUnwindSafe, pin::Pin, sync::OnceLock};

use futures_util::{FutureExt, stream};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use crate::{
    call::Call, ordered::run_in_order, pipeline::ConcurrencyPermit, stats::Entry,
    task_text::TaskText,
};
use infinium_core::{ApiResponse, Error, Result};

type Job = Pin<Box<dyn Future<Output = ()> + Send>>;

/// The sends of one client that wait, first in, first out.
#[derive(Debug, Default)]
pub(crate) struct SendQueue(OnceLock<UnboundedSender<Job>>);

impl SendQueue {
    /// Adds a send; `done` gets its result.
    ///
    /// # Panics
    /// Outside of a Tokio runtime.
    pub(crate) fn push(
        &self,
        call: Call,
        task: impl TaskText + Send + 'static,
        done: impl FnOnce(Result<ApiResponse>) + Send + 'static,
    ) {
        let entry = call.ledger().submit();
        let job: Job = Box::pin(async move {
            let limiter = call.pipeline().limiter.clone();
            let result = match call.unless_cancelled(limiter.permit()).await {
                // Boxed, so that sends that wait do not reserve its size.
                Ok(permit) => Box::pin(send(&call, permit, entry, task)).await,
                Err(error) => {
                    drop(task);
                    let result = Err(error);
                    entry.settled(&result);
                    result
                }
            };
            done(result);
            drop(call);
        });
        let jobs = self.0.get_or_init(|| {
            let (sender, receiver) = unbounded_channel();
            tokio::spawn(run_all(receiver));
            sender
        });
        // The receiver is dropped only with the runtime, and then no caller waits for the result.
        let _ = jobs.send(job);
    }
}

async fn send(
    call: &Call,
    permit: ConcurrencyPermit,
    entry: Entry,
    task: impl TaskText,
) -> Result<ApiResponse> {
    let send = AssertUnwindSafe(call.send_with(Some(permit), entry, task)).catch_unwind();
    send.await.unwrap_or_else(|_| Err(Error::panicked()))
}

/// Runs all jobs, until the client is dropped and they are done.
async fn run_all(jobs: UnboundedReceiver<Job>) {
    let next = |mut jobs: UnboundedReceiver<Job>| async { Some((jobs.recv().await?, jobs)) };
    run_in_order(stream::unfold(jobs, next), |job| {
        AssertUnwindSafe(job).catch_unwind().map(drop)
    })
    .await;
}
