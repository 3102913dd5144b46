//! What goes wrong in the simulated world.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Duration,
};

use tokio::time::Instant;

use crate::sync::LockExt;

/// What happens at one address of the platform.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Address {
    Works,
    /// Nobody listens.
    Refuses,
    /// The first packet of a connection is dropped.
    DropsSyn,
    /// New connections are reset above this number of open ones.
    ResetsAbove(usize),
    /// Open connections carry nothing any more, and nobody says so. New ones are not accepted.
    BlackHole,
}

/// How the platform answers the requests of one kind.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Mode {
    Healthy,
    /// Every answer has this status, with JSON of the platform.
    Fails(u16),
    /// Every answer has this status and is the page of a proxy, or empty.
    Page(u16),
    /// One request in this many gets no answer.
    HangsOneIn(u32),
    /// No request gets an answer.
    Hangs,
    /// Every answer takes this long.
    Slow(Duration),
    /// The connection is closed before the answer is complete; the task may have been stored.
    CutsOneIn(u32),
    /// Answers 429 above this number of tasks per second.
    Limits(u32, Option<u64>),
}

/// What may go wrong in a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Climate {
    /// Only the part of the platform that takes tasks.
    SickPlatform,
    Anything,
}

/// The conditions now.
#[derive(Clone, Debug)]
pub(super) struct Conditions {
    pub(super) addresses: Vec<(SocketAddr, Address)>,
    pub(super) tasks: Mode,
    pub(super) reads: Mode,
    /// The time of one way through the network.
    pub(super) latency: Duration,
    /// Bytes per second.
    pub(super) bandwidth: u32,
    /// One packet in this many is lost and sent again later; 0 for none.
    pub(super) loses_one_in: u32,
    /// Whether names can be resolved.
    pub(super) names: bool,
    /// Since when nothing disturbs a read.
    reads_fine_since: Option<Instant>,
}

impl Conditions {
    fn disturbs_reads(&self) -> bool {
        // A silent address delays a new connection only by the time after which the next one is tried.
        let is = |states: &[Address], (_, state): &(SocketAddr, Address)| states.contains(state);
        let works = |address| is(&[Address::Works], address);
        let harmless = |address| is(&[Address::Works, Address::DropsSyn], address);
        self.reads != Mode::Healthy
            || !self.addresses.iter().all(harmless)
            || !self.addresses.iter().any(works)
            || !self.names
            || self.loses_one_in > 0
            || self.latency > Duration::from_millis(50)
            || self.bandwidth < 1_000_000
    }
}

/// The weather is shared by the network, the platform and the scenario.
#[derive(Clone, Debug)]
pub(super) struct Weather(Arc<Mutex<Conditions>>);

impl Weather {
    pub(super) fn fine(addresses: usize) -> Self {
        let address = |number| SocketAddr::from(([10, 0, 0, number], 80));
        Self(Arc::new(Mutex::new(Conditions {
            addresses: (1..=addresses as u8)
                .map(|number| (address(number), Address::Works))
                .collect(),
            tasks: Mode::Healthy,
            reads: Mode::Healthy,
            latency: Duration::from_millis(5),
            bandwidth: 10_000_000,
            loses_one_in: 0,
            names: true,
            reads_fine_since: Some(Instant::now()),
        })))
    }

    pub(super) fn now(&self) -> Conditions {
        self.0.lock_unpoisoned().clone()
    }

    /// Returns since when nothing has disturbed a read, if the last disturbance is over for so long that no
    /// connection still suffers from it.
    pub(super) fn reads_are_fine(&self) -> Option<Instant> {
        let since = self.0.lock_unpoisoned().reads_fine_since;
        since.filter(|since| since.elapsed() >= Duration::from_secs(60))
    }

    fn change(&self, change: impl FnOnce(&mut Conditions)) {
        let mut conditions = self.0.lock_unpoisoned();
        change(&mut conditions);
        if conditions.disturbs_reads() {
            conditions.reads_fine_since = None;
        } else {
            conditions.reads_fine_since.get_or_insert_with(Instant::now);
        }
    }

    /// The first address never answers, if there is another one.
    pub(super) fn silence_first(&self) {
        self.change(|conditions| {
            if let [first, _, ..] = &mut conditions.addresses[..] {
                first.1 = Address::DropsSyn;
            }
        });
    }

    /// Chooses how tasks are answered.
    pub(super) fn tasks(&self, mode: Mode) {
        self.change(|conditions| conditions.tasks = mode);
    }

    /// Everything works again.
    pub(super) fn heal(&self) {
        self.change(Self::healed);
    }

    fn healed(conditions: &mut Conditions) {
        let reads_fine_since = conditions.reads_fine_since;
        *conditions = Conditions {
            reads_fine_since,
            ..Self::fine(conditions.addresses.len()).now()
        };
    }

    /// Something changes, for better or worse.
    pub(super) fn turn(&self, climate: Climate, rng: &mut fastrand::Rng) {
        let last = match climate {
            Climate::SickPlatform => 3,
            Climate::Anything => 12,
        };
        self.change(|conditions| match rng.u8(0..last) {
            0..=2 => conditions.tasks = mode(rng),
            3 => conditions.reads = mode(rng),
            4..=6 => {
                let index = rng.usize(0..conditions.addresses.len());
                conditions.addresses[index].1 = match rng.u8(0..6) {
                    0 => Address::Refuses,
                    1 => Address::DropsSyn,
                    2 => Address::ResetsAbove(rng.usize(0..6)),
                    3 => Address::BlackHole,
                    _ => Address::Works,
                };
            }
            7 => {
                conditions.latency = Duration::from_millis(rng.u64(0..400));
                conditions.loses_one_in = if rng.bool() { rng.u32(5..100) } else { 0 };
            }
            8 => conditions.bandwidth = rng.u32(20_000..10_000_000),
            9 => conditions.names = rng.u8(0..3) > 0,
            _ => Self::healed(conditions),
        });
    }
}

fn mode(rng: &mut fastrand::Rng) -> Mode {
    const STATUSES: [u16; 7] = [500, 502, 503, 504, 408, 425, 599];
    const PAGES: [u16; 11] = [200, 302, 401, 403, 404, 405, 407, 413, 421, 451, 502];
    match rng.u8(0..10) {
        0 => Mode::Fails(STATUSES[rng.usize(0..STATUSES.len())]),
        1 => Mode::Page(PAGES[rng.usize(0..PAGES.len())]),
        2 => Mode::HangsOneIn(rng.u32(2..12)),
        3 => Mode::Hangs,
        4 => Mode::Slow(Duration::from_millis(rng.u64(100..8_000))),
        5 => Mode::CutsOneIn(rng.u32(1..8)),
        6 => Mode::Limits(rng.u32(1..20), rng.bool().then(|| rng.u64(0..3))),
        _ => Mode::Healthy,
    }
}
