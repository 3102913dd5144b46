//! Refusals that the platform did not write.
//!
//! A proxy that has lost the platform answers with pages of its own, for a while. That is an outage. Only if nothing
//! else comes for long do the refusals count.

use std::time::Duration;

use crate::runtime::Instant;

use infinium_core::Error;

/// Refusals count when there was nothing else for this long.
pub(super) const STEADY: Duration = Duration::from_secs(60);

/// The current series of such refusals.
#[derive(Debug, Default)]
pub(super) struct ForeignRefusals {
    status: Option<u16>,
    since: Option<Instant>,
}

impl ForeignRefusals {
    /// Records a refusal. Returns whether only the same one has come for long. `delivered` is the time of the last
    /// delivery.
    pub(super) fn is_steady(&mut self, error: &Error, delivered: Option<Instant>) -> bool {
        let is_interrupted = delivered
            .zip(self.since)
            .is_some_and(|(delivered, since)| delivered >= since);
        if is_interrupted || self.status != error.status() {
            *self = Self {
                status: error.status(),
                since: None,
            };
        }
        let since = self.since.get_or_insert_with(Instant::now);
        since.elapsed() >= STEADY
    }

    /// Another outcome interrupts the series.
    pub(super) fn interrupt(&mut self) {
        *self = Self::default();
    }
}
