//! Tasks on disk, from before their first attempt until the platform has confirmed them.
//!
//! Each task is a file of its own ([`record`]) in a directory that belongs to one client, which locks it. These
//! directories are in one for the platform and agent that the tasks go to. A directory whose lock is free was left by a
//! process that is gone: the next client adopts its tasks. Files are never changed in place. So a file is complete,
//! which its digest shows, or it is set aside.

mod client_directory;
mod counts;
mod disk;
mod files;
mod orphans;
mod record;
mod store;
mod stored;
#[cfg(test)]
mod tests;

pub(crate) use disk::LocalDisk;
pub(crate) use files::SpoolOptions;
pub(crate) use record::Record;
pub(crate) use store::Spool;
pub(crate) use stored::Stored;
