//! Runs many futures within one Tokio task, in a fixed order.

use futures_util::{Stream, StreamExt};

use crate::runtime::unconstrained;

/// Runs a future for each item, all concurrently within the current Tokio task. They start in the order of the items,
/// so the first item is also the first in every queue. Returns when the stream has ended and all futures are done.
///
/// Spawned tasks would not keep the order: a Tokio worker runs the most recently spawned task first.
pub(crate) async fn run_in_order<S, F>(items: S, start: impl FnMut(S::Item) -> F)
where
    S: Stream,
    F: Future<Output = ()>,
{
    // Tokio would resume futures that have used up its cooperative budget in reverse order.
    unconstrained(items.for_each_concurrent(None, start)).await;
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use futures_util::stream;
    use tokio::sync::Semaphore;

    use super::*;

    /// More operations than Tokio lets one task do before it has to yield.
    const COUNT: usize = 1_000;

    #[tokio::test]
    async fn starts_in_order_and_runs_all_at_the_same_time() {
        let permits = Semaphore::new(0);
        let started = RefCell::new(Vec::new());
        run_in_order(stream::iter(0..COUNT), |number| {
            let (permits, started) = (&permits, &started);
            async move {
                started.borrow_mut().push(number);
                // The first future can end only after the last one has started.
                if number == COUNT - 1 {
                    permits.add_permits(COUNT);
                }
                permits.acquire().await.unwrap().forget();
            }
        })
        .await;
        assert_eq!(started.into_inner(), (0..COUNT).collect::<Vec<_>>());
    }

    #[tokio::test]
    async fn keeps_the_order_beyond_the_budget_of_one_task() {
        let permits = Semaphore::new(COUNT);
        let passed = RefCell::new(Vec::new());
        run_in_order(stream::iter(0..COUNT), |number| {
            let (permits, passed) = (&permits, &passed);
            async move {
                permits.acquire().await.unwrap().forget();
                passed.borrow_mut().push(number);
            }
        })
        .await;
        assert_eq!(passed.into_inner(), (0..COUNT).collect::<Vec<_>>());
    }
}
