//! Many tasks in one call.

use std::{fmt, pin::pin};

use futures_util::{Stream, StreamExt, stream, stream::FuturesUnordered};
use tokio::task::unconstrained;
use tokio_util::sync::CancellationToken;

use crate::{
    MAX_BATCH_SIZE,
    call::{Call, TaskText},
    client::Client,
    error::{Error, ErrorKind, Result},
    model::TaskData,
    response::ApiResponse,
    stats::Entry,
};

/// Tasks in a row without an answer, after all retries, that end a batch.
const HOPELESS_AFTER: usize = 3;

/// How the tasks of a batch follow each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BatchMode {
    /// One after another, in order.
    Sequential,
    /// Together, as far as the rate limit and the limit of requests in flight let them.
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

    /// Calls `progress` with the number of tasks that are done, and of all, after each.
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

/// What became of a batch.
#[derive(Debug)]
#[non_exhaustive]
pub struct BatchReport {
    /// One for each task, in the order of the tasks.
    pub results: Vec<Result<ApiResponse>>,
    /// One line for each failure, in the order of the tasks, naming the task's index and name.
    pub errors: Vec<String>,
    /// Why the batch was given up, if it was: credentials refused, agent unknown, the platform out
    /// of reach, or cancelled.
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
    /// What the task is called, as far as that could be read.
    pub name: Option<String>,
}

impl Client {
    /// Sends 1 to 100 tasks. A task that fails does not stop the others, unless it shows that they
    /// have no hope: see [`BatchReport::stopped_by`].
    ///
    /// # Errors
    /// `Validation` of `tasks` if there are none or too many, `Closed` after
    /// [`close`](Client::close). Nothing was sent then.
    pub async fn send_batch(
        &self,
        tasks: &[TaskData],
        options: BatchOptions,
    ) -> Result<BatchReport> {
        let read = |task: &TaskData| {
            serde_json::to_string(task).map_err(|error| Unreadable {
                error: Error::unreadable("task", format!("task cannot be read: {error}")),
                name: Some(task.name.clone()),
            })
        };
        let texts = stream::iter(tasks.iter().map(read));
        let call = self.begin()?;
        let pending = call.begin_batch(tasks.len())?;
        Ok(call.send_batch(pending, texts, options).await)
    }
}

impl Call {
    /// Counts the tasks of a batch as handed over: from here on they are pending.
    ///
    /// # Errors
    /// `Validation` of `tasks` if there are none or too many.
    pub fn begin_batch(&self, total: usize) -> Result<PendingBatch> {
        if total == 0 || total > MAX_BATCH_SIZE {
            let message = format!("tasks must hold 1 to {MAX_BATCH_SIZE} tasks (got {total})");
            return Err(Error::of_field(ErrorKind::Validation, "tasks", message));
        }
        let ledger = &self.shared().ledger;
        Ok(PendingBatch((0..total).map(|_| ledger.submit()).collect()))
    }

    /// Sends the tasks of a batch as they come. Those that their caller could not read fail alone. See
    /// [`Client::send_batch`].
    pub async fn send_batch<T: TaskText>(
        &self,
        PendingBatch(entries): PendingBatch,
        tasks: impl Stream<Item = Result<T, Unreadable>>,
        options: BatchOptions,
    ) -> BatchReport {
        let mut batch = Batch::new(entries.len(), options.progress);
        let stop = CancellationToken::new();
        let retry = self.shared().retries_rate_limit_in_batch();
        let send = |(index, (entry, task)): (usize, (Entry, Result<T, Unreadable>))| {
            let stop = &stop;
            async move {
                let result = match task {
                    Ok(task) => self.deliver(task, retry, stop, None).await,
                    Err(Unreadable { error, name }) => Err((error, name)),
                };
                match &result {
                    Ok(_) => entry.delivered(),
                    Err((error, _)) => entry.failed(error.kind()),
                }
                (index, result)
            }
        };
        let mut tasks = pin!(stream::iter(entries).zip(tasks).enumerate());
        match options.mode {
            BatchMode::Sequential => {
                while let Some(task) = tasks.next().await {
                    let (index, result) = send(task).await;
                    batch.done(index, result, &stop);
                }
            }
            BatchMode::Concurrent => {
                let mut tasks = tasks.fuse();
                let mut open = FuturesUnordered::new();
                let all = async {
                    loop {
                        // Those that are here all begin before any of them goes on: that is their order.
                        tokio::select! {
                            biased;
                            Some(task) = tasks.next() => open.push(send(task)),
                            Some((index, result)) = open.next() => batch.done(index, result, &stop),
                            else => break,
                        }
                    }
                };
                // Tokio lets those that have used up their budget go on last first.
                unconstrained(all).await;
            }
        }
        batch.report()
    }
}

type Sent = Result<ApiResponse, (Error, Option<String>)>;

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
                let unreachable = self.unanswered >= HOPELESS_AFTER.min(total);
                let cancelled = error.kind() == ErrorKind::Cancelled;
                if self.stopped_by.is_none() && (error.is_hopeless() || unreachable || cancelled) {
                    self.stopped_by = Some(error.clone());
                    stop.cancel();
                }
                stopped = cancelled || error.kind() == ErrorKind::NotSent;
            }
        }
        self.results[index] = Some(result);
        // What was given up is not progress.
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
