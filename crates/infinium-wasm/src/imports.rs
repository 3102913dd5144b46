//! What JavaScript provides.

use std::time::Duration;

use infinium_client::hosted::{Host, Outgoing};

#[link(wasm_import_module = "host")]
unsafe extern "C" {
    /// Milliseconds on a clock that never goes back.
    safe fn now() -> f64;
    /// Milliseconds since 1970.
    safe fn time_of_day() -> f64;
    /// Returns 0 if there are no random bytes.
    fn fill_random(bytes: *mut u8, length: usize) -> u32;
    /// `head` is JSON: a method, a URL, and an array of names and values of headers.
    fn send_request(
        id: u32,
        head: *const u8,
        head_length: usize,
        body: *const u8,
        body_length: usize,
    );
    safe fn abort_request(id: u32);
    fn push_event(kind: u32, id: u32, text: *const u8, length: usize);
}

/// The kind of an event, as in the native binding.
#[derive(Clone, Copy)]
#[repr(u32)]
pub(crate) enum EventKind {
    Resolved,
    Rejected,
    Progress,
    Log,
    Notice,
    Delivery,
    Delivered,
    Undelivered,
    Idle,
}

/// Tells JavaScript of an event.
pub(crate) fn event(kind: EventKind, id: u32, text: &str) {
    // SAFETY: JavaScript reads the text before this returns.
    unsafe { push_event(kind as u32, id, text.as_ptr(), text.len()) }
}

/// JavaScript.
pub(crate) struct JavaScript;

fn milliseconds(time: f64) -> Duration {
    Duration::try_from_secs_f64(time / 1_000.0).unwrap_or_default()
}

impl Host for JavaScript {
    fn now(&self) -> Duration {
        milliseconds(now())
    }

    fn time_of_day(&self) -> Duration {
        milliseconds(time_of_day())
    }

    fn fill_random(&self, bytes: &mut [u8]) -> bool {
        // SAFETY: JavaScript writes within these bytes, before this returns.
        unsafe { fill_random(bytes.as_mut_ptr(), bytes.len()) != 0 }
    }

    fn send(&self, id: u32, request: &Outgoing<'_>) {
        let Outgoing {
            method,
            url,
            headers,
            body,
        } = request;
        let head = serde_json::json!([method, url, headers]).to_string();
        // SAFETY: JavaScript copies both before this returns.
        unsafe { send_request(id, head.as_ptr(), head.len(), body.as_ptr(), body.len()) }
    }

    fn abort(&self, id: u32) {
        abort_request(id);
    }
}
