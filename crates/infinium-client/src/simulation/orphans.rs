//! What becomes of tasks that a process leaves in the spool which ends after its successor has started.

use std::{
    path::Path,
    sync::{Arc, mpsc},
    time::Duration,
};

use futures_util::FutureExt;
use tokio::{
    sync::Notify,
    time::{sleep, timeout},
};

use super::{
    platform::Platform,
    process::{Process, settings},
    weather::{Mode, Weather},
};
use crate::spool::{Hook, SimulatedDisk, Spool, SpoolOptions};
use infinium_core::{Config, Log};

/// Much longer than a test takes.
const NEVER: Duration = Duration::from_secs(1_000_000);

/// One machine, whose processes overlap.
struct Machine {
    weather: Weather,
    platform: Platform,
    disk: SimulatedDisk,
    config: Config,
}

impl Machine {
    fn new() -> Self {
        let weather = Weather::fine(1);
        let mut config = settings(&mut fastrand::Rng::with_seed(1));
        config.spool_directory = Some("/spool".into());
        config.rate_limiting = false;
        config.max_queue_bytes = 10_000_000;
        Self {
            platform: Platform::new(weather.clone()),
            weather,
            disk: SimulatedDisk::default(),
            config,
        }
    }

    fn start(&self, name: &str) -> Process {
        let (config, disk) = (self.config.clone(), Some(self.disk.clone()));
        Process::start(name.to_owned(), config, disk, &self.weather, &self.platform)
    }

    /// Leaves a task of a process that was killed.
    fn leave(&self, of: &Process, number: usize) {
        let destination = of.client.0.delivery.pipeline.requests.agent_url();
        let options = SpoolOptions {
            directory: Path::new("/spool"),
            destination: destination.as_str(),
            max_bytes: u64::MAX,
            sync: false,
            first_number: number as u64,
            notices: infinium_core::Notices::none(),
        };
        let killed = Spool::new(Arc::new(self.disk.clone()), &options, Log(None));
        let task = format!(r#"{{"name":"task {number}","description":"x","duration":1}}"#);
        assert!(
            killed
                .store(&format!("key-{number}"), task.as_bytes())
                .is_some()
        );
    }

    /// Ends a process that delivers nothing any more.
    async fn end(process: &Process) {
        process.client.close(Some(Duration::ZERO)).await;
    }
}

fn in_virtual_time(test: impl Future<Output = ()>) {
    super::in_virtual_time(test);
}

/// A deployment starts the new process before it ends the old one.
#[test]
fn are_delivered_by_a_process_that_has_started_before() {
    in_virtual_time(async {
        let machine = Machine::new();
        let mut old = machine.start("old");
        machine.weather.tasks(Mode::Hangs);
        old.enqueue(10);
        let new = machine.start("new");
        sleep(Duration::from_secs(5)).await;
        Machine::end(&old).await;
        machine.weather.heal();
        assert_eq!(machine.platform.stored().len(), 0);
        sleep(Duration::from_secs(60)).await;
        assert_eq!(machine.platform.stored().len(), 1);
        assert_eq!(new.stats().spool.adopted, 1);
    });
}

#[test]
fn are_looked_for_at_the_end_of_an_outage() {
    in_virtual_time(async {
        let mut machine = Machine::new();
        machine.config.spool_rescan = NEVER;
        let (mut old, mut new) = (machine.start("old"), machine.start("new"));
        sleep(Duration::from_secs(1)).await;
        machine.weather.tasks(Mode::Fails(503));
        for process in [&mut old, &mut new] {
            process.enqueue(10);
        }
        sleep(Duration::from_secs(60)).await;
        Machine::end(&old).await;
        machine.weather.heal();
        // The next trial ends the outage, and the search begins soon after.
        sleep(Duration::from_secs(10)).await;
        assert_eq!(machine.platform.stored().len(), 2);
    });
}

/// In real time: virtual time would stand still while the disk is busy.
#[tokio::test]
async fn are_pending_until_all_that_a_search_finds_are_delivered() {
    const DIRECTORIES: usize = 20;
    let mut machine = Machine::new();
    machine.config.spool_rescan = Duration::from_secs(1);
    let new = machine.start("new");
    assert!(new.client.flush(None).await, "nothing is there yet");
    for number in 0..DIRECTORIES {
        machine.leave(&new, number);
    }
    // The disk hangs when some are adopted and others are not: the root is listed, and each directory once to count its
    // files. Then seven are listed and adopted.
    let hangs = Arc::new(Notify::new());
    let (go_on, goes_on) = mpsc::channel::<()>();
    let hung = hangs.clone();
    let hook = move || {
        hung.notify_one();
        let _ = goes_on.recv();
    };
    let adopted = 7;
    let number = 1 + DIRECTORIES + adopted + 1;
    machine.disk.during_list(number, Hook(Box::new(hook)));
    let hung = timeout(Duration::from_secs(20), hangs.notified());
    assert!(hung.await.is_ok());
    while new.stats().delivered < adopted as u64 {
        sleep(Duration::from_millis(1)).await;
    }
    assert_eq!(new.stats().pending, 0);
    let mut flushed = std::pin::pin!(new.client.flush(None));
    assert!(flushed.as_mut().now_or_never().is_none(), "more follow");
    go_on.send(()).expect("the disk waits");
    assert!(flushed.await);
    assert_eq!(machine.platform.stored().len(), DIRECTORIES);
}
