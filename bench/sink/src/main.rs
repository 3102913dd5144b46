//! The other end of every measurement.
//!
//! `infinium-bench-sink serve` answers every HTTP/1.1 request on two ports of the loopback, plain and
//! TLS, and counts. Its first line on stdout is `{"http": port, "https": port, "ca": pem}`; then it
//! takes commands on stdin, and ends with it:
//!
//! - `count` answers `{"requests": n, "traces": n, "bytes": n}`, counted since the last `reset`;
//! - `reset` sets the counts to zero and answers them as they were;
//! - `latency <ms>` lets every answer wait from now on, and answers the counts as well.
//!
//! `infinium-bench-sink load <port> <connections> <requests>` posts what it reads from stdin over and
//! over, and prints `{"seconds": s, "requests": n}`: the limit that no client can pass.
//!
//! Both run on one thread, which leaves the other cores to what is measured.

mod counts;
mod load;
mod request;
mod serve;
mod tls;

use std::{env, io, process::ExitCode};

use tokio::runtime::Builder;

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match arguments[..] {
        ["serve"] => run(serve::run()),
        ["load", port, connections, requests] => {
            match (port.parse(), connections.parse(), requests.parse()) {
                (Ok(port), Ok(connections), Ok(requests)) => {
                    run(load::run(port, connections, requests))
                }
                _ => Err(io::Error::other("load takes three numbers")),
            }
        }
        _ => Err(io::Error::other(
            "usage: infinium-bench-sink serve | load <port> <connections> <requests>",
        )),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run(work: impl Future<Output = io::Result<()>>) -> io::Result<()> {
    Builder::new_current_thread()
        .enable_all()
        .build()?
        .block_on(work)
}
