//! The spool: stores tasks on disk before their first attempt, until the platform has confirmed them.
//!
//! Each task is one file ([`record`]) in a directory that belongs to one client, which locks it. The parent of these
//! directories belongs to one platform and agent. A directory with a free lock belongs to a process that has ended;
//! the next client adopts its tasks. Files are never changed in place: a file is complete, as its digest shows, or it
//! is set aside.

mod census;
mod client_directory;
mod counting;
mod counts;
mod descriptors;
mod disk;
mod estimate;
mod files;
mod names;
mod open;
mod open_tasks;
mod orphans;
mod record;
mod reservation;
mod store;
mod stored;
#[cfg(test)]
mod tests;

pub(crate) use disk::{Disk, LocalDisk};
#[cfg(test)]
pub(crate) use files::SpoolOptions;
pub(crate) use open::open;
pub(crate) use orphans::Found;
pub(crate) use record::Record;
pub(crate) use store::Spool;
pub(crate) use stored::Stored;
#[cfg(test)]
pub(crate) use tests::{Hook, SimulatedDisk};
