//! One call by a user.

use std::sync::Arc;

use bytes::Bytes;
use futures_util::FutureExt;
use tokio_util::sync::CancellationToken;

use crate::{
    cancel::unless_cancelled,
    delivery::Delivery,
    key::new_key,
    pipeline::{Exchange, Pipeline, Place, RequestClass},
    request::Request,
    stats::{Entry, Ledger},
    task_text::TaskText,
    transport::Http,
    wait_group::WaitGuard,
};
use infinium_core::{Answer, ApiResponse, Error, ErrorKind, RequestContext, Result, wire};

/// One call. It is in flight from [`Client::begin`](crate::Client::begin) until it is dropped or has its result.
#[derive(Debug)]
pub struct Call {
    delivery: Arc<Delivery>,
    http: Http,
    cancel: CancellationToken,
    /// Whether the user holds a cancellation token.
    can_be_cancelled: bool,
    now: Option<String>,
    _in_flight: WaitGuard,
}

/// How one task of a call is delivered.
#[derive(Debug)]
pub(crate) struct DeliveryOptions<'a> {
    pub(crate) class: RequestClass,
    /// The task's entry in the ledger.
    pub(crate) entry: &'a Entry,
    /// Ends waiting, but does not end a request in flight.
    pub(crate) stop: &'a CancellationToken,
    /// The admission of the first attempt, if the caller already has it.
    pub(crate) admission: Option<Place>,
}

/// The failure of a task, with the task's name if known, to distinguish the tasks of a batch.
pub(crate) type Undelivered = (Error, Option<String>);

impl Call {
    pub(crate) fn new(delivery: Arc<Delivery>, http: Http, in_flight: WaitGuard) -> Self {
        Self {
            delivery,
            http,
            cancel: CancellationToken::new(),
            can_be_cancelled: false,
            now: None,
            _in_flight: in_flight,
        }
    }

    /// Cancels the call when `token` is cancelled: its requests in flight are dropped and their connections closed.
    #[must_use]
    pub fn cancelled_by(mut self, token: CancellationToken) -> Self {
        self.cancel = token;
        self.can_be_cancelled = true;
        self
    }

    /// Sets the time of a task without `currentDatetime`, in ISO 8601.
    #[must_use]
    pub fn at(mut self, now: impl Into<String>) -> Self {
        self.now = Some(now.into());
        self
    }

    /// Sends one task.
    ///
    /// # Errors
    /// Any kind except `Configuration` and `NotSent`.
    pub async fn send(&self, task: impl TaskText) -> Result<ApiResponse> {
        let entry = self.ledger().submit();
        self.send_with(None, entry, task).await
    }

    pub(crate) async fn send_with(
        &self,
        admission: Option<Place>,
        entry: Entry,
        task: impl TaskText,
    ) -> Result<ApiResponse> {
        let stop = CancellationToken::new();
        let options = DeliveryOptions {
            class: RequestClass::Awaited,
            entry: &entry,
            stop: &stop,
            admission,
        };
        let sent = self.deliver(task, options);
        let result = sent.await.map_err(|(error, _)| error);
        entry.settled(&result);
        result
    }

    pub(crate) fn pipeline(&self) -> &Arc<Pipeline> {
        &self.delivery.pipeline
    }

    pub(crate) fn ledger(&self) -> &Arc<Ledger> {
        &self.delivery.ledger
    }

    /// Returns the result of `work`, unless the call is cancelled first. Closing the client does not end it.
    ///
    /// # Errors
    /// `Cancelled`.
    pub(crate) async fn unless_cancelled<T>(&self, work: impl Future<Output = T>) -> Result<T> {
        if !self.can_be_cancelled {
            return Ok(work.await);
        }
        let outcome = unless_cancelled(&self.cancel, work).await;
        outcome.ok_or_else(cancelled)
    }

    /// Returns the result of `work`, unless the call is cancelled or the client is closed first.
    ///
    /// # Errors
    /// `Cancelled`, `Closed`, or the errors of `work`.
    pub(crate) fn until_ended<T>(
        &self,
        work: impl Future<Output = Result<T>>,
    ) -> impl Future<Output = Result<T>> {
        // Not an `async fn`, because its state would contain `work` twice.
        let unless_closed = unless_cancelled(&self.pipeline().closed, work);
        unless_cancelled(&self.cancel, unless_closed).map(|outcome| match outcome {
            Some(Some(result)) => result,
            Some(None) => {
                let message = "the client was closed before an answer arrived";
                Err(Error::new(ErrorKind::Closed, message))
            }
            None => Err(cancelled()),
        })
    }

    /// Delivers one task.
    ///
    /// # Errors
    /// Any kind except `Configuration`.
    pub(crate) async fn deliver(
        &self,
        task: impl TaskText,
        options: DeliveryOptions<'_>,
    ) -> Result<ApiResponse, Undelivered> {
        let DeliveryOptions {
            class,
            entry,
            stop,
            admission,
        } = options;
        let Delivery {
            pipeline, spool, ..
        } = &*self.delivery;
        let payload = task.read(|json| {
            let encoded = self.delivery.encode(json, self.now.as_deref());
            encoded.map_err(|error| (error, wire::task_name(json)))
        })?;
        entry.encoded(payload.body.len());
        // Free the text early: it may be large, and the delivery may take minutes.
        drop(task);
        let key = new_key();
        let stored = spool
            .as_ref()
            .and_then(|spool| spool.store(&key, &payload.body));
        let request = pipeline.requests.trace(&key, Bytes::from(payload.body));
        let context = pipeline.context(class, pipeline.requests.agent());
        let exchange = Exchange {
            http: &self.http,
            request: &request,
            class,
            context: &context,
            stop,
            attempts: Some(&entry.attempts),
            admission,
        };
        let result = self.until_ended(pipeline.exchange(exchange)).await;
        // The caller knows the outcome now, so the task need not survive the process.
        if let Some(stored) = stored {
            stored.remove();
        }
        result.map(ApiResponse::from_answer).map_err(|error| {
            let name = std::str::from_utf8(&request.body)
                .ok()
                .and_then(wire::task_name);
            (error, name)
        })
    }

    /// Sends a read, with retries, and returns its answer.
    pub(crate) async fn read(
        &self,
        request: &Request,
        context: &RequestContext<'_>,
    ) -> Result<Answer> {
        let exchange = Exchange {
            http: &self.http,
            request,
            class: RequestClass::Read,
            context,
            stop: &CancellationToken::new(),
            attempts: None,
            admission: None,
        };
        self.pipeline().exchange(exchange).await
    }
}

fn cancelled() -> Error {
    Error::new(ErrorKind::Cancelled, "the call was cancelled")
}
