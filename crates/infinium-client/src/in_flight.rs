//! How many calls are under way.

use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::Notify;

/// A count that one can wait for to be zero.
#[derive(Debug, Default)]
pub(crate) struct InFlight {
    count: AtomicUsize,
    empty: Notify,
}

impl InFlight {
    pub(crate) fn add(&self) {
        self.count.fetch_add(1, Ordering::AcqRel);
    }

    pub(crate) fn remove(&self) {
        if self.count.fetch_sub(1, Ordering::AcqRel) == 1 {
            self.empty.notify_waiters();
        }
    }

    /// Waits until the count is zero.
    pub(crate) async fn none(&self) {
        loop {
            // It listens before it looks, so that the moment is not missed in between.
            let empty = self.empty.notified();
            if self.count.load(Ordering::Acquire) == 0 {
                return;
            }
            empty.await;
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    #[tokio::test]
    async fn waits_for_the_last_one() {
        let calls = InFlight::default();
        calls.none().await;
        calls.add();
        calls.add();
        let mut none = std::pin::pin!(calls.none());
        assert!(none.as_mut().now_or_never().is_none());
        calls.remove();
        assert!(none.as_mut().now_or_never().is_none());
        calls.remove();
        assert!(none.as_mut().now_or_never().is_some());
    }
}
