//! Opens the spool of a client.

use std::{sync::Arc, time::UNIX_EPOCH};

use url::Url;

use super::{disk::Disk, files::SpoolOptions, store::Spool};
use crate::clock::wall_clock;
use infinium_core::{Config, Log};

/// Opens the spool that the configuration names, if it names one.
pub(crate) fn open(
    config: &Config,
    disk: Arc<dyn Disk>,
    agent_url: &Url,
    log: &Log,
) -> Option<Arc<Spool>> {
    let directory = config.spool_directory.as_ref()?;
    let since_1970 = wall_clock().duration_since(UNIX_EPOCH).unwrap_or_default();
    let options = SpoolOptions {
        // Made absolute, so that it does not change with the working directory of the process.
        directory: &std::path::absolute(directory).unwrap_or_else(|_| directory.clone()),
        destination: agent_url.as_str(),
        max_bytes: config.max_spool_bytes,
        sync: config.spool_durably,
        first_number: u64::try_from(since_1970.as_micros()).unwrap_or_default(),
        notices: config.notices.clone(),
    };
    Some(Arc::new(Spool::new(disk, &options, log.clone())))
}
