//! The places of requests in flight: at most `max_concurrency`.
//!
//! Places that become free go to awaited calls first. If none becomes free for a moment, because other requests hang,
//! an awaited call gets a place of its own: hanging background tasks never hold up a send, and hanging tasks never
//! hold up a read.

use std::{
    sync::{Arc, Mutex as StdMutex},
    time::Duration,
};

use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use super::{
    hanging::{Displacement, Hanging},
    priority::Heads,
    request_class::RequestClass,
    window::Window,
};
use crate::runtime::{Instant, sleep_until};
use crate::sync::LockExt;

/// An awaited call waits this long for a place to become free before it gets one of its own.
const GRACE: Duration = Duration::from_millis(25);

/// Admits requests in flight.
#[derive(Debug)]
pub(super) struct Places {
    max: usize,
    state: StdMutex<State>,
    /// Notified when a head may have to look again.
    changed: Notify,
}

#[derive(Debug)]
struct State {
    in_flight: [usize; RequestClass::COUNT],
    heads: Heads,
    window: Window,
    hanging: Hanging,
}

/// A request's place. Dropping it frees the place.
#[derive(Debug)]
pub(crate) struct Place {
    places: Arc<Places>,
    class: RequestClass,
    /// Cancelled when the request hangs and another one needs its place. Only for background tasks.
    displaced: Option<(u64, CancellationToken)>,
}

/// What a head has to wait for.
enum Wait {
    Change,
    ChangeOr(Instant),
}

impl Places {
    pub(super) fn new(max: usize, displacement: Displacement) -> Self {
        Self {
            max,
            state: StdMutex::new(State {
                in_flight: Default::default(),
                heads: Heads::default(),
                window: Window::new(max),
                hanging: Hanging::new(displacement),
            }),
            changed: Notify::new(),
        }
    }

    /// Waits for a place. At most one request of each class may wait: the head of its queue.
    pub(super) async fn take(self: &Arc<Self>, class: RequestClass) -> Place {
        let mut head = Head {
            places: self,
            class,
            is_waiting: false,
        };
        loop {
            let changed = self.changed.notified();
            tokio::pin!(changed);
            changed.as_mut().enable();
            match head.try_take() {
                Ok(place) => return place,
                Err(Wait::Change) => changed.await,
                Err(Wait::ChangeOr(time)) => {
                    tokio::select! {
                        biased;
                        () = changed => {}
                        () = sleep_until(time) => {}
                    }
                }
            }
        }
    }

    /// An attempt of a task that began at `began` has been answered.
    pub(super) fn on_answer(&self, class: RequestClass, began: Instant) {
        let mut state = self.state.lock_unpoisoned();
        state.window.on_success();
        state.hanging.on_answer(class, began.elapsed());
        drop(state);
        self.changed.notify_waiters();
    }

    /// A connection of a task was refused or broke. The attempt began at `began`.
    pub(super) fn on_broken_connection(&self, began: Instant) {
        let mut state = self.state.lock_unpoisoned();
        let tasks = state.tasks_in_flight();
        state.window.on_failure(tasks, began);
        drop(state);
        // Those who let a task go first that may go no more look again.
        self.changed.notify_waiters();
    }

    /// An outage is over: the platform gets one task first, then two, and so on.
    pub(super) fn on_recovery(&self) {
        self.state.lock_unpoisoned().window.restart();
        self.changed.notify_waiters();
    }

    #[cfg(test)]
    fn window(&self) -> usize {
        self.state.lock_unpoisoned().window.size()
    }

    #[cfg(test)]
    pub(super) fn has_head(&self, class: RequestClass) -> bool {
        self.state.lock_unpoisoned().heads.since(class).is_some()
    }

    /// The heads that wait although they may go. At rest there are none: each of them missed a wake-up.
    #[cfg(test)]
    pub(super) fn overlooked(&self) -> Vec<RequestClass> {
        let state = self.state.lock_unpoisoned();
        let now = Instant::now();
        let is_overlooked = |class: &RequestClass| {
            let Some(since) = state.heads.since(*class) else {
                return false;
            };
            let has_room = |class| state.has_room(class, self.max);
            let may_go = has_room(*class) && state.heads.is_turn(*class, has_room);
            // Timers of the runtime end on whole milliseconds.
            let late = now > since + GRACE + Duration::from_millis(2);
            may_go || late && state.is_entitled(*class, self.max)
        };
        let all = RequestClass::ALL.into_iter();
        all.filter(is_overlooked).collect()
    }

    /// Whether nothing is in flight and nobody waits.
    #[cfg(test)]
    pub(super) fn is_unused(&self) -> bool {
        let state = self.state.lock_unpoisoned();
        state.in_flight.iter().all(|count| *count == 0)
            && !state.heads.any_waits()
            && state.hanging.is_empty()
    }
}

impl State {
    fn tasks_in_flight(&self) -> usize {
        let tasks = RequestClass::ALL
            .into_iter()
            .filter(|class| class.is_task());
        tasks.map(|class| self.in_flight[class.index()]).sum()
    }

    /// The requests in flight that go before this class or together with it.
    fn of_own_kind(&self, class: RequestClass) -> usize {
        let count = |class: RequestClass| self.in_flight[class.index()];
        match class {
            RequestClass::Awaited | RequestClass::Read => count(class),
            RequestClass::Batch => count(RequestClass::Awaited) + count(class),
            RequestClass::Background => self.in_flight.iter().sum(),
        }
    }

    /// Whether a request of this class gets a place of its own if none becomes free.
    fn is_entitled(&self, class: RequestClass, max: usize) -> bool {
        let limit = match class.is_task() {
            true => max.min(self.window.size()),
            false => max,
        };
        class != RequestClass::Background && self.of_own_kind(class) < limit
    }

    /// Whether the places allow another request of this class.
    fn has_room(&self, class: RequestClass, max: usize) -> bool {
        let total: usize = self.in_flight.iter().sum();
        total < max && (!class.is_task() || self.tasks_in_flight() < self.window.size())
    }
}

/// The first request in the queue of its class.
struct Head<'a> {
    places: &'a Arc<Places>,
    class: RequestClass,
    is_waiting: bool,
}

impl Head<'_> {
    fn try_take(&mut self) -> Result<Place, Wait> {
        let Self { places, class, .. } = *self;
        let max = places.max;
        let mut state = places.state.lock_unpoisoned();
        let may_go = state.has_room(class, max)
            && state
                .heads
                .is_turn(class, |other| state.has_room(other, max));
        let now = Instant::now();
        if !may_go {
            self.is_waiting = true;
            let since = state.heads.arrive(class, now);
            if let Some(wait) = state.wait(class, max, since, now) {
                return Err(wait);
            }
        }
        state.in_flight[class.index()] += 1;
        state.heads.leave(class);
        state.heads.went(class);
        self.is_waiting = false;
        // Another head may have waited for this one, or for the place that is now taken.
        if state.heads.any_waits() {
            places.changed.notify_waiters();
        }
        let displaced = (class == RequestClass::Background).then(|| state.hanging.begin(now));
        Ok(Place {
            places: places.clone(),
            class,
            displaced,
        })
    }
}

impl State {
    /// Returns what a head waits for, or `None` if it gets a place of its own.
    fn wait(
        &mut self,
        class: RequestClass,
        max: usize,
        since: Instant,
        now: Instant,
    ) -> Option<Wait> {
        // It is the turn of another class.
        if self.has_room(class, max) {
            return Some(Wait::Change);
        }
        if class == RequestClass::Background {
            return Some(match self.hanging.displace(now) {
                Some(later) => Wait::ChangeOr(later),
                None => Wait::Change,
            });
        }
        if !self.is_entitled(class, max) {
            return Some(Wait::Change);
        }
        let patience = since + GRACE;
        (now < patience).then_some(Wait::ChangeOr(patience))
    }
}

impl Drop for Head<'_> {
    fn drop(&mut self) {
        if self.is_waiting {
            self.places.state.lock_unpoisoned().heads.leave(self.class);
            self.places.changed.notify_waiters();
        }
    }
}

impl Place {
    /// Completes when the request hangs and its place is needed.
    pub(crate) async fn displaced(&self) {
        match &self.displaced {
            Some((_, token)) => token.cancelled().await,
            None => std::future::pending().await,
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut state = self.places.state.lock_unpoisoned();
        state.in_flight[self.class.index()] -= 1;
        if let Some((number, _)) = &self.displaced {
            state.hanging.end(*number);
        }
        drop(state);
        self.places.changed.notify_waiters();
    }
}

#[cfg(test)]
mod tests;
