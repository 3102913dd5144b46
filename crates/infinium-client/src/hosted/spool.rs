//! There is no disk here, so there is no spool: no value of [`Spool`] exists.

use std::{fmt::Debug, sync::Arc};

use url::Url;

use crate::stats::SpoolStats;
use infinium_core::{Config, Error, Log};

/// A disk, of which there is none.
pub(crate) trait Disk: Debug + Send + Sync {}

#[derive(Debug)]
pub(crate) struct LocalDisk;

impl Disk for LocalDisk {}

/// Opens nothing.
pub(crate) fn open(_: &Config, _: Arc<dyn Disk>, _: &Url, _: &Log) -> Option<Arc<Spool>> {
    None
}

#[derive(Debug)]
pub(crate) enum Spool {}

impl Spool {
    pub(crate) fn store(&self, _: &str, _: &[u8]) -> Option<Stored> {
        match *self {}
    }

    pub(crate) async fn search(self: Arc<Self>) -> Found {
        match *self {}
    }

    pub(crate) fn begin_counting(self: &Arc<Self>) {
        match **self {}
    }

    pub(crate) async fn room(&self) {
        match *self {}
    }

    pub(crate) fn has_open_tasks(&self) -> bool {
        match *self {}
    }

    pub(crate) fn leave(&self) {
        match *self {}
    }

    pub(crate) fn stats(&self) -> SpoolStats {
        match *self {}
    }
}

#[derive(Debug)]
#[expect(dead_code, reason = "nothing is ever found")]
pub(crate) enum Found {
    Tasks(Vec<Stored>),
    Continue,
    Full,
    End,
}

#[derive(Debug)]
pub(crate) enum Stored {}

impl Stored {
    pub(crate) fn read(&self) -> Result<Record, Error> {
        match *self {}
    }

    pub(crate) fn size(&self) -> usize {
        match *self {}
    }

    pub(crate) fn remove(self) {
        match self {}
    }
}

#[derive(Debug)]
pub(crate) struct Record {
    pub(crate) key: String,
    pub(crate) body: Vec<u8>,
}
