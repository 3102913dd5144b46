//! What a client says about tasks that do not arrive: each thing once.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use tokio::time::sleep;

use super::{
    platform::Platform,
    process::Process,
    weather::{Mode, Weather},
};
use crate::sync::LockExt;
use infinium_core::{Config, Level, Logger, Notice, Notices};

/// Everything that a client has said, from level `WARN`.
#[derive(Clone, Debug, Default)]
struct Said {
    lines: Arc<Mutex<Vec<String>>>,
    notices: Arc<Mutex<Vec<Notice>>>,
}

impl Said {
    /// The lines that contain a text.
    fn with(&self, text: &str) -> usize {
        let lines = self.lines.lock_unpoisoned();
        lines.iter().filter(|line| line.contains(text)).count()
    }
}

/// Runs a client with a platform, in virtual time.
fn run<F: Future>(scene: impl FnOnce(Process, Weather, Said) -> F) {
    super::in_virtual_time(async {
        let said = Said::default();
        let mut config = Config::new("agent-of-the-simulation", "a-secret-of-the-simulation");
        config.base_url = "http://platform.test/api".to_owned();
        let lines = said.lines.clone();
        config.logger = Some(Logger::new(Level::Warn, move |_, line| {
            lines.lock_unpoisoned().push(line.text);
        }));
        let notices = said.notices.clone();
        config.notices = Notices::new(move |notice, _| notices.lock_unpoisoned().push(notice));
        let weather = Weather::fine(1);
        let platform = Platform::new(weather.clone());
        let process = Process::start("p".to_owned(), config, None, &weather, &platform);
        scene(process, weather, said).await;
    });
}

#[test]
fn an_outage_is_told_once_however_many_tasks_meet_it() {
    run(async |mut process, weather, said| {
        for outages in 1..=2 {
            weather.tasks(Mode::Fails(503));
            for _ in 0..40 {
                process.enqueue(10);
            }
            sleep(Duration::from_secs(300)).await;
            assert_eq!(said.with("an outage has begun"), outages);
            weather.heal();
            assert!(process.client.flush(None).await);
        }
        assert_eq!(*said.notices.lock_unpoisoned(), [Notice::Outage]);
    });
}

#[test]
fn a_refused_task_is_told_once() {
    run(async |mut process, weather, said| {
        weather.tasks(Mode::Fails(422));
        process.enqueue(10);
        process.enqueue(10);
        assert!(process.client.flush(None).await);
        let lines = said.lines.lock_unpoisoned().clone();
        assert_eq!(said.with("was not delivered"), 2, "{lines:?}");
        assert_eq!(lines.len(), 2, "{lines:?}");
    });
}

#[test]
fn a_queue_that_is_too_slow_is_told_once() {
    run(async |mut process, _weather, said| {
        // 50 tasks per second at 10 requests per second.
        for second in 0..120 {
            for _ in 0..50 {
                process.enqueue(10);
            }
            sleep(Duration::from_secs(1)).await;
            if second == 50 {
                assert_eq!(said.with("requestsPerSecond"), 0);
            }
        }
        assert_eq!(said.with("Raise requestsPerSecond"), 1);
        assert_eq!(*said.notices.lock_unpoisoned(), [Notice::Queue]);
    });
}

/// What waits for the end of an outage is not slow.
#[test]
fn an_outage_does_not_count_as_a_slow_queue() {
    run(async |mut process, weather, said| {
        weather.tasks(Mode::Fails(503));
        for _ in 0..200 {
            process.enqueue(10);
        }
        sleep(Duration::from_secs(300)).await;
        weather.heal();
        assert!(process.client.flush(None).await);
        assert_eq!(said.with("requestsPerSecond"), 0);
    });
}
