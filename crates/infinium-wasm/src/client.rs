//! The functions of the client. See the native binding for what they mean.

use std::{cell::RefCell, collections::HashMap};

use infinium_client::{
    Call, Client, DropReason, Error, ErrorKind, Fate, Level, Logger, Notices, Options,
    check_length, duration_from_ms,
    hosted::install,
    json::{self, Outcome},
    spawn,
};

use crate::{
    calls::{DONE, FAILED, begin, failed, finish, resolve_with, start},
    imports::{EventKind, JavaScript, event},
    memory::{put, take, take_if},
};

thread_local! {
    static CLIENT: RefCell<Option<Client>> = const { RefCell::new(None) };
}

/// Returns the client.
///
/// # Errors
/// `Closed` if there is none.
pub(crate) fn client() -> Result<Client, Error> {
    let missing = || Error::new(ErrorKind::Closed, "there is no client");
    CLIENT.with_borrow(Clone::clone).ok_or_else(missing)
}

/// Makes the client. Text: its options in JSON. `log_level` is -1 if nothing is logged.
#[unsafe(no_mangle)]
extern "C" fn open(log_level: i32, warns: u32) -> u32 {
    install(JavaScript);
    let options = match serde_json::from_str::<Options>(&take()) {
        Ok(options) => options,
        Err(error) => {
            put(error.to_string());
            return FAILED;
        }
    };
    match make(options, log_level, warns != 0) {
        Ok(client) => {
            CLIENT.set(Some(client));
            DONE
        }
        Err(error) => failed(&error),
    }
}

fn make(options: Options, log_level: i32, warns: bool) -> Result<Client, Error> {
    let mut config = options.into_config()?;
    let levels = [Level::Debug, Level::Info, Level::Warn, Level::Error];
    let level = usize::try_from(log_level)
        .ok()
        .and_then(|level| levels.get(level));
    config.logger = level.map(|level| {
        Logger::new(*level, |level, line| {
            event(EventKind::Log, level as u32, &json::of_line(line));
        })
    });
    if warns {
        config.notices = Notices::new(|notice, text| {
            event(EventKind::Notice, notice as u32, &text);
        });
    }
    Client::new(config)
}

/// Checks the length of a task, in UTF-16 units, before JavaScript copies it.
#[unsafe(no_mangle)]
extern "C" fn check_length_of_task(units: usize) -> u32 {
    check_length(units).map_or_else(|error| failed(&error), |()| DONE)
}

#[unsafe(no_mangle)]
extern "C" fn is_exposed() -> u32 {
    client().is_ok_and(|client| client.is_exposed()).into()
}

/// Texts: the task, and the time for a task that has none, if it is given.
#[unsafe(no_mangle)]
extern "C" fn send(call_id: u32, abortable: u32, has_now: u32) -> u32 {
    let (task, now) = (take(), take_if(has_now));
    let begun = client().and_then(|client| Ok((begin(&client, call_id, abortable)?, client)));
    let (mut call, client) = match begun {
        Ok(begun) => begun,
        Err(error) => return failed(&error),
    };
    if let Some(now) = now {
        call = call.at(now);
    }
    client.submit(call, task, move |sent| {
        finish(call_id, sent.map(|response| json::of_response(&response)));
    });
    DONE
}

/// Texts: the task and the time. Returns 0 if it was accepted, 1 for an error, 2 if there was no room.
///
/// With an id, an event tells what has become of the task.
#[unsafe(no_mangle)]
extern "C" fn enqueue(has_id: u32, id: u32) -> u32 {
    let (task, now) = (take(), take());
    let tell = move |fate: Fate<'_>| match json::of_fate(fate) {
        Outcome::Resolved(response) => event(EventKind::Delivered, id, &response),
        Outcome::Rejected(error) => event(EventKind::Undelivered, id, &error),
    };
    let accepted = client().and_then(|client| match has_id {
        0 => client.enqueue(task, Some(&now)),
        _ => client.enqueue_then(task, Some(&now), tell),
    });
    match accepted {
        Ok(true) => DONE,
        Ok(false) => 2,
        Err(error) => failed(&error),
    }
}

/// Counts a task that JavaScript does not send. `reason` is a number of `DroppedFor`.
#[unsafe(no_mangle)]
extern "C" fn count_dropped(reason: u32) {
    if let Ok(client) = client() {
        client.count_dropped(match reason {
            0 => DropReason::Sampled,
            1 => DropReason::BeforeSend,
            _ => DropReason::Disabled,
        });
    }
}

/// Checks a task, and counts it as dropped because the client is disabled. Texts: as for `send`.
#[unsafe(no_mangle)]
extern "C" fn check(has_now: u32) -> u32 {
    let (task, now) = (take(), take_if(has_now));
    let checked = client().and_then(|client| client.check(task, now.as_deref()));
    checked.map_or_else(|error| failed(&error), |()| DONE)
}

#[unsafe(no_mangle)]
extern "C" fn background_count() -> u32 {
    let count = client().map_or(0, |client| client.background_count());
    u32::try_from(count).unwrap_or(u32::MAX)
}

#[unsafe(no_mangle)]
extern "C" fn notify_when_idle() {
    if let Ok(client) = client() {
        let done = client.background_done();
        spawn(async move {
            done.await;
            event(EventKind::Idle, 0, "");
        });
    }
}

#[unsafe(no_mangle)]
extern "C" fn observe(on: u32) {
    match (client(), on) {
        (Ok(client), 0) => client.stop_observing(),
        (Ok(client), _) => client.observe(|settled| {
            event(EventKind::Delivery, 0, &json::of_settled(settled));
        }),
        _ => {}
    }
}

/// Leaves the counts.
#[unsafe(no_mangle)]
extern "C" fn stats() {
    if let Ok(client) = client() {
        put(json::of_stats(&client.stats()));
    }
}

/// Starts a call whose result is made of texts and numbers.
fn start_call<W>(call_id: u32, abortable: u32, work: impl FnOnce(Call) -> W + 'static) -> u32
where
    W: Future<Output = (Call, infinium_client::Result<String>)> + 'static,
{
    match client().and_then(|client| begin(&client, call_id, abortable)) {
        Ok(call) => {
            start(call_id, call, work);
            DONE
        }
        Err(error) => failed(&error),
    }
}

/// Text: the id of the trace.
#[unsafe(no_mangle)]
extern "C" fn interpretation(call_id: u32, abortable: u32) -> u32 {
    let trace_id = take();
    start_call(call_id, abortable, |call| async move {
        let response = call.interpretation(&trace_id).await;
        (call, response.map(|response| json::of_response(&response)))
    })
}

/// Text: the id of the trace.
#[unsafe(no_mangle)]
extern "C" fn wait_for_interpretation(
    call_id: u32,
    abortable: u32,
    timeout_ms: f64,
    poll_interval_ms: f64,
) -> u32 {
    let trace_id = take();
    let limit = duration_from_ms(timeout_ms);
    let interval = duration_from_ms(poll_interval_ms);
    start_call(call_id, abortable, move |call| async move {
        let response = call.wait_for_interpretation(&trace_id, limit, interval);
        let response = response.await;
        (call, response.map(|response| json::of_response(&response)))
    })
}

/// Texts: id, key and version of the prompt, and the variables as JSON, if they are given.
#[unsafe(no_mangle)]
extern "C" fn prompt(call_id: u32, abortable: u32, has_variables: u32) -> u32 {
    let (id, key, version) = (take(), take(), take());
    let variables = take_if(has_variables);
    let variables = variables
        .map(|json| serde_json::from_str::<HashMap<String, String>>(&json).unwrap_or_default());
    start_call(call_id, abortable, |call| async move {
        let prompt = call.prompt(&id, key.into(), &version, variables.as_ref());
        let prompt = prompt.await;
        (call, prompt.map(|prompt| json::of_response(&prompt)))
    })
}

/// A limit that is not a number means none.
fn limit(milliseconds: f64) -> Option<std::time::Duration> {
    (!milliseconds.is_nan()).then(|| duration_from_ms(milliseconds))
}

#[unsafe(no_mangle)]
extern "C" fn flush(call_id: u32, limit_ms: f64) -> u32 {
    client().map_or(DONE, |client| {
        resolve_with(call_id, client.flush(limit(limit_ms)))
    })
}

#[unsafe(no_mangle)]
extern "C" fn linger(call_id: u32, silence_limit_ms: f64) -> u32 {
    client().map_or(DONE, |client| {
        let silence_limit = duration_from_ms(silence_limit_ms);
        resolve_with(call_id, client.linger(silence_limit))
    })
}

#[unsafe(no_mangle)]
extern "C" fn close(call_id: u32, limit_ms: f64) -> u32 {
    client().map_or(DONE, |client| {
        resolve_with(call_id, client.close(limit(limit_ms)))
    })
}
