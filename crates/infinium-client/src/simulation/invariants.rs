//! What must hold at every step, and at the end.

use std::time::Duration;

use tokio::{
    task::yield_now,
    time::{Instant, sleep},
};

use super::process::Process;
use crate::Stats;

/// Tasks that the client has settled without delivering them.
pub(super) fn given_up(stats: &Stats) -> u64 {
    let left = crate::DropReason::LeftInSpool;
    let dropped = stats.dropped.iter().filter(|(reason, _)| **reason != left);
    stats.failed.values().sum::<u64>() + dropped.map(|(_, count)| count).sum::<u64>()
}

/// Checks a process at one instant.
pub(super) fn check(process: &Process) {
    let stats = process.stats();
    let dropped: u64 = stats.dropped.values().sum();
    let failed: u64 = stats.failed.values().sum();
    assert_eq!(
        stats.submitted,
        stats.delivered + failed + dropped + stats.pending,
        "every task is counted once: {stats:?}"
    );
    let abandoned = stats.dropped.get(&crate::DropReason::Abandoned);
    assert_eq!(abandoned, None, "no task is dropped without an outcome");
    assert!(
        stats.bytes <= process.config.max_queue_bytes as u64,
        "the memory bound: {stats:?}"
    );
    // Sends, batches and reads may each have as many places of their own while other requests hang.
    let seen = process.watch().seen();
    assert!(
        seen.most_of_a_class <= process.config.max_concurrency,
        "{} of one class in flight",
        seen.most_of_a_class
    );
    let too_early = &seen.too_early;
    assert!(too_early.is_empty(), "the platform's wait: {too_early:#?}");
    let known = process.known.lock().expect("nothing panics");
    assert!(known.wrong.is_empty(), "{:#?}", known.wrong);
}

/// Checks that nothing is left of what a flush waits for.
pub(super) fn check_flushed(process: &Process) {
    let stats = process.stats();
    let left = (stats.pending, stats.in_flight);
    assert_eq!(left, (0, 0), "a flush has ended: {stats:?}");
}

/// Checks that no request and no worker waits that may go. Each of them would have missed a wake-up.
pub(super) async fn check_awake(process: &Process) {
    let inner = &process.client.0;
    let limiter = &inner.delivery.pipeline.limiter;
    let all_awake = || limiter.overlooked().is_empty() && !inner.background.is_overlooked();
    for _ in 0..2 {
        // What happens at this instant may still wake it up.
        for _ in 0..100 {
            if all_awake() {
                return;
            }
            yield_now().await;
        }
        // Timers of the runtime end on whole milliseconds.
        sleep(Duration::from_millis(2)).await;
    }
    panic!(
        "nobody wakes up {:?}, or the background: {}",
        limiter.overlooked(),
        inner.background.is_overlooked()
    );
}

/// Checks that in any window of `t` seconds at most burst + rate × t attempts began.
pub(super) fn check_rate(process: &Process) {
    if !process.config.rate_limiting {
        return;
    }
    let rate = process.config.requests_per_second;
    let burst = (2.0 * rate).max(1.0);
    let starts = process.starts();
    let Some(first) = starts.first().copied() else {
        return;
    };
    let mut highest = f64::NEG_INFINITY;
    for (number, at) in starts.iter().enumerate() {
        let level = rate * since(first, *at).as_secs_f64() - number as f64;
        highest = highest.max(level);
        // Timers of the runtime end on whole milliseconds.
        assert!(
            highest - level <= burst - 1.0 + rate * 0.0015,
            "attempt {number} of {} began too early",
            starts.len()
        );
    }
}

fn since(first: Instant, at: Instant) -> Duration {
    at.saturating_duration_since(first)
}
