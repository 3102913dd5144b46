//! `infinium-local mcp`: the Model Context Protocol over standard input and output, one message on a line.

use std::{
    io::{self, BufRead},
    path::PathBuf,
    process::ExitCode,
};

use super::{console::print, data::open, data_directory};
use crate::mcp;

pub(super) async fn run(db: Option<PathBuf>) -> io::Result<ExitCode> {
    let store = open(&db.map_or_else(data_directory::default_file, Ok)?)?;
    let (sender, mut lines) = tokio::sync::mpsc::channel(16);
    // A thread, because a read of standard input cannot be cancelled.
    std::thread::spawn(move || {
        for line in io::stdin().lock().lines() {
            let Ok(line) = line else { return };
            if sender.blocking_send(line).is_err() {
                return;
            }
        }
    });
    while let Some(line) = lines.recv().await {
        if line.trim().is_empty() {
            continue;
        }
        if let Some(answer) = mcp::answer(&store, &line).await {
            print(&format!("{answer}\n"));
        }
    }
    Ok(ExitCode::SUCCESS)
}
