//! Counts successful deliveries.

use crate::sync::LockExt;
use std::sync::Mutex;

use crate::runtime::Instant;

/// Counts the tasks that the platform has accepted, awaited or in the background.
#[derive(Debug, Default)]
pub(crate) struct Deliveries(Mutex<Delivered>);

#[derive(Debug, Default)]
struct Delivered {
    count: u64,
    last: Option<Instant>,
}

impl Deliveries {
    pub(crate) fn record(&self) {
        let mut delivered = self.0.lock_unpoisoned();
        delivered.count += 1;
        delivered.last = Some(Instant::now());
    }

    pub(crate) fn count(&self) -> u64 {
        self.0.lock_unpoisoned().count
    }

    /// The time of the last successful delivery.
    pub(crate) fn last(&self) -> Option<Instant> {
        self.0.lock_unpoisoned().last
    }
}
