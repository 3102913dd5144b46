//! Finds out whether an `infinium-local` is running already.

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    time::Duration,
};

use serde_json::Value;

/// How long the other program may take for each step: it is on this machine.
const LIMIT: Duration = Duration::from_secs(1);
/// Longer answers are not from `infinium-local`.
const MAX_ANSWER: u64 = 64 * 1024;

/// What the program at this address says about itself in `GET /local/about`, if it is `infinium-local`.
pub(super) fn find(address: SocketAddr) -> Option<Value> {
    let mut stream = TcpStream::connect_timeout(&address, LIMIT).ok()?;
    stream.set_read_timeout(Some(LIMIT)).ok()?;
    let request =
        format!("GET /local/about HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).ok()?;
    let mut answer = String::new();
    stream.take(MAX_ANSWER).read_to_string(&mut answer).ok()?;
    let (_, body) = answer.split_once("\r\n\r\n")?;
    let about: Value = serde_json::from_str(body).ok()?;
    (about["name"] == "infinium-local").then_some(about)
}
