//! Tells an observer of every task that is settled.

use std::{
    fmt,
    sync::{
        OnceLock,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

/// A settled task.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Settled {
    /// What has become of it.
    pub outcome: Outcome,
    /// The status of the last answer, if there was one.
    pub status: Option<u16>,
    /// How often it was sent.
    pub attempts: u32,
    /// From the moment when it was handed over.
    pub duration: Duration,
    /// The size of its body; 0 if it was never encoded.
    pub bytes: usize,
    /// The id that the platform gave it.
    pub trace_id: Option<String>,
    /// Why it was not delivered: the message of an error, or the reason why it was dropped.
    pub error: Option<String>,
}

/// What has become of a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The platform has confirmed it.
    Delivered,
    /// It was refused, or has used up its attempts.
    Failed,
    /// It was given up without a refusal.
    Dropped,
}

type Callback = dyn Fn(Settled) + Send + Sync;

/// At most one callback, which can be switched off.
#[derive(Default)]
pub(crate) struct Observer {
    callback: OnceLock<Box<Callback>>,
    is_on: AtomicBool,
}

impl Observer {
    /// Sets the callback, unless there is one, and switches it on.
    pub(crate) fn start(&self, callback: impl Fn(Settled) + Send + Sync + 'static) {
        self.callback.get_or_init(|| Box::new(callback));
        self.is_on.store(true, Ordering::Relaxed);
    }

    pub(crate) fn stop(&self) {
        self.is_on.store(false, Ordering::Relaxed);
    }

    /// `settled` is only called if the callback is on.
    pub(crate) fn tell(&self, settled: impl FnOnce() -> Settled) {
        if self.is_on.load(Ordering::Relaxed)
            && let Some(callback) = self.callback.get()
        {
            callback(settled());
        }
    }
}

impl fmt::Debug for Observer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Observer").finish_non_exhaustive()
    }
}
