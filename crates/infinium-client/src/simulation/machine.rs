//! What the processes of one machine owe.

use std::collections::BTreeSet;

use super::{invariants::given_up, platform::Platform, process::Process, scenario::Story};
use crate::sync::LockExt;

/// A machine: the processes that ran on it, one after the other.
pub(super) struct Machine {
    pub(super) process: Process,
    pub(super) incarnation: u32,
    /// Tasks that have arrived, as its programs know.
    pub(super) confirmed: BTreeSet<String>,
    /// Tasks that must arrive unless they are counted.
    pub(super) owed: BTreeSet<String>,
    /// How many tasks were given up that a process has adopted, or of which it could not learn any more.
    pub(super) given_up: u64,
}

/// What of the tasks of a process outlives it, besides those that were confirmed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kept {
    Nothing,
    /// What it has written.
    OnDisk,
    /// It has settled everything by itself, or has left it in the spool.
    All,
}

impl Machine {
    pub(super) fn new(process: Process) -> Self {
        Self {
            process,
            incarnation: 0,
            confirmed: BTreeSet::new(),
            owed: BTreeSet::new(),
            given_up: 0,
        }
    }

    /// Notes what a process owes that ends now.
    pub(super) fn owe(&mut self, kept: Kept, platform: &Platform, story: &mut Story) {
        let stats = self.process.stats();
        let known = self.process.known.lock_unpoisoned();
        let told = known.failed + known.given_up.len() as u64;
        self.given_up += given_up(&stats).saturating_sub(told);
        self.confirmed.extend(known.confirmed.iter().cloned());
        self.confirmed.extend(known.delivered.iter().cloned());
        if kept == Kept::Nothing {
            // Nor of what earlier ones have left on the disk.
            self.owed.clear();
        } else {
            let owed = known.enqueued.difference(&known.given_up);
            self.owed.extend(owed.cloned());
        }
        if kept == Kept::OnDisk {
            // A task of a send is on disk before it is sent, until the program has its result.
            let sent = known.open.iter().filter(|name| platform.has_seen(name));
            self.owed.extend(sent.cloned());
        }
        story.count(&stats, &known);
    }

    /// Checks that everything is stored that must be.
    pub(super) fn check(&self, stored: &BTreeSet<String>) {
        let unstored: Vec<_> = self.confirmed.difference(stored).collect();
        assert!(
            unstored.is_empty(),
            "confirmed, but not stored: {unstored:?}"
        );
        let missing: Vec<_> = self.owed.difference(stored).collect();
        assert!(
            missing.len() as u64 <= self.given_up,
            "lost, and only {} counted: {missing:?}",
            self.given_up
        );
    }
}
