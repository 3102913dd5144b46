//! A fleet in virtual time, and what it achieves.

use std::{
    ops::Range,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;

use super::{
    super::{
        deliveries::Deliveries,
        limiter::{Limiter, Outcome},
        rate::RateOptions,
        request_class::RequestClass,
        retry::{Retrier, Run},
        retry_policy::RetryPolicy,
    },
    limit::{Kind, PlatformLimit},
};
use crate::sync::LockExt;
use infinium_core::{Answer, Backoff, ErrorKind, Log, RequestContext, RetryOnRateLimit, Secret};

/// What is measured, is measured over windows of this length.
pub(super) const WINDOW: Duration = Duration::from_secs(20);

/// What happens to a fleet.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Event {
    /// From this window on, the platform accepts so many times as much.
    Limit(usize, f64),
    /// Half of the clients come with this window.
    Come(usize),
    /// Half of the clients go with this window.
    Go(usize),
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Fleet {
    pub(super) clients: usize,
    pub(super) kind: Kind,
    pub(super) retry_after: Option<u64>,
    /// What each client wants to send per second at most.
    pub(super) per_second: f64,
    pub(super) event: Option<Event>,
    /// How many windows it runs. The first one is not measured: the fleet finds its rates.
    pub(super) windows: usize,
}

impl Fleet {
    /// The windows in which a client is there.
    fn life(self, client: usize) -> Range<usize> {
        match self.event {
            Some(Event::Come(window)) if client < self.clients / 2 => window..self.windows,
            Some(Event::Go(window)) if client < self.clients / 2 => 0..window,
            _ => 0..self.windows,
        }
    }
}

/// What a fleet achieves.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Outcomes {
    pub(super) refused_per_accepted: f64,
    pub(super) goodput: f64,
    pub(super) jain: f64,
}

#[derive(Debug)]
pub(super) struct Results {
    pub(super) windows: Vec<Outcomes>,
    pub(super) failed: u64,
}

impl Results {
    /// The mean over windows.
    pub(super) fn of(&self, windows: Range<usize>) -> Outcomes {
        let windows = &self.windows[windows];
        let count = windows.len() as f64;
        let mut goodput = 0.0;
        let mut refused = 0.0;
        let mut jain = 0.0;
        for window in windows {
            goodput += window.goodput;
            refused += window.goodput * window.refused_per_accepted;
            jain += window.jain;
        }
        Outcomes {
            refused_per_accepted: refused / goodput,
            goodput: goodput / count,
            jain: jain / count,
        }
    }
}

#[derive(Debug, Default)]
struct Counts {
    accepted: AtomicU64,
    refused: AtomicU64,
    failed: AtomicU64,
}

async fn client(
    fleet: Fleet,
    life: Range<usize>,
    limit: Arc<Mutex<PlatformLimit>>,
    counts: Arc<Counts>,
) {
    sleep(WINDOW * life.start as u32).await;
    let ends = Instant::now() + WINDOW * life.len() as u32;
    let rate = RateOptions {
        per_second: Some(fleet.per_second),
        is_adaptive: true,
        retry_on_rate_limit: RetryOnRateLimit::Batches,
    };
    let limiter = Arc::new(Limiter::new(32, rate, Log(None)));
    let policy = RetryPolicy {
        backoff: Backoff {
            min_delay: Duration::from_secs(1),
            max_delay: Duration::from_secs(60),
        },
        is_adaptive: true,
        max_retry_after: Duration::from_secs(60),
    };
    let deliveries = Arc::<Deliveries>::default();
    let retrier = Arc::new(Retrier::new(
        policy,
        limiter.clone(),
        deliveries.clone(),
        Log(None),
    ));
    let latency = Duration::from_millis(fastrand::u64(1..50));
    let workers = (0..32).map(|_| {
        let (limiter, retrier, deliveries) = (limiter.clone(), retrier.clone(), deliveries.clone());
        let (limit, counts) = (limit.clone(), counts.clone());
        async move {
            let secret = Secret::new("secret-0123");
            let context = RequestContext {
                max_retries: 3,
                delivers_task: true,
                retry_rate_limit: true,
                resource: "agent a",
                credentials: "the agent id and the agent secret",
                timeout: Duration::from_secs(30),
                secret: &secret,
            };
            let stop = CancellationToken::new();
            while Instant::now() < ends {
                let attempt = |_| async {
                    let started = Instant::now();
                    sleep(latency / 2).await;
                    let accepted = limit.lock_unpoisoned().admits();
                    sleep(latency / 2).await;
                    let outcome = if accepted {
                        Outcome::Delivered
                    } else {
                        Outcome::Refused
                    };
                    limiter.on_outcome(RequestClass::Batch, started, outcome);
                    let counted = if accepted {
                        &counts.accepted
                    } else {
                        &counts.refused
                    };
                    counted.fetch_add(1, Ordering::Relaxed);
                    Ok(Answer {
                        status: if accepted { 200 } else { 429 },
                        retry_after: fleet
                            .retry_after
                            .map(Duration::from_secs)
                            .filter(|_| !accepted),
                        body: Some("{}".to_owned()),
                    })
                };
                let run = Run {
                    context: &context,
                    class: RequestClass::Batch,
                    stop: &stop,
                    admission: None,
                };
                match retrier.run(run, attempt).await {
                    Ok(_) => deliveries.record(),
                    Err(error) => {
                        assert_eq!(error.kind(), ErrorKind::RateLimit);
                        counts.failed.fetch_add(1, Ordering::Relaxed);
                    }
                }
            }
        }
    });
    let all = futures_util::future::join_all(workers);
    let _ = tokio::time::timeout_at(ends, all).await;
}

pub(super) fn run(seed: u64, fleet: Fleet) -> Results {
    fastrand::seed(seed);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .unwrap();
    runtime.block_on(async {
        let limit = Arc::new(Mutex::new(PlatformLimit::new(fleet.kind)));
        let all: Vec<_> = (0..fleet.clients)
            .map(|number| (fleet.life(number), Arc::<Counts>::default()))
            .collect();
        let tasks: Vec<_> = all
            .iter()
            .map(|(life, counts)| {
                tokio::spawn(client(fleet, life.clone(), limit.clone(), counts.clone()))
            })
            .collect();
        let mut windows = Vec::new();
        for number in 0..fleet.windows {
            if let Some(Event::Limit(window, factor)) = fleet.event
                && window == number
            {
                limit.lock_unpoisoned().set_factor(factor);
            }
            let may = limit.lock_unpoisoned().per_second() * WINDOW.as_secs_f64();
            sleep(WINDOW).await;
            let (mut shares, mut refused) = (Vec::new(), 0);
            for (life, counts) in &all {
                let share = counts.accepted.swap(0, Ordering::Relaxed);
                refused += counts.refused.swap(0, Ordering::Relaxed);
                if life.contains(&number) {
                    shares.push(share as f64);
                }
            }
            let sum: f64 = shares.iter().sum();
            let squares: f64 = shares.iter().map(|share| share * share).sum();
            windows.push(Outcomes {
                refused_per_accepted: refused as f64 / sum.max(1.0),
                goodput: sum / may,
                jain: sum * sum / (shares.len() as f64 * squares.max(1.0)),
            });
        }
        tasks.iter().for_each(tokio::task::JoinHandle::abort);
        let failed = all
            .iter()
            .map(|(_, counts)| counts.failed.load(Ordering::Relaxed))
            .sum();
        Results { windows, failed }
    })
}
