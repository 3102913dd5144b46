//! Where single tasks wait for their turn.
//!
//! A send under way takes kilobytes for its state, a send that waits little more than its text. So that ten
//! thousand sends in one go are no burden, each is started when there is room for its request.

use std::{
    panic::AssertUnwindSafe,
    pin::Pin,
    sync::{Arc, OnceLock},
};

use futures_util::{FutureExt, StreamExt, stream};
use tokio::{
    sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel},
    task::unconstrained,
};

use crate::{
    call::{Call, TaskText},
    error::{Error, Result},
    limit::{Gate, Slot},
    response::ApiResponse,
    stats::Entry,
};

type Job = Pin<Box<dyn Future<Output = ()> + Send>>;

/// The sends of one client that wait, first come, first served.
#[derive(Debug, Default)]
pub(crate) struct Queue(OnceLock<UnboundedSender<Job>>);

impl Queue {
    /// Adds a send; `done` learns what became of it.
    pub(crate) fn push(
        &self,
        gate: &Arc<Gate>,
        call: Call,
        entry: Entry,
        task: impl TaskText + Send + 'static,
        done: impl FnOnce(Result<ApiResponse>) + Send + 'static,
    ) {
        let gate = gate.clone();
        let job: Job = Box::pin(async move {
            let result = match call.until_wanted(gate.slot()).await {
                // Boxed, because those that wait would have to carry its size along.
                Ok(slot) => Box::pin(run(&call, slot, entry, task)).await,
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
        // The receiver goes away only with the runtime, and then nobody waits for the outcome.
        let _ = jobs.send(job);
    }
}

async fn run(call: &Call, slot: Slot, entry: Entry, task: impl TaskText) -> Result<ApiResponse> {
    let send = AssertUnwindSafe(call.send_in(Some(slot), entry, task)).catch_unwind();
    send.await.unwrap_or_else(|_| Err(Error::panicked()))
}

/// Runs all of them, until the client and all its calls are gone. It is one task for all, because a worker
/// begins what was spawned last first, and whoever came first shall be the first in line.
async fn run_all(jobs: UnboundedReceiver<Job>) {
    let next = |mut jobs: UnboundedReceiver<Job>| async { Some((jobs.recv().await?, jobs)) };
    let all = stream::unfold(jobs, next)
        .for_each_concurrent(None, |job| AssertUnwindSafe(job).catch_unwind().map(drop));
    // Tokio lets those that have used up their budget go on last first.
    unconstrained(all).await;
}
