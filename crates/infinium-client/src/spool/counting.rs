//! A task for which there may be no room waits a moment until orphans are counted.

use std::{
    sync::{Arc, Condvar, Mutex, PoisonError},
    time::Duration,
};

use tokio::time::Instant;

use crate::sync::LockExt;

/// How often a waiting thread looks at the clock.
const TICK: Duration = Duration::from_millis(1);

/// Whether the first count is running.
#[derive(Debug, Default)]
pub(super) struct Counting {
    /// Until when tasks wait for it.
    until: Mutex<Option<Instant>>,
    ended: Condvar,
}

/// The count is running until this is dropped.
#[derive(Debug)]
pub(super) struct Running(Arc<Counting>);

impl Counting {
    pub(super) fn begin(self: &Arc<Self>, until: Instant) -> Running {
        *self.until.lock_unpoisoned() = Some(until);
        Running(self.clone())
    }

    /// Waits until the count has ended, but never longer than it was given when it began: the disk may be slow.
    pub(super) fn wait(&self) {
        let mut until = self.until.lock_unpoisoned();
        while until.is_some_and(|until| Instant::now() < until) {
            let waited = self.ended.wait_timeout(until, TICK);
            until = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        *self.0.until.lock_unpoisoned() = None;
        self.0.ended.notify_all();
    }
}
