//! Connections that break on demand.

use std::{
    io,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicU8, Ordering},
    },
    task::{Context, Poll},
};

use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
};

/// What the next write does, as a value of the atomic.
const WRITE: u8 = 0;
const RESET: u8 = 1;
const GARBAGE: u8 = 2;

/// Bytes that are not HTTP.
const GARBAGE_BYTES: &[u8] = b"\x00\x01\x02 not an HTTP response \xff\xfe\r\n\r\n";

/// The connection of a request: a handle that can break it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Connection(Arc<AtomicU8>);

impl Connection {
    /// Resets the connection instead of writing the answer.
    pub(crate) fn reset(&self) {
        self.0.store(RESET, Ordering::SeqCst);
    }

    /// Writes bytes that are not HTTP instead of the answer, and closes the connection.
    pub(crate) fn write_garbage(&self) {
        self.0.store(GARBAGE, Ordering::SeqCst);
    }
}

/// A stream that breaks when its [`Connection`] says so.
#[derive(Debug)]
pub(crate) struct BreakableStream {
    pub(crate) stream: TcpStream,
    pub(crate) connection: Connection,
}

impl AsyncRead for BreakableStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for BreakableStream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        match self.connection.0.swap(WRITE, Ordering::SeqCst) {
            RESET => {
                // Without lingering, closing the socket sends a reset.
                self.stream.set_zero_linger()?;
                Poll::Ready(Err(io::ErrorKind::ConnectionReset.into()))
            }
            GARBAGE => {
                let _ = self.stream.try_write(GARBAGE_BYTES);
                Poll::Ready(Err(io::ErrorKind::BrokenPipe.into()))
            }
            _ => Pin::new(&mut self.stream).poll_write(context, bytes),
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
