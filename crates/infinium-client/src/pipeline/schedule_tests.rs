//! The limiter under random schedules: requests of all classes that give up, hang and fail, pauses and outages.

use std::{
    future::poll_fn,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, Wake, Waker},
    time::Duration,
};

use proptest::prelude::*;
use tokio::time::{Instant, sleep_until, timeout};

use super::{
    limiter::{Limiter, Outcome},
    rate::RateOptions,
    request_class::RequestClass,
};
use crate::sync::LockExt;
use infinium_core::{Log, RetryOnRateLimit};

/// One request, and what becomes of it.
#[derive(Clone, Debug)]
struct Call {
    class: RequestClass,
    /// It gives up waiting after this time.
    patience: Option<Duration>,
    /// How long it is in flight unless it is displaced.
    holds: Duration,
    outcome: Outcome,
}

#[derive(Clone, Debug)]
enum Step {
    Call(Call),
    Pause(RequestClass, Duration),
    Recovery,
}

#[derive(Clone, Debug)]
struct Schedule {
    seed: u64,
    max_concurrency: usize,
    rate: RateOptions,
    /// The steps, each with the time since the one before.
    steps: Vec<(Duration, Step)>,
}

fn class() -> impl Strategy<Value = RequestClass> {
    prop::sample::select(RequestClass::ALL.as_slice())
}

/// Many steps happen in one moment: at the beat of the tokens. Some come after a long silence.
fn gap() -> impl Strategy<Value = Duration> {
    prop_oneof![
        6 => Just(0),
        6 => (1..10_u64).prop_map(|tens| tens * 10_000),
        3 => (1..10_u64).prop_map(|tenths| tenths * 100_000),
        3 => 0..30_000_u64,
        1 => 0..60_000_000_u64,
    ]
    .prop_map(Duration::from_micros)
}

fn call() -> impl Strategy<Value = Call> {
    let outcomes = [
        Outcome::Delivered,
        Outcome::Delivered,
        Outcome::Refused,
        Outcome::Answered,
        Outcome::Failed,
        Outcome::Broken,
        Outcome::Silent,
    ];
    let outcome = prop::sample::select(outcomes.to_vec());
    let call = (class(), prop::option::of(gap()), gap(), outcome);
    call.prop_map(|(class, patience, holds, outcome)| Call {
        class,
        patience,
        holds,
        outcome,
    })
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        20 => call().prop_map(Step::Call),
        2 => (class(), gap()).prop_map(|(class, wait)| Step::Pause(class, wait)),
        1 => Just(Step::Recovery),
    ]
}

fn schedule() -> impl Strategy<Value = Schedule> {
    let settings = [
        RetryOnRateLimit::Always,
        RetryOnRateLimit::Batches,
        RetryOnRateLimit::Never,
    ];
    let rate = (
        prop::option::of(prop_oneof![3 => Just(10.0), 1 => 0.1..300.0]),
        any::<bool>(),
        prop::sample::select(settings.to_vec()),
    );
    let rate = rate.prop_map(
        |(per_second, is_adaptive, retry_on_rate_limit)| RateOptions {
            per_second,
            is_adaptive,
            retry_on_rate_limit,
        },
    );
    let steps = prop::collection::vec((gap(), step()), 1..80);
    (any::<u64>(), 1..6_usize, rate, steps).prop_map(|(seed, max_concurrency, rate, steps)| {
        Schedule {
            seed,
            max_concurrency,
            rate,
            steps,
        }
    })
}

/// What is seen of the limiter.
#[derive(Debug)]
struct Seen {
    limiter: Limiter,
    max_concurrency: usize,
    rate: RateOptions,
    began: Instant,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    starts: Vec<Instant>,
    in_flight: [usize; RequestClass::COUNT],
    /// For reads and for tasks.
    paused_until: [Option<Instant>; 2],
    wrong: Vec<String>,
}

impl Seen {
    fn wrong(&self, what: String) {
        let now = self.began.elapsed();
        let mut state = self.state.lock_unpoisoned();
        state.wrong.push(format!("{now:?}: {what}"));
    }

    async fn perform(&self, at: Instant, step: Step) {
        sleep_until(at).await;
        match step {
            Step::Call(call) => self.run(&call).await,
            Step::Pause(class, wait) => self.pause(class, wait),
            Step::Recovery => self.limiter.on_recovery(),
        }
    }

    async fn run(&self, call: &Call) {
        let class = call.class;
        let admitted = self.limiter.admit(class);
        let place = match call.patience {
            Some(patience) => timeout(patience, admitted).await.ok(),
            None => Some(admitted.await),
        };
        let Some(place) = place else {
            return;
        };
        let began = Instant::now();
        self.on_start(class, began);
        let is_answered = tokio::select! {
            biased;
            () = sleep_until(began + call.holds) => true,
            () = place.displaced() => false,
        };
        self.state.lock_unpoisoned().in_flight[class.index()] -= 1;
        if is_answered {
            self.limiter.on_outcome(class, began, call.outcome);
        }
    }

    fn on_start(&self, class: RequestClass, now: Instant) {
        let mut state = self.state.lock_unpoisoned();
        state.starts.push(now);
        state.in_flight[class.index()] += 1;
        let own = state.in_flight[class.index()];
        let paused_until = state.paused_until[usize::from(class.is_task())];
        drop(state);
        if own > self.max_concurrency {
            self.wrong(format!("{own} of {class:?} are in flight"));
        }
        let heeds = class.retries_rate_limit(self.rate.retry_on_rate_limit);
        if heeds && paused_until.is_some_and(|until| now < until) {
            self.wrong(format!("{class:?} starts in a pause"));
        }
    }

    fn pause(&self, class: RequestClass, wait: Duration) {
        self.limiter.pause(class, wait);
        let until = Some(Instant::now() + wait);
        let mut state = self.state.lock_unpoisoned();
        let paused_until = &mut state.paused_until[usize::from(class.is_task())];
        *paused_until = (*paused_until).max(until);
    }

    /// Nothing more happens at this moment. Nobody may wait who could go.
    fn check_rest(&self) {
        for class in self.limiter.overlooked() {
            self.wrong(format!("{class:?} waits although it may go"));
        }
    }

    fn check_end(&self) {
        if !self.limiter.is_unused() {
            self.wrong(format!("a place is not free: {:?}", self.limiter));
        }
        // In any window of `t` seconds at most burst + rate × t requests start.
        let Some(rate) = self.rate.per_second else {
            return;
        };
        let burst = (2.0 * rate).max(1.0);
        let mut highest = f64::NEG_INFINITY;
        let starts = self.state.lock_unpoisoned().starts.clone();
        for (number, at) in starts.iter().enumerate() {
            let level = rate * (*at - self.began).as_secs_f64() - number as f64;
            highest = highest.max(level);
            if highest - level > burst - 1.0 + 1e-6 * (1.0 + rate) {
                self.wrong(format!("start {number} is too early: {at:?}"));
            }
        }
    }
}

/// Tells whether a future was woken, and wakes the one that polls it.
#[derive(Debug)]
struct Alarm {
    rings: AtomicBool,
    outer: Waker,
}

impl Wake for Alarm {
    fn wake(self: Arc<Self>) {
        self.rings.store(true, Ordering::Relaxed);
        self.outer.wake_by_ref();
    }
}

/// Runs futures and polls those that were woken in an order of chance, so that every interleaving may happen.
async fn run_by_chance(futures: Vec<impl Future<Output = ()>>, at_rest: impl Fn()) {
    let outer = poll_fn(|context| Poll::Ready(context.waker().clone())).await;
    let with_alarm = |future| {
        let (rings, outer) = (AtomicBool::new(true), outer.clone());
        (Box::pin(future), Arc::new(Alarm { rings, outer }))
    };
    let mut running: Vec<_> = futures.into_iter().map(with_alarm).collect();
    // Unconstrained, because a future that gives way to others would be polled again at once.
    let all = poll_fn(|_| {
        loop {
            let rings = |index: &usize| running[*index].1.rings.load(Ordering::Relaxed);
            let woken: Vec<_> = (0..running.len()).filter(rings).collect();
            let Some(index) = fastrand::choice(woken) else {
                at_rest();
                return if running.is_empty() {
                    Poll::Ready(())
                } else {
                    Poll::Pending
                };
            };
            let (future, alarm) = &mut running[index];
            alarm.rings.store(false, Ordering::Relaxed);
            let waker = Waker::from(alarm.clone());
            if future
                .as_mut()
                .poll(&mut Context::from_waker(&waker))
                .is_ready()
            {
                drop(running.swap_remove(index));
            }
        }
    });
    tokio::task::unconstrained(all).await;
}

/// Plays a schedule and returns what was wrong.
async fn play(schedule: Schedule) -> Vec<String> {
    let Schedule {
        max_concurrency,
        rate,
        steps,
        ..
    } = schedule;
    let seen = Seen {
        limiter: Limiter::new(max_concurrency, rate, Log(None)),
        max_concurrency,
        rate,
        began: Instant::now(),
        state: Mutex::default(),
    };
    let mut at = seen.began;
    let performed = steps.into_iter().map(|(gap, step)| {
        at += gap;
        seen.perform(at, step)
    });
    let all = run_by_chance(performed.collect(), || seen.check_rest());
    // The slowest rate, the longest pauses and the longest requests together take less.
    match timeout(Duration::from_secs(100_000), all).await {
        Ok(()) => seen.check_end(),
        Err(_) => seen.wrong("some requests never start".to_owned()),
    }
    std::mem::take(&mut seen.state.lock_unpoisoned().wrong)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn keeps_its_promises_under_every_schedule(schedule in schedule()) {
        fastrand::seed(schedule.seed);
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
            .unwrap();
        let wrong = runtime.block_on(play(schedule));
        prop_assert!(wrong.is_empty(), "{:#?}", wrong);
    }
}
