//! A socket whose answer can still be read when nothing can be written any more.
//!
//! A server may refuse a request before it has read the body, and close. Its answer arrives, then a reset, and writing
//! the rest of the body fails. HTTP would report that failure, and the answer would be lost. So here writing goes
//! nowhere from then on, and the failure is reported where reading ends.

use std::{
    io::{self, ErrorKind},
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll},
};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::network::Socket;

/// Whether writing to a connection has failed. It must not be used again.
#[derive(Clone, Debug, Default)]
pub(super) struct BrokenFlag(Arc<AtomicBool>);

impl BrokenFlag {
    pub(super) fn is_set(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

#[derive(Debug)]
pub(super) struct ReadsOn {
    socket: Box<dyn Socket>,
    is_broken: BrokenFlag,
    /// What is reported at the end of reading.
    problem: Option<io::Error>,
}

impl ReadsOn {
    pub(super) fn new(socket: Box<dyn Socket>) -> Self {
        Self {
            socket,
            is_broken: BrokenFlag::default(),
            problem: None,
        }
    }

    pub(super) fn flag(&self) -> BrokenFlag {
        self.is_broken.clone()
    }

    /// Writes, or pretends to with this result once that has failed.
    fn write<T>(
        &mut self,
        pretended: T,
        write: impl FnOnce(Pin<&mut Box<dyn Socket>>) -> Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        if self.is_broken.is_set() {
            return Poll::Ready(Ok(pretended));
        }
        match write(Pin::new(&mut self.socket)) {
            Poll::Ready(Err(error)) if is_reset(&error) => {
                self.is_broken.0.store(true, Ordering::Relaxed);
                self.problem = Some(error);
                Poll::Ready(Ok(pretended))
            }
            other => other,
        }
    }
}

/// Whether the other side has closed the connection, so that reading ends soon, too.
fn is_reset(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::ConnectionReset | ErrorKind::ConnectionAborted | ErrorKind::BrokenPipe
    )
}

impl AsyncRead for ReadsOn {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let read = Pin::new(&mut self.socket).poll_read(context, buffer);
        let is_end = match &read {
            Poll::Ready(Ok(())) => buffer.filled().len() == before,
            Poll::Ready(Err(_)) => true,
            Poll::Pending => false,
        };
        match self.problem.take_if(|_| is_end) {
            Some(problem) => Poll::Ready(Err(problem)),
            None => read,
        }
    }
}

impl AsyncWrite for ReadsOn {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.write(bytes.len(), |socket| socket.poll_write(context, bytes))
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.write((), |socket| socket.poll_flush(context))
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.write((), |socket| socket.poll_shutdown(context))
    }

    fn is_write_vectored(&self) -> bool {
        self.socket.is_write_vectored()
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffers: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let length = buffers.iter().map(|buffer| buffer.len()).sum();
        self.write(length, |socket| {
            socket.poll_write_vectored(context, buffers)
        })
    }
}
