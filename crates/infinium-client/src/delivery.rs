//! The state that every delivery of a task uses.

use std::sync::Arc;

use infinium_core::{
    Result,
    redact::Redactor,
    wire::{self, Payload},
};

use crate::{pipeline::Pipeline, spool::Spool, stats::Ledger};

/// Shared by a client, its calls and its background worker. It does not depend on any of them.
#[derive(Debug)]
pub(crate) struct Delivery {
    pub(crate) pipeline: Arc<Pipeline>,
    /// `None` without a spool directory.
    pub(crate) spool: Option<Arc<Spool>>,
    pub(crate) ledger: Arc<Ledger>,
    /// See [`Config::redactor`](infinium_core::Config::redactor).
    pub(crate) redactor: Option<Redactor>,
}

impl Delivery {
    /// Encodes a task, redacted. What is stored and sent is only this.
    ///
    /// # Errors
    /// See [`wire::encode`].
    pub(crate) fn encode(&self, task: &str, now: Option<&str>) -> Result<Payload> {
        wire::encode_redacted(task, now, self.redactor.as_ref())
    }
}
