//! The state that every delivery of a task uses.

use std::sync::Arc;

use crate::{pipeline::Pipeline, spool::Spool, stats::Ledger};

/// Shared by a client, its calls and its background worker. It does not depend on any of them.
#[derive(Debug)]
pub(crate) struct Delivery {
    pub(crate) pipeline: Arc<Pipeline>,
    /// `None` without a spool directory.
    pub(crate) spool: Option<Arc<Spool>>,
    pub(crate) ledger: Arc<Ledger>,
}
