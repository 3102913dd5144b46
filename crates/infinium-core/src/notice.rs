//! What a client says even if its user has asked for no log: the first time that something keeps tasks from arriving.

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicU8, Ordering},
    },
};

/// Why tasks in the background do not arrive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Notice {
    /// The platform refuses the credentials.
    Credentials,
    /// The platform does not know the agent.
    Agent,
    /// The platform has refused a task.
    Refused,
    /// The platform does not answer, or fails.
    Outage,
    /// Tasks arrive faster than they are sent.
    Queue,
    /// Tasks cannot be written to the spool.
    Spool,
}

type Sink = dyn Fn(Notice, String) + Send + Sync;

/// Receives each notice of a client at most once.
#[derive(Clone)]
pub struct Notices {
    sink: Option<Arc<Sink>>,
    given: Arc<AtomicU8>,
}

impl Notices {
    /// Calls `sink` with the first notice of each kind, on the thread that finds it. The text contains no secret.
    pub fn new(sink: impl Fn(Notice, String) + Send + Sync + 'static) -> Self {
        Self {
            sink: Some(Arc::new(sink)),
            given: Arc::default(),
        }
    }

    /// Says nothing.
    #[must_use]
    pub fn none() -> Self {
        Self {
            sink: None,
            given: Arc::default(),
        }
    }

    /// Gives a notice, unless there was one of this kind.
    pub fn give(&self, notice: Notice, text: impl FnOnce() -> String) {
        let Some(sink) = &self.sink else {
            return;
        };
        let kind = 1 << notice as u8;
        if self.given.fetch_or(kind, Ordering::Relaxed) & kind == 0 {
            sink(notice, text());
        }
    }
}

impl fmt::Debug for Notices {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Notices").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    #[test]
    fn gives_each_kind_once() {
        let given = Arc::new(Mutex::new(Vec::new()));
        let seen = given.clone();
        let notices = Notices::new(move |notice, text| seen.lock().unwrap().push((notice, text)));
        for text in ["first", "second"] {
            notices.give(Notice::Outage, || text.to_owned());
            notices.give(Notice::Queue, || text.to_owned());
        }
        let first = |notice| (notice, "first".to_owned());
        assert_eq!(
            *given.lock().unwrap(),
            [first(Notice::Outage), first(Notice::Queue)]
        );
        Notices::none().give(Notice::Agent, || unreachable!("nobody listens"));
    }
}
