//! Starting a platform and sending it requests, byte by byte.

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    time::Duration,
};

use infinium_local::{Options, Platform};
use serde_json::Value;

pub(crate) const TASK: &str =
    r#"{"name":"n","description":"d","current_datetime":"2026-11-23T09:30:00Z","duration":1}"#;

/// An answer.
pub(crate) struct Reply {
    pub(crate) status: u16,
    /// The status line and the headers, in lower case.
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Reply {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }
}

/// Sends one request on a new connection, and returns the bytes of the answer.
pub(crate) fn send_raw(address: SocketAddr, request: &str) -> std::io::Result<Vec<u8>> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(Duration::from_secs(10)))?;
    stream.write_all(request.as_bytes())?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    Ok(answer)
}

pub(crate) fn request(method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> String {
    let mut out = format!("{method} {path} HTTP/1.1\r\nconnection: close\r\n");
    if !headers.iter().any(|(name, _)| *name == "host") {
        out += "host: localhost\r\n";
    }
    for (name, value) in headers {
        out += &format!("{name}: {value}\r\n");
    }
    out + &format!("content-length: {}\r\n\r\n{body}", body.len())
}

pub(crate) async fn ask(
    platform: &Platform,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> Reply {
    let (address, request) = (platform.address(), request(method, path, headers, body));
    let answer = tokio::task::spawn_blocking(move || send_raw(address, &request))
        .await
        .unwrap()
        .unwrap();
    let text = String::from_utf8(answer).unwrap();
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    let status = head[9..12].parse().unwrap();
    Reply {
        status,
        head: head.to_ascii_lowercase(),
        body: body.to_owned(),
    }
}

/// The headers that a trace needs.
pub(crate) const HEADERS: [(&str, &str); 4] = [
    ("x-agent-id", "agent-1"),
    ("x-agent-key", "secret-0123"),
    ("user-agent", "test"),
    ("content-type", "application/json"),
];

/// Where agent-1 sends its traces.
pub(crate) const TRACE_PATH: &str = "/api/v1/agents/agent-1/trace";

pub(crate) async fn send(platform: &Platform, body: &str) -> Reply {
    ask(platform, "POST", TRACE_PATH, &HEADERS, body).await
}

pub(crate) async fn start(options: Options) -> Platform {
    Platform::start(options).await.unwrap()
}
