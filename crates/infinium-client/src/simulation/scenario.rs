//! One run of the simulated world.

use std::{
    collections::hash_map::DefaultHasher,
    hash::{Hash, Hasher},
    time::Duration,
};

use tokio::time::{Instant, sleep, timeout};

use super::{
    invariants::{check, check_awake, check_flushed, check_rate, given_up},
    machine::{Kept, Machine},
    platform::Platform,
    process::{Known, Process, settings},
    weather::{Climate, Weather},
};
use crate::{BatchMode, Stats, spool::SimulatedDisk};
use infinium_core::Config;

/// Everything ends within this time once the weather is fine.
const PATIENCE: Duration = Duration::from_secs(3 * 3600);

/// What happened in a run, or in many.
#[derive(Clone, Debug, Default)]
pub(super) struct Story {
    /// A digest of everything that happened. The same seed gives the same digest.
    pub(super) trail: u64,
    pub(super) simulated_seconds: u64,
    pub(super) tasks: u64,
    pub(super) delivered: u64,
    pub(super) given_up: u64,
    pub(super) requests: u64,
    pub(super) refused: u64,
    pub(super) repeated: u64,
    pub(super) hung: u64,
    pub(super) retries: u64,
    pub(super) vain_connections: u64,
    pub(super) kills: u64,
    pub(super) adopted: u64,
    pub(super) torn: u64,
    pub(super) timed_reads: u64,
}

impl Story {
    pub(super) fn add(&mut self, other: &Self) {
        self.trail ^= other.trail;
        self.simulated_seconds += other.simulated_seconds;
        self.tasks += other.tasks;
        self.delivered += other.delivered;
        self.given_up += other.given_up;
        self.requests += other.requests;
        self.refused += other.refused;
        self.repeated += other.repeated;
        self.hung += other.hung;
        self.retries += other.retries;
        self.vain_connections += other.vain_connections;
        self.kills += other.kills;
        self.adopted += other.adopted;
        self.torn += other.torn;
        self.timed_reads += other.timed_reads;
    }

    /// Adds what has become of the tasks of a process.
    pub(super) fn count(&mut self, stats: &Stats, known: &Known) {
        self.tasks += known.enqueued.len() as u64 + known.confirmed.len() as u64 + known.failed;
        self.delivered += stats.delivered;
        self.given_up += given_up(stats);
        self.retries += stats.retries;
        self.adopted += stats.spool.adopted;
        self.torn += stats.spool.corrupted;
        self.timed_reads += known.timed_reads;
    }

    /// Checks that the world had weather.
    pub(super) fn assert_eventful(&self, runs: u64) {
        if runs < 100 {
            return;
        }
        for (what, count) in [
            ("tasks", self.tasks),
            ("delivered", self.delivered),
            ("given up", self.given_up),
            ("refused", self.refused),
            ("repeated", self.repeated),
            ("hung", self.hung),
            ("retries", self.retries),
            ("connections reset", self.vain_connections),
            ("kills", self.kills),
            ("adopted", self.adopted),
            ("torn", self.torn),
            ("timed reads", self.timed_reads),
        ] {
            assert!(count > 0, "no {what} in {runs} runs");
        }
    }
}

struct World {
    rng: fastrand::Rng,
    weather: Weather,
    climate: Climate,
    platform: Platform,
    machines: Vec<Machine>,
    trail: DefaultHasher,
    began: Instant,
    verbose: bool,
    story: Story,
}

/// Plays a run.
///
/// # Panics
/// If an invariant is broken.
pub(super) fn play(seed: u64, verbose: bool) -> Story {
    fastrand::seed(seed);
    super::IS_PLAYED.set(true);
    let story = super::in_virtual_time(async {
        let mut world = World::new(seed, verbose);
        world.run().await;
        world.story
    });
    super::IS_PLAYED.set(false);
    story
}

impl World {
    fn new(seed: u64, verbose: bool) -> Self {
        let mut rng = fastrand::Rng::with_seed(seed);
        let weather = Weather::fine(rng.usize(1..4));
        let platform = Platform::new(weather.clone());
        let climate = match rng.u8(0..3) {
            0 => Climate::SickPlatform,
            _ => Climate::Anything,
        };
        if climate == Climate::SickPlatform && rng.bool() {
            weather.silence_first();
        }
        let mut world = Self {
            rng,
            weather,
            climate,
            platform,
            machines: Vec::new(),
            trail: DefaultHasher::new(),
            began: Instant::now(),
            verbose,
            story: Story::default(),
        };
        for number in 0..world.rng.usize(1..4) {
            let mut config = settings(&mut world.rng);
            let disk = world.rng.bool().then(SimulatedDisk::default);
            if disk.is_some() {
                config.spool_directory = Some("/spool".into());
            }
            let process = world.start(number, 0, config, disk);
            world.machines.push(Machine::new(process));
        }
        world
    }

    fn start(
        &self,
        machine: usize,
        incarnation: u32,
        config: Config,
        disk: Option<SimulatedDisk>,
    ) -> Process {
        let name = format!("m{machine}-p{incarnation}");
        Process::start(name, config, disk, &self.weather, &self.platform)
    }

    async fn run(&mut self) {
        for _ in 0..self.rng.usize(10..70) {
            sleep(Duration::from_millis(self.rng.u64(0..3_000))).await;
            self.act().await;
            if self.rng.bool() {
                let index = self.rng.usize(0..self.machines.len());
                self.machines[index].process.read();
            }
            for machine in &self.machines {
                check(&machine.process);
                check_awake(&machine.process).await;
            }
            self.note();
        }
        self.weather.heal();
        self.end().await;
    }

    /// One thing happens.
    async fn act(&mut self) {
        let Self {
            rng,
            weather,
            climate,
            ..
        } = self;
        let index = rng.usize(0..self.machines.len());
        let process = &mut self.machines[index].process;
        let action = rng.u8(0..20);
        let said = match action {
            0..=4 => {
                let count = rng.usize(1..25);
                for _ in 0..count {
                    process.enqueue(rng.usize(0..4_000));
                }
                format!("machine {index} enqueues {count}")
            }
            5..=7 => {
                let patience =
                    (rng.u8(0..3) == 0).then(|| Duration::from_millis(rng.u64(0..9_000)));
                process.send(rng.usize(0..2_000), patience);
                format!("machine {index} sends, patience {patience:?}")
            }
            8 | 9 => {
                process.read();
                format!("machine {index} reads")
            }
            10 | 11 => {
                let (size, sequential) = (rng.usize(1..30), rng.bool());
                let mode = if sequential {
                    BatchMode::Sequential
                } else {
                    BatchMode::Concurrent
                };
                process.batch(size, mode);
                format!("machine {index} sends a batch of {size}, {mode:?}")
            }
            12..=16 => {
                weather.turn(*climate, rng);
                format!("weather: {:?}", weather.now())
            }
            17 => {
                let limit = Duration::from_millis(rng.u64(0..20_000));
                let all = timeout(
                    2 * limit + Duration::from_secs(1),
                    process.client.flush(Some(limit)),
                );
                let all = all.await;
                if all == Ok(true) {
                    check_flushed(process);
                }
                format!("machine {index} flushes within {limit:?}: {all:?}")
            }
            18 => {
                self.replace(index, true).await;
                format!("machine {index} is killed")
            }
            _ => {
                self.replace(index, false).await;
                format!("machine {index} is restarted")
            }
        };
        self.say(&said);
    }

    /// Ends a process, and starts the next one on the same machine.
    async fn replace(&mut self, index: usize, kill: bool) {
        let machine = &mut self.machines[index];
        machine.incarnation += 1;
        let incarnation = machine.incarnation;
        let process = &mut machine.process;
        check_rate(process);
        let disk = if kill {
            self.story.kills += 1;
            let power_failed = self.rng.u8(0..3) == 0;
            let kept = match process.disk {
                Some(_) if !power_failed || process.config.spool_durably => Kept::OnDisk,
                _ => Kept::Nothing,
            };
            machine.owe(kept, &self.platform, &mut self.story);
            let process = &mut machine.process;
            process.kill(power_failed, &mut self.rng).await
        } else {
            let limit = Duration::from_millis(self.rng.u64(0..5_000));
            process.client.close(Some(limit)).await;
            process.calls_end().await;
            check(process);
            machine.owe(Kept::All, &self.platform, &mut self.story);
            let disk = machine.process.disk.as_ref();
            disk.map(|disk| disk.after_the_end(false, &mut self.rng))
        };
        let config = self.machines[index].process.config.clone();
        self.machines[index].process = self.start(index, incarnation, config, disk);
    }

    /// Waits until everything has ended, and settles the accounts.
    async fn end(&mut self) {
        for machine in &mut self.machines {
            let process = &mut machine.process;
            let all = timeout(PATIENCE, process.client.flush(None)).await;
            assert_eq!(all, Ok(true), "everything ends: {:?}", process.stats());
            check_flushed(process);
            timeout(PATIENCE, process.calls_end())
                .await
                .expect("calls end");
            check(process);
            check_rate(process);
            let closed = timeout(PATIENCE, process.client.close(None)).await;
            assert_eq!(closed, Ok(true));
            check_flushed(process);
            machine.owe(Kept::All, &self.platform, &mut self.story);
        }
        self.note();
        sleep(Duration::from_secs(600)).await;
        assert_eq!(self.platform.wrong(), Vec::<String>::new());
        assert_eq!(
            self.platform.all_connections(),
            0,
            "all connections are closed"
        );
        let places = |machine: &Machine| machine.process.config.max_concurrency;
        let places: usize = self.machines.iter().map(places).sum();
        assert!(self.platform.most_in_flight() <= 4 * places);
        let stored = self.platform.stored();
        for machine in &self.machines {
            machine.check(&stored);
        }
        let counts = self.platform.counts();
        self.story.requests = counts.requests;
        self.story.refused = counts.refused;
        self.story.repeated = counts.repeated;
        self.story.hung = counts.hung;
        self.story.vain_connections = counts.vain_connections;
        self.story.simulated_seconds = self.began.elapsed().as_secs();
        self.story.trail = self.trail.finish();
    }

    /// Adds the state of the world to the trail.
    fn note(&mut self) {
        let now = self.began.elapsed();
        for machine in &self.machines {
            let stats = machine.process.stats();
            let text = format!("{now:?} {stats:?} {:?}", self.platform.counts());
            text.hash(&mut self.trail);
        }
    }

    fn say(&self, what: &str) {
        if self.verbose {
            println!("{:?} {what}", self.began.elapsed());
            for (index, machine) in self.machines.iter().enumerate() {
                println!("    machine {index}: {:?}", machine.process.stats());
            }
        }
    }
}
