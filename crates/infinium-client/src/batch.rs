//! Many tasks in one call.

use std::{
    fmt,
    sync::{Mutex, PoisonError},
};

use futures_util::{Stream, StreamExt, stream};
use tokio_util::sync::CancellationToken;

use crate::{
    call::{Call, DeliveryOptions, Undelivered},
    ordered::run_in_order,
    pipeline::RequestClass,
    stats::Entry,
    task_text::TaskText,
};
use infinium_core::{ApiResponse, Error, ErrorKind, MAX_BATCH_SIZE, Result};

/// So many tasks in a row without an answer, after all retries, end a batch.
const MAX_UNANSWERED: usize = 3;

/// How the tasks of a batch follow each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BatchMode {
    /// One after another, in order.
    Sequential,
    /// At the same time, within the rate limit and the limit of requests in flight.
    Concurrent,
}

type Progress = dyn Fn(usize, usize) + Send + Sync;

/// How a batch is sent.
pub struct BatchOptions {
    mode: BatchMode,
    progress: Option<Box<Progress>>,
}

impl BatchOptions {
    /// A batch in this mode.
    #[must_use]
    pub fn new(mode: BatchMode) -> Self {
        Self {
            mode,
            progress: None,
        }
    }

    /// Calls `progress` after each task, with the number of tasks that are done and of all tasks.
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
    /// One for each task, in the order of the tasks.
    pub results: Vec<Result<ApiResponse>>,
    /// One line for each failure, in the order of the tasks, naming the task's index and name.
    pub errors: Vec<String>,
    /// Why the batch was stopped, if it was: credentials refused, agent unknown, the platform out
    /// of reach, or cancelled. The tasks that were not sent have the error `NotSent`.
    pub stopped_by: Option<Error>,
}

/// The tasks of a batch that has been handed over.
#[derive(Debug)]
pub struct PendingBatch(Vec<Entry>);

/// A task that its caller could not read.
#[derive(Debug)]
pub struct Unreadable {
    /// What could not be read: see [`Error::unreadable`].
    pub error: Error,
    /// The name of the task, if it could be read.
    pub name: Option<String>,
}

impl Call {
    /// Counts the tasks of a batch as handed over: from here on they are pending.
    ///
    /// # Errors
    /// `Validation` of `tasks` if there are none or too many.
    pub fn begin_batch(&self, total: usize) -> Result<PendingBatch> {
        if total == 0 || total > MAX_BATCH_SIZE {
            let message = format!("a batch must contain 1 to {MAX_BATCH_SIZE} tasks (got {total})");
            return Err(Error::of_field(ErrorKind::Validation, "tasks", message));
        }
        let ledger = self.ledger();
        Ok(PendingBatch((0..total).map(|_| ledger.submit()).collect()))
    }

    /// Sends the tasks of a batch as they come. A task that fails, or that its caller could not read, does not stop
    /// the others, unless it shows that they would fail too: see [`BatchReport::stopped_by`].
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
                    stop,
                    permit: None,
                };
                let result = match task {
                    Ok(task) => self.deliver(task, options).await,
                    Err(Unreadable { error, name }) => Err((error, name)),
                };
                match &result {
                    Ok(_) => entry.delivered(),
                    Err((error, _)) => entry.failed(error.kind()),
                }
                let mut batch = batch.lock().unwrap_or_else(PoisonError::into_inner);
                batch.done(index, result, stop);
            }
        };
        let tasks = stream::iter(entries).zip(tasks).enumerate();
        match options.mode {
            BatchMode::Sequential => tasks.for_each(send).await,
            BatchMode::Concurrent => run_in_order(tasks, send).await,
        }
        let batch = batch.into_inner().unwrap_or_else(PoisonError::into_inner);
        batch.report()
    }
}

type Sent = Result<ApiResponse, Undelivered>;

/// A batch under way.
struct Batch {
    results: Vec<Option<Sent>>,
    progress: Option<Box<Progress>>,
    done: usize,
    /// Failures without an answer since the last success.
    unanswered: usize,
    stopped_by: Option<Error>,
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
        self.results[index] = Some(result);
        // A task that was cancelled or not sent is not progress.
        if stopped {
            return;
        }
        self.done += 1;
        if let Some(progress) = &self.progress {
            progress(self.done, total);
        }
    }

    fn report(self) -> BatchReport {
        let mut errors = Vec::new();
        let mut results = Vec::with_capacity(self.results.len());
        // Every task has a result by now.
        for (index, result) in self.results.into_iter().flatten().enumerate() {
            results.push(result.map_err(|(error, name)| {
                let name = name.map_or(String::new(), |name| format!(" ({name})"));
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
