//! A send that is awaited, while the background has a backlog.

use std::time::Duration;

use tokio::time::{sleep, timeout};

use super::{
    platform::Platform,
    process::{Process, settings},
    weather::{Mode, Weather},
};
use crate::sync::LockExt;

#[test]
fn is_never_held_up_by_the_background() {
    // The backlog waits for the rate, for the end of a pause, or behind requests that hang.
    for before in [Mode::Healthy, Mode::Limits(1, Some(30)), Mode::Hangs] {
        super::in_virtual_time(async {
            let weather = Weather::fine(1);
            let platform = Platform::new(weather.clone());
            let mut config = settings(&mut fastrand::Rng::with_seed(1));
            config.rate_limiting = true;
            config.requests_per_second = 10.0;
            config.max_concurrency = 2;
            config.max_queue_bytes = 10_000_000;
            config.timeout = Duration::from_secs(30);
            config.retry_on_rate_limit = infinium_core::RetryOnRateLimit::Batches;
            let name = "p".to_owned();
            let mut process = Process::start(name, config, None, &weather, &platform);
            weather.tasks(before);
            for _ in 0..500 {
                process.enqueue(10);
            }
            sleep(Duration::from_secs(5)).await;
            weather.heal();
            for _ in 0..5 {
                process.send(10, None);
                // Its own share of the rate and the turn of the background, a place of its own, and the way there and
                // back.
                let bound = Duration::from_millis(300);
                let ended = timeout(bound, process.calls_end()).await;
                assert!(ended.is_ok(), "a send waits, after {before:?}");
            }
            assert_eq!(process.known.lock_unpoisoned().confirmed.len(), 5);
        });
    }
}
