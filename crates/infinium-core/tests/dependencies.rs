//! Checks that the crate uses no runtime, sockets, clock, files, threads or randomness.

#![expect(clippy::unwrap_used, reason = "a test that panics has failed")]

use std::{collections::BTreeSet, fs, path::Path};

/// The allowed dependencies: each needs only memory. `fearless_simd` also asks the processor which instructions it has.
const ALLOWED: [&str; 7] = [
    "fearless_simd",
    "http",
    "httpdate",
    "memchr",
    "serde",
    "serde_json",
    "url",
];

/// Paths of the standard library that wait, ask the system, or choose by chance.
const FORBIDDEN: [&str; 10] = [
    "std::fs",
    "Tcp",
    "Udp",
    "ToSocketAddrs",
    "std::process",
    "std::thread",
    "Instant",
    "SystemTime::now",
    "Mutex",
    "async ",
];

#[test]
fn has_only_dependencies_that_need_nothing_but_memory() {
    let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
    let manifest = fs::read_to_string(manifest).unwrap();
    let mut dependencies = BTreeSet::new();
    let mut is_dependency = false;
    for line in manifest.lines() {
        if line.starts_with('[') {
            // Those of some targets, too.
            is_dependency = line.ends_with("dependencies]") && line != "[dev-dependencies]";
        } else if is_dependency && !line.is_empty() && !line.starts_with('#') {
            dependencies.extend(line.split([' ', '.', '=']).next());
        }
    }
    assert_eq!(dependencies, BTreeSet::from(ALLOWED));
}

#[test]
fn uses_nothing_of_the_standard_library_that_waits_or_asks_the_system() {
    let mut files = 0;
    check(
        Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src")),
        &mut files,
    );
    assert!(files > 20, "{files}");
}

fn check(directory: &Path, files: &mut usize) {
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            check(&path, files);
            continue;
        }
        *files += 1;
        let text = fs::read_to_string(&path).unwrap();
        let code = text.split("#[cfg(test)]").next().unwrap_or_default();
        let lines = code.lines().filter(|line| !line.trim().starts_with("//"));
        for line in lines {
            for forbidden in FORBIDDEN {
                assert!(!line.contains(forbidden), "{}: {line}", path.display());
            }
        }
    }
}
