//! What has arrived.

use std::{cell::Cell, time::Duration};

use memchr::memmem::Finder;

/// Occurs once in every trace, whatever it is wrapped in: see `tasks.mjs`.
const MARK: &[u8] = b"bench-trace";

/// Counts since the last reset, and how answers are to be delayed. One thread reads and writes them.
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

    /// Counts a request that is completely here.
    pub(crate) fn add(&self, body: &[u8]) {
        let traces = self.mark.find_iter(body).count() as u64;
        self.requests.set(self.requests.get() + 1);
        self.traces.set(self.traces.get() + traces);
        self.bytes.set(self.bytes.get() + body.len() as u64);
    }

    pub(crate) fn latency(&self) -> Duration {
        self.latency.get()
    }

    /// Does what a line on stdin asks for, and says what to answer.
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
