//! Many tasks in one call.

use std::fmt;

use futures_util::{StreamExt, stream::FuturesUnordered};
use tokio_util::sync::CancellationToken;

use crate::{
    MAX_BATCH_SIZE,
    client::{Call, Client},
    error::{Error, ErrorKind, Result},
    model::TaskData,
    response::ApiResponse,
    retry, wire,
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
        let call = self.begin()?;
        let read = |task: &TaskData| {
            serde_json::to_string(task)
                .map_err(|error| Error::unreadable("task", format!("task cannot be read: {error}")))
        };
        call.send_batch(tasks.iter().map(read).collect(), options)
            .await
    }
}

impl Call {
    /// Sends tasks that are given as JSON with keys in camelCase, or could not be read by their
    /// caller: these fail alone. See [`Client::send_batch`].
    ///
    /// # Errors
    /// `Validation` of `tasks` if there are none or too many. Nothing was sent then.
    pub async fn send_batch(
        &self,
        tasks: Vec<Result<String>>,
        options: BatchOptions,
    ) -> Result<BatchReport> {
        let total = tasks.len();
        if total == 0 || total > MAX_BATCH_SIZE {
            let message = format!("tasks must hold 1 to {MAX_BATCH_SIZE} tasks (got {total})");
            return Err(Error::of_field(ErrorKind::Validation, "tasks", message));
        }
        let mut batch = Batch::new(total, options.progress);
        let stop = CancellationToken::new();
        let (tasks, stop) = (&tasks, &stop);
        let send = |index: usize| async move {
            let result = match &tasks[index] {
                Ok(json) => self.deliver_in_batch(json, stop).await,
                Err(unreadable) => Err(unreadable.clone()),
            };
            (index, result)
        };
        let work = async {
            match options.mode {
                BatchMode::Sequential => {
                    for index in 0..total {
                        let (index, result) = send(index).await;
                        batch.done(index, result, stop);
                        if stop.is_cancelled() {
                            break;
                        }
                    }
                }
                BatchMode::Concurrent => {
                    let mut open: FuturesUnordered<_> = (0..total).map(send).collect();
                    while let Some((index, result)) = open.next().await {
                        batch.done(index, result, stop);
                    }
                }
            }
            Ok(())
        };
        if let Err(cancelled) = self.until_cancelled(work).await {
            batch.stopped_by = Some(cancelled);
        }
        Ok(batch.report(tasks))
    }
}

/// A batch under way.
struct Batch {
    results: Vec<Option<Result<ApiResponse>>>,
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

    fn done(&mut self, index: usize, result: Result<ApiResponse>, stop: &CancellationToken) {
        let total = self.results.len();
        match &result {
            Ok(_) => self.unanswered = 0,
            Err(error) => {
                self.unanswered += usize::from(error.is_network());
                let unreachable = self.unanswered >= HOPELESS_AFTER.min(total);
                if self.stopped_by.is_none() && (error.is_hopeless() || unreachable) {
                    self.stopped_by = Some(error.clone());
                    stop.cancel();
                }
            }
        }
        self.results[index] = Some(result);
        self.done += 1;
        if let Some(progress) = &self.progress {
            progress(self.done, total);
        }
    }

    fn report(self, tasks: &[Result<String>]) -> BatchReport {
        let unfinished = match &self.stopped_by {
            // Some of these may have been in flight, and have arrived.
            Some(error) if error.kind() == ErrorKind::Cancelled => error.clone(),
            _ => retry::not_sent(),
        };
        let results: Vec<_> = self
            .results
            .into_iter()
            .map(|result| result.unwrap_or_else(|| Err(unfinished.clone())))
            .collect();
        let failures = results.iter().zip(tasks).enumerate();
        let errors = failures.filter_map(|(index, (result, task))| {
            let error = result.as_ref().err()?;
            let name = task.as_deref().ok().and_then(wire::task_name);
            let name = name.map_or(String::new(), |name| format!(" ({name})"));
            Some(format!("Task {index}{name}: {error}"))
        });
        BatchReport {
            errors: errors.collect(),
            results,
            stopped_by: self.stopped_by,
        }
    }
}
