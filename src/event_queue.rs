//! Events from native threads to JavaScript, in the order in which they happened.

use std::sync::{Arc, Mutex};

use napi::{
    Env, Result, Status,
    bindgen_prelude::{FnArgs, Function},
    threadsafe_function::{ThreadsafeFunction, ThreadsafeFunctionCallMode},
};
use napi_derive::napi;

use infinium_client::LockExt;

/// The kind of an event.
#[napi]
pub enum EventKind {
    /// A call succeeded. The id is the call's; the text is its result in JSON.
    Resolved,
    /// A call failed. The id is the call's; the text describes the error in JSON.
    Rejected,
    /// A task of a batch is done. The id is the call's; the text is the number of tasks that are done.
    Progress,
    /// The client logs a line. The id is the `LogLevel`; the text is the line.
    Log,
    /// Tasks do not arrive. The id is the number of the code in `WARNING_CODES`; the text says what to do.
    Notice,
    /// A task is settled. There is no id; the text describes it in JSON.
    Delivery,
    /// A task with an id was delivered. The text is the answer in JSON.
    Delivered,
    /// A task with an id was not delivered. The text describes the error in JSON.
    Undelivered,
    /// Nothing is left in the background. There is neither an id nor a text.
    Idle,
    /// Tasks of a process that has ended are in the background now. There is neither an id nor a text.
    Adopted,
}

/// The kinds, ids and texts of events: three lists of the same length.
pub(crate) type Events = FnArgs<(Vec<u32>, Vec<u32>, Vec<String>)>;
pub(crate) type Receiver<'a> = Function<'a, Events, ()>;
type Wake = ThreadsafeFunction<(), (), Events, Status, false, true>;
type Queue = Mutex<Vec<(EventKind, u32, String)>>;

/// A queue of events. JavaScript takes all events at once, as soon as its thread is free.
pub(crate) struct EventQueue {
    queue: Arc<Queue>,
    wake: Mutex<Wake>,
}

impl EventQueue {
    pub(crate) fn new(receive: Receiver<'_>) -> Result<Self> {
        let queue = Arc::new(Queue::default());
        let unread = queue.clone();
        let wake = receive
            .build_threadsafe_function::<()>()
            .callee_handled::<false>()
            .weak::<true>()
            .build_callback(move |_| {
                let events = std::mem::take(&mut *unread.lock_unpoisoned());
                let mut kinds = Vec::with_capacity(events.len());
                let mut ids = Vec::with_capacity(events.len());
                let mut texts = Vec::with_capacity(events.len());
                for (kind, id, text) in events {
                    kinds.push(kind as u32);
                    ids.push(id);
                    texts.push(text);
                }
                Ok(FnArgs::from((kinds, ids, texts)))
            })?;
        Ok(Self {
            queue,
            wake: Mutex::new(wake),
        })
    }

    /// Adds an event, and wakes JavaScript if the queue was empty. Does nothing after the JavaScript environment has
    /// ended.
    pub(crate) fn push(&self, kind: EventKind, id: u32, text: String) {
        let mut queue = self.queue.lock_unpoisoned();
        queue.push((kind, id, text));
        let first = queue.len() == 1;
        drop(queue);
        if first {
            self.wake
                .lock_unpoisoned()
                .call((), ThreadsafeFunctionCallMode::NonBlocking);
        }
    }

    /// Adds an event after those that JavaScript has not taken yet. Returns false, and adds nothing, if there are none.
    pub(crate) fn push_after_unread(&self, kind: EventKind, id: u32, text: &str) -> bool {
        let mut queue = self.queue.lock_unpoisoned();
        let is_unread = !queue.is_empty();
        if is_unread {
            queue.push((kind, id, text.to_owned()));
        }
        is_unread
    }

    /// Keeps the process alive for future events.
    #[expect(
        deprecated,
        reason = "no other function of napi changes this after the start"
    )]
    pub(crate) fn ref_(&self, env: &Env) -> Result<()> {
        self.wake.lock_unpoisoned().refer(env)
    }

    /// Lets the process end without waiting for events.
    #[expect(
        deprecated,
        reason = "no other function of napi changes this after the start"
    )]
    pub(crate) fn unref(&self, env: &Env) -> Result<()> {
        self.wake.lock_unpoisoned().unref(env)
    }
}
