//! How much the tasks of ended processes need at most, found without looking into their directories.

use std::io;

use super::{
    client_directory::{ClientDirectory, lock_of},
    disk::{Kind, list_up_to},
    files::Files,
    names::CORRUPT,
    reservation,
};

/// The maximum number of names for which the first task waits: two for each directory.
pub(super) const MOMENT: usize = 1_000;

/// Returns an upper bound of the size of all orphans, or `None` if there are more names than this or a directory without a
/// bound. Directories that are in use count, too.
pub(super) fn estimate(files: &Files, max_names: usize) -> Option<u64> {
    let mut directories = Vec::new();
    let listed = list_up_to(&*files.disk, &files.root, max_names, |name| {
        if name != CORRUPT && !ClientDirectory::is_lock(&name) {
            directories.push(files.root.join(name));
        }
    });
    match listed {
        Ok(true) => {}
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Some(0),
        Ok(false) | Err(_) => return None,
    }
    directories.iter().try_fold(0_u64, |sum, directory| {
        let maximum = match files.disk.look(&lock_of(directory)) {
            // Nobody can lock it, so nobody adopts what is there.
            Ok(lock) if lock.kind != Kind::File => 0,
            Ok(lock) => reservation::maximum(lock.size)?,
            Err(_) => match files.disk.look(directory) {
                Ok(entry) if entry.kind == Kind::Directory => return None,
                // Another process has removed it since, or it is not a client's directory.
                _ => 0,
            },
        };
        Some(sum.saturating_add(maximum))
    })
}
