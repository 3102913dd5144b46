//! `infinium-bench-instructions <case> <times>` runs one hot function so many times, on what stdin
//! holds. Two runs that differ in `times` alone differ in nothing but its instructions.

use std::{
    env,
    hint::black_box,
    io::{self, Read},
    process::ExitCode,
};

use infinium_client::bench::{Limiter, encode, read_answer};
use tokio::runtime::Builder;

/// More than any run asks for, so that nobody ever waits.
const PLENTY: f64 = 1e9;

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
    let good = match case {
        "encode" => (0..times).all(|_| black_box(encode(black_box(&input))).is_ok()),
        "answer" => (0..times).all(|_| black_box(read_answer(black_box(&input))).is_some()),
        "limit" => limit(Some(PLENTY), times),
        "no-limit" => limit(None, times),
        _ => false,
    };
    if good {
        ExitCode::SUCCESS
    } else {
        eprintln!("{case} failed, or there is no such case");
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
