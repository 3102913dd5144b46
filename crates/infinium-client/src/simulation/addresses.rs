//! The address of the platform that works is remembered.

use std::time::Duration;

use tokio::time::sleep;

use super::{
    platform::Platform,
    process::{Process, settings},
    weather::Weather,
};

#[test]
fn a_dead_address_is_tried_first_only_once() {
    super::in_virtual_time(async {
        let weather = Weather::fine(3);
        weather.silence_first();
        let platform = Platform::new(weather.clone());
        let config = settings(&mut fastrand::Rng::with_seed(1));
        let name = "p".to_owned();
        let mut process = Process::start(name, config, None, &weather, &platform);
        for _ in 0..20 {
            process.enqueue(10);
            // Until the connection is closed because it is not used.
            sleep(Duration::from_secs(600)).await;
            assert_eq!(platform.all_connections(), 0);
        }
        assert_eq!(platform.stored().len(), 20);
        assert_eq!(platform.counts().silent_connections, 1);
    });
}
