//! One process of the simulated world: a client, and what its program knows of its tasks.

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex},
    time::Duration,
};

use futures_util::stream;
use tokio::{task::JoinHandle, time::Instant};
use tokio_util::sync::CancellationToken;

use super::{network::SimulatedNetwork, platform::Platform, weather::Weather};
use crate::{
    BatchMode, BatchOptions, Client, DropReason, Fate, Stats, pipeline::Watch,
    spool::SimulatedDisk, sync::LockExt,
};
use infinium_core::{Config, ErrorKind, RetryOnRateLimit, Secret};

/// What the program knows.
#[derive(Debug, Default)]
pub(super) struct Known {
    /// Tasks handed to the background.
    pub(super) enqueued: BTreeSet<String>,
    /// Those of which the client has said that they have arrived.
    pub(super) delivered: BTreeSet<String>,
    /// Those of which it has said that they never will.
    pub(super) given_up: BTreeSet<String>,
    /// Tasks whose send or batch resolved.
    pub(super) confirmed: BTreeSet<String>,
    /// Tasks whose send or batch has failed.
    pub(super) failed: u64,
    /// Tasks whose send or batch has no result yet.
    pub(super) open: BTreeSet<String>,
    /// Reads whose time was checked.
    pub(super) timed_reads: u64,
    /// What took too long, or was not as it must be.
    pub(super) wrong: Vec<String>,
}

impl Known {
    /// The client tells what has become of a task in the background.
    fn learn(&mut self, name: String, fate: Fate<'_>) {
        let told = match fate {
            Fate::Delivered(..) => &mut self.delivered,
            Fate::Dropped(DropReason::LeftInSpool) => return,
            Fate::Failed(_) | Fate::Dropped(_) => &mut self.given_up,
        };
        told.insert(name);
    }
}

/// A running process.
#[derive(Debug)]
pub(super) struct Process {
    pub(super) client: Client,
    pub(super) known: Arc<Mutex<Known>>,
    pub(super) disk: Option<SimulatedDisk>,
    pub(super) config: Config,
    killed: CancellationToken,
    calls: Vec<JoinHandle<()>>,
    weather: Weather,
    name: String,
    next: u32,
}

/// Chooses the settings of a client.
pub(super) fn settings(rng: &mut fastrand::Rng) -> Config {
    let mut config = Config::new("agent-of-the-simulation", "a-secret-of-the-simulation");
    config.base_url = "http://platform.test/api".to_owned();
    config.timeout = Duration::from_millis(rng.u64(1_000..30_000));
    config.max_retries = rng.u32(0..5);
    config.rate_limiting = rng.u8(0..4) > 0;
    config.requests_per_second = [1.0, 5.0, 10.0, 50.0, 200.0][rng.usize(0..5)];
    config.max_concurrency = [1, 2, 4, 8, 32][rng.usize(0..5)];
    config.retry_delay = Duration::from_millis(rng.u64(10..1_500));
    config.max_retry_delay = Duration::from_secs(rng.u64(2..60));
    config.max_queue_bytes = if rng.u8(0..4) == 0 {
        20_000
    } else {
        10_000_000
    };
    config.retry_on_rate_limit = [
        RetryOnRateLimit::Batches,
        RetryOnRateLimit::Batches,
        RetryOnRateLimit::Always,
    ][rng.usize(0..3)];
    config.spool_durably = rng.bool();
    config
}

impl Process {
    /// Starts a process. `name` is part of the names of its tasks.
    pub(super) fn start(
        name: String,
        config: Config,
        disk: Option<SimulatedDisk>,
        weather: &Weather,
        platform: &Platform,
    ) -> Self {
        let killed = CancellationToken::new();
        let network = SimulatedNetwork::new(weather.clone(), platform.clone(), killed.clone());
        let on_disk = Arc::new(disk.clone().unwrap_or_default());
        let client =
            Client::simulated(&config, Arc::new(network), on_disk).expect("the settings are valid");
        client.recover(|| {});
        Self {
            client,
            known: Arc::default(),
            disk,
            config,
            killed,
            calls: Vec::new(),
            weather: weather.clone(),
            name,
            next: 0,
        }
    }

    fn new_task(&mut self, padding: usize) -> (String, String) {
        self.next += 1;
        let name = format!("{}-{}", self.name, self.next);
        let json = format!(
            r#"{{"name":"{name}","description":"{}","duration":1}}"#,
            "x".repeat(padding + 1)
        );
        (name, json)
    }

    pub(super) fn enqueue(&mut self, padding: usize) {
        let (name, json) = self.new_task(padding);
        self.known.lock_unpoisoned().enqueued.insert(name.clone());
        let known = self.known.clone();
        let done = move |fate: Fate<'_>| known.lock_unpoisoned().learn(name, fate);
        let accepted = self.client.enqueue_then(json.as_str(), Some(NOW), done);
        assert!(accepted.is_ok(), "{accepted:?}");
    }

    /// Sends one task. `patience` cancels the call.
    pub(super) fn send(&mut self, padding: usize, patience: Option<Duration>) {
        let (name, json) = self.new_task(padding);
        let known = self.known.clone();
        known.lock_unpoisoned().open.insert(name.clone());
        let token = CancellationToken::new();
        let call = self.client.begin().expect("the client is open").at(NOW);
        let call = call.cancelled_by(token.clone());
        let (sender, receiver) = tokio::sync::oneshot::channel();
        self.client.submit(call, json, |result| {
            let _ = sender.send(result);
        });
        self.calls.push(tokio::spawn(async move {
            if let Some(patience) = patience {
                tokio::spawn(async move {
                    tokio::time::sleep(patience).await;
                    token.cancel();
                });
            }
            let result = receiver.await;
            let mut known = known.lock_unpoisoned();
            known.open.remove(&name);
            match result {
                Ok(Ok(_)) => drop(known.confirmed.insert(name)),
                Ok(Err(_)) => known.failed += 1,
                Err(_) => known.wrong.push(format!("{name} has no result")),
            }
        }));
    }

    pub(super) fn batch(&mut self, size: usize, mode: BatchMode) {
        let tasks: Vec<_> = (0..size).map(|_| self.new_task(50)).collect();
        let known = self.known.clone();
        let names = tasks.iter().map(|(name, _)| name.clone());
        known.lock_unpoisoned().open.extend(names);
        let call = self.client.begin().expect("the client is open").at(NOW);
        let pending = call.begin_batch(size).expect("the size is valid");
        self.calls.push(tokio::spawn(async move {
            let texts: Vec<_> = tasks.iter().map(|(_, json)| Ok(json.clone())).collect();
            let sent = call.send_batch(pending, stream::iter(texts), BatchOptions::new(mode));
            let report = sent.await;
            let mut known = known.lock_unpoisoned();
            if report.results.len() != size {
                known
                    .wrong
                    .push(format!("a batch has {} results", report.results.len()));
            }
            for ((name, _), result) in tasks.into_iter().zip(report.results) {
                known.open.remove(&name);
                match result {
                    Ok(_) => drop(known.confirmed.insert(name)),
                    Err(_) => known.failed += 1,
                }
            }
        }));
    }

    /// Reads a prompt. In fine weather it must come within its own round trip and its share of the rate.
    pub(super) fn read(&mut self) {
        let call = self.client.begin().expect("the client is open");
        let (weather, known) = (self.weather.clone(), self.known.clone());
        let waiting = self.client.0.calls.count();
        let rate = self.config.requests_per_second;
        let limited = self.config.rate_limiting;
        self.calls.push(tokio::spawn(async move {
            let before = weather.reads_are_fine();
            let began = Instant::now();
            let key = Secret::new("the key of the prompt");
            let result = call.prompt("p1", key, "latest", None).await;
            let took = began.elapsed();
            let latency = weather.now().latency;
            let is_closed = matches!(&result, Err(error) if error.kind() == ErrorKind::Closed);
            if is_closed || before.is_none() || before != weather.reads_are_fine() {
                return;
            }
            let share = if limited {
                Duration::from_secs_f64((waiting + 1) as f64 / (0.7 * rate))
            } else {
                Duration::ZERO
            };
            // Up to three addresses, each of which may be silent for 250 ms.
            let bound = 10 * latency + share + Duration::from_millis(950);
            let mut known = known.lock_unpoisoned();
            known.timed_reads += 1;
            if result.is_err() || took > bound {
                known.wrong.push(format!(
                    "a read in fine weather took {took:?} of {bound:?}: {result:?}"
                ));
            }
        }));
    }

    pub(super) fn stats(&self) -> Stats {
        self.client.stats()
    }

    /// Ends every request and every operation on the disk at once, and returns the disk.
    pub(super) async fn kill(
        &mut self,
        power_failed: bool,
        rng: &mut fastrand::Rng,
    ) -> Option<SimulatedDisk> {
        let disk = self.disk.as_ref().map(|disk| {
            let next = disk.after_the_end(power_failed, rng);
            disk.end();
            next
        });
        self.killed.cancel();
        for call in self.calls.drain(..) {
            call.abort();
        }
        // What is left of the process can do nothing any more.
        self.client.close(Some(Duration::ZERO)).await;
        disk
    }

    /// Waits until all calls of the program have their results.
    pub(super) async fn calls_end(&mut self) {
        for call in self.calls.drain(..) {
            call.await.expect("no call panics");
        }
    }

    /// What was seen of its attempts.
    pub(super) fn watch(&self) -> &Watch {
        self.client.0.delivery.pipeline.watch()
    }

    /// When attempts began.
    pub(super) fn starts(&self) -> Vec<Instant> {
        self.watch().seen().starts.clone()
    }
}

const NOW: &str = "2026-11-23T09:30:00Z";
