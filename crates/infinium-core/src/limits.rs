//! The limits of the platform and of this client.

/// The maximum number of tasks in a batch.
pub const MAX_BATCH_SIZE: usize = 100;
/// The maximum length of a task's name in Unicode code points.
pub const MAX_NAME_LENGTH: usize = 500;
/// The maximum length of a task's description in Unicode code points.
pub const MAX_DESCRIPTION_LENGTH: usize = 10_000;
/// The maximum size of an encoded task in bytes.
pub const MAX_PAYLOAD_SIZE: usize = 1_048_576;
/// The maximum size of an answer in bytes.
pub const MAX_ANSWER_SIZE: usize = 10 * 1024 * 1024;
/// The maximum length in bytes of an id that becomes a path segment. After percent-encoding it still fits into the
/// longest URL that HTTP libraries accept.
pub const MAX_SEGMENT_LENGTH: usize = 8_192;
