//! The deliveries that have succeeded so far.

use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::time::Instant;

/// Counts the tasks that the platform has taken, regardless of how they were sent.
#[derive(Debug, Default)]
pub(crate) struct Deliveries(Mutex<Delivered>);

#[derive(Debug, Default)]
struct Delivered {
    count: u64,
    last: Option<Instant>,
}

impl Deliveries {
    pub(crate) fn record(&self) {
        let mut delivered = self.lock();
        delivered.count += 1;
        delivered.last = Some(Instant::now());
    }

    pub(crate) fn count(&self) -> u64 {
        self.lock().count
    }

    /// When the last task was delivered.
    pub(crate) fn last(&self) -> Option<Instant> {
        self.lock().last
    }

    fn lock(&self) -> MutexGuard<'_, Delivered> {
        // The two fields are valid in any combination, so a panic of another thread does no harm.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
