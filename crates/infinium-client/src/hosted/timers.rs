//! Waits for a time. The host wakes the module at the earliest one.

use std::{
    cell::RefCell,
    collections::BTreeMap,
    pin::Pin,
    task::{Context, Poll, Waker},
    time::Duration,
};

use pin_project_lite::pin_project;

use super::instant::Instant;

thread_local! {
    static WAITING: RefCell<Waiting> = const { RefCell::new(Waiting { timers: BTreeMap::new(), last: 0 }) };
}

struct Waiting {
    /// The earliest first. The number tells timers with the same time apart.
    timers: BTreeMap<(Instant, u64), Waker>,
    last: u64,
}

/// Wakes everything whose time has come.
pub(super) fn wake_due() {
    let now = Instant::now();
    let due = WAITING.with_borrow_mut(|waiting| {
        let later = waiting.timers.split_off(&(now, u64::MAX));
        std::mem::replace(&mut waiting.timers, later)
    });
    due.into_values().for_each(Waker::wake);
}

/// The time until the earliest timer.
pub(super) fn next_after_now() -> Option<Duration> {
    WAITING.with_borrow(|waiting| {
        let (at, _) = *waiting.timers.first_key_value()?.0;
        Some(at - Instant::now())
    })
}

/// A wait until a time.
#[derive(Debug)]
pub(crate) struct Sleep {
    until: Instant,
    /// Set while it is registered.
    number: Option<u64>,
}

pub(crate) fn sleep_until(until: Instant) -> Sleep {
    Sleep {
        until,
        number: None,
    }
}

pub(crate) fn sleep(time: Duration) -> Sleep {
    sleep_until(Instant::now() + time)
}

impl Future for Sleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        if Instant::now() >= self.until {
            return Poll::Ready(());
        }
        WAITING.with_borrow_mut(|waiting| {
            let number = *self.number.get_or_insert_with(|| {
                waiting.last += 1;
                waiting.last
            });
            let waker = context.waker().clone();
            waiting.timers.insert((self.until, number), waker);
        });
        Poll::Pending
    }
}

impl Drop for Sleep {
    fn drop(&mut self) {
        if let Some(number) = self.number {
            WAITING.with_borrow_mut(|waiting| waiting.timers.remove(&(self.until, number)));
        }
    }
}

pin_project! {
    /// The result of `work`, unless the time is over first.
    pub(crate) struct Timeout<F> {
        #[pin]
        work: F,
        sleep: Sleep,
    }
}

/// The time was over.
#[derive(Debug)]
pub(crate) struct Elapsed;

pub(crate) fn timeout_at<F: Future>(deadline: Instant, work: F) -> Timeout<F> {
    Timeout {
        work,
        sleep: sleep_until(deadline),
    }
}

pub(crate) fn timeout<F: Future>(within: Duration, work: F) -> Timeout<F> {
    timeout_at(Instant::now() + within, work)
}

impl<F: Future> Future for Timeout<F> {
    type Output = Result<F::Output, Elapsed>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        if let Poll::Ready(output) = this.work.poll(context) {
            return Poll::Ready(Ok(output));
        }
        Pin::new(this.sleep).poll(context).map(|()| Err(Elapsed))
    }
}
