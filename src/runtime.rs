//! The threads that do the work.

use std::sync::OnceLock;

use tokio::runtime::{Builder, Runtime};

/// The number of threads that resolve names and search spools. One is sufficient, because it mostly waits.
const BLOCKING_THREADS: usize = 1;

/// Returns the runtime of the process. The first call starts it.
///
/// It is never shut down: an idle worker costs nothing and does not keep the process alive.
pub(crate) fn runtime() -> napi::Result<&'static Runtime> {
    static RUNTIME: OnceLock<Option<Runtime>> = OnceLock::new();
    let start = || {
        Builder::new_multi_thread()
            .worker_threads(1)
            .max_blocking_threads(BLOCKING_THREADS)
            .thread_name("infinium")
            .enable_all()
            .build()
            .ok()
    };
    RUNTIME.get_or_init(start).as_ref().ok_or_else(|| {
        napi::Error::from_reason("no thread could be started; check the limits of this process")
    })
}
