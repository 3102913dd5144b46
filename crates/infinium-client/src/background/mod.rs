//! Background delivery: tasks are accepted at once and sent when the platform can take them.
//!
//! A task leaves the queue only after the platform has confirmed or refused it, or after a documented rule has
//! dropped it. Drops are counted. During an outage tasks stay in the queue, and one at a time is sent as a trial.

mod foreign_refusals;
mod intake;
mod scheduler;
mod task;
mod task_queue;
#[cfg(test)]
mod tests;
mod worker;

pub(crate) use intake::Background;
