//! The tasks of a batch, passed from JavaScript to the client.

use futures_util::{Stream, StreamExt, stream};
use infinium_client::{Error, Unreadable};
use napi_derive::napi;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use crate::text::Text;

type Portion = Vec<Result<Text, Unreadable>>;

/// Tasks are forwarded in portions of this many UTF-16 units: waking the worker for each task costs more time than an
/// early start saves.
const PORTION: usize = 32 * 1024;

/// The tasks of a batch, added one by one. The first tasks are sent while JavaScript is still reading the rest.
/// JavaScript can free each text once it is added.
///
/// The batch is complete when `end` is called, or when this object is collected.
#[napi]
pub struct NativeBatch {
    tasks: Option<UnboundedSender<Portion>>,
    portion: Portion,
    units: usize,
}

impl NativeBatch {
    /// Creates a batch and the stream of its tasks.
    pub(crate) fn new() -> (Self, impl Stream<Item = Result<Text, Unreadable>>) {
        let (tasks, portions) = unbounded_channel();
        let batch = Self {
            tasks: Some(tasks),
            portion: Vec::new(),
            units: 0,
        };
        let next = |mut portions: UnboundedReceiver<Portion>| async {
            let portion = portions.recv().await?;
            Some((stream::iter(portion), portions))
        };
        (batch, stream::unfold(portions, next).flatten())
    }

    fn pass_on(&mut self) {
        self.units = 0;
        if let Some(tasks) = &self.tasks {
            // Sending fails only if the runtime is gone. In this case no caller waits for the outcome.
            let _ = tasks.send(std::mem::take(&mut self.portion));
        }
    }
}

#[napi]
impl NativeBatch {
    #[napi(catch_unwind)]
    pub fn add(&mut self, #[napi(ts_arg_type = "string")] task: Text) {
        self.units += task.len();
        self.portion.push(Ok(task));
        if self.units >= PORTION {
            self.pass_on();
        }
    }

    /// Adds a task that JavaScript could not read: the path to the unreadable value, the reason, and the task's name
    /// if known.
    #[napi(catch_unwind)]
    pub fn add_unreadable(&mut self, field: String, message: String, name: Option<String>) {
        let error = Error::unreadable(field, message);
        self.portion.push(Err(Unreadable { error, name }));
    }

    /// Completes the batch.
    #[napi(catch_unwind)]
    pub fn end(&mut self) {
        self.pass_on();
        self.tasks = None;
    }
}
