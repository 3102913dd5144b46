//! Work that can be cancelled.

use std::{
    pin::Pin,
    task::{Context, Poll},
};

use pin_project_lite::pin_project;
use tokio_util::sync::{CancellationToken, WaitForCancellationFuture};

/// Returns the result of `work`, or `None` as soon as `token` is cancelled.
///
/// The token is checked first: once it is cancelled, `work` is not polled again, even if it is ready.
pub(crate) fn unless_cancelled<T>(
    token: &CancellationToken,
    work: impl Future<Output = T>,
) -> impl Future<Output = Option<T>> {
    UnlessCancelled {
        cancelled: token.cancelled(),
        work,
    }
}

pin_project! {
    // Not an `async fn`, because its state would contain `work` twice, and every request nests several of these.
    struct UnlessCancelled<'a, F> {
        #[pin]
        cancelled: WaitForCancellationFuture<'a>,
        #[pin]
        work: F,
    }
}

impl<F: Future> Future for UnlessCancelled<'_, F> {
    type Output = Option<F::Output>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        match this.cancelled.poll(context) {
            Poll::Ready(()) => Poll::Ready(None),
            Poll::Pending => this.work.poll(context).map(Some),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn does_nothing_once_cancelled() {
        let token = CancellationToken::new();
        assert_eq!(unless_cancelled(&token, async { 1 }).await, Some(1));
        token.cancel();
        let mut polled = false;
        assert_eq!(
            unless_cancelled(&token, async { polled = true }).await,
            None
        );
        assert!(!polled);
    }
}
