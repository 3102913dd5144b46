//! The places of requests in flight: at most `max_concurrency`.
//!
//! Places that become free go to awaited calls first. If none becomes free for a moment, because other requests hang,
//! an awaited call gets a place of its own: hanging background tasks never hold up a send, and hanging tasks never
//! hold up a read.

use std::{
    sync::{Arc, Mutex as StdMutex},
    time::Duration,
};

use tokio::{
    sync::Notify,
    time::{Instant, sleep_until},
};
use tokio_util::sync::CancellationToken;

use super::{hanging::Hanging, priority::Heads, request_class::RequestClass, window::Window};
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
    pub(super) fn new(max: usize) -> Self {
        Self {
            max,
            state: StdMutex::new(State {
                in_flight: Default::default(),
                heads: Heads::default(),
                window: Window::new(max),
                hanging: Hanging::default(),
            }),
            changed: Notify::new(),
        }
    }

    /// Waits for a place. At most one request of each class may wait: the head of its queue.
    pub(super) async fn take(self: &Arc<Self>, class: RequestClass) -> Place {
        let mut head = Head {
            places: self,
            class,
            since: None,
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
    }

    /// An outage is over: the platform gets one task first, then two, and so on.
    pub(super) fn on_recovery(&self) {
        self.state.lock_unpoisoned().window.restart();
    }

    #[cfg(test)]
    fn window(&self) -> usize {
        self.state.lock_unpoisoned().window.size()
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
    /// When it began to wait.
    since: Option<Instant>,
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
            let since = *self.since.get_or_insert(now);
            state.heads.arrive(class);
            if let Some(wait) = state.wait(class, max, since, now) {
                return Err(wait);
            }
        }
        state.in_flight[class.index()] += 1;
        state.heads.leave(class);
        state.heads.went(class);
        // Another head may have waited for this one, and there may be room for both.
        if self.since.take().is_some() {
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
        let own_limit = match class.is_task() {
            true => max.min(self.window.size()),
            false => max,
        };
        if self.of_own_kind(class) >= own_limit {
            return Some(Wait::Change);
        }
        let patience = since + GRACE;
        (now < patience).then_some(Wait::ChangeOr(patience))
    }
}

impl Drop for Head<'_> {
    fn drop(&mut self) {
        if self.since.is_some() {
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
mod tests {
    use tokio::time::timeout;

    use super::*;
    use RequestClass::{Awaited, Background, Batch, Read};

    const SECOND: Duration = Duration::from_secs(1);

    async fn take(places: &Arc<Places>, class: RequestClass, count: usize) -> Vec<Place> {
        let mut taken = Vec::new();
        for _ in 0..count {
            taken.push(places.take(class).await);
        }
        taken
    }

    /// How long a class waits for a place, or `None` for more than a second.
    async fn wait(places: &Arc<Places>, class: RequestClass) -> Option<Duration> {
        let began = Instant::now();
        let place = timeout(SECOND, places.take(class)).await;
        place.is_ok().then(|| began.elapsed())
    }

    #[tokio::test(start_paused = true)]
    async fn keeps_the_maximum_for_each_kind() {
        for class in RequestClass::ALL {
            let places = Arc::new(Places::new(2));
            let mut taken = take(&places, class, 2).await;
            assert_eq!(wait(&places, class).await, None, "{class:?}");
            taken.pop();
            assert_eq!(
                wait(&places, class).await,
                Some(Duration::ZERO),
                "{class:?}"
            );
        }
    }

    #[tokio::test(start_paused = true)]
    async fn gives_awaited_calls_places_of_their_own_when_others_hang() {
        for (hanging, class) in [
            (Background, Awaited),
            (Background, Read),
            (Background, Batch),
            (Batch, Awaited),
            (Batch, Read),
            (Awaited, Read),
            (Read, Awaited),
            (Read, Batch),
        ] {
            let places = Arc::new(Places::new(2));
            let _hanging = take(&places, hanging, 2).await;
            let waited = wait(&places, class).await;
            assert_eq!(waited, Some(GRACE), "{class:?} behind {hanging:?}");
        }
        for (hanging, class) in [(Awaited, Batch), (Awaited, Background), (Read, Background)] {
            let places = Arc::new(Places::new(2));
            let _hanging = take(&places, hanging, 2).await;
            assert_eq!(
                wait(&places, class).await,
                None,
                "{class:?} behind {hanging:?}"
            );
        }
    }

    #[tokio::test(start_paused = true)]
    async fn exceeds_no_maximum_while_places_become_free() {
        let places = Arc::new(Places::new(1));
        let first = places.take(Background).await;
        let mut second = std::pin::pin!(places.take(Awaited));
        assert!(timeout(GRACE / 2, second.as_mut()).await.is_err());
        drop(first);
        assert!(timeout(Duration::ZERO, second).await.is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn serves_both_heads_if_there_is_room_for_both() {
        let places = Arc::new(Places::new(2));
        let held = take(&places, Awaited, 2).await;
        let waiting = [Background, Awaited].map(|class| {
            let places = places.clone();
            tokio::spawn(async move { places.take(class).await })
        });
        tokio::task::yield_now().await;
        drop(held);
        for head in waiting {
            assert!(timeout(SECOND, head).await.is_ok());
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_head_that_gives_up_holds_nobody_back() {
        let places = Arc::new(Places::new(1));
        let held = places.take(Awaited).await;
        let mut background = std::pin::pin!(places.take(Background));
        assert!(timeout(SECOND, background.as_mut()).await.is_err());
        assert!(timeout(SECOND, places.take(Awaited)).await.is_err());
        drop(held);
        assert!(timeout(Duration::ZERO, background).await.is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn learns_how_many_connections_are_welcome() {
        let places = Arc::new(Places::new(32));
        let taken = take(&places, Batch, 32).await;
        let began = Instant::now();
        tokio::time::advance(Duration::from_millis(1)).await;
        for _ in 0..28 {
            places.on_broken_connection(began);
        }
        assert_eq!(places.window(), 16, "once for attempts that began together");
        drop(taken);
        for _ in 0..17 {
            places.on_answer(Batch, Instant::now());
        }
        assert_eq!(places.window(), 17);
        places.on_recovery();
        assert_eq!(places.window(), 1);
        for expected in [2, 3, 4, 5] {
            places.on_answer(Batch, Instant::now());
            assert_eq!(places.window(), expected);
        }
    }
}
