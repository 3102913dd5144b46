//! How much is under way.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use tokio::sync::Notify;

/// A count that one can wait for to be zero.
#[derive(Clone, Debug, Default)]
pub(crate) struct InFlight(Arc<Count>);

#[derive(Debug, Default)]
struct Count {
    count: AtomicUsize,
    empty: Notify,
}

/// One that is counted, until it is dropped.
#[derive(Debug)]
pub(crate) struct Flight(Arc<Count>);

impl InFlight {
    pub(crate) fn begin(&self) -> Flight {
        self.0.count.fetch_add(1, Ordering::AcqRel);
        Flight(self.0.clone())
    }

    pub(crate) fn count(&self) -> usize {
        self.0.count.load(Ordering::Acquire)
    }

    /// Waits until the count is zero.
    pub(crate) async fn none(&self) {
        loop {
            // It listens before it looks, so that the moment is not missed in between.
            let empty = self.0.empty.notified();
            if self.count() == 0 {
                return;
            }
            empty.await;
        }
    }
}

impl Drop for Flight {
    fn drop(&mut self) {
        if self.0.count.fetch_sub(1, Ordering::AcqRel) == 1 {
            self.0.empty.notify_waiters();
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
        let (first, second) = (calls.begin(), calls.begin());
        let mut none = std::pin::pin!(calls.none());
        assert!(none.as_mut().now_or_never().is_none());
        drop(first);
        assert!(none.as_mut().now_or_never().is_none());
        drop(second);
        assert!(none.as_mut().now_or_never().is_some());
    }
}
