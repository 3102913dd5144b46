//! Reusable buffers.
//!
//! Most of the cost of a copy is new memory, which the operating system must find and clear first.

use std::sync::Mutex;

use infinium_client::LockExt;

/// The maximum total capacity of the pool in UTF-16 units: 8 MiB.
const MAX_POOLED_UNITS: usize = 4 * 1024 * 1024;

/// Empty buffers for UTF-16 text.
pub(crate) struct BufferPool(Mutex<Pooled>);

struct Pooled {
    buffers: Vec<Vec<u16>>,
    /// The total capacity of all pooled buffers.
    units: usize,
}

impl BufferPool {
    /// Returns the pool of the process.
    pub(crate) fn global() -> &'static Self {
        static POOL: BufferPool = BufferPool(Mutex::new(Pooled {
            buffers: Vec::new(),
            units: 0,
        }));
        &POOL
    }

    /// Returns an empty buffer with room for at least `units` units.
    pub(crate) fn take(&self, units: usize) -> Vec<u16> {
        let mut pooled = self.0.lock_unpoisoned();
        let Some(mut buffer) = pooled.buffers.pop() else {
            drop(pooled);
            return Vec::with_capacity(units);
        };
        pooled.units -= buffer.capacity();
        drop(pooled);
        buffer.reserve(units);
        buffer
    }

    /// Returns a buffer to the pool. The buffer is freed if the pool is full.
    pub(crate) fn put(&self, mut buffer: Vec<u16>) {
        let mut pooled = self.0.lock_unpoisoned();
        if pooled.units + buffer.capacity() <= MAX_POOLED_UNITS {
            buffer.clear();
            pooled.units += buffer.capacity();
            pooled.buffers.push(buffer);
        }
    }
}
