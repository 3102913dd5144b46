//! Tasks that nobody waits for: accepted at once, delivered when the platform can take them.
//!
//! A task leaves the queue for good only when the platform has confirmed or refused it, or when it is
//! given up by a stated rule and counted. While the platform does not answer, tasks stay; one of them at a
//! time is the probe that finds out when it is back.

mod line;
mod outage;
mod queue;

use std::{panic::AssertUnwindSafe, sync::Arc};

use bytes::Bytes;
use futures_util::{FutureExt, StreamExt, stream};
use tokio::{
    sync::Notify,
    task::unconstrained,
    time::{Instant, sleep_until},
};
use tokio_util::sync::CancellationToken;

use crate::{
    call::TaskText,
    cancel::unless_cancelled,
    client::{Client, Shared},
    config::QueuePolicy,
    error::{Error, Result},
    key::new_key,
    limit::Slot,
    log::Level,
    retry::{Context, Policy},
    spool::Record,
    stats::DropReason,
    transport::{Answer, Http},
    wait_group::WaitGroup,
    wire,
};
use line::{Body, Task};
use outage::Probe;
use queue::{Next, Postponed, Queue};

/// What a client delivers in the background.
#[derive(Debug)]
pub(crate) struct Background {
    queue: Queue,
    /// Told when there may be something to do that was not there before.
    changed: Notify,
    /// Tasks in the background, waiting or under way.
    pub(crate) pending: WaitGroup,
}

impl Background {
    pub(crate) fn new(max_bytes: usize, policy: QueuePolicy, retries: &Policy) -> Self {
        Self {
            queue: Queue::new(max_bytes, policy, retries),
            changed: Notify::new(),
            pending: WaitGroup::default(),
        }
    }

    /// Bytes of tasks in memory.
    pub(crate) fn bytes(&self) -> usize {
        self.queue.bytes()
    }

    /// When a task was last delivered, in whatever way it was sent.
    pub(crate) fn last_success(&self) -> Option<Instant> {
        self.queue.last_success()
    }

    /// Since when the platform has answered nothing that it was asked, if that is so; `waiting` tells
    /// whether anything is under way.
    pub(crate) fn silent_since(&self, waiting: bool) -> Option<Instant> {
        self.queue.silent_since(waiting)
    }

    /// The platform has taken a task, in whatever way it was sent.
    pub(crate) fn delivered(&self) {
        self.queue.delivered();
    }

    /// An attempt to deliver a task begins, whoever makes it; `alone` if nothing is under way beside it.
    pub(crate) fn asked(&self, alone: bool) {
        self.queue.asked(alone);
    }

    /// An attempt to deliver a task has ended, whoever made it: the platform has answered, or is in trouble.
    pub(crate) fn heard(&self, answered: bool) {
        if self.queue.heard(answered) {
            self.changed.notify_one();
        }
    }

    /// Gives up what is waiting, because the client is closed.
    pub(crate) fn give_up(&self) {
        for task in self.queue.take_all() {
            give_up(task);
        }
        self.changed.notify_one();
    }
}

impl Client {
    /// Takes a task to be delivered in the background; returns whether there was room for it.
    ///
    /// A task without `currentDatetime` gets `now`, in ISO 8601. With a spool the task is on disk when
    /// this returns.
    ///
    /// # Errors
    /// `Validation` or `PayloadTooLarge` of the task, `Closed` after [`close`](Client::close). What comes
    /// later is counted in [`stats`](Client::stats).
    ///
    /// # Panics
    /// Outside of a Tokio runtime.
    pub fn enqueue(&self, task: impl TaskText, now: Option<&str>) -> Result<bool> {
        let http = self.http()?;
        let shared = &self.0;
        let mut body = task.read(|json| wire::encode(json, now))?.body;
        let entry = shared.ledger.submit();
        let key = new_key();
        let stored = shared
            .spool
            .as_ref()
            .and_then(|spool| spool.store(&key, &body));
        let body = match stored {
            Some(stored) => Body::Stored(stored),
            None => {
                body.shrink_to_fit();
                Body::Memory(key, Bytes::from(body))
            }
        };
        let task = Task::new(entry, shared.background.pending.add(), body);
        Ok(shared.accept(&http, task))
    }

    /// Takes over the tasks that processes have left in the spool which are gone, if there is one. They are
    /// looked for on another thread, and count as pending from then on.
    ///
    /// # Panics
    /// Outside of a Tokio runtime.
    pub fn recover(&self) {
        let (Some(spool), Ok(http)) = (self.0.spool.clone(), self.http()) else {
            return;
        };
        let shared = self.0.clone();
        let searching = shared.background.pending.add();
        tokio::spawn(async move {
            for stored in spool.adopt().await {
                let (entry, flight) = (shared.ledger.submit(), shared.background.pending.add());
                shared.accept(&http, Task::new(entry, flight, Body::Stored(stored)));
            }
            drop(searching);
        });
    }

    /// Waits until nothing is left in the background.
    pub fn background_done(&self) -> impl Future<Output = ()> + Send + 'static {
        let pending = self.0.background.pending.clone();
        async move { pending.wait().await }
    }

    /// How many tasks are in the background.
    #[must_use]
    pub fn background_count(&self) -> usize {
        self.0.background.pending.count()
    }
}

impl Shared {
    /// Queues a task; returns whether there was room for it.
    fn accept(self: &Arc<Self>, http: &Http, task: Task) -> bool {
        let (pushed, start) = match self.background.queue.push(task) {
            Ok(pushed) => pushed,
            Err(late) => {
                give_up(*late);
                return false;
            }
        };
        if pushed.tell {
            self.log.line(Level::Warn, || {
                "the queue is full (maxQueueBytes): tasks are dropped, see stats()".to_owned()
            });
        }
        for dropped in pushed.dropped {
            dropped.entry.dropped(DropReason::QueueFull);
        }
        if start {
            tokio::spawn(run(self.clone(), http.clone()));
        } else {
            self.background.changed.notify_one();
        }
        pushed.accepted
    }

    /// Ends a task that was delivered, or failed for good.
    fn settle(&self, task: Task, error: Option<Error>) {
        let Task { entry, body, .. } = task;
        if let Some(error) = &error {
            self.log.line(Level::Error, || {
                let name = name(&body).unwrap_or_else(|| "a task".to_owned());
                format!("{name} was not delivered: {error}")
            });
        }
        // Credentials can be put right: the next process may have those that the platform takes.
        let keep = error.as_ref().is_some_and(Error::is_hopeless);
        if let Body::Stored(stored) = body
            && !keep
        {
            stored.remove();
        }
        match error {
            None => entry.delivered(),
            Some(error) => entry.failed(error.kind()),
        }
    }
}

fn name(body: &Body) -> Option<String> {
    let (_, body) = content(body).ok()?;
    wire::task_name(std::str::from_utf8(&body).ok()?)
}

/// Starts one task after another, until there are none.
///
/// All are one task of the runtime, so that each stands in line before the next one begins. Spawned ones would
/// not: a worker runs what was spawned last first.
async fn run(shared: Arc<Shared>, http: Http) {
    let all = stream::unfold((), |()| async { Some((begin(&shared).await?, ())) })
        .for_each_concurrent(None, |(task, probe, slot)| {
            // What is left to do after a delivery may panic as well, and the others have nothing to do with it.
            let send = AssertUnwindSafe(send(&shared, &http, task, probe, slot)).catch_unwind();
            send.map(drop)
        });
    // Tokio lets those that have used up their budget go on last first.
    unconstrained(all).await;
}

/// The next task, when it may be sent; `None` if nothing is left.
async fn begin(shared: &Shared) -> Option<(Task, Option<Probe>, Slot)> {
    let background = &shared.background;
    loop {
        match background.queue.next() {
            Next::Nothing => return None,
            Next::Changed => background.changed.notified().await,
            Next::At(time) => {
                tokio::select! {
                    () = sleep_until(time) => {}
                    () = background.changed.notified() => {}
                }
            }
            Next::Send => {
                let slot = shared.gate.slot().await;
                if let Some((task, probe)) = background.queue.take() {
                    return Some((task, probe, slot));
                }
            }
        }
    }
}

async fn send(shared: &Shared, http: &Http, task: Task, probe: Option<Probe>, slot: Slot) {
    let background = &shared.background;
    let stop = match probe {
        Some(_) => CancellationToken::new(),
        None => background.queue.calm(),
    };
    let work = AssertUnwindSafe(deliver(shared, http, &task.body, probe, &stop, slot));
    let work = work.catch_unwind();
    let outcome = match unless_cancelled(&shared.closed, work).await {
        Some(outcome) => outcome.unwrap_or_else(|_| Err(Error::panicked())),
        None => {
            background.queue.forget(&task, probe);
            background.changed.notify_one();
            return give_up(task);
        }
    };
    let settled = match outcome {
        Ok(_) => {
            background.delivered();
            background.queue.forget(&task, probe);
            Some((task, None))
        }
        Err(error) if may_pass(&error) => {
            let why = match probe {
                Some(probe) => Postponed::Probe(probe),
                None if stop.is_cancelled() => Postponed::ByOutage,
                None => Postponed::Itself,
            };
            let task = background.queue.postpone(task, why, &error);
            task.map(|task| (task, Some(error)))
        }
        Err(error) => {
            background.queue.forget(&task, probe);
            Some((task, Some(error)))
        }
    };
    // Whatever comes now, whoever waits for this one goes on.
    background.changed.notify_one();
    match settled {
        Some((task, Some(error))) if may_pass(&error) && shared.closed.is_cancelled() => {
            give_up(task);
        }
        Some((task, error)) => shared.settle(task, error),
        None => {}
    }
}

/// Whether the task may be taken another time: the platform is in trouble, or the answer is not its own, such as
/// the login page of a network or a redirect to one.
fn may_pass(error: &Error) -> bool {
    let foreign = error
        .status()
        .is_some_and(|status| matches!(status, 200..=399));
    error.is_transient() || foreign
}

async fn deliver(
    shared: &Shared,
    http: &Http,
    body: &Body,
    probe: Option<Probe>,
    stop: &CancellationToken,
    slot: Slot,
) -> Result<Answer> {
    let (key, body) = content(body)?;
    let request = shared.trace_request(&key, body);
    let context = shared.context(shared.retries_rate_limit_in_batch(), &shared.resource);
    let max_retries = probe.map_or(context.max_retries, |_| 0);
    let context = Context {
        max_retries,
        ..context
    };
    shared
        .exchange(http, &request, &context, stop, Some(slot))
        .await
}

/// The idempotency key of a task, and its body.
fn content(body: &Body) -> Result<(String, Bytes)> {
    match body {
        Body::Memory(key, body) => Ok((key.clone(), body.clone())),
        Body::Stored(stored) => {
            let Record { key, body } = stored.read()?;
            Ok((key, Bytes::from(body)))
        }
    }
}

/// Ends a task that was not delivered before the client was closed.
fn give_up(task: Task) {
    let reason = match task.body {
        Body::Memory(..) => DropReason::Closed,
        Body::Stored(_) => DropReason::LeftInSpool,
    };
    task.entry.dropped(reason);
}

#[cfg(test)]
mod tests;
