//! What tests see of the attempts of a client.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard},
};

use super::request_class::RequestClass;
use crate::{request::Request, runtime::Instant, sync::LockExt};
use infinium_core::{Answer, Failure};

/// What was seen so far.
#[derive(Debug, Default)]
pub(crate) struct Watch(Mutex<Seen>);

#[derive(Debug, Default)]
pub(crate) struct Seen {
    /// When each attempt began.
    pub(crate) starts: Vec<Instant>,
    in_flight: [usize; RequestClass::COUNT],
    /// The most attempts of one class at once.
    pub(crate) most_of_a_class: usize,
    /// Until when the platform wants to be spared each task, by its key.
    asked: BTreeMap<Vec<u8>, Instant>,
    /// Retries that came sooner.
    pub(crate) too_early: Vec<String>,
}

/// An attempt in flight.
pub(super) struct Watched<'a> {
    watch: &'a Watch,
    class: RequestClass,
    key: Vec<u8>,
}

impl Watch {
    pub(crate) fn seen(&self) -> MutexGuard<'_, Seen> {
        self.0.lock_unpoisoned()
    }

    pub(super) fn begin(&self, request: &Request, class: RequestClass, number: u32) -> Watched<'_> {
        let key = request.key.as_ref().map(|key| key.as_bytes().to_vec());
        let key = key.unwrap_or_default();
        let now = Instant::now();
        let mut seen = self.seen();
        seen.starts.push(now);
        // A task in the background may begin anew when another one shows that the platform is back.
        if let Some(until) = seen.asked.remove(&key)
            && number > 1
            && now < until
        {
            let text = format!("attempt {number}, {:?} too early", until - now);
            seen.too_early.push(text);
        }
        seen.in_flight[class.index()] += 1;
        seen.most_of_a_class = seen.most_of_a_class.max(seen.in_flight[class.index()]);
        Watched {
            watch: self,
            class,
            key,
        }
    }
}

impl Watched<'_> {
    pub(super) fn end(self, outcome: &Result<Answer, Failure>) {
        if let Ok(answer) = outcome
            && let Some(wait) = answer.retry_after
            && !self.key.is_empty()
        {
            let until = Instant::now() + wait;
            self.watch.seen().asked.insert(self.key.clone(), until);
        }
    }
}

impl Drop for Watched<'_> {
    fn drop(&mut self) {
        self.watch.seen().in_flight[self.class.index()] -= 1;
    }
}
