//! The simulated platform: a real HTTP server that stores tasks, and answers as the weather tells it.

use std::{
    collections::{BTreeMap, BTreeSet},
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use bytes::Bytes;
use http::{Method, Request, Response};
use http_body_util::{BodyExt, Full};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use tokio::{
    io::DuplexStream,
    time::{Instant, sleep},
};

use super::weather::{Mode, Weather};
use crate::sync::LockExt;
use infinium_core::{TokenBucket, wire};

/// A platform. Clones are the same one.
#[derive(Clone, Debug)]
pub(super) struct Platform {
    weather: Weather,
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    /// The key of each stored task.
    stored: BTreeMap<String, String>,
    /// The task of each key that was ever seen.
    keys: BTreeMap<String, String>,
    /// The names of all tasks that came, stored or not.
    seen: BTreeSet<String>,
    wrong: Vec<String>,
    open: BTreeMap<SocketAddr, usize>,
    in_flight: usize,
    most_in_flight: usize,
    limit: Option<(u32, TokenBucket<Instant>)>,
    counts: Counts,
}

/// What the platform has seen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Counts {
    pub(super) requests: u64,
    pub(super) refused: u64,
    pub(super) repeated: u64,
    pub(super) hung: u64,
    pub(super) vain_connections: u64,
    pub(super) silent_connections: u64,
}

/// What to do with a request.
enum Reply {
    Answer(u16, String),
    Cut,
    Never,
}

impl Platform {
    pub(super) fn new(weather: Weather) -> Self {
        Self {
            weather,
            state: Arc::default(),
        }
    }

    /// The names of the stored tasks.
    pub(super) fn stored(&self) -> BTreeSet<String> {
        self.state
            .lock_unpoisoned()
            .stored
            .keys()
            .cloned()
            .collect()
    }

    /// Whether a task has come, whatever the answer was.
    pub(super) fn has_seen(&self, name: &str) -> bool {
        self.state.lock_unpoisoned().seen.contains(name)
    }

    pub(super) fn counts(&self) -> Counts {
        self.state.lock_unpoisoned().counts
    }

    /// The largest number of requests that were in flight at once.
    pub(super) fn most_in_flight(&self) -> usize {
        self.state.lock_unpoisoned().most_in_flight
    }

    pub(super) fn connections(&self, at: SocketAddr) -> usize {
        let state = self.state.lock_unpoisoned();
        state.open.get(&at).copied().unwrap_or_default()
    }

    pub(super) fn all_connections(&self) -> usize {
        self.state.lock_unpoisoned().open.values().sum()
    }

    pub(super) fn on_vain_connection(&self) {
        self.state.lock_unpoisoned().counts.vain_connections += 1;
    }

    pub(super) fn on_silent_connection(&self) {
        self.state.lock_unpoisoned().counts.silent_connections += 1;
    }

    /// Violations of what every platform may expect.
    pub(super) fn wrong(&self) -> Vec<String> {
        self.state.lock_unpoisoned().wrong.clone()
    }

    pub(super) fn serve(&self, at: SocketAddr, stream: DuplexStream) {
        *self.state.lock_unpoisoned().open.entry(at).or_default() += 1;
        let platform = self.clone();
        tokio::spawn(async move {
            let answer = service_fn(|request| platform.answer(request));
            let connection = http1::Builder::new().serve_connection(TokioIo::new(stream), answer);
            let _ = connection.await;
            *platform.state.lock_unpoisoned().open.entry(at).or_default() -= 1;
        });
    }

    async fn answer(
        &self,
        request: Request<Incoming>,
    ) -> Result<Response<Full<Bytes>>, std::io::Error> {
        let (head, body) = request.into_parts();
        let _in_flight = InFlight::new(self);
        let Ok(body) = body.collect().await else {
            return Err(std::io::Error::other("the request was cut"));
        };
        let body = String::from_utf8_lossy(&body.to_bytes()).into_owned();
        let is_task = head.method == Method::POST;
        let weather = self.weather.now();
        let mode = if is_task {
            weather.tasks
        } else {
            weather.reads
        };
        if let Mode::Slow(time) = mode {
            sleep(time).await;
        }
        let key = head.headers.get("idempotency-key");
        let key = key.and_then(|key| key.to_str().ok()).unwrap_or_default();
        let reply = self.decide(mode, is_task.then_some((key, body.as_str())));
        let retry_after = match mode {
            Mode::Limits(_, after) => after,
            _ => None,
        };
        match reply {
            Reply::Never => {
                self.state.lock_unpoisoned().counts.hung += 1;
                std::future::pending().await
            }
            Reply::Cut => Err(std::io::Error::other("cut")),
            Reply::Answer(status, body) => {
                let mut answer = Response::builder().status(status);
                if let (429, Some(seconds)) = (status, retry_after) {
                    answer = answer.header("retry-after", seconds);
                }
                Ok(answer.body(Full::from(body)).unwrap_or_default())
            }
        }
    }

    fn decide(&self, mode: Mode, task: Option<(&str, &str)>) -> Reply {
        let mut state = self.state.lock_unpoisoned();
        state.counts.requests += 1;
        if let Some((_, body)) = task {
            state.look(body);
        }
        let one_in = |number: u32| fastrand::u32(0..number) == 0;
        match mode {
            Mode::Fails(status) => {
                return Reply::Answer(status, r#"{"message":"failed"}"#.to_owned());
            }
            Mode::Page(status) => return Reply::Answer(status, "<html>A page</html>".to_owned()),
            Mode::Hangs => return Reply::Never,
            Mode::HangsOneIn(number) if one_in(number) => return Reply::Never,
            Mode::Limits(rate, _) if !state.admits(rate) => {
                state.counts.refused += 1;
                return Reply::Answer(429, r#"{"message":"slow down"}"#.to_owned());
            }
            Mode::CutsOneIn(number) if one_in(number) => {
                // Half of the cut requests were stored before.
                if let (Some((key, body)), true) = (task, fastrand::bool()) {
                    state.store(key, body);
                }
                return Reply::Cut;
            }
            _ => {}
        }
        match task {
            Some((key, body)) => {
                state.store(key, body);
                Reply::Answer(200, r#"{"success":true,"message":"stored"}"#.to_owned())
            }
            None => Reply::Answer(
                200,
                r#"{"content":"Hello {{name}}","version":3}"#.to_owned(),
            ),
        }
    }
}

impl State {
    fn admits(&mut self, rate: u32) -> bool {
        let now = Instant::now();
        if self.limit.as_ref().is_none_or(|(old, _)| *old != rate) {
            self.limit = Some((rate, TokenBucket::new(f64::from(rate) / 2.0, now)));
        }
        let Some((_, bucket)) = &mut self.limit else {
            return true;
        };
        let admitted = bucket.ready_at(now) <= now;
        if admitted {
            bucket.take(now);
        }
        admitted
    }

    /// Notes that a task has come. Only what was torn on a disk is not whole.
    fn look(&mut self, body: &str) {
        self.seen.extend(wire::task_name(body));
        if serde_json::from_str::<serde::de::IgnoredAny>(body).is_err() {
            self.wrong.push(format!("a task is not whole: {body}"));
        }
    }

    fn store(&mut self, key: &str, body: &str) {
        let Some(name) = wire::task_name(body) else {
            self.wrong.push(format!("a task without a name: {body}"));
            return;
        };
        if key.is_empty() {
            self.wrong.push(format!("{name} has no key"));
        }
        let task = self
            .keys
            .entry(key.to_owned())
            .or_insert_with(|| name.clone());
        if *task != name {
            self.wrong.push(format!("{task} and {name} have one key"));
        }
        let known = self.stored.insert(name.clone(), key.to_owned());
        self.counts.repeated += u64::from(known.is_some());
        if known.is_some_and(|known| known != key) {
            self.wrong.push(format!("{name} has two keys"));
        }
    }
}

/// Counts a request until it is answered or dropped.
struct InFlight<'a>(&'a Platform);

impl<'a> InFlight<'a> {
    fn new(platform: &'a Platform) -> Self {
        let mut state = platform.state.lock_unpoisoned();
        state.in_flight += 1;
        state.most_in_flight = state.most_in_flight.max(state.in_flight);
        drop(state);
        Self(platform)
    }
}

impl Drop for InFlight<'_> {
    fn drop(&mut self) {
        self.0.state.lock_unpoisoned().in_flight -= 1;
    }
}
