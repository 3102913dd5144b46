//! What native threads tell JavaScript, in order.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use napi::{
    Env, Result, Status,
    bindgen_prelude::{FnArgs, Function},
    threadsafe_function::{ThreadsafeFunction, ThreadsafeFunctionCallMode},
};

/// What happened. The numbers are those of `lib/call.js`.
#[derive(Clone, Copy)]
pub(crate) enum Event {
    /// A call succeeded; the text is its result in JSON.
    Resolved = 0,
    /// A call failed; the text describes the error in JSON.
    Rejected = 1,
    /// A task of a batch is done; the text is how many are.
    Progress = 2,
    /// The client has something to log; the number is the level.
    Log = 3,
    /// Nothing is left in the background.
    Idle = 4,
}

/// Pairs of event and number, and the texts that belong to them.
pub(crate) type Letters = FnArgs<(Vec<u32>, Vec<String>)>;
pub(crate) type Receiver<'a> = Function<'a, Letters, ()>;
type Bell = ThreadsafeFunction<(), (), Letters, Status, false, true>;
type Queue = Mutex<Vec<(Event, u32, String)>>;

/// Letters that JavaScript will read in one go, as soon as its thread is free.
pub(crate) struct Mailbox {
    queue: Arc<Queue>,
    bell: Mutex<Bell>,
}

impl Mailbox {
    pub(crate) fn new(receive: Receiver<'_>) -> Result<Self> {
        let queue = Arc::new(Queue::default());
        let unread = queue.clone();
        let bell = receive
            .build_threadsafe_function::<()>()
            .callee_handled::<false>()
            .weak::<true>()
            .build_callback(move |_| {
                let letters = std::mem::take(&mut *lock(&unread));
                let mut heads = Vec::with_capacity(letters.len() * 2);
                let mut texts = Vec::with_capacity(letters.len());
                for (event, number, text) in letters {
                    heads.extend([event as u32, number]);
                    texts.push(text);
                }
                Ok(FnArgs::from((heads, texts)))
            })?;
        Ok(Self {
            queue,
            bell: Mutex::new(bell),
        })
    }

    /// Tells JavaScript, unless its environment is gone.
    pub(crate) fn post(&self, event: Event, number: u32, text: String) {
        let mut queue = lock(&self.queue);
        queue.push((event, number, text));
        let first = queue.len() == 1;
        drop(queue);
        if first {
            lock(&self.bell).call((), ThreadsafeFunctionCallMode::NonBlocking);
        }
    }

    /// Whether what may still come keeps the process alive.
    #[expect(
        deprecated,
        reason = "nothing else can tell an idle client from a busy one"
    )]
    pub(crate) fn hold(&self, env: &Env, hold: bool) -> Result<()> {
        let mut bell = lock(&self.bell);
        if hold {
            bell.refer(env)
        } else {
            bell.unref(env)
        }
    }
}

/// What these locks guard is whole at any time.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
