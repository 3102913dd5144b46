//! Where single tasks wait for their turn.
//!
//! A send under way takes kilobytes for its state, a send that waits only its text. So that ten
//! thousand sends in one go are no burden, each is started when there is room for its request.

use std::{
    panic::AssertUnwindSafe,
    pin::Pin,
    sync::{Arc, OnceLock},
};

use futures_util::FutureExt;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use crate::{
    call::{Call, TaskText},
    error::{Error, Result},
    limit::{Gate, Slot},
    response::ApiResponse,
    stats::Entry,
};

type Work = Pin<Box<dyn Future<Output = ()> + Send>>;
type Job = Box<dyn FnOnce(Slot) -> Work + Send>;

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
        let job: Job = Box::new(move |slot| {
            Box::pin(async move {
                let send = AssertUnwindSafe(call.send_in(Some(slot), entry, task)).catch_unwind();
                done(send.await.unwrap_or_else(|_| Err(Error::panicked())));
                drop(call);
            })
        });
        let jobs = self.0.get_or_init(|| {
            let (sender, receiver) = unbounded_channel();
            tokio::spawn(start_each(receiver, gate.clone()));
            sender
        });
        // The receiver goes away only with the runtime, and then nobody waits for the outcome.
        let _ = jobs.send(job);
    }
}

/// Starts one after another, until the client and all its calls are gone.
async fn start_each(mut jobs: UnboundedReceiver<Job>, gate: Arc<Gate>) {
    while let Some(job) = jobs.recv().await {
        let slot = gate.slot().await;
        tokio::spawn(job(slot));
    }
}
