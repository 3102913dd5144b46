//! Connections that wait for their next request.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
    time::Duration,
};

use tokio::time::{Instant, sleep_until};

use super::connection::Connection;

/// The connections of one client, which all lead to the same server.
#[derive(Debug)]
pub(super) struct Pool {
    waiting: Mutex<Waiting>,
    /// Connections that are idle for this time are closed.
    idle: Duration,
}

#[derive(Debug, Default)]
struct Waiting {
    /// The one that was used last is the last: it is the least likely to have been closed by the server.
    single: Vec<Connection>,
    /// One of HTTP/2, which serves any number of requests at once.
    shared: Option<Connection>,
    /// Whether somebody looks after those that are idle.
    swept: bool,
}

impl Pool {
    pub(super) fn new(idle: Duration) -> Self {
        Self {
            waiting: Mutex::default(),
            idle,
        }
    }

    /// A connection that can have a request now, if there is one.
    pub(super) fn take(&self) -> Option<Connection> {
        // A process that was frozen has had no chance to close what was idle.
        let ready = |connection: &Connection| {
            connection.is_ready() && connection.used().elapsed() < self.idle
        };
        let mut waiting = self.lock();
        if let Some(shared) = &waiting.shared
            && ready(shared)
        {
            return shared.share();
        }
        let ready = waiting.single.iter().rposition(ready);
        if ready.is_none() {
            waiting.single.retain(Connection::is_open);
        }
        ready.map(|index| waiting.single.remove(index))
    }

    /// Keeps a connection for the requests to come.
    pub(super) fn put(self: &Arc<Self>, connection: Connection) {
        if !connection.is_open() {
            return;
        }
        let mut waiting = self.lock();
        if connection.is_shared() {
            waiting.shared = Some(connection);
        } else {
            waiting.single.push(connection);
        }
        if !std::mem::replace(&mut waiting.swept, true) {
            tokio::spawn(sweep(Arc::downgrade(self)));
        }
    }

    /// Closes what was idle for too long; returns when to look again, if anything is left.
    fn close_idle(&self) -> Option<Instant> {
        // Nothing that began before the clock did is this old.
        if let Some(since) = Instant::now().checked_sub(self.idle) {
            self.keep_used(since);
        }
        let mut waiting = self.lock();
        let left = waiting.single.iter().chain(&waiting.shared);
        let oldest = left.map(Connection::used).min();
        waiting.swept = oldest.is_some();
        oldest.map(|at| at + self.idle)
    }

    /// Closes what has brought no answer since then.
    pub(super) fn keep_used(&self, since: Instant) {
        let mut waiting = self.lock();
        let used = |connection: &Connection| connection.used() > since;
        waiting.single.retain(used);
        waiting.shared = waiting.shared.take().filter(used);
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        // Each change is a single one: none is left half done.
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Closes idle connections until there are none, or nobody has the pool any more.
async fn sweep(pool: Weak<Pool>) {
    while let Some(next) = pool.upgrade().and_then(|pool| pool.close_idle()) {
        sleep_until(next).await;
    }
}
