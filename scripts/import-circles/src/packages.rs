//! Which crates a directory contains.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// How many levels of folders below the directory are searched: `crates/name` is at the second.
const DEPTH: u32 = 2;

/// The root files (`src/lib.rs`, `src/main.rs`, `src/bin/*.rs`) of all packages, in order of their paths.
///
/// # Errors
/// When a directory cannot be read, or there is no package.
pub(crate) fn crate_roots(directory: &Path) -> Result<Vec<PathBuf>, String> {
    let mut roots = Vec::new();
    search(directory, DEPTH, &mut roots)?;
    if roots.is_empty() {
        return Err(format!("no Rust package in {}", directory.display()));
    }
    Ok(roots)
}

fn search(directory: &Path, depth: u32, roots: &mut Vec<PathBuf>) -> Result<(), String> {
    let source = directory.join("src");
    if directory.join("Cargo.toml").is_file() && source.is_dir() {
        roots.extend(["lib.rs", "main.rs"].map(|name| source.join(name)));
        let programs = source.join("bin");
        if programs.is_dir() {
            roots
                .extend(entries(&programs)?.filter(|path| path.extension() == Some("rs".as_ref())));
        }
        roots.retain(|root| root.is_file());
    }
    if depth > 0 {
        for path in entries(directory)? {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            let skipped = name.starts_with('.') || name == "node_modules" || name == "target";
            if path.is_dir() && !skipped {
                search(&path, depth - 1, roots)?;
            }
        }
    }
    Ok(())
}

fn entries(directory: &Path) -> Result<impl Iterator<Item = PathBuf> + use<>, String> {
    let failed = |error| format!("cannot read {}: {error}", directory.display());
    let mut paths = fs::read_dir(directory)
        .map_err(failed)?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<Vec<_>, _>>()
        .map_err(failed)?;
    paths.sort();
    Ok(paths.into_iter().map(|path| {
        path.strip_prefix(".")
            .map_or(path.clone(), Path::to_path_buf)
    }))
}
