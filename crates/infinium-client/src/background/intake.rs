//! Accepts tasks for background delivery.

use std::{
    sync::{Arc, atomic::AtomicBool},
    time::Duration,
};

use bytes::Bytes;
use tokio::sync::Notify;

use super::{
    scheduler::{Scheduler, Wake},
    task::{Body, Task},
    task_queue::TaskQueue,
    worker::Worker,
};
#[cfg(test)]
use crate::pipeline::RequestClass;
use crate::{
    cancel::unless_cancelled,
    delivery::Delivery,
    key::new_key,
    runtime::{sleep, spawn},
    spool::{Found, Stored},
    stats::{DropReason, Entry},
    transport::Http,
    wait_group::WaitGroup,
};
use infinium_core::{Config, Level, Notice};

/// Orphans are looked for within this time after an outage.
const AFTER_OUTAGE: Duration = Duration::from_secs(2);

/// The background delivery of one client. Clones share state.
#[derive(Clone, Debug)]
pub(crate) struct Background {
    delivery: Arc<Delivery>,
    worker: Arc<Worker>,
    /// Tasks in the background, queued or being sent.
    pending: WaitGroup,
    /// See [`Config::spool_rescan`].
    spool_rescan: Duration,
}

impl Background {
    pub(crate) fn new(config: &Config, delivery: Arc<Delivery>) -> Self {
        let pipeline = delivery.pipeline.clone();
        let queue = TaskQueue::new(config.max_queue_bytes, config.queue_policy);
        let (breaker, deliveries) = (pipeline.breaker.clone(), pipeline.deliveries.clone());
        let worker = Worker {
            pipeline,
            scheduler: Scheduler::new(queue, breaker, deliveries),
            changed: Notify::new(),
            is_slow: AtomicBool::new(false),
        };
        Self {
            delivery,
            worker: Arc::new(worker),
            pending: WaitGroup::default(),
            spool_rescan: config.spool_rescan,
        }
    }

    /// Accepts an encoded task. Returns `false` if there was no room for it. With a spool, the task is on disk when
    /// this returns.
    ///
    /// # Panics
    /// If called outside of a Tokio runtime.
    pub(crate) fn enqueue(&self, http: &Http, entry: Entry, mut body: Vec<u8>) -> bool {
        entry.encoded(body.len());
        let key = new_key();
        let stored = self
            .delivery
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
        self.accept(http, Task::new(entry, self.pending.add(), body))
    }

    /// Adopts the orphans in the spool, if there is a spool: tasks of processes that have ended. Looks for more from time
    /// to time and at the end of each outage, until `open` returns `None`. The first search counts as pending work, and
    /// each one that has found tasks. `found` is called when such a search begins.
    ///
    /// # Panics
    /// If called outside of a Tokio runtime.
    pub(crate) fn recover(
        &self,
        open: impl Fn() -> Option<(Self, Http)> + Send + Sync + 'static,
        found: impl Fn() + Send + Sync + 'static,
    ) {
        let Some(spool) = self.delivery.spool.clone() else {
            return;
        };
        spool.begin_counting();
        let rescan = self.spool_rescan;
        let pipeline = &self.delivery.pipeline;
        let (closed, breaker) = (pipeline.closed.clone(), pipeline.breaker.clone());
        let mut searching = Some(self.pending.add());
        spawn(async move {
            // While it waits, it must not keep alive a client that nobody uses: the client's directory is locked.
            while let Some((background, http)) = open() {
                let step = spool.clone().search().await;
                let waited = match step {
                    Found::Tasks(tasks) => {
                        if searching.is_none() {
                            // Until the end of this search, so that a flush waits for all that it finds.
                            searching = Some(background.pending.add());
                            found();
                        }
                        background.adopt(&http, tasks);
                        continue;
                    }
                    Found::Continue => continue,
                    Found::Full => {
                        drop((background, http));
                        // What other clients hold up is not pending here.
                        searching = searching.filter(|_| spool.has_open_tasks());
                        unless_cancelled(&closed, spool.room()).await
                    }
                    Found::End => {
                        drop((background, http));
                        searching = None;
                        // Processes that were started together do not search together.
                        let pause = rescan.mul_f64(0.5 + fastrand::f64());
                        let next = async {
                            tokio::select! {
                                // In this order, so that a simulation replays exactly.
                                biased;
                                () = sleep(pause) => {}
                                // Processes that have ended in the meantime could not deliver anything either.
                                () = breaker.recovered() => {
                                    sleep(rescan.min(AFTER_OUTAGE).mul_f64(fastrand::f64())).await;
                                }
                            }
                        };
                        unless_cancelled(&closed, next).await
                    }
                };
                if waited.is_none() {
                    break;
                }
            }
            drop(searching);
        });
    }

    /// Accepts tasks that were found in the spool.
    fn adopt(&self, http: &Http, tasks: Vec<Stored>) {
        for stored in tasks {
            let entry = self.delivery.ledger.submit();
            let body = Body::Stored(stored);
            self.accept(http, Task::new(entry, self.pending.add(), body));
        }
    }

    /// Memory used by tasks, in bytes.
    pub(crate) fn bytes(&self) -> usize {
        self.worker.scheduler.bytes()
    }

    /// Whether the worker waits although it may send a task. At rest it never does: it has missed a wake-up.
    #[cfg(test)]
    pub(crate) fn is_overlooked(&self) -> bool {
        let limiter = &self.worker.pipeline.limiter;
        self.worker.scheduler.may_send() && !limiter.has_head(RequestClass::Background)
    }

    /// Tasks in the background, queued or being sent.
    pub(crate) fn pending(&self) -> &WaitGroup {
        &self.pending
    }

    /// Drops all queued tasks because the client is closed. No task is accepted afterwards.
    pub(crate) fn close(&self) {
        for task in self.worker.scheduler.close() {
            task.drop_at_close();
        }
        self.worker.changed.notify_one();
    }

    /// Queues a task. Returns `false` if there was no room for it.
    fn accept(&self, http: &Http, task: Task) -> bool {
        let (pushed, wake) = match self.worker.scheduler.push(task) {
            Ok(pushed) => pushed,
            Err(late) => {
                late.drop_at_close();
                return false;
            }
        };
        let notices = &self.delivery.pipeline.notices;
        if !pushed.dropped.is_empty() {
            notices.give(Notice::Queue, || {
                "the queue is full, so tasks are dropped: raise requestsPerSecond or maxQueueBytes, or send less"
                    .to_owned()
            });
        } else if self.worker.scheduler.is_half_full() {
            notices.give(Notice::Queue, || {
                "the queue is half full: tasks arrive faster than they are sent, and will be dropped when it is full. \
                 Raise requestsPerSecond or maxQueueBytes, or send less"
                    .to_owned()
            });
        }
        if pushed.begins_burst {
            self.delivery.pipeline.log.line(Level::Warn, || {
                "the queue is full: tasks are dropped, see stats(); raise the maximum size of the queue".to_owned()
            });
        }
        for dropped in pushed.dropped {
            dropped.entry.dropped(DropReason::QueueFull);
        }
        match wake {
            Wake::Start => {
                spawn(self.worker.clone().run(http.clone()));
            }
            Wake::Notify => self.worker.changed.notify_one(),
            Wake::Nothing => {}
        }
        pushed.accepted
    }
}
