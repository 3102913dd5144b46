//! How many tasks may be in flight: less than the maximum while connections are refused.
//!
//! Some load balancers reset connections above a number of their own. The window finds that number as TCP finds the
//! capacity of a path: half of it after a failure, one more after each round of successes. After an outage it begins
//! with one and grows by one with each success.

use crate::runtime::Instant;

#[derive(Debug)]
pub(super) struct Window {
    max: usize,
    size: f64,
    /// Up to this size it grows by one with each success.
    grows_fast_to: f64,
    /// Attempts that began before have no further effect.
    shrunk_at: Option<Instant>,
}

impl Window {
    pub(super) fn new(max: usize) -> Self {
        Self {
            max,
            size: f64::INFINITY,
            grows_fast_to: f64::INFINITY,
            shrunk_at: None,
        }
    }

    /// The number of tasks that may be in flight, at least 1.
    pub(super) fn size(&self) -> usize {
        // Saturates.
        (self.size as usize).clamp(1, self.max.max(1))
    }

    pub(super) fn on_success(&mut self) {
        if self.size >= self.max as f64 {
            self.size = f64::INFINITY;
        } else if self.size < self.grows_fast_to {
            self.size += 1.0;
        } else {
            self.size += 1.0 / self.size;
        }
    }

    /// An attempt that began at `began` was refused, when `in_flight` tasks were in flight.
    pub(super) fn on_failure(&mut self, in_flight: usize, began: Instant) {
        if self.shrunk_at.is_some_and(|at| began <= at) {
            return;
        }
        self.shrunk_at = Some(Instant::now());
        self.size = (in_flight.min(self.size()) as f64 / 2.0).max(1.0);
        self.grows_fast_to = self.size;
    }

    /// Begins with one again.
    pub(super) fn restart(&mut self) {
        self.grows_fast_to = self.grows_fast_to.max(self.size.min(self.max as f64) / 2.0);
        self.size = 1.0;
    }
}
