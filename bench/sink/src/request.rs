//! Reads HTTP/1.1 requests from a connection.

use std::io;

use bytes::BytesMut;
use tokio::io::{AsyncRead, AsyncReadExt};

/// A complete request.
pub(crate) struct Request {
    pub(crate) is_get: bool,
    pub(crate) body: Body,
}

/// A body: a part of the read buffer, or a copy that joins its chunks.
pub(crate) enum Body {
    Buffered(BytesMut),
    Joined(Vec<u8>),
}

impl Body {
    pub(crate) fn bytes(&self) -> &[u8] {
        match self {
            Body::Buffered(bytes) => bytes,
            Body::Joined(bytes) => bytes,
        }
    }
}

struct Head {
    is_get: bool,
    length: usize,
    chunked: bool,
    size: usize,
}

/// Reads the next request. Returns `None` when the client has closed the connection.
pub(crate) async fn read(
    stream: &mut (impl AsyncRead + Unpin),
    buffer: &mut BytesMut,
) -> io::Result<Option<Request>> {
    let head = loop {
        if let Some(head) = parse(buffer)? {
            break head;
        }
        buffer.reserve(16 * 1024);
        if stream.read_buf(buffer).await? == 0 {
            return Ok(None);
        }
    };
    let _ = buffer.split_to(head.size);
    let body = if head.chunked {
        loop {
            if let Some((body, size)) = join_chunks(buffer)? {
                let _ = buffer.split_to(size);
                break Body::Joined(body);
            }
            read_more(stream, buffer, 64 * 1024).await?;
        }
    } else {
        while buffer.len() < head.length {
            read_more(stream, buffer, head.length - buffer.len()).await?;
        }
        Body::Buffered(buffer.split_to(head.length))
    };
    Ok(Some(Request {
        is_get: head.is_get,
        body,
    }))
}

async fn read_more(
    stream: &mut (impl AsyncRead + Unpin),
    buffer: &mut BytesMut,
    capacity: usize,
) -> io::Result<()> {
    buffer.reserve(capacity);
    match stream.read_buf(buffer).await? {
        0 => Err(io::ErrorKind::UnexpectedEof.into()),
        _ => Ok(()),
    }
}

fn parse(buffer: &[u8]) -> io::Result<Option<Head>> {
    let mut headers = [httparse::EMPTY_HEADER; 64];
    let mut request = httparse::Request::new(&mut headers);
    let httparse::Status::Complete(size) = request.parse(buffer).map_err(io::Error::other)? else {
        return Ok(None);
    };
    let mut head = Head {
        is_get: request.method == Some("GET"),
        length: 0,
        chunked: false,
        size,
    };
    for header in &*request.headers {
        if header.name.eq_ignore_ascii_case("content-length") {
            let text = std::str::from_utf8(header.value).map_err(io::Error::other)?;
            head.length = text.trim().parse().map_err(io::Error::other)?;
        } else if header.name.eq_ignore_ascii_case("transfer-encoding") {
            head.chunked = true;
        }
    }
    Ok(Some(head))
}

/// Joins the chunks of a body. Returns it with its size on the wire, or `None` until all chunks have
/// arrived.
fn join_chunks(buffer: &[u8]) -> io::Result<Option<(Vec<u8>, usize)>> {
    let mut body = Vec::new();
    let mut at = 0;
    loop {
        let chunk = httparse::parse_chunk_size(&buffer[at..])
            .map_err(|_| io::Error::other("invalid chunk size"))?;
        let httparse::Status::Complete((start, length)) = chunk else {
            return Ok(None);
        };
        let from = at + start;
        let to = from + usize::try_from(length).map_err(io::Error::other)?;
        // Each chunk ends with CR LF. The clients send no trailers after the last chunk.
        if buffer.len() < to + 2 {
            return Ok(None);
        }
        if length == 0 {
            return Ok(Some((body, to + 2)));
        }
        body.extend_from_slice(&buffer[from..to]);
        at = to + 2;
    }
}
