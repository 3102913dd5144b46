//! What must hold at every step, and at the end.

use std::time::Duration;

use tokio::time::Instant;

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
    // Sends, batches and reads may each exceed the limit while other requests hang.
    assert!(
        stats.in_flight <= 4 * process.config.max_concurrency as u64,
        "{} in flight",
        stats.in_flight
    );
    let known = process.known.lock().expect("nothing panics");
    assert!(known.wrong.is_empty(), "{:#?}", known.wrong);
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
