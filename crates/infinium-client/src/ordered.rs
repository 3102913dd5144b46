//! Many futures within one task of the runtime, in a fixed order.

use futures_util::{Stream, StreamExt};
use tokio::task::unconstrained;

/// Runs a future for each item, all at the same time, within the current task. They start in the order of the items,
/// so the first item is the first in every queue. Returns when the stream has ended and all futures are done.
///
/// Spawned tasks would not keep the order: a worker thread of Tokio runs the task that was spawned last first.
pub(crate) async fn run_in_order<S, F>(items: S, start: impl FnMut(S::Item) -> F)
where
    S: Stream,
    F: Future<Output = ()>,
{
    // Futures that have used up Tokio's budget would be resumed in reverse order.
    unconstrained(items.for_each_concurrent(None, start)).await;
}

#[cfg(test)]
mod tests {
    use std::{cell::RefCell, sync::Arc};

    use futures_util::stream;
    use tokio::sync::Semaphore;

    use super::*;

    #[tokio::test]
    async fn starts_in_order_and_runs_all_at_the_same_time() {
        let permits = Arc::new(Semaphore::new(0));
        let started = RefCell::new(Vec::new());
        let ended = RefCell::new(Vec::new());
        // More than Tokio's budget of one task.
        let count = 1_000;
        let all = run_in_order(stream::iter(0..count), |number| {
            let (permits, started, ended) = (&permits, &started, &ended);
            async move {
                started.borrow_mut().push(number);
                if number == count - 1 {
                    permits.add_permits(1);
                }
                let permit = permits.acquire().await.unwrap();
                ended.borrow_mut().push(number);
                drop(permit);
            }
        });
        all.await;
        let order: Vec<_> = (0..count).collect();
        assert_eq!(started.into_inner(), order);
        assert_eq!(ended.into_inner(), order);
    }
}
