//! The tasks of batches, one by one.

use std::{cell::RefCell, collections::HashMap};

use futures_util::stream;
use infinium_client::{BatchMode, BatchOptions, Error, Unreadable, json};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use crate::{
    calls::{DONE, begin, failed, start},
    client::client,
    imports::{EventKind, event},
    memory::{take, take_if},
};

type Task = Result<String, Unreadable>;

thread_local! {
    /// Where the tasks of batches go that are not complete.
    static BATCHES: RefCell<HashMap<u32, UnboundedSender<Task>>> = RefCell::default();
}

/// Starts a batch of `total` tasks. Its tasks are added under the id of the call.
#[unsafe(no_mangle)]
extern "C" fn send_batch(
    call_id: u32,
    abortable: u32,
    total: u32,
    concurrent: u32,
    progress: u32,
) -> u32 {
    let mut options = BatchOptions::new(match concurrent {
        0 => BatchMode::Sequential,
        _ => BatchMode::Concurrent,
    });
    if progress != 0 {
        options = options.on_progress(move |done, _| {
            event(EventKind::Progress, call_id, &done.to_string());
        });
    }
    let call = match client().and_then(|client| begin(&client, call_id, abortable)) {
        Ok(call) => call,
        Err(error) => return failed(&error),
    };
    let pending = match call.begin_batch(total as usize) {
        Ok(pending) => pending,
        Err(error) => return failed(&error),
    };
    let (sender, receiver) = unbounded_channel();
    BATCHES.with_borrow_mut(|batches| batches.insert(call_id, sender));
    let next = |mut tasks: UnboundedReceiver<Task>| async { Some((tasks.recv().await?, tasks)) };
    let tasks = stream::unfold(receiver, next);
    start(call_id, call, move |call| async move {
        let report = call.send_batch(pending, tasks, options).await;
        (call, Ok(json::of_batch(&report)))
    });
    DONE
}

fn add(call_id: u32, task: Task) {
    BATCHES.with_borrow(|batches| {
        if let Some(batch) = batches.get(&call_id) {
            // Sending fails only if nobody waits for the outcome.
            let _ = batch.send(task);
        }
    });
}

/// Text: the task.
#[unsafe(no_mangle)]
extern "C" fn add_task(call_id: u32) {
    add(call_id, Ok(take()));
}

/// Texts: the path to the unreadable value, the reason, and the task's name if it is known.
#[unsafe(no_mangle)]
extern "C" fn add_unreadable(call_id: u32, has_name: u32) {
    let (field, message) = (take(), take());
    let unreadable = Unreadable {
        error: Error::unreadable(field, message),
        name: take_if(has_name),
    };
    add(call_id, Err(unreadable));
}

/// Completes a batch.
#[unsafe(no_mangle)]
extern "C" fn end_batch(call_id: u32) {
    BATCHES.with_borrow_mut(|batches| batches.remove(&call_id));
}
