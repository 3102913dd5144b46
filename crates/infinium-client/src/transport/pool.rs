//! Pools idle connections for later requests.

use crate::sync::LockExt;
use std::{
    sync::{Arc, Mutex, Weak},
    time::Duration,
};

use tokio::time::{Instant, sleep_until};

use super::connection::Connection;

/// The age at which a connection takes no more requests, up to a quarter more or less.
pub(super) const MAX_AGE: Duration = Duration::from_secs(5 * 60);

/// The pooled connections of one client. All lead to the same server.
#[derive(Debug)]
pub(super) struct Pool {
    idle: Mutex<Idle>,
    /// Connections are closed after this idle time.
    max_idle: Duration,
    /// Connections take no new request after this age, so that changes of the name server are followed.
    max_age: Duration,
}

#[derive(Debug, Default)]
struct Idle {
    /// Ordered by last use. The last one is the least likely to have been closed by the server.
    single: Vec<Connection>,
    /// An HTTP/2 connection, which carries any number of requests at once.
    shared: Option<Connection>,
    /// Whether a task is running that closes connections after their idle time.
    swept: bool,
}

impl Pool {
    pub(super) fn new(max_idle: Duration) -> Self {
        Self {
            idle: Mutex::default(),
            max_idle,
            // Not all clients of a fleet open new connections at the same time.
            max_age: MAX_AGE.mul_f64(0.75 + fastrand::f64() / 2.0),
        }
    }

    /// Returns a connection that can take a request now, if there is one.
    pub(super) fn take(&self) -> Option<Connection> {
        // A process that was frozen could not close its idle connections in time.
        let ready = |connection: &Connection| {
            connection.is_ready() && connection.used().elapsed() < self.max_idle
        };
        let mut idle = self.idle.lock_unpoisoned();
        idle.drop_older_than(self.max_age);
        if let Some(shared) = &idle.shared
            && ready(shared)
        {
            return shared.share();
        }
        let ready = idle.single.iter().rposition(ready);
        if ready.is_none() {
            idle.single.retain(Connection::is_open);
        }
        ready.map(|index| idle.single.remove(index))
    }

    /// Returns a connection that carries several requests at once, if there is one.
    pub(super) fn take_shared(&self) -> Option<Connection> {
        let idle = self.idle.lock_unpoisoned();
        idle.shared.as_ref().filter(|it| it.is_ready())?.share()
    }

    /// Keeps a connection for later requests.
    pub(super) fn put(self: &Arc<Self>, connection: Connection) {
        if !connection.is_open() {
            return;
        }
        let mut idle = self.idle.lock_unpoisoned();
        if connection.is_shared() {
            idle.shared = Some(connection);
        } else {
            idle.single.push(connection);
        }
        if !std::mem::replace(&mut idle.swept, true) {
            tokio::spawn(sweep(Arc::downgrade(self)));
        }
    }

    /// Closes connections that were idle for too long. Returns when to check again, if any connection remains.
    fn close_idle(&self) -> Option<Instant> {
        // No connection is older than the clock's start.
        if let Some(since) = Instant::now().checked_sub(self.max_idle) {
            self.keep_used(since);
        }
        let mut idle = self.idle.lock_unpoisoned();
        let left = idle.single.iter().chain(&idle.shared);
        let oldest = left.map(Connection::used).min();
        idle.swept = oldest.is_some();
        oldest.map(|at| at + self.max_idle)
    }

    /// Closes connections that have brought no answer since then.
    pub(super) fn keep_used(&self, since: Instant) {
        let mut idle = self.idle.lock_unpoisoned();
        let used = |connection: &Connection| connection.used() > since;
        idle.single.retain(used);
        idle.shared = idle.shared.take().filter(used);
    }
}

impl Idle {
    fn drop_older_than(&mut self, max_age: Duration) {
        let is_young = |connection: &Connection| connection.opened().elapsed() < max_age;
        // The last ones are the youngest only by use, so all are checked. There are few.
        self.single.retain(is_young);
        self.shared.take_if(|connection| !is_young(connection));
    }
}

/// Closes idle connections until there are none or the pool is gone.
async fn sweep(pool: Weak<Pool>) {
    while let Some(next) = pool.upgrade().and_then(|pool| pool.close_idle()) {
        sleep_until(next).await;
    }
}
