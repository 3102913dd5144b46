//! Errors that JavaScript catches.

use infinium_client::{Error, json::describe_error};
use napi::Status;

/// Creates an error for JavaScript to catch. Its message is the description.
pub(crate) fn to_napi(error: &Error) -> napi::Error {
    napi::Error::new(Status::GenericFailure, describe_error(error))
}
