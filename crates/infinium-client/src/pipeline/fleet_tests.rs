//! Many clients that share one limit, in virtual time, with the real limiter and the real retries.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;

use super::{
    deliveries::Deliveries,
    limiter::{Limiter, Outcome},
    rate::RateOptions,
    request_class::RequestClass,
    retry::{Retrier, Run},
    retry_policy::RetryPolicy,
};
use crate::sync::LockExt;
use infinium_core::{Answer, Backoff, ErrorKind, Log, RequestContext, RetryOnRateLimit, Secret};

const LIMIT: f64 = 50.0;
const WARM_UP: Duration = Duration::from_secs(20);
const MEASURED: Duration = Duration::from_secs(60);
/// Jain's index is taken over windows of this length.
const FAIR_OVER: Duration = Duration::from_secs(20);

/// How the platform limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// A token bucket that holds five.
    Bucket,
    /// Five in each window of 100 ms.
    Windows,
    /// Fifty in each second.
    Seconds,
}

#[derive(Debug)]
enum PlatformLimit {
    Bucket {
        tokens: f64,
        refilled_at: Instant,
    },
    Windows {
        length: Duration,
        max: u32,
        began: Instant,
        used: u32,
    },
}

impl PlatformLimit {
    fn new(kind: Kind) -> Self {
        let now = Instant::now();
        let windows = |length, max| Self::Windows {
            length,
            max,
            began: now,
            used: 0,
        };
        match kind {
            Kind::Bucket => Self::Bucket {
                tokens: 5.0,
                refilled_at: now,
            },
            Kind::Windows => windows(Duration::from_millis(100), 5),
            Kind::Seconds => windows(Duration::from_secs(1), 50),
        }
    }

    fn admits(&mut self) -> bool {
        let now = Instant::now();
        match self {
            Self::Bucket {
                tokens,
                refilled_at,
            } => {
                let refill = (now - *refilled_at).as_secs_f64() * LIMIT;
                *tokens = (*tokens + refill).min(5.0);
                *refilled_at = now;
                let admitted = *tokens >= 1.0;
                *tokens -= f64::from(u8::from(admitted));
                admitted
            }
            Self::Windows {
                length,
                max,
                began,
                used,
            } => {
                if now - *began >= *length {
                    let passed = (now - *began).as_nanos() / length.as_nanos();
                    *began += length.saturating_mul(passed as u32);
                    *used = 0;
                }
                *used += 1;
                *used <= *max
            }
        }
    }
}

#[derive(Debug, Default)]
struct Counts {
    accepted: AtomicU64,
    refused: AtomicU64,
    failed: AtomicU64,
    by_window: Mutex<Vec<u64>>,
}

#[derive(Clone, Copy, Debug)]
struct Fleet {
    clients: usize,
    kind: Kind,
    retry_after: Option<u64>,
    /// What each client wants to send per second at most.
    per_second: f64,
}

/// What a fleet achieves.
#[derive(Debug)]
struct Outcomes {
    refused_per_accepted: f64,
    goodput: f64,
    jain: f64,
    failed: u64,
    /// Refusals from the start, per success, until the measured time.
    at_start: f64,
}

async fn client(
    fleet: Fleet,
    limit: Arc<Mutex<PlatformLimit>>,
    counts: Arc<Counts>,
    began: Instant,
) {
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
            while began.elapsed() < WARM_UP + MEASURED {
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
                    Ok(_) => {
                        deliveries.record();
                        let window = began.elapsed().as_secs() / FAIR_OVER.as_secs();
                        let mut windows = counts.by_window.lock_unpoisoned();
                        let length = windows.len().max(window as usize + 1);
                        windows.resize(length, 0);
                        windows[window as usize] += 1;
                    }
                    Err(error) => {
                        assert_eq!(error.kind(), ErrorKind::RateLimit);
                        counts.failed.fetch_add(1, Ordering::Relaxed);
                    }
                }
            }
        }
    });
    futures_util::future::join_all(workers).await;
}

const SEEDS: [u64; 3] = [1, 2, 3];

fn run(seed: u64, fleet: Fleet) -> Outcomes {
    fastrand::seed(seed);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .unwrap();
    runtime.block_on(async {
        let limit = Arc::new(Mutex::new(PlatformLimit::new(fleet.kind)));
        let began = Instant::now();
        let all: Vec<_> = (0..fleet.clients)
            .map(|_| Arc::<Counts>::default())
            .collect();
        let tasks: Vec<_> = all
            .iter()
            .map(|counts| tokio::spawn(client(fleet, limit.clone(), counts.clone(), began)))
            .collect();
        let sum = |of: fn(&Counts) -> &AtomicU64| -> u64 {
            all.iter()
                .map(|counts| of(counts).load(Ordering::Relaxed))
                .sum()
        };
        sleep(WARM_UP).await;
        let (accepted, refused) = (
            sum(|counts| &counts.accepted),
            sum(|counts| &counts.refused),
        );
        let at_start = refused as f64 / accepted.max(1) as f64;
        sleep(MEASURED).await;
        let accepted = sum(|counts| &counts.accepted) - accepted;
        let refused = sum(|counts| &counts.refused) - refused;
        let windows = [1, 2, 3].map(|window| {
            let shares = all.iter().map(|counts| {
                let windows = counts.by_window.lock_unpoisoned();
                windows.get(window).copied().unwrap_or_default() as f64
            });
            let shares: Vec<_> = shares.collect();
            let sum: f64 = shares.iter().sum();
            let squares: f64 = shares.iter().map(|share| share * share).sum();
            sum * sum / (shares.len() as f64 * squares)
        });
        tasks.iter().for_each(tokio::task::JoinHandle::abort);
        Outcomes {
            refused_per_accepted: refused as f64 / accepted as f64,
            goodput: accepted as f64 / (LIMIT * MEASURED.as_secs_f64()),
            jain: windows.iter().sum::<f64>() / 3.0,
            failed: sum(|counts| &counts.failed),
            at_start,
        }
    })
}

fn fleet(seed: u64, clients: usize, kind: Kind, retry_after: Option<u64>) -> Outcomes {
    let per_second = 50.0;
    run(
        seed,
        Fleet {
            clients,
            kind,
            retry_after,
            per_second,
        },
    )
}

#[test]
fn ten_and_forty_clients_share_a_limit_fairly() {
    for (clients, fairness) in [(10, 0.9), (40, 0.87)] {
        let outcomes = SEEDS.map(|seed| fleet(seed, clients, Kind::Bucket, None));
        for outcomes in &outcomes {
            assert!(outcomes.refused_per_accepted <= 0.2, "{outcomes:?}");
            assert!(outcomes.goodput >= 0.9, "{outcomes:?}");
            assert_eq!(outcomes.failed, 0, "{outcomes:?}");
        }
        let jain = outcomes.iter().map(|outcomes| outcomes.jain).sum::<f64>() / SEEDS.len() as f64;
        assert!(jain >= fairness, "{jain} {outcomes:?}");
    }
}

/// Numbers of clients, and a bound of each that is close to its share.
const CLOSE: [(usize, f64); 4] = [(1, 55.0), (5, 12.0), (6, 10.0), (10, 6.0)];

fn close_fleet(seed: u64, clients: usize, per_second: f64) -> Outcomes {
    let fleet = Fleet {
        clients,
        kind: Kind::Bucket,
        retry_after: None,
        per_second,
    };
    run(seed, fleet)
}

#[test]
fn clients_whose_bound_is_close_to_their_share_use_the_limit() {
    for (clients, per_second) in CLOSE {
        let outcomes = close_fleet(SEEDS[0], clients, per_second);
        assert!(outcomes.refused_per_accepted <= 0.1, "{outcomes:?}");
        assert!(outcomes.goodput >= 0.8, "{outcomes:?}");
        assert_eq!(outcomes.failed, 0, "{outcomes:?}");
    }
}

#[test]
fn two_hundred_clients_fail_no_task_and_waste_nothing() {
    let outcomes = fleet(SEEDS[0], 200, Kind::Bucket, Some(1));
    assert!(outcomes.refused_per_accepted <= 0.5, "{outcomes:?}");
    assert!(outcomes.goodput >= 0.95, "{outcomes:?}");
    assert!(outcomes.jain >= 0.6, "{outcomes:?}");
    assert_eq!(outcomes.failed, 0, "{outcomes:?}");
}

/// Prints the tables of `docs/fleets.md`: `cargo test -p infinium-client --lib fleets -- --ignored --nocapture`.
#[test]
#[ignore = "prints a table"]
#[expect(clippy::print_stdout, reason = "it prints a table")]
fn tables_of_fleets() {
    let print = |name: String, outcomes: [Outcomes; 3]| {
        let range = |of: fn(&Outcomes) -> f64| {
            let values = outcomes.iter().map(of);
            let lowest = values.clone().fold(f64::INFINITY, f64::min);
            format!("{lowest:.2} to {:.2}", values.fold(0.0, f64::max))
        };
        println!(
            "| {name} | {} | {} | {} | {} | {} |",
            range(|outcomes| outcomes.refused_per_accepted),
            range(|outcomes| outcomes.goodput),
            range(|outcomes| outcomes.jain),
            range(|outcomes| outcomes.failed as f64),
            range(|outcomes| outcomes.at_start),
        );
    };
    for kind in [Kind::Bucket, Kind::Windows, Kind::Seconds] {
        for retry_after in [None, Some(1)] {
            for clients in [10, 40, 200] {
                print(
                    format!("{kind:?}, {retry_after:?}, {clients}"),
                    SEEDS.map(|seed| fleet(seed, clients, kind, retry_after)),
                );
            }
        }
    }
    for (clients, per_second) in CLOSE {
        print(
            format!("{clients} of {per_second} per second"),
            SEEDS.map(|seed| close_fleet(seed, clients, per_second)),
        );
    }
}
