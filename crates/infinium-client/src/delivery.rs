//! What every way to deliver a task uses.

use std::sync::Arc;

use crate::{pipeline::Pipeline, spool::Spool, stats::Ledger};

/// Shared by a client, its calls and its background. It does not know any of them.
#[derive(Debug)]
pub(crate) struct Delivery {
    pub(crate) pipeline: Arc<Pipeline>,
    /// `None` without a spool directory.
    pub(crate) spool: Option<Arc<Spool>>,
    pub(crate) ledger: Arc<Ledger>,
}
