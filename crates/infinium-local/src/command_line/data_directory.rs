//! Where the traces of a user are kept.

use std::{fs, io, path::PathBuf};

use etcetera::{BaseStrategy, base_strategy::choose_native_strategy};

/// The default file: `infinium-local/traces.db` in the user's data directory. Its folder is made.
pub(super) fn default_file() -> io::Result<PathBuf> {
    let home = choose_native_strategy().map_err(|error| {
        io::Error::other(format!(
            "the home directory is unknown ({error}); choose a file with --db, or use --memory"
        ))
    })?;
    let folder = home.data_dir().join("infinium-local");
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        // Traces are private: other users of the machine must not read them.
        use std::os::unix::fs::DirBuilderExt;
        builder.mode(0o700);
    }
    builder.create(&folder).map_err(|error| {
        let message = format!(
            "cannot make the folder {}: {error}; choose a file with --db, or use --memory",
            folder.display()
        );
        io::Error::new(error.kind(), message)
    })?;
    Ok(folder.join("traces.db"))
}
