//! Tasks that JavaScript does not send.

use infinium_client::DropReason;
use napi_derive::napi;

/// Why JavaScript does not send a task.
#[napi]
pub enum DroppedFor {
    /// The trace is not part of the sample.
    Sampling,
    /// The user's `beforeSend` has dropped it.
    BeforeSend,
    /// The client is disabled.
    Disabled,
}

impl From<DroppedFor> for DropReason {
    fn from(reason: DroppedFor) -> Self {
        match reason {
            DroppedFor::Sampling => Self::Sampled,
            DroppedFor::BeforeSend => Self::BeforeSend,
            DroppedFor::Disabled => Self::Disabled,
        }
    }
}
