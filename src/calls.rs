//! Calls from start to outcome. Outcomes are events.

use std::{
    collections::HashMap,
    panic::AssertUnwindSafe,
    sync::{Arc, Mutex},
};

use futures_util::FutureExt;
use infinium_client::{
    Call, CancellationToken, Client, Error, LockExt,
    json::{Outcome, outcome},
};
use napi::Result;
use napi_derive::napi;

use crate::{
    error::to_napi,
    event_queue::{EventKind, EventQueue},
    runtime::runtime,
};

/// Whether JavaScript can cancel a call.
#[napi]
pub enum Abortable {
    /// Not cancellable: the call has neither a signal nor a deadline.
    No,
    /// Cancellable with `cancel`.
    Yes,
    /// Already cancelled.
    Aborted,
}

/// The calls of one client.
pub(crate) struct Calls {
    events: Arc<EventQueue>,
    /// The cancellation tokens of abortable calls without an outcome.
    tokens: Arc<Tokens>,
}

type Tokens = Mutex<HashMap<u32, CancellationToken>>;

impl Calls {
    pub(crate) fn new(events: Arc<EventQueue>) -> Self {
        Self {
            events,
            tokens: Arc::default(),
        }
    }

    /// Receives the outcomes.
    pub(crate) fn events(&self) -> &Arc<EventQueue> {
        &self.events
    }

    /// Begins a call. It counts as in flight from now on.
    pub(crate) fn begin(
        &self,
        client: &Client,
        call_id: u32,
        abortable: Abortable,
    ) -> Result<Call> {
        let call = client.begin().map_err(|error| to_napi(&error))?;
        let token = match abortable {
            Abortable::No => return Ok(call),
            Abortable::Yes | Abortable::Aborted => CancellationToken::new(),
        };
        if matches!(abortable, Abortable::Aborted) {
            token.cancel();
        }
        self.tokens.lock_unpoisoned().insert(call_id, token.clone());
        Ok(call.cancelled_by(token))
    }

    /// Runs `work` as a call, which stays in flight until its outcome is in the event queue.
    pub(crate) fn start<W>(
        &self,
        call_id: u32,
        call: Call,
        work: impl FnOnce(Arc<Call>) -> W + Send + 'static,
    ) -> Result<()>
    where
        W: Future<Output = infinium_client::Result<String>> + Send + 'static,
    {
        let call = Arc::new(call);
        let finish = self.finish(call_id);
        runtime()?.spawn(async move {
            let work = async { work(call.clone()).await };
            let result = AssertUnwindSafe(work).catch_unwind().await;
            finish(result.unwrap_or_else(|_| Err(Error::panicked())));
            drop(call);
        });
        Ok(())
    }

    /// Returns a function that receives the outcome of a call.
    pub(crate) fn finish(
        &self,
        call_id: u32,
    ) -> impl FnOnce(infinium_client::Result<String>) + Send + 'static {
        let (events, tokens) = (self.events.clone(), self.tokens.clone());
        move |result| {
            let (kind, text) = match outcome(result) {
                Outcome::Resolved(result) => (EventKind::Resolved, result),
                Outcome::Rejected(error) => (EventKind::Rejected, error),
            };
            tokens.lock_unpoisoned().remove(&call_id);
            events.push(kind, call_id, text);
        }
    }

    /// Returns the output of `future` if it is ready at once. Otherwise returns `None`, and the output becomes an
    /// event.
    ///
    /// An immediate result avoids an endless loop: an event wakes the event loop, so a program that flushes in a
    /// `beforeExit` listener would be woken and flush again, forever.
    pub(crate) fn resolve_with(
        &self,
        call_id: u32,
        future: impl Future<Output = bool> + Send + 'static,
    ) -> Result<Option<bool>> {
        let runtime = runtime()?;
        let _inside = runtime.enter();
        let mut future = Box::pin(future);
        if let Some(all) = (&mut future).now_or_never() {
            // What has happened before the call, such as a line of the log, is known before its outcome.
            let waits =
                self.events
                    .push_after_unread(EventKind::Resolved, call_id, &all.to_string());
            return Ok((!waits).then_some(all));
        }
        let events = self.events.clone();
        runtime.spawn(async move {
            let all = future.await;
            events.push(EventKind::Resolved, call_id, all.to_string());
        });
        Ok(None)
    }

    /// Cancels an abortable call.
    pub(crate) fn cancel(&self, call_id: u32) {
        if let Some(token) = self.tokens.lock_unpoisoned().get(&call_id) {
            token.cancel();
        }
    }
}
