//! Counts the bytes of orphans before they are adopted, so that the spool stays within its size even if processes are
//! killed again and again. It goes on in small steps, so that no task waits for it.

use std::{
    collections::{HashMap, VecDeque},
    time::Duration,
};

use tokio::time::Instant;

use super::{
    client_directory::ClientDirectory,
    disk::Kind,
    files::{CORRUPT, Files, number_of},
    record,
};

/// The maximum time of a step.
const STEP: Duration = Duration::from_millis(3);

/// The count so far.
#[derive(Debug, Default)]
pub(super) struct Census {
    /// `None` before the first step.
    uncounted: Option<VecDeque<String>>,
    /// The directory that is being counted, and its files that have not been.
    current: Option<(String, Vec<String>)>,
    /// The bytes in each directory.
    counted: HashMap<String, u64>,
}

impl Census {
    /// Counts for a short time. Returns the bytes that were found.
    pub(super) fn step(&mut self, files: &Files) -> u64 {
        let began = Instant::now();
        let uncounted = self.uncounted.get_or_insert_with(|| {
            let mut names = files.disk.list(&files.root).unwrap_or_default();
            names.retain(|name| name != CORRUPT && !ClientDirectory::is_lock(name));
            names.into()
        });
        let mut found = 0;
        while began.elapsed() < STEP {
            let Some((directory, rest)) = &mut self.current else {
                let Some(name) = uncounted.pop_front() else {
                    break;
                };
                let path = files.root.join(&name);
                // The tasks of a running process do not count.
                let names = match ClientDirectory::adopt(&files.disk, path) {
                    Ok(Some(ended)) => ended.names(),
                    _ => Vec::new(),
                };
                self.current = Some((name, names));
                continue;
            };
            let Some(file) = rest.pop() else {
                self.current = None;
                continue;
            };
            if number_of(&file).is_none() {
                continue;
            }
            let entry = files.disk.look(&files.root.join(&*directory).join(file));
            let is_task =
                |entry: &super::disk::Entry| entry.kind == Kind::File && record::may_be(entry);
            let size = entry.ok().filter(is_task).map_or(0, |entry| entry.size);
            *self.counted.entry(directory.clone()).or_default() += size;
            found += size;
        }
        found
    }

    /// A directory is adopted. Returns the bytes that were counted in it.
    pub(super) fn adopted(&mut self, name: &str) -> u64 {
        if let Some(uncounted) = &mut self.uncounted {
            uncounted.retain(|other| other != name);
        }
        self.current.take_if(|(current, _)| current == name);
        self.counted.remove(name).unwrap_or_default()
    }
}
