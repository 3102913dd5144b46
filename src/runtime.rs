//! The threads that do the work.

use std::{
    panic::catch_unwind,
    sync::{Mutex, OnceLock},
    thread,
};

use infinium_client::LockExt;
use tokio::runtime::{Builder, Runtime};

/// The number of threads that resolve names and search spools. One is sufficient, because it mostly waits.
const BLOCKING_THREADS: usize = 1;

static RUNTIME: OnceLock<Runtime> = OnceLock::new();

/// Returns the runtime of the process. The first call starts it. After a failure the next call tries again: threads and
/// file descriptors may be missing only for a moment.
///
/// It is never shut down: an idle worker costs nothing and does not keep the process alive.
pub(crate) fn runtime() -> napi::Result<&'static Runtime> {
    static STARTING: Mutex<()> = Mutex::new(());
    if let Some(runtime) = RUNTIME.get() {
        return Ok(runtime);
    }
    let _one_at_a_time = STARTING.lock_unpoisoned();
    match RUNTIME.get() {
        Some(runtime) => Ok(runtime),
        None => start().map(|runtime| RUNTIME.get_or_init(|| runtime)),
    }
}

/// Returns the runtime of the process if it has been started.
pub(crate) fn started_runtime() -> Option<&'static Runtime> {
    RUNTIME.get()
}

fn start() -> napi::Result<Runtime> {
    let failed = |problem: String| {
        napi::Error::from_reason(format!(
            "no thread could be started ({problem}); raise the limits of threads and open files of this process"
        ))
    };
    // Tokio panics if a thread cannot be started, so this is tried before.
    let trial = thread::Builder::new().spawn(|| {});
    let trial = trial.map_err(|error| failed(error.to_string()))?;
    let _ = trial.join();
    let build = || {
        Builder::new_multi_thread()
            .worker_threads(1)
            .max_blocking_threads(BLOCKING_THREADS)
            .thread_name("infinium")
            .enable_all()
            .build()
    };
    match catch_unwind(build) {
        Ok(Ok(runtime)) => Ok(runtime),
        Ok(Err(error)) => Err(failed(error.to_string())),
        Err(_) => Err(failed("the limit was reached".to_owned())),
    }
}
