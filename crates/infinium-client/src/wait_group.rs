//! Counts running work, so that callers can wait until none is left.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use tokio::sync::Notify;

/// A counter with a wait for zero. Clones share the counter.
#[derive(Clone, Debug, Default)]
pub(crate) struct WaitGroup(Arc<Count>);

#[derive(Debug, Default)]
struct Count {
    count: AtomicUsize,
    empty: Notify,
}

/// Counts as running work until it is dropped.
#[derive(Debug)]
pub(crate) struct WaitGuard(Arc<Count>);

impl WaitGroup {
    pub(crate) fn add(&self) -> WaitGuard {
        self.0.count.fetch_add(1, Ordering::AcqRel);
        WaitGuard(self.0.clone())
    }

    pub(crate) fn count(&self) -> usize {
        self.0.count.load(Ordering::Acquire)
    }

    /// Waits until the count is zero.
    pub(crate) async fn wait(&self) {
        loop {
            // Registered before the count is read, so that no notification is missed in between.
            let empty = self.0.empty.notified();
            if self.count() == 0 {
                return;
            }
            empty.await;
        }
    }
}

impl Drop for WaitGuard {
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
        let calls = WaitGroup::default();
        calls.wait().await;
        let (first, second) = (calls.add(), calls.add());
        let mut none = std::pin::pin!(calls.wait());
        assert!(none.as_mut().now_or_never().is_none());
        drop(first);
        assert!(none.as_mut().now_or_never().is_none());
        drop(second);
        assert!(none.as_mut().now_or_never().is_some());
    }
}
