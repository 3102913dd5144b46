//! The worker: sends queued tasks as soon as the scheduler allows it.

use std::{
    panic::AssertUnwindSafe,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use futures_util::{FutureExt, stream};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use super::{
    scheduler::{Next, Postponed, Scheduler},
    task::{Body, Task},
};
use crate::{
    cancel::unless_cancelled,
    ordered::run_in_order,
    pipeline::{Exchange, Pipeline, Place, RequestClass, Trial},
    request::Request,
    runtime::sleep_until,
    transport::Http,
};
use infinium_core::{Answer, Error, ErrorKind, Level, Notice, RequestContext, Result};

/// A task that waits longer for its turn shows that more tasks are recorded than may be sent.
const SLOW: Duration = Duration::from_secs(60);

#[derive(Debug)]
pub(super) struct Worker {
    pub(super) pipeline: Arc<Pipeline>,
    pub(super) scheduler: Scheduler,
    /// Notified when the scheduler may have new work.
    pub(super) changed: Notify,
    /// Whether tasks have waited longer than [`SLOW`].
    pub(super) is_slow: AtomicBool,
}

/// A task that may be sent now.
struct Admitted {
    task: Task,
    trial: Option<Trial>,
    place: Place,
}

impl Worker {
    /// Sends one task after another, until the queue is empty.
    pub(super) async fn run(self: Arc<Self>, http: Http) {
        let tasks = stream::unfold((), |()| async { Some((self.next().await?, ())) });
        run_in_order(tasks, |admitted| {
            // Settling a task may panic too. A panic must not stop the other tasks.
            let send = AssertUnwindSafe(self.send(&http, admitted)).catch_unwind();
            send.map(drop)
        })
        .await;
    }

    /// Waits for the next task. Returns `None` if there are no more tasks.
    async fn next(&self) -> Option<Admitted> {
        loop {
            match self.scheduler.next() {
                Next::End => return None,
                Next::Wait => self.changed().await,
                Next::WaitUntil(time) => {
                    tokio::select! {
                        // In this order, so that a simulation replays exactly.
                        biased;
                        () = sleep_until(time) => {}
                        () = self.changed() => {}
                    }
                }
                Next::Send => {
                    let Pipeline {
                        limiter, closed, ..
                    } = &*self.pipeline;
                    let admitted = limiter.admit(RequestClass::Background);
                    // Closing empties the queue, so there is nothing to be admitted for.
                    if let Some(place) = unless_cancelled(closed, admitted).await
                        && let Some((task, trial)) = self.scheduler.take()
                    {
                        if trial.is_none() {
                            self.say_slow(&task);
                        }
                        return Some(Admitted { task, trial, place });
                    }
                }
            }
        }
    }

    async fn changed(&self) {
        tokio::select! {
            biased;
            () = self.changed.notified() => {}
            () = self.pipeline.breaker.closed() => {}
        }
    }

    async fn send(&self, http: &Http, admitted: Admitted) {
        let Self {
            pipeline,
            scheduler,
            changed,
            ..
        } = self;
        let Admitted { task, trial, place } = admitted;
        let stop = match trial {
            Some(_) => CancellationToken::new(),
            None => pipeline.breaker.opened(),
        };
        let work = AssertUnwindSafe(self.deliver(http, &task, trial, &stop, place));
        let work = work.catch_unwind();
        let outcome = match unless_cancelled(&pipeline.closed, work).await {
            Some(outcome) => outcome.unwrap_or_else(|_| Err(Error::panicked())),
            None => {
                scheduler.release(&task, trial);
                changed.notify_one();
                return task.drop_at_close();
            }
        };
        let ended = match outcome {
            Err(error) if error.is_retryable_later() => {
                let why = match trial {
                    Some(trial) => Postponed::TrialFailed(trial),
                    None if stop.is_cancelled() => Postponed::BreakerOpened,
                    None => Postponed::AttemptsUsedUp,
                };
                let task = scheduler.postpone(task, why, &error);
                if !pipeline.closed.is_cancelled() {
                    self.say_outage(&error);
                }
                task.map(|task| (task, Err(error)))
            }
            outcome => {
                scheduler.release(&task, trial);
                Some((task, outcome))
            }
        };
        // Runs before the task is settled: settling may panic, and the other tasks must continue anyway.
        changed.notify_one();
        match ended {
            Some((task, Err(error)))
                if error.is_retryable_later() && pipeline.closed.is_cancelled() =>
            {
                task.drop_at_close();
            }
            Some((task, outcome)) => self.settle(task, outcome),
            None => {}
        }
    }

    async fn deliver(
        &self,
        http: &Http,
        task: &Task,
        trial: Option<Trial>,
        stop: &CancellationToken,
        place: Place,
    ) -> Result<Answer> {
        let pipeline = &self.pipeline;
        let (key, body) = task.body.read()?;
        let request = Request {
            time_factor: task.time_factor(),
            ..pipeline.requests.trace(&key, body)
        };
        let class = RequestClass::Background;
        let context = pipeline.context(class, pipeline.requests.agent());
        let context = RequestContext {
            // The next trial is also the next retry of this task.
            max_retries: trial.map_or(context.max_retries, |_| 0),
            ..context
        };
        let exchange = Exchange {
            http,
            request: &request,
            class,
            context: &context,
            stop,
            attempts: Some(&task.entry.attempts),
            admission: Some(place),
        };
        pipeline.exchange(exchange).await
    }

    /// Tells that an outage has begun, once for each outage.
    fn say_outage(&self, error: &Error) {
        let Pipeline {
            breaker,
            log,
            notices,
            ..
        } = &*self.pipeline;
        if !breaker.announce() {
            return;
        }
        let text = || {
            format!(
                "an outage has begun: {error}. Tasks in the background wait and are sent when it is over"
            )
        };
        log.line(Level::Warn, text);
        notices.give(Notice::Outage, text);
    }

    /// Tells that tasks wait very long for their turn, once for each client. Waiting for the end of an outage does not
    /// count.
    fn say_slow(&self, task: &Task) {
        let Pipeline {
            breaker,
            log,
            notices,
            ..
        } = &*self.pipeline;
        let waited = task.queued.elapsed();
        let waited = breaker
            .since_recovery()
            .map_or(waited, |since| since.min(waited));
        if waited < SLOW || self.is_slow.swap(true, Ordering::Relaxed) {
            return;
        }
        let text = || {
            format!(
                "tasks wait longer than {} seconds before they are sent, because more are recorded than may be sent. \
                 Raise requestsPerSecond if the platform allows it, or send less",
                SLOW.as_secs()
            )
        };
        log.line(Level::Warn, text);
        notices.give(Notice::Queue, text);
    }

    /// Tells that a task has failed for good.
    fn say_failed(&self, error: &Error) {
        let notice = match error.kind() {
            ErrorKind::Authentication => Notice::Credentials,
            ErrorKind::NotFound => Notice::Agent,
            _ => Notice::Refused,
        };
        self.pipeline.notices.give(notice, || {
            format!("a task was not delivered, and others may not be: {error}. stats() counts them")
        });
    }

    /// Settles a task that was delivered or that failed for good.
    fn settle(&self, task: Task, outcome: Result<Answer>) {
        let Task { entry, body, .. } = task;
        let error = outcome.as_ref().err();
        if let Some(error) = error {
            self.say_failed(error);
            self.pipeline.log.line(Level::Error, || {
                let name = body.task_name().unwrap_or_else(|| "a task".to_owned());
                format!("{name} was not delivered: {error}")
            });
        }
        // Credentials and proxies can be corrected, so the next process may deliver the task.
        let keep = error.is_some_and(|error| error.refuses_agent() || error.is_foreign_refusal());
        if let Body::Stored(stored) = body
            && !keep
        {
            stored.remove();
        }
        match outcome {
            Ok(answer) => entry.delivered(answer.status, answer.body.as_deref()),
            Err(error) => entry.failed(&error),
        }
    }
}
