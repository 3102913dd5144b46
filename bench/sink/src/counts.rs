//! Counts of the requests that arrived.

use std::{cell::Cell, time::Duration};

use memchr::memmem::Finder;

/// A text that every trace contains exactly once, in every format: see `tasks.mjs`.
const MARK: &[u8] = b"bench-trace";

/// Counts since the last reset, and the delay of answers. Only one thread uses them.
pub(crate) struct Counts {
    requests: Cell<u64>,
    traces: Cell<u64>,
    bytes: Cell<u64>,
    latency: Cell<Duration>,
    mark: Finder<'static>,
}

impl Counts {
    pub(crate) fn new() -> Self {
        Self {
            requests: Cell::new(0),
            traces: Cell::new(0),
            bytes: Cell::new(0),
            latency: Cell::new(Duration::ZERO),
            mark: Finder::new(MARK),
        }
    }

    /// Counts a request whose body is complete.
    pub(crate) fn add(&self, body: &[u8]) {
        let traces = self.mark.find_iter(body).count() as u64;
        self.requests.set(self.requests.get() + 1);
        self.traces.set(self.traces.get() + traces);
        self.bytes.set(self.bytes.get() + body.len() as u64);
    }

    pub(crate) fn latency(&self) -> Duration {
        self.latency.get()
    }

    /// Executes a command from stdin and returns the answer: the counts before the command.
    pub(crate) fn command(&self, line: &str) -> String {
        let answer = serde_json::json!({
            "requests": self.requests.get(),
            "traces": self.traces.get(),
            "bytes": self.bytes.get(),
        });
        match line.split_once(' ') {
            None if line == "reset" => {
                self.requests.set(0);
                self.traces.set(0);
                self.bytes.set(0);
            }
            Some(("latency", ms)) => {
                self.latency
                    .set(Duration::from_millis(ms.parse().unwrap_or(0)));
            }
            _ => {}
        }
        answer.to_string()
    }
}
