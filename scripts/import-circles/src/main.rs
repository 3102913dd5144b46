//! `import-circles [DIRECTORY]` fails when Rust files import each other in a circle of any length.
//!
//! It checks every package in the directory (default: the current one) and in its folders, two levels
//! deep. An import is a `use` declaration or any other path (`crate::a::B`, `super::b()`, `a::B`) that
//! leads to an item of another file of the same crate. What counts:
//!
//! - A path counts as an import of the file that defines the item, also when it goes through a
//!   re-export. Crate roots and `mod.rs` files that only declare and re-export are never imported.
//! - A re-export (`pub use a::B;`) is an import by the file that contains it.
//! - `mod a;` is no import, and neither is a path to a module itself (`use crate::a;`): the paths that
//!   continue from it (`a::b()`) are.
//! - Code under `#[cfg(test)]` does not count.
//!
//! Exit codes: 0 without circles, 1 with circles, 2 when the check could not run.

mod circles;
mod imports;
mod module_tree;
mod packages;
mod references;
mod resolve;

use std::{env, path::Path, process::ExitCode};

fn main() -> ExitCode {
    let directory = env::args_os().nth(1).unwrap_or_else(|| ".".into());
    match check(Path::new(&directory)) {
        Ok(report) => {
            print(&report.text);
            if report.passed {
                ExitCode::SUCCESS
            } else {
                ExitCode::FAILURE
            }
        }
        Err(message) => {
            print_error(&message);
            ExitCode::from(2)
        }
    }
}

/// What a run found, and how to say it.
struct Report {
    passed: bool,
    text: String,
}

fn check(directory: &Path) -> Result<Report, String> {
    let roots = packages::crate_roots(directory)?;
    let (mut files, mut circles) = (0, Vec::new());
    for root in &roots {
        let tree = module_tree::ModuleTree::load(root)?;
        files += tree.files.len();
        circles.extend(circles::find(&imports::between_files(&tree)));
    }
    let text = if circles.is_empty() {
        format!("no import circles between {files} Rust files\n")
    } else {
        circles.iter().map(ToString::to_string).collect()
    };
    Ok(Report {
        passed: circles.is_empty(),
        text,
    })
}

#[expect(clippy::print_stdout, reason = "this is a program")]
fn print(text: &str) {
    print!("{text}");
}

#[expect(clippy::print_stderr, reason = "this is a program")]
fn print_error(message: &str) {
    eprintln!("import-circles: {message}");
}
