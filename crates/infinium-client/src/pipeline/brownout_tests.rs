//! A platform that half works, in virtual time, with the real limiter and the real retries: why hanging requests give up
//! their places as they do.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
    sync::Arc,
    time::Duration,
};

use tokio::{
    task::{LocalSet, spawn_local},
    time::{Instant, sleep},
};
use tokio_util::sync::CancellationToken;

use super::{
    deliveries::Deliveries,
    hanging::Displacement,
    limiter::{Limiter, Outcome},
    rate::RateOptions,
    request_class::RequestClass,
    retry::{Retrier, Run},
    retry_policy::RetryPolicy,
};
use infinium_core::{Answer, Backoff, Failure, Log, RequestContext, RetryOnRateLimit, Secret};

/// Tasks of a program in each second.
const TASKS: u32 = 40;
const PLACES: usize = 32;
const TIMEOUT: Duration = Duration::from_secs(30);
/// The time in which the platform works, so that the client knows how long an answer takes.
const FINE: Duration = Duration::from_secs(20);
const MEASURED: Duration = Duration::from_secs(300);

/// What becomes of requests after the fine time.
#[derive(Clone, Copy, Debug)]
enum Platform {
    /// One request in this many gets no answer.
    HangsOneIn(u32),
    /// One answer in this many takes this long. The others take as long as before.
    SlowOneIn(u32, Duration),
    /// Each answer takes this long.
    Slow(Duration),
}

#[derive(Clone, Copy, Debug)]
struct Figures {
    /// Delivered tasks for each that was handed over in the measured time.
    delivered: f64,
    /// The 99th percentile of the time from handing over until delivery, in seconds; of those that were delivered.
    late: f64,
    /// Requests that the platform got for each delivered task.
    requests: f64,
}

/// What is counted in the measured time.
#[derive(Debug, Default)]
struct Counts {
    requests: Cell<u32>,
    times: RefCell<Vec<Duration>>,
}

fn play(platform: Platform, displacement: Displacement) -> Figures {
    fastrand::seed(1);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .unwrap();
    runtime.block_on(LocalSet::new().run_until(measure(platform, displacement)))
}

async fn measure(platform: Platform, displacement: Displacement) -> Figures {
    let rate = RateOptions {
        per_second: None,
        is_adaptive: true,
        retry_on_rate_limit: RetryOnRateLimit::Batches,
    };
    let limiter = Arc::new(Limiter::with(PLACES, rate, Log(None), displacement));
    let policy = RetryPolicy {
        backoff: Backoff {
            min_delay: Duration::from_secs(1),
            max_delay: Duration::from_secs(60),
        },
        is_adaptive: true,
        max_retry_after: Duration::from_secs(60),
    };
    let retrier = Retrier::new(
        policy,
        limiter.clone(),
        Arc::<Deliveries>::default(),
        Log(None),
    );
    let (retrier, counts) = (Rc::new(retrier), Rc::<Counts>::default());
    let began = Instant::now();
    while began.elapsed() < FINE + MEASURED {
        spawn_local(deliver(
            platform,
            began,
            limiter.clone(),
            retrier.clone(),
            counts.clone(),
        ));
        sleep(Duration::from_secs(1) / TASKS).await;
    }
    let mut times = counts.times.take();
    times.sort_unstable();
    let late = times.get(times.len() * 99 / 100).copied();
    Figures {
        delivered: times.len() as f64 / (f64::from(TASKS) * MEASURED.as_secs_f64()),
        late: late.unwrap_or_default().as_secs_f64(),
        requests: f64::from(counts.requests.get()) / times.len() as f64,
    }
}

/// Hands over one task.
async fn deliver(
    platform: Platform,
    began: Instant,
    limiter: Arc<Limiter>,
    retrier: Rc<Retrier>,
    counts: Rc<Counts>,
) {
    let handed_over = Instant::now();
    let is_measured = || began.elapsed() >= FINE;
    let attempt = |_| async {
        let started = Instant::now();
        if is_measured() {
            counts.requests.set(counts.requests.get() + 1);
        }
        let usual = Duration::from_millis(fastrand::u64(50..150));
        let answers_after = match platform {
            _ if !is_measured() => Some(usual),
            Platform::HangsOneIn(number) if fastrand::u32(0..number) == 0 => None,
            Platform::SlowOneIn(number, time) if fastrand::u32(0..number) == 0 => Some(time),
            Platform::HangsOneIn(_) | Platform::SlowOneIn(..) => Some(usual),
            Platform::Slow(time) => Some(time),
        };
        let Some(answers_after) = answers_after else {
            sleep(TIMEOUT).await;
            limiter.on_outcome(RequestClass::Background, started, Outcome::Silent);
            return Err(Failure::Timeout);
        };
        sleep(answers_after).await;
        limiter.on_outcome(RequestClass::Background, started, Outcome::Delivered);
        Ok(Answer {
            status: 200,
            retry_after: None,
            body: Some("{}".to_owned()),
        })
    };
    let secret = Secret::new("secret-0123");
    let context = RequestContext {
        max_retries: 3,
        delivers_task: true,
        retry_rate_limit: true,
        resource: "agent a",
        credentials: "the agent id and the agent secret",
        timeout: TIMEOUT,
        secret: &secret,
    };
    let stop = CancellationToken::new();
    let run = Run {
        context: &context,
        class: RequestClass::Background,
        stop: &stop,
        admission: None,
    };
    if retrier.run(run, attempt).await.is_ok() && is_measured() {
        counts.times.borrow_mut().push(handed_over.elapsed());
    }
}

const NONE: Displacement = Displacement {
    share: 0.0,
    max_credit: 0.0,
    ..Displacement::CHOSEN
};
/// As many as there are places to take.
const UNLIMITED: Displacement = Displacement {
    share: 1e9,
    max_credit: 1e9,
    ..Displacement::CHOSEN
};

const BROWN_OUT: Platform = Platform::HangsOneIn(20);
const HEAVY: Platform = Platform::HangsOneIn(5);
const UNEVEN: Platform = Platform::SlowOneIn(3, Duration::from_secs(10));
const SLOW: Platform = Platform::Slow(Duration::from_secs(3));

#[test]
fn a_brown_out_holds_up_no_task() {
    let without = play(BROWN_OUT, NONE);
    assert!(without.delivered < 0.6, "{without:?}");
    let with = play(BROWN_OUT, Displacement::CHOSEN);
    assert!(with.delivered > 0.97 && with.requests < 1.1, "{with:?}");
}

#[test]
fn a_platform_that_is_slow_for_everybody_gets_no_more_load_from_it() {
    let without = play(SLOW, NONE);
    let with = play(SLOW, Displacement::CHOSEN);
    assert!(with.requests < 1.05, "{with:?}");
    assert!(with.delivered > 0.98 * without.delivered, "{with:?}");
    let unlimited = play(SLOW, UNLIMITED);
    assert!(unlimited.delivered < 0.1, "{unlimited:?}");
    let uneven = play(UNEVEN, Displacement::CHOSEN);
    assert!(uneven.requests < 1.12, "{uneven:?}");
}

/// Prints the table of `docs/RELIABILITY.md`: `cargo test -p infinium-client --lib brownout -- --ignored --nocapture`.
#[test]
#[ignore = "prints a table"]
#[expect(clippy::print_stdout, reason = "it prints a table")]
fn table_of_brownouts() {
    let chosen = Displacement::CHOSEN;
    let bound = |milliseconds| Displacement {
        min_bound: Duration::from_millis(milliseconds),
        ..chosen
    };
    let share = |share| Displacement { share, ..chosen };
    let credit = |max_credit| Displacement {
        max_credit,
        ..chosen
    };
    for (name, displacement) in [
        ("never", NONE),
        ("chosen", chosen),
        ("after 0.25 s", bound(250)),
        ("after 5 s", bound(5_000)),
        ("a hundredth", share(0.01)),
        ("a half", share(0.5)),
        ("one at once", credit(1.0)),
        ("100 at once", credit(100.0)),
        ("without a limit", UNLIMITED),
    ] {
        print!("| {name} |");
        for platform in [BROWN_OUT, HEAVY, UNEVEN, SLOW] {
            let figures = play(platform, displacement);
            print!(
                " {:.0} % | {:.0} s | {:.2} |",
                100.0 * figures.delivered,
                figures.late,
                figures.requests
            );
        }
        println!();
    }
}
