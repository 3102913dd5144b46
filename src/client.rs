//! The native client class, the base of the public classes in `lib/`.

use std::{
    collections::HashMap,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use infinium_client::{
    BatchMode, BatchOptions, Client, Fate, Logger, Notices, Options, duration_from_ms,
    json::{self, Outcome},
};
use napi::{Env, Result};
use napi_derive::napi;

use crate::{
    batch::NativeBatch,
    calls::{Abortable, Calls},
    drain::{Drained, drain, drain_at_termination},
    error::to_napi,
    event_queue::{EventKind, EventQueue, Receiver},
    log_level::LogLevel,
    runtime::{runtime, started_runtime},
    settled::DroppedFor,
    text::Text,
};

/// A client whose call ids are chosen by JavaScript, and whose outcomes are events.
#[napi]
pub struct NativeClient {
    client: Client,
    calls: Calls,
    exit_timeout: Duration,
    /// Whether the ending process has already waited for this client.
    drained: AtomicBool,
}

/// The settings of a client, apart from its options.
#[napi(object)]
pub struct ClientSetup {
    /// The lowest level that is logged. Default: nothing is logged.
    pub log_level: Option<LogLevel>,
    /// Whether the first problem of each kind in the background is a `Notice` event.
    pub warns: bool,
    /// Milliseconds that a terminated worker thread waits for pending tasks.
    pub exit_timeout_ms: f64,
}

/// The settings of a batch.
#[napi(object)]
pub struct BatchSetup {
    pub abortable: Abortable,
    /// The number of tasks.
    pub total: u32,
    /// Whether the tasks are sent concurrently. Otherwise they are sent one after another.
    pub concurrent: bool,
    /// Whether each finished task causes a `Progress` event.
    pub progress: bool,
}

/// How to wait for an interpretation.
#[napi(object)]
pub struct WaitSetup {
    pub abortable: Abortable,
    pub trace_id: String,
    /// The maximum wait, in milliseconds.
    pub timeout_ms: f64,
    /// The time between two requests, in milliseconds.
    pub poll_interval_ms: f64,
}

/// The prompt to fetch.
#[napi(object)]
pub struct PromptSetup {
    pub abortable: Abortable,
    pub prompt_id: String,
    pub prompt_key: String,
    /// Decimal digits or `latest`.
    pub version: String,
    /// The values of placeholders. Default: placeholders are not replaced.
    pub variables: Option<HashMap<String, String>>,
}

impl Drop for NativeClient {
    /// JavaScript keeps a client with pending tasks alive. So such a client is dropped only when its worker thread is
    /// terminated, and no more JavaScript runs.
    fn drop(&mut self) {
        // A panic in a destructor would end the process.
        let _ = catch_unwind(AssertUnwindSafe(|| {
            if !self.drained.load(Ordering::Relaxed) && self.client.stats().pending > 0 {
                drain_at_termination(&self.client, self.exit_timeout);
            }
            // Without a runtime, nothing was ever sent.
            if let Some(runtime) = started_runtime() {
                runtime.spawn(self.client.close(Some(Duration::ZERO)));
            }
        }));
    }
}

#[napi]
impl NativeClient {
    /// `options` is a JSON object of options by their ids. Throws an error whose message describes the invalid option
    /// in JSON.
    #[napi(constructor, catch_unwind)]
    pub fn new(
        options: String,
        setup: ClientSetup,
        #[napi(
            ts_arg_type = "(kinds: Array<EventKind>, ids: Array<number>, texts: Array<string>) => void"
        )]
        receive: Receiver<'_>,
    ) -> Result<Self> {
        let options: Options = serde_json::from_str(&options)
            .map_err(|error| napi::Error::from_reason(error.to_string()))?;
        let mut config = options.into_config().map_err(|error| to_napi(&error))?;
        let events = Arc::new(EventQueue::new(receive)?);
        config.logger = setup.log_level.map(|level| {
            let events = events.clone();
            Logger::new(level.into(), move |level, line| {
                events.push(
                    EventKind::Log,
                    LogLevel::from(level) as u32,
                    json::of_line(line),
                );
            })
        });
        if setup.warns {
            let events = events.clone();
            config.notices = Notices::new(move |notice, text| {
                events.push(EventKind::Notice, notice as u32, text);
            });
        }
        let spools = config.spool_directory.is_some();
        let client = Client::new(config).map_err(|error| to_napi(&error))?;
        if spools {
            let _inside = runtime()?.enter();
            let events = events.clone();
            client.recover(move || events.push(EventKind::Adopted, 0, String::new()));
        }
        Ok(Self {
            client,
            calls: Calls::new(events),
            exit_timeout: duration_from_ms(setup.exit_timeout_ms),
            drained: AtomicBool::new(false),
        })
    }

    /// Whether credentials are sent to another machine without encryption.
    #[napi(getter, catch_unwind)]
    pub fn exposed(&self) -> bool {
        self.client.is_exposed()
    }

    /// Keeps the process alive for future events.
    #[napi(js_name = "ref", catch_unwind)]
    pub fn ref_(&self, env: &Env) -> Result<()> {
        self.calls.events().ref_(env)
    }

    /// Lets the process end without waiting for events.
    #[napi(catch_unwind)]
    pub fn unref(&self, env: &Env) -> Result<()> {
        self.calls.events().unref(env)
    }

    /// Sends a task. `now` is the time for a task that has none, in ISO 8601.
    #[napi(catch_unwind)]
    pub fn send(
        &self,
        call_id: u32,
        abortable: Abortable,
        #[napi(ts_arg_type = "string")] task: Text,
        now: Option<String>,
    ) -> Result<()> {
        let mut call = self.calls.begin(&self.client, call_id, abortable)?;
        if let Some(now) = now {
            call = call.at(now);
        }
        let finish = self.calls.finish(call_id);
        let _inside = runtime()?.enter();
        self.client.submit(call, task, move |sent| {
            finish(sent.map(|response| json::of_response(&response)));
        });
        Ok(())
    }

    /// Accepts a task for background delivery. Returns false if there is no room for it. With an id, a `Delivered` or
    /// `Undelivered` event tells what has become of it.
    #[napi(catch_unwind)]
    pub fn enqueue(
        &self,
        #[napi(ts_arg_type = "string")] task: Text,
        now: String,
        id: Option<u32>,
    ) -> Result<bool> {
        let _inside = runtime()?.enter();
        let accepted = match id {
            None => self.client.enqueue(task, Some(&now)),
            Some(id) => {
                let events = self.calls.events().clone();
                let tell = move |fate: Fate<'_>| {
                    let (kind, text) = match json::of_fate(fate) {
                        Outcome::Resolved(response) => (EventKind::Delivered, response),
                        Outcome::Rejected(error) => (EventKind::Undelivered, error),
                    };
                    events.push(kind, id, text);
                };
                self.client.enqueue_then(task, Some(&now), tell)
            }
        };
        accepted.map_err(|error| to_napi(&error))
    }

    /// Counts a task that JavaScript does not send.
    #[napi(catch_unwind)]
    pub fn count_dropped(&self, reason: DroppedFor) {
        self.client.count_dropped(reason.into());
    }

    /// Checks a task, and counts it as dropped because the client is disabled.
    #[napi(catch_unwind)]
    pub fn check(
        &self,
        #[napi(ts_arg_type = "string")] task: Text,
        now: Option<String>,
    ) -> Result<()> {
        let checked = self.client.check(task, now.as_deref());
        checked.map_err(|error| to_napi(&error))
    }

    /// Returns the number of tasks in the background.
    #[napi(getter, catch_unwind)]
    pub fn background_count(&self) -> u32 {
        u32::try_from(self.client.background_count()).unwrap_or(u32::MAX)
    }

    /// Requests an `Idle` event once the background is empty.
    #[napi(catch_unwind)]
    pub fn notify_when_idle(&self) -> Result<()> {
        let (done, events) = (self.client.background_done(), self.calls.events().clone());
        runtime()?.spawn(async move {
            done.await;
            events.push(EventKind::Idle, 0, String::new());
        });
        Ok(())
    }

    /// Blocks until no task is pending, but no longer than `limit_ms` milliseconds. For an ending process.
    ///
    /// Returns how long that took in milliseconds, or -1 if another signal ended it.
    #[napi(catch_unwind)]
    pub fn drain(&self, limit_ms: f64) -> f64 {
        self.drained.store(true, Ordering::Relaxed);
        match drain(&self.client, duration_from_ms(limit_ms)) {
            Drained::After(time) => time.as_secs_f64() * 1_000.0,
            Drained::BySignal => -1.0,
        }
    }

    /// Whether each task that is settled is a `Delivery` event.
    #[napi(catch_unwind)]
    pub fn observe(&self, on: bool) {
        if !on {
            return self.client.stop_observing();
        }
        let events = self.calls.events().clone();
        self.client.observe(move |settled| {
            let text = json::of_settled(settled);
            events.push(EventKind::Delivery, 0, text);
        });
    }

    /// Returns the counts of all tasks as JSON.
    #[napi(catch_unwind)]
    pub fn stats(&self) -> String {
        json::of_stats(&self.client.stats())
    }

    /// Starts a batch. Its tasks are added to the returned object.
    #[napi(catch_unwind)]
    pub fn send_batch(&self, call_id: u32, setup: BatchSetup) -> Result<NativeBatch> {
        let mode = if setup.concurrent {
            BatchMode::Concurrent
        } else {
            BatchMode::Sequential
        };
        let (batch, tasks) = NativeBatch::new();
        let mut options = BatchOptions::new(mode);
        if setup.progress {
            let events = self.calls.events().clone();
            options = options.on_progress(move |done, _| {
                events.push(EventKind::Progress, call_id, done.to_string());
            });
        }
        let call = self.calls.begin(&self.client, call_id, setup.abortable)?;
        let pending = call.begin_batch(setup.total as usize);
        let pending = pending.map_err(|error| to_napi(&error))?;
        self.calls.start(call_id, call, move |call| async move {
            let report = call.send_batch(pending, tasks, options).await;
            Ok(json::of_batch(&report))
        })?;
        Ok(batch)
    }

    /// Requests the interpretation of a trace once.
    #[napi(catch_unwind)]
    pub fn interpretation(
        &self,
        call_id: u32,
        abortable: Abortable,
        trace_id: String,
    ) -> Result<()> {
        let call = self.calls.begin(&self.client, call_id, abortable)?;
        self.calls.start(call_id, call, move |call| async move {
            let response = call.interpretation(&trace_id).await;
            response.map(|response| json::of_response(&response))
        })
    }

    /// Requests the interpretation of a trace until it is ready.
    #[napi(catch_unwind)]
    pub fn wait_for_interpretation(&self, call_id: u32, setup: WaitSetup) -> Result<()> {
        let call = self.calls.begin(&self.client, call_id, setup.abortable)?;
        self.calls.start(call_id, call, move |call| async move {
            let limit = duration_from_ms(setup.timeout_ms);
            let interval = duration_from_ms(setup.poll_interval_ms);
            let response = call
                .wait_for_interpretation(&setup.trace_id, limit, interval)
                .await;
            response.map(|response| json::of_response(&response))
        })
    }

    /// Fetches a prompt.
    #[napi(catch_unwind)]
    pub fn prompt(&self, call_id: u32, setup: PromptSetup) -> Result<()> {
        let call = self.calls.begin(&self.client, call_id, setup.abortable)?;
        self.calls.start(call_id, call, move |call| async move {
            let (key, variables) = (setup.prompt_key.into(), setup.variables.as_ref());
            let prompt = call
                .prompt(&setup.prompt_id, key, &setup.version, variables)
                .await;
            prompt.map(|prompt| json::of_response(&prompt))
        })
    }

    /// Cancels an abortable call. Its outcome still arrives.
    #[napi(catch_unwind)]
    pub fn cancel(&self, call_id: u32) {
        self.calls.cancel(call_id);
    }

    /// Waits until nothing is in flight. Returns `true` immediately if nothing is. Otherwise returns null, and the
    /// outcome is an event.
    #[napi(catch_unwind)]
    pub fn flush(&self, call_id: u32, limit_ms: Option<f64>) -> Result<Option<bool>> {
        let done = self.client.flush(limit_ms.map(duration_from_ms));
        self.calls.resolve_with(call_id, done)
    }

    /// Like `flush`, but stops when nothing has been delivered for `silence_limit_ms` milliseconds.
    #[napi(catch_unwind)]
    pub fn linger(&self, call_id: u32, silence_limit_ms: f64) -> Result<Option<bool>> {
        let done = self.client.linger(duration_from_ms(silence_limit_ms));
        self.calls.resolve_with(call_id, done)
    }

    /// Like `flush`, then closes the client.
    #[napi(catch_unwind)]
    pub fn close(&self, call_id: u32, limit_ms: Option<f64>) -> Result<Option<bool>> {
        let done = self.client.close(limit_ms.map(duration_from_ms));
        self.calls.resolve_with(call_id, done)
    }
}
