//! `clear`, `export` and `import`: they work on the file, whether a platform is running or not.

use std::{
    fs::File,
    io::{self, BufReader, BufWriter, Write},
    path::{Path, PathBuf},
    process::ExitCode,
};

use super::{
    arguments::{DataArguments, DataCommand},
    console::{count, print_error},
};
use crate::store::{Store, StoreError};

pub(super) async fn run(arguments: DataArguments) -> io::Result<ExitCode> {
    let file = arguments.file()?;
    let store = open(&file)?;
    match arguments.command {
        DataCommand::Clear => clear(&store).await?,
        DataCommand::Export(target) => export(&store, target).await?,
        DataCommand::Import(source) => import(&store, &source).await?,
    }
    Ok(ExitCode::SUCCESS)
}

pub(super) fn open(file: &Path) -> io::Result<Store> {
    Store::open(Some(file)).map_err(|error| {
        io::Error::other(format!(
            "cannot open the database {}: {error}",
            file.display()
        ))
    })
}

async fn clear(store: &Store) -> io::Result<()> {
    store.delete_traces().await.map_err(failed)?;
    store.shrink().await.map_err(failed)?;
    print_error("all traces are deleted");
    Ok(())
}

/// Writes to this file, by default to standard output.
async fn export(store: &Store, target: Option<PathBuf>) -> io::Result<()> {
    let exported = match &target {
        Some(path) => {
            let file = File::create(path).map_err(|error| named(path, &error))?;
            let mut out = BufWriter::new(file);
            let exported = store.export(&mut out).await.map_err(failed)?;
            out.flush().map_err(|error| named(path, &error))?;
            exported
        }
        None => store.export(&mut io::stdout()).await.map_err(failed)?,
    };
    print_error(&format!("exported {}", count(exported, "trace")));
    Ok(())
}

/// Reads from this file, or from standard input for `-`.
async fn import(store: &Store, source: &Path) -> io::Result<()> {
    let imported = if source == Path::new("-") {
        store.import(BufReader::new(io::stdin())).await
    } else {
        let file = File::open(source).map_err(|error| named(source, &error))?;
        store.import(BufReader::new(file)).await
    };
    let imported = imported.map_err(|error| named(source, &error))?;
    let known = match imported.known {
        0 => String::new(),
        known => format!("; {} were there already", count(known, "trace")),
    };
    print_error(&format!(
        "imported {}{known}",
        count(imported.stored, "trace")
    ));
    Ok(())
}

fn named(path: &Path, error: &dyn std::fmt::Display) -> io::Error {
    io::Error::other(format!("{}: {error}", path.display()))
}

pub(super) fn failed(error: StoreError) -> io::Error {
    io::Error::other(format!("the database failed: {error}"))
}
