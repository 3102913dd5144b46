//! Sends many tasks in one call.

use std::{fmt, sync::Mutex};

use futures_util::{Stream, StreamExt, stream};
use tokio_util::sync::CancellationToken;

use crate::{
    call::{Call, DeliveryOptions, Undelivered},
    ordered::run_in_order,
    pipeline::RequestClass,
    stats::{Entry, json_of},
    sync::LockExt,
    task_text::TaskText,
};
use infinium_core::{ApiResponse, Error, ErrorKind, MAX_BATCH_SIZE, Result, printable};

/// A batch stops after this number of tasks in a row got no answer after all retries.
const MAX_UNANSWERED: usize = 3;
/// The results of a batch keep at most this many bytes of the platform's JSON.
const MAX_KEPT_BYTES: usize = 64 * 1024 * 1024;

/// The order in which the tasks of a batch are sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BatchMode {
    /// One task after another, in order.
    Sequential,
    /// All tasks at the same time, within the rate limit and the limit of requests in flight.
    Concurrent,
}

type Progress = dyn Fn(usize, usize) + Send + Sync;

/// Options of a batch.
pub struct BatchOptions {
    mode: BatchMode,
    progress: Option<Box<Progress>>,
}

impl BatchOptions {
    /// Creates the options for this mode.
    #[must_use]
    pub fn new(mode: BatchMode) -> Self {
        Self {
            mode,
            progress: None,
        }
    }

    /// Calls `progress` after each task with the number of finished tasks and the total number of tasks.
    #[must_use]
    pub fn on_progress(mut self, progress: impl Fn(usize, usize) + Send + Sync + 'static) -> Self {
        self.progress = Some(Box::new(progress));
        self
    }
}

impl fmt::Debug for BatchOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BatchOptions")
            .field("mode", &self.mode)
            .finish_non_exhaustive()
    }
}

/// The result of a batch.
#[derive(Debug)]
#[non_exhaustive]
pub struct BatchReport {
    /// One result for each task, in the order of the tasks.
    pub results: Vec<Result<ApiResponse>>,
    /// One line for each failure, in the order of the tasks, with the task's index and name.
    pub errors: Vec<String>,
    /// The reason why the batch stopped early: credentials refused, agent unknown, platform unreachable, or
    /// cancelled. Tasks that were not sent have the error `NotSent`. `None` if the batch did not stop early.
    pub stopped_by: Option<Error>,
}

/// A submitted batch whose tasks are all counted as pending.
#[derive(Debug)]
pub struct PendingBatch(Vec<Entry>);

/// A task that the caller could not read.
#[derive(Debug)]
pub struct Unreadable {
    /// The path of the unreadable value: see [`Error::unreadable`].
    pub error: Error,
    /// The name of the task, if it could be read.
    pub name: Option<String>,
}

impl Call {
    /// Counts all tasks of a batch as submitted. They are pending from now on.
    ///
    /// # Errors
    /// `Validation` of `tasks` if there are no tasks or too many.
    pub fn begin_batch(&self, total: usize) -> Result<PendingBatch> {
        if total == 0 || total > MAX_BATCH_SIZE {
            let message = format!("a batch must contain 1 to {MAX_BATCH_SIZE} tasks (got {total})");
            return Err(Error::of_field(ErrorKind::Validation, "tasks", message));
        }
        let ledger = self.ledger();
        Ok(PendingBatch((0..total).map(|_| ledger.submit()).collect()))
    }

    /// Sends the tasks of a batch as they arrive. A task that fails or that the caller could not read does not stop
    /// the other tasks, unless they would fail for the same reason: see [`BatchReport::stopped_by`].
    pub async fn send_batch<T: TaskText>(
        &self,
        PendingBatch(entries): PendingBatch,
        tasks: impl Stream<Item = Result<T, Unreadable>>,
        options: BatchOptions,
    ) -> BatchReport {
        let batch = Mutex::new(Batch::new(entries.len(), options.progress));
        let stop = CancellationToken::new();
        let send = |(index, (entry, task)): (usize, (Entry, Result<T, Unreadable>))| {
            let (batch, stop) = (&batch, &stop);
            async move {
                let options = DeliveryOptions {
                    class: RequestClass::Batch,
                    entry: &entry,
                    stop,
                    admission: None,
                };
                let result = match task {
                    Ok(task) => self.deliver(task, options).await,
                    Err(Unreadable { error, name }) => Err((error, name)),
                };
                match &result {
                    Ok(response) => entry.delivered(response.status, json_of(response)),
                    Err((error, _)) => entry.failed(error),
                }
                let mut batch = batch.lock_unpoisoned();
                batch.done(index, result, stop);
            }
        };
        let tasks = stream::iter(entries).zip(tasks).enumerate();
        match options.mode {
            BatchMode::Sequential => tasks.for_each(send).await,
            BatchMode::Concurrent => run_in_order(tasks, send).await,
        }
        let batch = batch.into_inner_unpoisoned();
        batch.report()
    }
}

type Sent = Result<ApiResponse, Undelivered>;

/// A running batch.
struct Batch {
    results: Vec<Option<Sent>>,
    progress: Option<Box<Progress>>,
    done: usize,
    /// Tasks in a row that got no answer, since the last success.
    unanswered: usize,
    stopped_by: Option<Error>,
    /// Bytes of the platform's JSON in the results.
    kept_bytes: usize,
}

impl Batch {
    fn new(total: usize, progress: Option<Box<Progress>>) -> Self {
        let results = std::iter::repeat_with(|| None).take(total).collect();
        Self {
            results,
            progress,
            done: 0,
            unanswered: 0,
            stopped_by: None,
            kept_bytes: 0,
        }
    }

    fn done(&mut self, index: usize, result: Sent, stop: &CancellationToken) {
        let total = self.results.len();
        let mut stopped = false;
        match &result {
            Ok(_) => self.unanswered = 0,
            Err((error, _)) => {
                self.unanswered += usize::from(error.is_network());
                let unreachable = self.unanswered >= MAX_UNANSWERED.min(total);
                let cancelled = error.kind() == ErrorKind::Cancelled;
                if self.stopped_by.is_none() && (error.refuses_agent() || unreachable || cancelled)
                {
                    self.stopped_by = Some(error.clone());
                    stop.cancel();
                }
                stopped = cancelled || error.kind() == ErrorKind::NotSent;
            }
        }
        self.results[index] = Some(self.bounded(result));
        // Cancelled and unsent tasks do not count as progress.
        if stopped {
            return;
        }
        self.done += 1;
        if let Some(progress) = &self.progress {
            progress(self.done, total);
        }
    }

    /// Removes the platform's JSON from a result if those before it have used up the memory.
    fn bounded(&mut self, result: Sent) -> Sent {
        let data = match &result {
            Ok(response) => response.data.as_deref(),
            Err((error, _)) => error.body(),
        };
        let size = data.map_or(0, |data| data.get().len());
        if self.kept_bytes + size <= MAX_KEPT_BYTES {
            self.kept_bytes += size;
            return result;
        }
        match result {
            Ok(mut response) => {
                response.data = None;
                Ok(response)
            }
            Err((error, name)) => Err((error.with_body(None), name)),
        }
    }

    fn report(self) -> BatchReport {
        let mut errors = Vec::new();
        let mut results = Vec::with_capacity(self.results.len());
        // Every task has a result at this point.
        for (index, result) in self.results.into_iter().flatten().enumerate() {
            results.push(result.map_err(|(error, name)| {
                let name = name.map_or(String::new(), |name| format!(" ({})", printable(&name)));
                errors.push(format!("Task {index}{name}: {error}"));
                error
            }));
        }
        BatchReport {
            results,
            errors,
            stopped_by: self.stopped_by,
        }
    }
}
