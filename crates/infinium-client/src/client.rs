//! The client: the public entry point.

use std::sync::{Arc, Mutex, MutexGuard};

use crate::{
    background::Background,
    call::Call,
    delivery::Delivery,
    observer::Settled,
    pipeline::{Pipeline, Requests},
    send_queue::SendQueue,
    spool::{self, Disk, LocalDisk},
    stats::{DropReason, Fate, Stats},
    sync::LockExt,
    task_text::TaskText,
    transport::Http,
    wait_group::WaitGroup,
};
use infinium_core::{ApiResponse, Checked, Config, Error, ErrorKind, Log, Result, is_loopback};

/// Delivers tasks to the platform. Clones share all state: limits, connections and background tasks.
#[derive(Clone, Debug)]
pub struct Client(pub(crate) Arc<Inner>);

#[derive(Debug)]
pub(crate) struct Inner {
    pub(crate) delivery: Arc<Delivery>,
    pub(crate) background: Background,
    /// Calls in flight.
    pub(crate) calls: WaitGroup,
    send_queue: SendQueue,
    /// `None` once the client is closing.
    http: Mutex<Option<Http>>,
}

impl Client {
    /// Creates a client. Creating it sends nothing.
    ///
    /// # Errors
    /// `Configuration`; [`Error::option`] is the wrong option.
    pub fn new(config: Config) -> Result<Self> {
        let checked = config.check()?;
        let http = Http::new(&config, &checked.base_url)?;
        Self::assemble(&config, checked, http, Arc::new(LocalDisk))
    }

    /// Creates a client in a simulated world.
    #[cfg(test)]
    pub(crate) fn simulated(
        config: &Config,
        network: Arc<dyn crate::transport::Network>,
        disk: Arc<dyn Disk>,
    ) -> Result<Self> {
        let checked = config.check()?;
        let http = Http::simulated(config, network, &checked.base_url)?;
        Self::assemble(config, checked, http, disk)
    }

    fn assemble(
        config: &Config,
        checked: Checked,
        http: Http,
        disk: Arc<dyn Disk>,
    ) -> Result<Self> {
        let requests = Requests::new(config.agent_id.trim(), checked)?;
        let log = Log(config.logger.clone());
        let spool = spool::open(config, disk, requests.agent_url(), &log);
        let delivery = Arc::new(Delivery {
            pipeline: Arc::new(Pipeline::new(config, requests, log)),
            spool,
            ledger: Arc::default(),
            redactor: config.redactor.clone(),
        });
        Ok(Self(Arc::new(Inner {
            background: Background::new(config, delivery.clone()),
            delivery,
            calls: WaitGroup::default(),
            send_queue: SendQueue::default(),
            http: Mutex::new(Some(http)),
        })))
    }

    /// Begins a call. It counts as in flight immediately, even before it is polled.
    ///
    /// # Errors
    /// `Closed` after [`close`](Client::close).
    pub fn begin(&self) -> Result<Call> {
        let http = self.http()?;
        let Inner {
            delivery, calls, ..
        } = &*self.0;
        Ok(Call::new(delivery.clone(), http, calls.add()))
    }

    /// Sends one task as soon as the limit of requests in flight allows it. Calls `done` with the result, on any
    /// thread. Until the task is sent, it uses little more memory than its text.
    ///
    /// `call` stays in flight until `done` has returned.
    ///
    /// # Panics
    /// If called outside of a Tokio runtime.
    pub fn submit(
        &self,
        call: Call,
        task: impl TaskText + Send + 'static,
        done: impl FnOnce(Result<ApiResponse>) + Send + 'static,
    ) {
        self.0.send_queue.push(call, task, done);
    }

    /// Accepts a task for background delivery. Returns `false` if there was no room for it.
    ///
    /// A task without `currentDatetime` gets `now`, in ISO 8601. With a spool, the task is on disk when this returns.
    ///
    /// # Errors
    /// `Validation` or `PayloadTooLarge` if the task is wrong, `Closed` after [`close`](Client::close). Later
    /// failures are counted in [`stats`](Client::stats).
    ///
    /// # Panics
    /// If called outside of a Tokio runtime.
    pub fn enqueue(&self, task: impl TaskText, now: Option<&str>) -> Result<bool> {
        let http = self.http()?;
        let body = task.read(|json| self.0.delivery.encode(json, now))?.body;
        let entry = self.0.delivery.ledger.submit();
        Ok(self.0.background.enqueue(&http, entry, body))
    }

    /// The same, and calls `done` when it is known what has become of the task, on any thread. If there was no room for
    /// it, that is before this returns.
    ///
    /// # Errors
    /// As [`enqueue`](Client::enqueue); then `done` is not called.
    ///
    /// # Panics
    /// If called outside of a Tokio runtime.
    pub fn enqueue_then(
        &self,
        task: impl TaskText,
        now: Option<&str>,
        done: impl FnOnce(Fate<'_>) + Send + 'static,
    ) -> Result<bool> {
        let http = self.http()?;
        let body = task.read(|json| self.0.delivery.encode(json, now))?.body;
        let entry = self.0.delivery.ledger.submit();
        entry.on_settled(Box::new(done));
        Ok(self.0.background.enqueue(&http, entry, body))
    }

    /// Counts a task that is not sent.
    pub fn count_dropped(&self, reason: DropReason) {
        self.0.delivery.ledger.submit().dropped(reason);
    }

    /// Checks a task, and counts it as dropped because the client is disabled.
    ///
    /// # Errors
    /// `Validation` or `PayloadTooLarge` if the task is wrong, `Closed` after [`close`](Client::close).
    pub fn check(&self, task: impl TaskText, now: Option<&str>) -> Result<()> {
        self.http()?;
        let entry = self.0.delivery.ledger.submit();
        match task.read(|json| self.0.delivery.encode(json, now)) {
            Ok(_) => entry.dropped(DropReason::Disabled),
            Err(error) => {
                entry.failed(&error);
                return Err(error);
            }
        }
        Ok(())
    }

    /// Adopts the orphans in the spool, if there is a spool: tasks of processes that have ended, now and later. The
    /// search runs on another thread. Adopted tasks count as pending. `found` is called when there are tasks of a
    /// process that has ended since.
    ///
    /// # Panics
    /// If called outside of a Tokio runtime.
    pub fn recover(&self, found: impl Fn() + Send + Sync + 'static) {
        let client = Arc::downgrade(&self.0);
        let open = move || {
            let client = client.upgrade()?;
            let http = client.lock_http().clone()?;
            Some((client.background.clone(), http))
        };
        self.0.background.recover(open, found);
    }

    /// Waits until no task is left in the background.
    pub fn background_done(&self) -> impl Future<Output = ()> + Send + 'static {
        let pending = self.0.background.pending().clone();
        async move { pending.wait().await }
    }

    /// The number of tasks in the background.
    #[must_use]
    pub fn background_count(&self) -> usize {
        self.0.background.pending().count()
    }

    /// Whether credentials are sent to another machine without encryption.
    #[must_use]
    pub fn is_exposed(&self) -> bool {
        let base_url = self.0.delivery.pipeline.requests.base_url();
        base_url.scheme() == "http" && !is_loopback(base_url)
    }

    /// Returns the counts of all tasks so far.
    #[must_use]
    pub fn stats(&self) -> Stats {
        let Inner {
            delivery,
            background,
            ..
        } = &*self.0;
        let pipeline = &delivery.pipeline;
        Stats {
            bytes: background.bytes() as u64,
            retries: pipeline.retries(),
            limiter_waits: pipeline.limiter.waits(),
            in_flight: pipeline.in_flight() as u64,
            spool: delivery
                .spool
                .as_ref()
                .map(|spool| spool.stats())
                .unwrap_or_default(),
            ..delivery.ledger.stats()
        }
    }

    /// Calls `observer` with every task that is settled from now on, on the thread that settles it. Only the first
    /// observer of a client is kept.
    pub fn observe(&self, observer: impl Fn(Settled) + Send + Sync + 'static) {
        self.0.delivery.ledger.observer.start(observer);
    }

    /// Calls the observer no more, until the next [`observe`](Client::observe).
    pub fn stop_observing(&self) {
        self.0.delivery.ledger.observer.stop();
    }

    fn http(&self) -> Result<Http> {
        self.0.lock_http().clone().ok_or_else(|| {
            Error::new(
                ErrorKind::Closed,
                "the client is closed; make a new one to send more",
            )
        })
    }
}

impl Inner {
    /// Stops accepting calls. The connections are closed when the last call has ended.
    pub(crate) fn drop_http(&self) {
        drop(self.lock_http().take());
    }

    fn lock_http(&self) -> MutexGuard<'_, Option<Http>> {
        self.http.lock_unpoisoned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_exposed_only_without_tls_on_other_machines() {
        for (base, exposed) in [
            ("http://platform.example", true),
            ("https://platform.example", false),
            ("http://127.0.0.1:1", false),
        ] {
            let mut config = Config::new("agent-1", "secret-0123");
            config.base_url = base.to_owned();
            assert_eq!(Client::new(config).unwrap().is_exposed(), exposed);
        }
    }
}
