//! Tasks that are accepted at once and delivered when the platform can take them.
//!
//! A task leaves the queue for good only when the platform has confirmed or refused it, or when a documented rule
//! drops it, and then it is counted. During an outage tasks stay in the queue; one at a time is sent as a trial.

mod intake;
mod scheduler;
mod task;
mod task_queue;
#[cfg(test)]
mod tests;
mod worker;

pub(crate) use intake::Background;
