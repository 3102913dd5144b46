//! Calls from start to outcome. Outcomes are events.

use std::{cell::RefCell, collections::HashMap};

use futures_util::FutureExt;
use infinium_client::{
    Call, CancellationToken, Client, Error,
    json::{Outcome, describe_error, outcome},
    spawn,
};

use crate::{
    imports::{EventKind, event},
    memory::put,
};

thread_local! {
    /// The cancellation tokens of abortable calls without an outcome.
    static TOKENS: RefCell<HashMap<u32, CancellationToken>> = RefCell::default();
}

/// What a function that can fail returns.
pub(crate) const DONE: u32 = 0;
/// The output describes the error.
pub(crate) const FAILED: u32 = 1;

/// Leaves the description of an error.
pub(crate) fn failed(error: &Error) -> u32 {
    put(describe_error(error));
    FAILED
}

/// Begins a call. It counts as in flight from now on. `abortable` is a number of `Abortable`.
pub(crate) fn begin(client: &Client, call_id: u32, abortable: u32) -> Result<Call, Error> {
    let call = client.begin()?;
    if abortable == 0 {
        return Ok(call);
    }
    let token = CancellationToken::new();
    if abortable == 2 {
        token.cancel();
    }
    TOKENS.with_borrow_mut(|tokens| tokens.insert(call_id, token.clone()));
    Ok(call.cancelled_by(token))
}

/// Tells JavaScript the outcome of a call.
pub(crate) fn finish(call_id: u32, result: infinium_client::Result<String>) {
    TOKENS.with_borrow_mut(|tokens| tokens.remove(&call_id));
    match outcome(result) {
        Outcome::Resolved(result) => event(EventKind::Resolved, call_id, &result),
        Outcome::Rejected(error) => event(EventKind::Rejected, call_id, &error),
    }
}

/// Runs `work` as a call, which stays in flight until its outcome is told.
pub(crate) fn start<W>(call_id: u32, call: Call, work: impl FnOnce(Call) -> W + 'static)
where
    W: Future<Output = (Call, infinium_client::Result<String>)> + 'static,
{
    spawn(async move {
        let (call, result) = work(call).await;
        finish(call_id, result);
        drop(call);
    });
}

/// Returns 1 for true and 2 for false if `future` is ready at once. Otherwise returns 0, and its output becomes an
/// event.
///
/// A program that flushes in a `beforeExit` listener would be woken by an event and flush again, forever.
pub(crate) fn resolve_with(call_id: u32, future: impl Future<Output = bool> + 'static) -> u32 {
    let mut future = Box::pin(future);
    match (&mut future).now_or_never() {
        Some(true) => 1,
        Some(false) => 2,
        None => {
            spawn(async move {
                let all = future.await;
                event(EventKind::Resolved, call_id, &all.to_string());
            });
            0
        }
    }
}

/// Cancels an abortable call.
#[unsafe(no_mangle)]
extern "C" fn cancel(call_id: u32) {
    TOKENS.with_borrow(|tokens| {
        if let Some(token) = tokens.get(&call_id) {
            token.cancel();
        }
    });
}
