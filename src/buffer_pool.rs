//! Buffers that are used again.
//!
//! Most of the cost of a copy is memory that the operating system has to find and clear first.

use std::sync::Mutex;

use crate::sync::lock;

/// UTF-16 units that all buffers in the pool may hold together: 8 MiB.
const MAX_POOLED_UNITS: usize = 4 * 1024 * 1024;

/// Empty buffers for UTF-16 text.
pub(crate) struct BufferPool(Mutex<Pooled>);

struct Pooled {
    buffers: Vec<Vec<u16>>,
    /// The capacity of all buffers together.
    units: usize,
}

impl BufferPool {
    /// The pool of the process.
    pub(crate) fn global() -> &'static Self {
        static POOL: BufferPool = BufferPool(Mutex::new(Pooled {
            buffers: Vec::new(),
            units: 0,
        }));
        &POOL
    }

    /// An empty buffer with room for at least `units` units.
    pub(crate) fn take(&self, units: usize) -> Vec<u16> {
        let mut pooled = lock(&self.0);
        let Some(mut buffer) = pooled.buffers.pop() else {
            drop(pooled);
            return Vec::with_capacity(units);
        };
        pooled.units -= buffer.capacity();
        drop(pooled);
        buffer.reserve(units);
        buffer
    }

    /// Gives a buffer back. It is freed if the pool is full.
    pub(crate) fn put(&self, mut buffer: Vec<u16>) {
        let mut pooled = lock(&self.0);
        if pooled.units + buffer.capacity() <= MAX_POOLED_UNITS {
            buffer.clear();
            pooled.units += buffer.capacity();
            pooled.buffers.push(buffer);
        }
    }
}
