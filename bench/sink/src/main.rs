//! The server that all benchmarks send to.
//!
//! `infinium-bench-sink serve` answers and counts every HTTP/1.1 request on two ports of the loopback
//! interface, one plain and one with TLS. Its first line on stdout is
//! `{"http": port, "https": port, "ca": pem}`. It reads commands from stdin, and exits when stdin ends:
//!
//! - `count` answers `{"requests": n, "traces": n, "bytes": n}`, counted since the last `reset`;
//! - `reset` sets the counts to zero, and answers their previous values;
//! - `latency <ms>` delays every answer from now on, and answers the counts.
//!
//! `infinium-bench-sink load <port> <connections> <requests>` posts the bytes from stdin repeatedly and
//! prints `{"seconds": s, "requests": n}`: no client can be faster than this.
//!
//! Both use one thread, so that the benchmarked client has the other cores.

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
    let result = match arguments[..] {
        ["serve"] => run(serve::run()),
        ["load", port, connections, requests] => {
            match (port.parse(), connections.parse(), requests.parse()) {
                (Ok(port), Ok(connections), Ok(requests)) => {
                    run(load::run(port, connections, requests))
                }
                _ => Err(io::Error::other("load requires three numbers")),
            }
        }
        _ => Err(io::Error::other(
            "usage: infinium-bench-sink serve | load <port> <connections> <requests>",
        )),
    };
    match result {
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
