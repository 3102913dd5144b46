//! The wall clock is set by a day during an outage: nothing may wait for longer, or come sooner.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::{
    platform::Platform,
    process::{Process, settings},
    weather::{Mode, Weather},
};
use crate::{clock::tests::set_wall_clock, spool::SimulatedDisk};

const DAY: Duration = Duration::from_secs(24 * 3600);
const TASKS: usize = 100;

/// Plays an outage of two minutes, in which the wall clock is set. Returns when the attempts of the process and of its
/// successor began.
fn play(direction: i8) -> Vec<Duration> {
    fastrand::seed(7);
    let starts = super::in_virtual_time(async {
        let began = Instant::now();
        let weather = Weather::fine(7);
        let platform = Platform::new(weather.clone());
        let mut config = settings(&mut fastrand::Rng::with_seed(7));
        config.rate_limiting = true;
        config.max_queue_bytes = 10_000_000;
        config.spool_directory = Some("/spool".into());
        let disk = Some(SimulatedDisk::default());
        let start = |name: &str| {
            let (config, disk) = (config.clone(), disk.clone());
            Process::start(name.to_owned(), config, disk, &weather, &platform)
        };
        let mut process = start("first");
        process.enqueue(10);
        sleep(Duration::from_secs(10)).await;
        weather.tasks(Mode::Fails(503));
        for _ in 1..TASKS {
            process.enqueue(10);
        }
        sleep(Duration::from_secs(60)).await;
        set_wall_clock(direction, DAY);
        let mut next = start("second");
        next.enqueue(10);
        sleep(Duration::from_secs(60)).await;
        weather.heal();
        sleep(Duration::from_secs(600)).await;
        assert_eq!(platform.stored().len(), TASKS + 1);
        let starts = [process.starts(), next.starts()].concat();
        starts.iter().map(|start| *start - began).collect()
    });
    set_wall_clock(0, Duration::ZERO);
    starts
}

#[test]
fn may_be_set_by_a_day_during_an_outage() {
    let undisturbed = play(0);
    assert!(undisturbed.len() > TASKS + 10, "{}", undisturbed.len());
    for direction in [1, -1] {
        assert_eq!(play(direction), undisturbed, "{direction}");
    }
}
