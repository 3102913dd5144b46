//! The simplest possible client: it writes the same bytes and reads an answer, repeatedly.

use std::{cell::Cell, io, io::Read, rc::Rc, time::Instant};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    task::{LocalSet, spawn_local},
};

/// Posts the bytes from stdin `requests` times over `connections`, with one request in flight on each.
pub(crate) async fn run(port: u16, connections: usize, requests: u64) -> io::Result<()> {
    let mut body = Vec::new();
    io::stdin().read_to_end(&mut body)?;
    let mut message = format!(
        "POST /agents/bench/trace HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
        body.len()
    )
    .into_bytes();
    message.extend_from_slice(&body);
    let message: Rc<[u8]> = message.into();
    let remaining = Rc::new(Cell::new(requests));

    LocalSet::new()
        .run_until(async move {
            let mut streams = Vec::new();
            for _ in 0..connections {
                let stream = TcpStream::connect(("127.0.0.1", port)).await?;
                stream.set_nodelay(true)?;
                streams.push(stream);
            }
            let started = Instant::now();
            let tasks: Vec<_> = streams
                .into_iter()
                .map(|stream| spawn_local(post(stream, message.clone(), remaining.clone())))
                .collect();
            for task in tasks {
                task.await.map_err(io::Error::other)??;
            }
            let seconds = started.elapsed().as_secs_f64();
            println!(
                "{}",
                serde_json::json!({ "seconds": seconds, "requests": requests })
            );
            Ok(())
        })
        .await
}

async fn post(
    mut stream: TcpStream,
    message: Rc<[u8]>,
    remaining: Rc<Cell<u64>>,
) -> io::Result<()> {
    let mut answer = [0; 4096];
    // All answers have the size of the first one.
    let mut size = None;
    while remaining.get() > 0 {
        remaining.set(remaining.get() - 1);
        stream.write_all(&message).await?;
        let mut read = 0;
        while size.is_none_or(|size| read < size) {
            let more = stream.read(&mut answer[read..]).await?;
            if more == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            read += more;
            size = size.or_else(|| size_of(&answer[..read]));
        }
    }
    Ok(())
}

/// The size of an answer in bytes, or `None` until its head is complete.
fn size_of(answer: &[u8]) -> Option<usize> {
    let mut headers = [httparse::EMPTY_HEADER; 16];
    let mut response = httparse::Response::new(&mut headers);
    let head = response.parse(answer).ok()?;
    let httparse::Status::Complete(head) = head else {
        return None;
    };
    let length = response
        .headers
        .iter()
        .find(|header| header.name.eq_ignore_ascii_case("content-length"))?;
    let length: usize = std::str::from_utf8(length.value).ok()?.parse().ok()?;
    Some(head + length)
}
