//! Accepts tasks for background delivery.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use tokio::{sync::Notify, time::sleep};

use super::{
    scheduler::Scheduler,
    task::{Body, Task},
    task_queue::TaskQueue,
    worker::Worker,
};
use crate::{
    cancel::unless_cancelled, delivery::Delivery, key::new_key, stats::DropReason, transport::Http,
    wait_group::WaitGroup,
};
use infinium_core::{Config, Level, Notice};

/// The pause of a search while as many directories are held as may be.
const HELD_PAUSE: Duration = Duration::from_millis(50);
/// The mean time between two searches for processes that have ended since. A deployment may start a process before it
/// ends the one before.
const RESCAN_PAUSE: Duration = Duration::from_secs(30);

/// The background delivery of one client. Clones share state.
#[derive(Clone, Debug)]
pub(crate) struct Background {
    delivery: Arc<Delivery>,
    worker: Arc<Worker>,
    /// Tasks in the background, queued or being sent.
    pending: WaitGroup,
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
        };
        Self {
            delivery,
            worker: Arc::new(worker),
            pending: WaitGroup::default(),
        }
    }

    /// Accepts an encoded task. Returns `false` if there was no room for it. With a spool, the task is on disk when
    /// this returns.
    ///
    /// # Panics
    /// If called outside of a Tokio runtime.
    pub(crate) fn enqueue(&self, http: &Http, mut body: Vec<u8>) -> bool {
        let entry = self.delivery.ledger.submit();
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
    /// to time, until `http` returns `None`. The first search counts as pending work.
    ///
    /// # Panics
    /// If called outside of a Tokio runtime.
    pub(crate) fn recover(&self, http: impl Fn() -> Option<Http> + Send + Sync + 'static) {
        let Some(spool) = self.delivery.spool.clone() else {
            return;
        };
        let background = self.clone();
        let mut searching = Some(self.pending.add());
        tokio::spawn(async move {
            loop {
                let (found, more) = spool.clone().adopt_some().await;
                let Some(http) = http() else {
                    return;
                };
                let found_some = !found.is_empty();
                for stored in found {
                    let entry = background.delivery.ledger.submit();
                    let body = Body::Stored(stored);
                    background.accept(&http, Task::new(entry, background.pending.add(), body));
                }
                drop(http);
                let pause = match (more, found_some) {
                    (true, true) => continue,
                    // Until the tasks of some directories are settled.
                    (true, false) => HELD_PAUSE,
                    (false, _) => {
                        searching = None;
                        RESCAN_PAUSE.mul_f64(0.5 + fastrand::f64())
                    }
                };
                let closed = &background.delivery.pipeline.closed;
                if unless_cancelled(closed, sleep(pause)).await.is_none() {
                    drop(searching);
                    return;
                }
            }
        });
    }

    /// Memory used by tasks, in bytes.
    pub(crate) fn bytes(&self) -> usize {
        self.worker.scheduler.bytes()
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
        let (pushed, start) = match self.worker.scheduler.push(task) {
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
        if start {
            tokio::spawn(self.worker.clone().run(http.clone()));
        } else {
            self.worker.changed.notify_one();
        }
        pushed.accepted
    }
}
