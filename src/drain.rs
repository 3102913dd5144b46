//! Blocks the ending process, or a thread that is terminated, until the tasks are delivered.

use std::{sync::Mutex, time::Duration};

use infinium_client::{Client, LockExt};
use tokio::time::Instant;

use crate::runtime::started_runtime;

/// Clients that are dropped within this time belong to one worker thread that is terminated.
const ONE_END: Duration = Duration::from_millis(250);

/// How a drain ended.
pub(crate) enum Drained {
    /// Nothing is pending any more, or the limit is over. The time that it took.
    After(Duration),
    /// The process was sent a signal, so its user does not want to wait.
    BySignal,
}

/// Blocks until no task is pending, but no longer than `limit`, and not after another signal that ends the process.
pub(crate) fn drain(client: &Client, limit: Duration) -> Drained {
    // Without a runtime, nothing was ever sent.
    let Some(runtime) = started_runtime() else {
        return Drained::After(Duration::ZERO);
    };
    let started = Instant::now();
    let _inside = runtime.enter();
    let drained = client.drain(limit);
    let is_interrupted = runtime.block_on(async {
        tokio::select! {
            biased;
            _ = drained => false,
            () = another_signal() => true,
        }
    });
    if is_interrupted {
        Drained::BySignal
    } else {
        Drained::After(started.elapsed())
    }
}

/// The same for the clients of a worker thread that is terminated: they share the longest of their limits.
pub(crate) fn drain_at_termination(client: &Client, limit: Duration) {
    static END: Mutex<Option<(Instant, Instant)>> = Mutex::new(None);
    let now = Instant::now();
    let began = match *END.lock_unpoisoned() {
        Some((began, last)) if now - last < ONE_END => began,
        _ => now,
    };
    drain(client, limit.saturating_sub(now - began));
    *END.lock_unpoisoned() = Some((began, Instant::now()));
}

/// Waits for a signal that ends a process. The handlers that are installed stay in force.
#[cfg(unix)]
async fn another_signal() {
    use tokio::signal::unix::{Signal, SignalKind, signal};

    let kinds = [
        SignalKind::interrupt(),
        SignalKind::terminate(),
        SignalKind::hangup(),
        SignalKind::quit(),
    ];
    let listeners = kinds.into_iter().filter_map(|kind| signal(kind).ok());
    let mut listeners: Vec<Signal> = listeners.collect();
    if listeners.is_empty() {
        return std::future::pending().await;
    }
    let received = listeners
        .iter_mut()
        .map(|listener| Box::pin(listener.recv()));
    futures_util::future::select_all(received).await;
}

#[cfg(not(unix))]
async fn another_signal() {
    std::future::pending().await
}
