//! Runs tasks on the only thread, when the host lets it.

use std::cell::RefCell;

use futures_executor::{LocalPool, LocalSpawner};
use futures_util::task::LocalSpawnExt;

thread_local! {
    static POOL: RefCell<LocalPool> = RefCell::new(LocalPool::new());
    static SPAWNER: LocalSpawner = POOL.with_borrow(LocalPool::spawner);
}

/// Starts a task with the next [`run_until_stalled`].
pub fn spawn(task: impl Future<Output = ()> + 'static) {
    // Fails only if the pool is gone, which lives as long as the module.
    let _ = SPAWNER.with(|spawner| spawner.spawn_local(task));
}

/// Runs all tasks until each of them waits.
pub(super) fn run_until_stalled() {
    POOL.with_borrow_mut(LocalPool::run_until_stalled);
}

/// There is no budget that a task could use up.
pub(crate) fn unconstrained<F: Future>(work: F) -> F {
    work
}
