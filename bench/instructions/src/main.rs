//! `infinium-bench-instructions <case> <times>` calls one hot function `times` times with the text from
//! stdin. The difference between two runs with different `times` is the cost of the function alone.

use std::{
    env,
    hint::black_box,
    io::{self, Read},
    process::ExitCode,
};

use infinium_client::bench::{Limiter, encode, encode_redacted, hide, read_answer, redactor};
use tokio::runtime::Builder;

/// A rate in requests per second that no run reaches, so that no call waits.
const UNREACHED_RATE: f64 = 1e9;

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let mut input = String::new();
    let case = match &arguments[..] {
        [case, times] => times.parse().ok().map(|times: u32| (case.as_str(), times)),
        _ => None,
    };
    let read = io::stdin().read_to_string(&mut input);
    let (Some((case, times)), Ok(_)) = (case, read) else {
        eprintln!("usage: infinium-bench-instructions <case> <times>");
        return ExitCode::FAILURE;
    };
    let succeeded = match case {
        "encode" => (0..times).all(|_| black_box(encode(black_box(&input))).is_ok()),
        "redact" => {
            let redactor = redactor();
            (0..times).all(|_| black_box(encode_redacted(black_box(&input), &redactor)).is_ok())
        }
        "hide" => (0..times).all(|_| black_box(hide(black_box(&input))) > 0),
        "answer" => (0..times).all(|_| black_box(read_answer(black_box(&input))).is_some()),
        "limit" => limit(Some(UNREACHED_RATE), times),
        "no-limit" => limit(None, times),
        _ => false,
    };
    if succeeded {
        ExitCode::SUCCESS
    } else {
        eprintln!("{case} failed or is not a known case");
        ExitCode::FAILURE
    }
}

fn limit(per_second: Option<f64>, times: u32) -> bool {
    let Ok(runtime) = Builder::new_current_thread().enable_time().build() else {
        return false;
    };
    runtime.block_on(async {
        let limiter = Limiter::new(per_second);
        for _ in 0..times {
            limiter.pass().await;
        }
    });
    true
}
