use std::sync::Arc;

use futures_util::FutureExt;
use tokio::time::{advance, sleep, timeout};

use super::*;
use RequestClass::{Awaited, Background, Batch, Read};

const SECOND: Duration = Duration::from_secs(1);

fn rate(per_second: f64) -> Arc<Rate> {
    let options = RateOptions {
        per_second: Some(per_second),
        is_adaptive: true,
        retry_on_rate_limit: RetryOnRateLimit::Batches,
    };
    Arc::new(Rate::new(options, Log(None)))
}

#[tokio::test(start_paused = true)]
async fn sends_that_are_awaited_do_not_hold_up_the_lanes_below_while_the_rate_is_lowered() {
    let rate = rate(1_000.0);
    rate.on_refused(Instant::now());
    for _ in 0..100 {
        rate.wait(Awaited).await;
    }
    for class in [Batch, Background] {
        let began = Instant::now();
        rate.wait(class).await;
        // The pace is 0.6 tasks per second, and the first one comes back within two intervals.
        assert!(
            began.elapsed() <= 5 * SECOND,
            "{class:?}: {:?}",
            began.elapsed()
        );
    }
}

/// The longest wait of sends that are awaited, five per second, while a batch waits for its pace after a 429.
async fn longest_wait_of_sends_beside_a_refused_batch(seed: u64) -> Duration {
    fastrand::seed(seed);
    let rate = rate(10.0);
    rate.on_refused(Instant::now());
    let batch = tokio::spawn({
        let rate = rate.clone();
        async move {
            loop {
                rate.wait(Batch).await;
                sleep(SECOND / 100).await;
            }
        }
    });
    let mut longest = Duration::ZERO;
    for _ in 0..200 {
        sleep(SECOND / 5).await;
        let began = Instant::now();
        rate.wait(Awaited).await;
        rate.on_delivered();
        longest = longest.max(began.elapsed());
    }
    batch.abort();
    longest
}

#[tokio::test(start_paused = true)]
async fn an_awaited_send_never_waits_for_the_pace_of_a_batch() {
    for seed in 0..20 {
        let longest = longest_wait_of_sends_beside_a_refused_batch(seed).await;
        // Two tokens: its own, and one for the turn of the batch.
        assert!(longest <= SECOND / 5 + SECOND / 100, "{seed}: {longest:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_task_that_waits_for_its_pace_goes_on_when_the_rate_is_free_again() {
    let rate = rate(4.0);
    rate.on_refused(Instant::now());
    for _ in 0..29 {
        sleep(SECOND).await;
        rate.on_delivered();
    }
    sleep(2 * SECOND).await;
    rate.wait(Background).await;
    let waiting = tokio::spawn({
        let rate = rate.clone();
        async move { rate.wait(Background).await }
    });
    tokio::task::yield_now().await;
    // The rate has reached its bound, and the last refusal is long ago.
    rate.on_delivered();
    assert!(timeout(SECOND / 100, waiting).await.is_ok());
}

/// A read that has let the background go first, which may go no more before it has gone, must not sleep on.
async fn a_read_goes_on_after(what: impl FnOnce(&Rate)) {
    let rate = rate(10.0);
    rate.on_failed();
    for _ in 0..20 {
        rate.wait(Read).await;
    }
    let mut background = std::pin::pin!(rate.wait(Background));
    assert!(background.as_mut().now_or_never().is_none());
    for _ in 0..4 {
        // The background was passed so often that its turn has come.
        rate.wait(Read).await;
    }
    advance(SECOND).await;
    let mut read = std::pin::pin!(rate.wait(Read));
    assert!(read.as_mut().now_or_never().is_none(), "not its turn");
    what(&rate);
    assert!(background.as_mut().now_or_never().is_none(), "held back");
    assert!(read.as_mut().now_or_never().is_some());
}

#[tokio::test(start_paused = true)]
async fn a_read_goes_on_when_a_pause_holds_those_before_it() {
    a_read_goes_on_after(|rate| rate.pause(Background, SECOND)).await;
}

#[tokio::test(start_paused = true)]
async fn a_read_goes_on_when_a_refusal_holds_those_before_it() {
    a_read_goes_on_after(|rate| rate.on_refused(Instant::now())).await;
}

#[tokio::test(start_paused = true)]
async fn a_request_goes_on_when_the_one_before_it_gives_up_its_turn() {
    let rate = rate(1.0);
    rate.wait(Read).await;
    rate.wait(Read).await;
    let mut first = Box::pin(rate.wait(Awaited));
    let mut second = Box::pin(rate.wait(Background));
    assert_eq!(first.as_mut().now_or_never(), None);
    advance(2 * SECOND).await;
    assert_eq!(second.as_mut().now_or_never(), None);
    drop(first);
    assert_eq!(second.as_mut().now_or_never(), Some(()));
}
