//! The queue of single sends.
//!
//! A send in flight uses kilobytes for its state; a waiting send uses little more than its text. Each send starts
//! only when its request may be in flight, so ten thousand sends at once use little memory.

use std::{panic::AssertUnwindSafe, pin::Pin, sync::OnceLock};

use futures_util::{FutureExt, stream};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use crate::{
    call::Call,
    ordered::run_in_order,
    pipeline::{Place, RequestClass},
    runtime::spawn,
    stats::Entry,
    task_text::TaskText,
};
use infinium_core::{ApiResponse, Error, Result};

type Job = Pin<Box<dyn Future<Output = ()> + Send>>;

/// The waiting sends of one client, first in, first out.
#[derive(Debug, Default)]
pub(crate) struct SendQueue(OnceLock<UnboundedSender<Job>>);

impl SendQueue {
    /// Adds a send. `done` receives its result.
    ///
    /// # Panics
    /// If called outside of a Tokio runtime.
    pub(crate) fn push(
        &self,
        call: Call,
        task: impl TaskText + Send + 'static,
        done: impl FnOnce(Result<ApiResponse>) + Send + 'static,
    ) {
        let entry = call.ledger().submit();
        let job: Job = Box::pin(async move {
            let limiter = call.pipeline().limiter.clone();
            let result = match call
                .unless_cancelled(limiter.admit(RequestClass::Awaited))
                .await
            {
                // Boxed, so that waiting sends do not reserve its size.
                Ok(place) => Box::pin(send(&call, place, entry, task)).await,
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
            spawn(run_all(receiver));
            sender
        });
        // The receiver is dropped only with the runtime. Then no caller waits for the result.
        let _ = jobs.send(job);
    }
}

async fn send(call: &Call, place: Place, entry: Entry, task: impl TaskText) -> Result<ApiResponse> {
    let send = AssertUnwindSafe(call.send_with(Some(place), entry, task)).catch_unwind();
    send.await.unwrap_or_else(|_| Err(Error::panicked()))
}

/// Runs all jobs, until the client is dropped and all jobs are done.
async fn run_all(jobs: UnboundedReceiver<Job>) {
    let next = |mut jobs: UnboundedReceiver<Job>| async { Some((jobs.recv().await?, jobs)) };
    run_in_order(stream::unfold(jobs, next), |job| {
        AssertUnwindSafe(job).catch_unwind().map(drop)
    })
    .await;
}
