//! A year in a minute: the whole client against a simulated world, in virtual time.
//!
//! Each run has one seed. The seed chooses the settings of the clients, what the program does with them, and the
//! weather: what the network, the platform and the host do to them. Everything else is the code that ships: only the
//! sockets ([`network`]), the platform behind them ([`platform`]) and the disk are simulated. Within a run there is
//! one thread and no real time, so a seed always replays in the same way.
//!
//! - [`scenario`] plays one run.
//! - [`weather`] is what goes wrong, and when.
//! - [`process`] is one process: a client and what its program knows of its tasks.
//! - [`machine`] is what its processes owe, one after the other.
//! - [`invariants`] must hold at every step and at the end.
//! - [`addresses`], [`awaited`], [`orphans`], [`reports`] and [`wall_clock`] tell single stories.
//!
//! `INFINIUM_SIMULATION_SEED=17` replays one seed and prints what happens. `INFINIUM_SIMULATION_RUNS=100000` and
//! `INFINIUM_SIMULATION_FIRST` choose how many seeds are run, and which.

#![expect(clippy::print_stdout, reason = "a replayed seed tells its story")]

mod addresses;
mod awaited;
mod invariants;
mod machine;
mod network;
mod orphans;
mod platform;
mod process;
mod reports;
mod scenario;
mod wall_clock;
mod weather;

use std::{cell::Cell, env, panic, thread};

/// The number of seeds in the usual test run.
const RUNS: u64 = 300;
const THREADS: u64 = 2;

thread_local! {
    static IS_PLAYED: Cell<bool> = const { Cell::new(false) };
}

/// Whether this thread plays a run.
pub(crate) fn is_played() -> bool {
    IS_PLAYED.get()
}

/// Runs this on one thread, in virtual time.
fn in_virtual_time<F: Future>(future: F) -> F::Output {
    tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .expect("a runtime without sockets")
        .block_on(future)
}

fn number(variable: &str) -> Option<u64> {
    env::var(variable).ok()?.parse().ok()
}

#[test]
fn loses_nothing_whatever_the_seed() {
    if let Some(seed) = number("INFINIUM_SIMULATION_SEED") {
        let story = scenario::play(seed, true);
        println!("seed {seed}: {story:#?}");
        return;
    }
    let first = number("INFINIUM_SIMULATION_FIRST").unwrap_or(0);
    let runs = number("INFINIUM_SIMULATION_RUNS").unwrap_or(RUNS);
    let play_all = |offset: u64| {
        let mut total = scenario::Story::default();
        for seed in (first + offset..first + runs).step_by(THREADS as usize) {
            let played = panic::catch_unwind(|| scenario::play(seed, false));
            let Ok(story) = played else {
                panic!("seed {seed} fails; replay it with INFINIUM_SIMULATION_SEED={seed}");
            };
            total.add(&story);
        }
        total
    };
    // A run uses one thread, but the seeds do not depend on each other.
    let mut total = scenario::Story::default();
    thread::scope(|scope| {
        let threads: Vec<_> = (0..THREADS)
            .map(|offset| scope.spawn(move || play_all(offset)))
            .collect();
        for thread in threads {
            total.add(&thread.join().expect("every seed passes"));
        }
    });
    println!("{runs} seeds: {total:?}");
    // A world in which nothing goes wrong would prove nothing.
    total.assert_eventful(runs);
}

#[test]
fn replays_a_seed_exactly() {
    for seed in [2, 3, 7, 14, 15, 171] {
        assert_eq!(
            scenario::play(seed, false).trail,
            scenario::play(seed, false).trail,
            "seed {seed}"
        );
    }
}
