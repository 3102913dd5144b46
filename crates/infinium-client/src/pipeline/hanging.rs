//! Background tasks whose answers take much too long, and the places that they hold.
//!
//! In a brown-out, a few requests hang until their timeout. They would soon hold all places, and the queue would grow
//! without end. So when a task needs a place, the attempt that hangs longest gives up its own and is sent again later,
//! under the same key. A platform that is slow for everybody must not get more load from this: such attempts are at
//! most a tenth of those that were answered, apart from a few.

use std::{collections::BTreeMap, time::Duration};

use crate::runtime::Instant;
use tokio_util::sync::CancellationToken;

use super::request_class::RequestClass;

/// Which attempts give up their places.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Displacement {
    /// No attempt hangs before this time.
    pub(super) min_bound: Duration,
    /// The share of answered background tasks that may be sent once more.
    pub(super) share: f64,
    /// How many may be sent once more at once.
    pub(super) max_credit: f64,
}

impl Displacement {
    /// Chosen by the table in `docs/RELIABILITY.md`.
    pub(super) const CHOSEN: Self = Self {
        min_bound: Duration::from_secs(1),
        share: 0.1,
        max_credit: 10.0,
    };
}

#[derive(Debug)]
pub(super) struct Hanging {
    displacement: Displacement,
    /// The background attempts in flight, the oldest first.
    attempts: BTreeMap<u64, (Instant, CancellationToken)>,
    next: u64,
    credit: f64,
    /// Mean and mean deviation of the time until an answer, in seconds (as RFC 6298 estimates round trips).
    estimate: Option<(f64, f64)>,
}

impl Hanging {
    pub(super) fn new(displacement: Displacement) -> Self {
        Self {
            displacement,
            attempts: BTreeMap::new(),
            next: 0,
            credit: displacement.max_credit,
            estimate: None,
        }
    }

    /// A background attempt gets its place.
    pub(super) fn begin(&mut self, now: Instant) -> (u64, CancellationToken) {
        let (number, token) = (self.next, CancellationToken::new());
        self.next += 1;
        self.attempts.insert(number, (now, token.clone()));
        (number, token)
    }

    pub(super) fn end(&mut self, number: u64) {
        self.attempts.remove(&number);
    }

    #[cfg(test)]
    pub(super) fn is_empty(&self) -> bool {
        self.attempts.is_empty()
    }

    pub(super) fn on_answer(&mut self, class: RequestClass, took: Duration) {
        if class == RequestClass::Background {
            let Displacement {
                share, max_credit, ..
            } = self.displacement;
            self.credit = (self.credit + share).min(max_credit);
        }
        let took = took.as_secs_f64();
        self.estimate = Some(match self.estimate {
            None => (took, took / 2.0),
            Some((mean, deviation)) => (
                mean + (took - mean) / 8.0,
                deviation + ((took - mean).abs() - deviation) / 4.0,
            ),
        });
    }

    /// Takes the place of the attempt that hangs longest. Returns when to try again if none hangs yet, or `None` if
    /// there is nothing to wait for.
    pub(super) fn displace(&mut self, now: Instant) -> Option<Instant> {
        // Without any answer there is no telling what takes too long.
        let (mean, deviation) = self.estimate?;
        if self.credit < 1.0 {
            return None;
        }
        let usual = Duration::try_from_secs_f64(2.0 * (mean + 4.0 * deviation)).ok()?;
        let bound = self.displacement.min_bound.max(usual);
        let mut attempts = self.attempts.values();
        let (began, token) = attempts.find(|(_, token)| !token.is_cancelled())?;
        let hangs_at = *began + bound;
        if now < hangs_at {
            return Some(hangs_at);
        }
        token.cancel();
        self.credit -= 1.0;
        None
    }
}
