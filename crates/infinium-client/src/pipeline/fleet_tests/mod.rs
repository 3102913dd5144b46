//! Many clients that share one limit, in virtual time, with the real limiter and the real retries.

mod fleet;
mod limit;

use std::ops::Range;

use fleet::{Event, Fleet, Outcomes, run};
use limit::Kind;

const SEEDS: Range<u64> = 1..4;
/// A minute, after 20 s in which the fleet finds its rates.
const MEASURED: Range<usize> = 1..4;

fn steady(clients: usize, kind: Kind) -> Fleet {
    Fleet {
        clients,
        kind,
        retry_after: None,
        per_second: 50.0,
        event: None,
        windows: MEASURED.end,
    }
}

/// What a fleet achieves with each seed.
fn play(fleet: Fleet, seeds: Range<u64>, windows: &Range<usize>) -> Vec<Outcomes> {
    seeds
        .map(|seed| {
            let results = run(seed, fleet);
            assert_eq!(results.failed, 0, "{fleet:?}");
            results.of(windows.clone())
        })
        .collect()
}

fn mean(outcomes: &[Outcomes], of: impl Fn(&Outcomes) -> f64) -> f64 {
    outcomes.iter().map(of).sum::<f64>() / outcomes.len() as f64
}

/// Checks the mean of so many seeds.
fn assert_shares(fleet: Fleet, seeds: u64, max_refused: f64, min_goodput: f64, min_jain: f64) {
    let outcomes = play(fleet, 1..seeds + 1, &MEASURED);
    let refused = mean(&outcomes, |outcomes| outcomes.refused_per_accepted);
    let goodput = mean(&outcomes, |outcomes| outcomes.goodput);
    let jain = mean(&outcomes, |outcomes| outcomes.jain);
    let good = refused <= max_refused && goodput >= min_goodput && jain >= min_jain;
    assert!(good, "{fleet:?}: {refused} {goodput} {jain}, {outcomes:?}");
}

#[test]
fn ten_and_forty_clients_share_a_limit_fairly() {
    assert_shares(steady(10, Kind::Bucket), 3, 0.1, 0.93, 0.9);
    assert_shares(steady(40, Kind::Bucket), 3, 0.25, 0.93, 0.88);
}

#[test]
fn two_hundred_clients_share_a_limit_fairly() {
    assert_shares(steady(200, Kind::Bucket), 2, 0.31, 0.95, 0.87);
}

/// Numbers of clients, and a bound of each that is close to its share.
const CLOSE: [(usize, f64); 4] = [(1, 55.0), (5, 12.0), (6, 10.0), (10, 6.0)];

fn close((clients, per_second): (usize, f64)) -> Fleet {
    Fleet {
        per_second,
        ..steady(clients, Kind::Bucket)
    }
}

#[test]
fn clients_whose_bound_is_close_to_their_share_use_the_limit() {
    for case in CLOSE {
        assert_shares(close(case), 1, 0.1, 0.9, 0.9);
    }
}

/// Prints the tables of `docs/fleets.md`: `cargo test -p infinium-client --lib fleets -- --ignored --nocapture`.
#[test]
#[ignore = "prints tables"]
fn tables_of_fleets() {
    for kind in [Kind::Bucket, Kind::Windows, Kind::Seconds, Kind::Sliding] {
        for clients in [10, 40, 200] {
            print(&format!("{kind:?}"), steady(clients, kind), &MEASURED);
        }
    }
    for clients in [10, 40, 200] {
        let fleet = Fleet {
            retry_after: Some(1),
            ..steady(clients, Kind::Bucket)
        };
        print("Bucket, Retry-After", fleet, &MEASURED);
    }
    for case in CLOSE {
        print(&format!("{} per second", case.1), close(case), &MEASURED);
    }
    for clients in [10, 40, 200] {
        print("start", steady(clients, Kind::Bucket), &(0..1));
        for event in [
            Event::Limit(5, 2.0),
            Event::Limit(5, 0.5),
            Event::Come(5),
            Event::Go(5),
        ] {
            let fleet = Fleet {
                event: Some(event),
                windows: 11,
                ..steady(clients, Kind::Bucket)
            };
            for windows in [5..6, 6..8, 8..11] {
                print(&format!("{event:?}, {windows:?}"), fleet, &windows);
            }
        }
    }
}

#[expect(clippy::print_stdout, reason = "it prints a table")]
fn print(name: &str, fleet: Fleet, windows: &Range<usize>) {
    let outcomes = play(fleet, SEEDS, windows);
    let range = |of: fn(&Outcomes) -> f64| {
        let values = outcomes.iter().map(of);
        let lowest = values.clone().fold(f64::INFINITY, f64::min);
        format!("{lowest:.2} to {:.2}", values.fold(0.0, f64::max))
    };
    println!(
        "| {name} | {} | {} | {} | {} |",
        fleet.clients,
        range(|outcomes| outcomes.refused_per_accepted),
        range(|outcomes| outcomes.goodput),
        range(|outcomes| outcomes.jain),
    );
}
