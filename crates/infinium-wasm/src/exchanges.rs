//! What JavaScript tells of requests.

use infinium_client::hosted::{Broken, on_body, on_broken, on_head, run as run_all};

use crate::memory::{take, take_bytes, take_if};

/// Runs everything that can go on. Returns how many milliseconds nothing more happens by itself, or -1 for ever.
#[unsafe(no_mangle)]
extern "C" fn run() -> f64 {
    run_all().map_or(-1.0, |wait| wait.as_secs_f64() * 1_000.0)
}

/// An answer has begun. Texts: `Retry-After` and `Date`, if there are such headers.
#[unsafe(no_mangle)]
extern "C" fn answer_head(id: u32, status: u32, has_retry_after: u32, has_date: u32) {
    let retry_after = take_if(has_retry_after);
    let date = take_if(has_date);
    on_head(
        id,
        u16::try_from(status).unwrap_or_default(),
        retry_after,
        date,
    );
}

/// An answer is complete. Text: the body, unless it was too large.
#[unsafe(no_mangle)]
extern "C" fn answer_body(id: u32, has_body: u32) {
    on_body(id, (has_body != 0).then(take_bytes));
}

/// A request has failed. Texts: the code of Node.js, and what JavaScript says.
#[unsafe(no_mangle)]
extern "C" fn request_broken(id: u32, reused: u32) {
    let broken = Broken {
        code: take(),
        message: take(),
        reused: reused != 0,
    };
    on_broken(id, broken);
}
