//! Work that ends when it is told to.

use tokio_util::sync::CancellationToken;

/// The result of `work`, or `None` as soon as `token` is cancelled.
///
/// The token comes first: once it is cancelled nothing more of `work` happens, not even what was
/// ready to go on at that moment.
pub(crate) async fn unless_cancelled<T>(
    token: &CancellationToken,
    work: impl Future<Output = T>,
) -> Option<T> {
    tokio::select! {
        biased;
        () = token.cancelled() => None,
        result = work => Some(result),
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
