//! Whether the platform is there, as far as attempts tell.

use std::time::Duration;

use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::{
    clock::CENTURY,
    retry::{Backoff, Policy},
};

/// The longest wait between probes: each is one request, and every task waits for what it finds.
pub(super) const PROBE_EVERY: Duration = Duration::from_secs(5);
/// The shortest, even if retries are told not to wait: an outage may take hours.
const REST: Duration = Duration::from_millis(50);
/// Attempts that fail in a row, of whatever task, until that is an outage.
pub(super) const ALARM: u32 = 5;

/// What is known of the platform.
#[derive(Debug)]
pub(super) struct Outages {
    backoff: Backoff,
    max_retry_after: Duration,
    /// Attempts that have failed since the platform did what it was asked.
    failed_in_row: u32,
    /// Cancelled when an outage begins: what waits to be tried again waits for its end instead.
    calm: CancellationToken,
    /// How many there have been.
    count: u64,
    current: Option<Outage>,
    /// Since when the platform has not answered, if it has been asked.
    silent_since: Option<Instant>,
}

/// The platform does not answer, or fails whatever it is asked.
#[derive(Debug)]
struct Outage {
    number: u64,
    failures: u32,
    next_probe: Instant,
    probing: bool,
}

/// The task that asks whether this outage is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Probe(u64);

/// When the next task may be sent.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Opening {
    Now,
    At(Instant),
    /// When it is known what became of the probe.
    Unknown,
}

impl Outages {
    pub(super) fn new(retries: &Policy) -> Self {
        Self {
            backoff: Backoff {
                first: retries.backoff.first.max(REST),
                most: retries.backoff.most.clamp(REST, PROBE_EVERY),
            },
            // What is longer cannot be added to a time.
            max_retry_after: retries.max_retry_after.min(CENTURY),
            failed_in_row: 0,
            calm: CancellationToken::new(),
            count: 0,
            current: None,
            silent_since: None,
        }
    }

    /// An attempt begins; `alone` if nothing is under way beside it.
    pub(super) fn asked(&mut self, alone: bool) {
        if alone && !self.in_trouble() {
            self.silent_since = Some(Instant::now());
        }
    }

    /// The platform has answered somebody, or failed to; returns whether an outage is over.
    pub(super) fn heard(&mut self, answered: bool) -> bool {
        if answered {
            self.failed_in_row = 0;
            self.silent_since = Some(Instant::now());
            let over = self.current.take().is_some();
            if over {
                self.calm = CancellationToken::new();
            }
            return over;
        }
        self.failed_in_row = self.failed_in_row.saturating_add(1);
        if self.failed_in_row >= ALARM && self.current.is_none() {
            self.begin(Duration::ZERO);
        }
        false
    }

    /// Since when the platform has answered nothing that it was asked, if that is so; `waiting` tells
    /// whether anything is under way.
    pub(super) fn silent_since(&self, waiting: bool) -> Option<Instant> {
        self.silent_since.filter(|_| waiting || self.in_trouble())
    }

    /// Ends waiting when an outage begins; if there is one, at once.
    pub(super) fn calm(&self) -> CancellationToken {
        self.calm.clone()
    }

    pub(super) fn opening(&self) -> Opening {
        match &self.current {
            None => Opening::Now,
            Some(outage) if outage.probing => Opening::Unknown,
            Some(outage) if outage.next_probe > Instant::now() => Opening::At(outage.next_probe),
            Some(_) => Opening::Now,
        }
    }

    /// A task begins; it is a probe if there is an outage.
    pub(super) fn begin_task(&mut self) -> Option<Probe> {
        let outage = self.current.as_mut()?;
        outage.probing = true;
        Some(Probe(outage.number))
    }

    /// The probe has found out that its outage goes on, and was asked to wait that long.
    pub(super) fn probe_failed(&mut self, probe: Probe, asked: Duration) {
        let backoff = self.backoff.clone();
        let asked = asked.min(self.max_retry_after);
        if let Some(outage) = self.outage_of(probe) {
            outage.failures = outage.failures.saturating_add(1);
            outage.next_probe = Instant::now() + backoff.delay(outage.failures).max(asked);
            outage.probing = false;
        } else {
            self.asked_to_wait(asked);
        }
    }

    /// The probe has found out nothing: the next task is one.
    pub(super) fn probe_ended(&mut self, probe: Probe) {
        if let Some(outage) = self.outage_of(probe) {
            outage.probing = false;
        }
    }

    /// A task has used up its attempts: that is an outage, if there is none.
    pub(super) fn task_failed(&mut self, asked: Duration) {
        if self.current.is_none() {
            self.begin(asked.min(self.max_retry_after));
        } else {
            self.asked_to_wait(asked);
        }
    }

    /// The platform asks for patience; during an outage the next probe has it.
    pub(super) fn asked_to_wait(&mut self, asked: Duration) {
        let until = Instant::now() + asked.min(self.max_retry_after);
        if let Some(outage) = &mut self.current {
            outage.next_probe = outage.next_probe.max(until);
        }
    }

    fn in_trouble(&self) -> bool {
        self.failed_in_row > 0 || self.current.is_some()
    }

    fn begin(&mut self, asked: Duration) {
        // The disk may be what is in trouble, and the platform never asked.
        self.silent_since.get_or_insert_with(Instant::now);
        self.calm.cancel();
        self.count += 1;
        self.current = Some(Outage {
            number: self.count,
            failures: 1,
            next_probe: Instant::now() + self.backoff.delay(1).max(asked),
            probing: false,
        });
    }

    /// The outage that the probe asks for, unless it is over: a probe may take longer than that.
    fn outage_of(&mut self, probe: Probe) -> Option<&mut Outage> {
        self.current
            .as_mut()
            .filter(|outage| outage.number == probe.0)
    }
}
