//! Flushing and closing a client.

use std::time::Duration;

use crate::{
    client::{Client, Inner},
    runtime::{Instant, timeout},
};

/// A flush without a limit waits at least this long while the platform does not answer.
const SILENCE_LIMIT: Duration = Duration::from_secs(30);

/// Time limit for cancelled work to stop.
const CANCELLATION_GRACE: Duration = Duration::from_millis(25);

impl Client {
    /// Waits until nothing is in flight or in the background, for at most `within`. Returns whether nothing is left.
    ///
    /// Without a limit it waits as long as the platform answers. It stops waiting for the background once the
    /// platform has not answered for 30 seconds, or for the timeout of one attempt if that is longer. Sends and
    /// batches end by themselves, so it always waits for them.
    pub fn flush(&self, within: Option<Duration>) -> impl Future<Output = bool> + Send + 'static {
        let inner = self.0.clone();
        async move {
            match within {
                Some(limit) => timeout(limit, inner.idle()).await.is_ok(),
                None => {
                    let limit = SILENCE_LIMIT.max(inner.delivery.pipeline.timeout());
                    inner.idle_unless_silent(limit).await
                }
            }
        }
    }

    /// Waits until no task is pending, for at most `within`. Returns whether no task is left. Unlike
    /// [`flush`](Client::flush), it does not wait for calls that send no tasks.
    pub fn drain(&self, within: Duration) -> impl Future<Output = bool> + Send + 'static {
        let ledger = self.0.delivery.ledger.clone();
        async move { timeout(within, ledger.pending.wait()).await.is_ok() }
    }

    /// Like [`flush`](Client::flush), but stops waiting once nothing has been delivered for `patience`.
    pub fn linger(&self, patience: Duration) -> impl Future<Output = bool> + Send + 'static {
        let inner = self.0.clone();
        async move {
            let deliveries = &inner.delivery.pipeline.deliveries;
            let mut from = Instant::now();
            while timeout(patience.saturating_sub(from.elapsed()), inner.idle())
                .await
                .is_err()
            {
                match deliveries.last() {
                    Some(at) if at > from => from = at,
                    _ => return false,
                }
            }
            true
        }
    }

    /// Rejects new calls, waits like [`flush`](Client::flush), then drops the remaining tasks and closes all
    /// connections. Tasks in a spool stay on disk.
    ///
    /// Can be called more than once.
    pub fn close(&self, within: Option<Duration>) -> impl Future<Output = bool> + Send + 'static {
        self.0.drop_http();
        let flushed = self.flush(within);
        let inner = self.0.clone();
        async move {
            let all = flushed.await;
            inner.delivery.pipeline.closed.cancel();
            inner.background.close();
            // Cancelled work stops now and releases the spool, which another process may be waiting for.
            let _ = timeout(CANCELLATION_GRACE, inner.idle()).await;
            if let Some(spool) = &inner.delivery.spool {
                spool.leave();
            }
            all
        }
    }
}

impl Inner {
    /// Waits until no call is in flight and nothing is in the background.
    async fn idle(&self) {
        self.calls.wait().await;
        self.background.pending().wait().await;
    }

    /// Like [`idle`](Self::idle), but stops waiting for the background once the platform has not answered for `limit`.
    async fn idle_unless_silent(&self, limit: Duration) -> bool {
        let start = Instant::now();
        let pipeline = &self.delivery.pipeline;
        loop {
            if timeout(Duration::from_secs(1), self.idle()).await.is_ok() {
                return true;
            }
            // A task that waits for the rate limit has made no attempt yet.
            let is_silent = pipeline
                .breaker
                .silent_since(pipeline.in_flight())
                .is_some_and(|since| since.max(start).elapsed() >= limit);
            // Calls by users end by themselves.
            if is_silent && self.calls.count() == 0 {
                return false;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use infinium_core::Config;

    /// A client with one task in the background, after half a minute without an answer from the platform.
    async fn in_an_outage() -> Client {
        let mut config = Config::new("agent-1", "secret-0123");
        config.base_url = "http://127.0.0.1:1".to_owned();
        config.max_retries = 0;
        let client = Client::new(config).unwrap();
        let task = r#"{"name":"n","description":"d","duration":1}"#;
        client.enqueue(task, Some("2026-11-23T09:30:00Z")).unwrap();
        while client.0.delivery.pipeline.breaker.silent_since(0).is_none() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        tokio::time::sleep(SILENCE_LIMIT).await;
        client
    }

    #[tokio::test(start_paused = true)]
    async fn gives_up_a_flush_after_half_a_minute_of_outage() {
        let client = in_an_outage().await;
        let start = Instant::now();
        assert!(!client.flush(None).await);
        let took = start.elapsed();
        assert!(
            (SILENCE_LIMIT..SILENCE_LIMIT + Duration::from_secs(5)).contains(&took),
            "{took:?}"
        );
    }

    #[tokio::test(start_paused = true)]
    async fn waits_for_callers_in_an_outage() {
        let client = in_an_outage().await;
        let call = client.begin().unwrap();
        assert!(
            timeout(3 * SILENCE_LIMIT, client.flush(None))
                .await
                .is_err()
        );
        drop(call);
        assert!(!client.flush(None).await);
    }
}
