//! The tasks of a batch, on their way across.

use futures_util::{Stream, StreamExt, stream};
use infinium_client::{Error, Unreadable};
use napi_derive::napi;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use crate::text::Text;

type Portion = Vec<Result<Text, Unreadable>>;

/// Tasks go on in portions of this many UTF-16 units: to wake the worker for each would cost more than it gains.
const PORTION: usize = 32 * 1024;

/// Tasks that are taken one by one while the first of them are sent already: so neither thread waits for
/// the other, and a text that is across can be forgotten by JavaScript at once.
///
/// The batch is complete with the call of `end`, or when this is forgotten.
#[napi]
pub struct NativeBatch {
    tasks: Option<UnboundedSender<Portion>>,
    portion: Portion,
    units: usize,
}

impl NativeBatch {
    /// A batch, and its tasks as they come.
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
            // The receiver goes away only with the runtime, and then nobody waits for the outcome.
            let _ = tasks.send(std::mem::take(&mut self.portion));
        }
    }
}

#[napi]
impl NativeBatch {
    #[napi]
    pub fn add(&mut self, #[napi(ts_arg_type = "string")] task: Text) {
        self.units += task.len();
        self.portion.push(Ok(task));
        if self.units >= PORTION {
            self.pass_on();
        }
    }

    /// Adds a task that could not be read into JSON: the path to what could not be read, why, and what the
    /// task is called.
    #[napi]
    pub fn add_unreadable(&mut self, field: String, message: String, name: Option<String>) {
        let error = Error::unreadable(field, message);
        self.portion.push(Err(Unreadable { error, name }));
    }

    /// There are no more tasks.
    #[napi]
    pub fn end(&mut self) {
        self.pass_on();
        self.tasks = None;
    }
}
