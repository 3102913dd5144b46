//! Tests the background queue with its circuit breaker, without a worker.

mod poison;
mod queue;
mod support;
