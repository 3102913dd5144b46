//! The file descriptors that directories of ended processes take: few, however many clients a process has.

use std::sync::{Arc, LazyLock, Mutex, MutexGuard};

use tokio::sync::Notify;

use crate::sync::LockExt;

/// The maximum number of these directories whose locks the clients of a process hold together: each is a file
/// descriptor. Two more are used for a moment, to lock and to list or read.
const MAX_HELD: usize = 14;

/// The descriptors of one process.
#[derive(Debug, Default)]
pub(crate) struct Descriptors {
    held: Mutex<usize>,
    /// Notified when one is free again.
    freed: Notify,
    turn: Mutex<()>,
}

/// A descriptor, until this is dropped.
#[derive(Debug)]
pub(super) struct Held(Arc<Descriptors>);

impl Descriptors {
    /// Those of this process.
    pub(super) fn of_process() -> Arc<Self> {
        static PROCESS: LazyLock<Arc<Descriptors>> = LazyLock::new(Arc::default);
        PROCESS.clone()
    }

    /// Takes the descriptor of a directory, for a client that has `own` already.
    pub(super) fn take(self: &Arc<Self>, own: usize) -> Option<Held> {
        let mut held = self.held.lock_unpoisoned();
        has_room(*held, own).then(|| {
            *held += 1;
            Held(self.clone())
        })
    }

    /// Whether a client that has `own` descriptors may take another one.
    pub(super) fn has_room(&self, own: usize) -> bool {
        has_room(*self.held.lock_unpoisoned(), own)
    }

    /// Waits until a client that has none may take one.
    pub(super) async fn room(&self) {
        loop {
            // Registered before the check, so that no notification is missed in between.
            let freed = self.freed.notified();
            if self.has_room(0) {
                return;
            }
            freed.await;
        }
    }

    /// Waits until no other client is looking for orphans. The searches of a process take turns, because each step uses
    /// descriptors for a moment.
    pub(super) fn turn(&self) -> MutexGuard<'_, ()> {
        self.turn.lock_unpoisoned()
    }
}

/// A client leaves at least as many as it has: its own tasks may have to wait for long, and those of others may not.
fn has_room(held: usize, own: usize) -> bool {
    MAX_HELD.saturating_sub(held) > own
}

impl Drop for Held {
    fn drop(&mut self) {
        *self.0.held.lock_unpoisoned() -= 1;
        self.0.freed.notify_waiters();
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    fn take_all(descriptors: &Arc<Descriptors>) -> Vec<Held> {
        let mut taken = Vec::new();
        while let Some(held) = descriptors.take(taken.len()) {
            taken.push(held);
        }
        taken
    }

    #[test]
    fn a_client_leaves_some_for_others() {
        let descriptors = Arc::default();
        let clients: Vec<_> = (0..5).map(|_| take_all(&descriptors)).collect();
        let counts: Vec<_> = clients.iter().map(Vec::len).collect();
        assert_eq!(counts, [7, 4, 2, 1, 0]);
    }

    #[test]
    fn one_that_is_free_again_wakes_those_who_wait() {
        let descriptors = Arc::default();
        let mut all: Vec<_> = (0..9).flat_map(|_| take_all(&descriptors)).collect();
        let mut waiting = std::pin::pin!(descriptors.room());
        assert!(waiting.as_mut().now_or_never().is_none());
        all.pop();
        assert!(waiting.as_mut().now_or_never().is_some());
    }
}
