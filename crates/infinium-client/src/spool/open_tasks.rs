//! Counts the adopted tasks that are not settled yet.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use tokio::sync::Notify;

/// The adopted tasks that are not settled yet.
#[derive(Debug, Default)]
pub(crate) struct OpenTasks {
    count: AtomicUsize,
    settled: Notify,
}

/// Counts as an open task until it is dropped.
#[derive(Debug)]
pub(super) struct OpenTask(Arc<OpenTasks>);

impl OpenTasks {
    pub(super) fn add(self: &Arc<Self>) -> OpenTask {
        self.count.fetch_add(1, Ordering::AcqRel);
        OpenTask(self.clone())
    }

    pub(super) fn count(&self) -> usize {
        self.count.load(Ordering::Acquire)
    }

    /// Waits until half of the tasks that are open now are settled. Only one task may wait.
    pub(crate) async fn half_settled(&self) {
        let half = self.count() / 2;
        while self.count() > half {
            self.settled.notified().await;
        }
    }
}

impl Drop for OpenTask {
    fn drop(&mut self) {
        self.0.count.fetch_sub(1, Ordering::AcqRel);
        self.0.settled.notify_one();
    }
}
