//! The client class that `lib/` builds the public ones on.

use std::{
    collections::HashMap,
    panic::AssertUnwindSafe,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use futures_util::FutureExt;
use infinium_client::{
    BatchMode, BatchOptions, Call, CancellationToken, Client, Error, Level, Logger,
};
use napi::{Env, Result, Status};
use napi_derive::napi;

use crate::{
    batch::NativeBatch,
    config::{Options, from_ms},
    mailbox::{Event, Mailbox, Receiver},
    outcome::{Batch, Counts, Described, to_json},
    runtime::runtime,
    text::Text,
};

type Cancels = Mutex<HashMap<u32, CancellationToken>>;

/// A client whose calls are numbered by JavaScript and answered through its mailbox.
#[napi]
pub struct NativeClient {
    client: Client,
    mailbox: Arc<Mailbox>,
    cancels: Arc<Cancels>,
    exit_timeout: Duration,
    /// Whether the end of the process has waited for this client.
    drained: AtomicBool,
}

impl Drop for NativeClient {
    /// JavaScript holds on to a client with tasks that are pending: this one's thread is terminated,
    /// without a word to anybody. What is left after that goes on for nobody.
    fn drop(&mut self) {
        if !self.drained.load(Ordering::Relaxed) && self.client.stats().pending > 0 {
            let limit = self.exit_timeout.as_secs_f64() * 1000.0;
            let _ = self.drain(limit);
        }
        if let Ok(runtime) = runtime() {
            runtime.spawn(self.client.close(Some(Duration::ZERO)));
        }
    }
}

#[napi]
impl NativeClient {
    /// Throws an error whose message describes what is wrong, in JSON.
    #[napi(constructor, catch_unwind)]
    pub fn new(
        options: String,
        log_level: Option<u32>,
        #[napi(ts_arg_type = "(heads: Array<number>, texts: Array<string>) => void")]
        receive: Receiver<'_>,
    ) -> Result<Self> {
        let options: Options = serde_json::from_str(&options)
            .map_err(|error| napi::Error::from_reason(error.to_string()))?;
        let exit_timeout = from_ms(options.exit_timeout);
        let mut config = options.into_config().map_err(|error| described(&error))?;
        let mailbox = Arc::new(Mailbox::new(receive)?);
        config.logger = log_level.map(|level| {
            let mailbox = mailbox.clone();
            let level = match level {
                0 => Level::Debug,
                1 => Level::Info,
                2 => Level::Warn,
                _ => Level::Error,
            };
            Logger::new(level, move |level, line| {
                mailbox.post(Event::Log, level as u32, line)
            })
        });
        let spools = config.spool_directory.is_some();
        let client = Client::new(config).map_err(|error| described(&error))?;
        if spools {
            let _inside = runtime()?.enter();
            client.recover();
        }
        Ok(Self {
            client,
            mailbox,
            cancels: Arc::default(),
            exit_timeout,
            drained: AtomicBool::new(false),
        })
    }

    /// Whether credentials go in the clear to another machine.
    #[napi(getter)]
    pub fn exposed(&self) -> bool {
        self.client.is_exposed()
    }

    /// Whether the process stays alive for what is still to come.
    #[napi]
    pub fn hold(&self, env: &Env, hold: bool) -> Result<()> {
        self.mailbox.hold(env, hold)
    }

    #[napi(catch_unwind)]
    pub fn send(
        &self,
        number: u32,
        aborted: Option<bool>,
        #[napi(ts_arg_type = "string")] task: Text,
        now: Option<String>,
    ) -> Result<()> {
        let mut call = self.begin(number, aborted)?;
        if let Some(now) = now {
            call = call.at(now);
        }
        let finish = self.finish(number);
        let _inside = runtime()?.enter();
        self.client.submit(call, task, move |sent| {
            finish(sent.map(|response| to_json(&response)))
        });
        Ok(())
    }

    /// Takes a task to be delivered in the background; false if there is no room for it.
    #[napi(catch_unwind)]
    pub fn enqueue(&self, #[napi(ts_arg_type = "string")] task: Text, now: String) -> Result<bool> {
        let _inside = runtime()?.enter();
        let accepted = self.client.enqueue(task, Some(&now));
        accepted.map_err(|error| described(&error))
    }

    /// How many tasks are in the background.
    #[napi(getter)]
    pub fn background(&self) -> u32 {
        u32::try_from(self.client.background_count()).unwrap_or(u32::MAX)
    }

    /// Tells when nothing is left in the background.
    #[napi(catch_unwind)]
    pub fn tell_when_idle(&self) -> Result<()> {
        let (done, mailbox) = (self.client.background_done(), self.mailbox.clone());
        runtime()?.spawn(async move {
            done.await;
            mailbox.post(Event::Idle, 0, String::new());
        });
        Ok(())
    }

    /// Blocks until no task is pending any more, for this time at most: for a process that ends.
    #[napi(catch_unwind)]
    pub fn drain(&self, limit_ms: f64) -> Result<bool> {
        self.drained.store(true, Ordering::Relaxed);
        let runtime = runtime()?;
        let _inside = runtime.enter();
        Ok(runtime.block_on(self.client.drain(from_ms(limit_ms))))
    }

    /// What became of every task, in JSON.
    #[napi(catch_unwind)]
    pub fn stats(&self) -> String {
        to_json(&Counts::from(&self.client.stats()))
    }

    /// Starts a batch of `total` tasks, which are to be added to what this returns.
    #[napi(catch_unwind)]
    pub fn send_batch(
        &self,
        number: u32,
        aborted: Option<bool>,
        total: u32,
        concurrent: bool,
        progress: bool,
    ) -> Result<NativeBatch> {
        let mode = if concurrent {
            BatchMode::Concurrent
        } else {
            BatchMode::Sequential
        };
        let (batch, tasks) = NativeBatch::new();
        let mut options = BatchOptions::new(mode);
        if progress {
            let mailbox = self.mailbox.clone();
            options = options.on_progress(move |done, _| {
                mailbox.post(Event::Progress, number, done.to_string());
            });
        }
        let call = self.begin(number, aborted)?;
        let pending = call.begin_batch(total as usize);
        let pending = pending.map_err(|error| described(&error))?;
        self.start(number, call, move |call| async move {
            let report = call.send_batch(pending, tasks, options).await;
            Ok(to_json(&Batch::from(&report)))
        })?;
        Ok(batch)
    }

    #[napi(catch_unwind)]
    pub fn interpretation(
        &self,
        number: u32,
        aborted: Option<bool>,
        trace_id: String,
    ) -> Result<()> {
        self.start(
            number,
            self.begin(number, aborted)?,
            move |call| async move {
                call.interpretation(&trace_id)
                    .await
                    .map(|response| to_json(&response))
            },
        )
    }

    #[napi(catch_unwind)]
    pub fn wait_for_interpretation(
        &self,
        number: u32,
        aborted: Option<bool>,
        trace_id: String,
        limit_ms: f64,
        interval_ms: f64,
    ) -> Result<()> {
        self.start(
            number,
            self.begin(number, aborted)?,
            move |call| async move {
                let (limit, interval) = (from_ms(limit_ms), from_ms(interval_ms));
                let response = call
                    .wait_for_interpretation(&trace_id, limit, interval)
                    .await;
                response.map(|response| to_json(&response))
            },
        )
    }

    #[napi(catch_unwind)]
    pub fn prompt(
        &self,
        number: u32,
        aborted: Option<bool>,
        id: String,
        key: String,
        version: String,
        variables: Option<HashMap<String, String>>,
    ) -> Result<()> {
        self.start(
            number,
            self.begin(number, aborted)?,
            move |call| async move {
                let prompt = call
                    .prompt(&id, key.into(), &version, variables.as_ref())
                    .await;
                prompt.map(|prompt| to_json(&prompt))
            },
        )
    }

    /// Ends a call that was started as one that can be aborted; its outcome still arrives.
    #[napi]
    pub fn cancel(&self, number: u32) {
        if let Some(cancel) = lock(&self.cancels).get(&number) {
            cancel.cancel();
        }
    }

    /// True at once if there is nothing to wait for; else the outcome is a letter.
    #[napi(catch_unwind)]
    pub fn flush(&self, number: u32, limit_ms: Option<f64>) -> Result<Option<bool>> {
        self.after(number, self.client.flush(limit_ms.map(from_ms)))
    }

    /// Like `flush`, but gives up once nothing has been delivered for that time.
    #[napi(catch_unwind)]
    pub fn linger(&self, number: u32, patience_ms: f64) -> Result<Option<bool>> {
        self.after(number, self.client.linger(from_ms(patience_ms)))
    }

    /// True at once if there is nothing to wait for; else the outcome is a letter.
    #[napi(catch_unwind)]
    pub fn close(&self, number: u32, limit_ms: Option<f64>) -> Result<Option<bool>> {
        self.after(number, self.client.close(limit_ms.map(from_ms)))
    }

    /// A call that is in flight from here on. `aborted` is `None` if nothing can abort it.
    fn begin(&self, number: u32, aborted: Option<bool>) -> Result<Call> {
        let call = self.client.begin().map_err(|error| described(&error))?;
        let Some(aborted) = aborted else {
            return Ok(call);
        };
        let cancel = CancellationToken::new();
        if aborted {
            cancel.cancel();
        }
        lock(&self.cancels).insert(number, cancel.clone());
        Ok(call.cancelled_by(cancel))
    }

    /// Lets `work` run as call `number`, which stays in flight until its outcome is in the mailbox.
    fn start<W>(
        &self,
        number: u32,
        call: Call,
        work: impl FnOnce(Arc<Call>) -> W + Send + 'static,
    ) -> Result<()>
    where
        W: Future<Output = infinium_client::Result<String>> + Send + 'static,
    {
        let call = Arc::new(call);
        let finish = self.finish(number);
        runtime()?.spawn(async move {
            let work = async { work(call.clone()).await };
            let result = AssertUnwindSafe(work).catch_unwind().await;
            finish(result.unwrap_or_else(|_| Err(Error::panicked())));
            drop(call);
        });
        Ok(())
    }

    /// What to do with the outcome of call `number`.
    fn finish(&self, number: u32) -> impl FnOnce(infinium_client::Result<String>) + Send + 'static {
        let (mailbox, cancels) = (self.mailbox.clone(), self.cancels.clone());
        move |result| {
            let (event, text) = match result {
                Ok(result) => (Event::Resolved, result),
                Err(error) => (Event::Rejected, to_json(&Described::from(&error))),
            };
            lock(&cancels).remove(&number);
            mailbox.post(event, number, text);
        }
    }

    /// A letter would be news of the event loop: whoever flushes when nothing else is left to do, as listeners
    /// of `beforeExit` may, would be asked again and again.
    fn after(
        &self,
        number: u32,
        end: impl Future<Output = bool> + Send + 'static,
    ) -> Result<Option<bool>> {
        let runtime = runtime()?;
        let _inside = runtime.enter();
        let mut end = Box::pin(end);
        if let Some(all) = (&mut end).now_or_never() {
            return Ok(Some(all));
        }
        let mailbox = self.mailbox.clone();
        runtime.spawn(async move {
            let all = end.await;
            mailbox.post(Event::Resolved, number, all.to_string());
        });
        Ok(None)
    }
}

fn described(error: &Error) -> napi::Error {
    napi::Error::new(Status::GenericFailure, to_json(&Described::from(error)))
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
