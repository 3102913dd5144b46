//! `show`, `search` and `tail`: read traces on a terminal, or as JSON for programs.

use std::{io, process::ExitCode};

use super::{
    arguments::{QueryArguments, QueryCommand},
    console::{count, print, print_error, printable, try_print},
    data::{failed, open},
    serve::stop_signal,
};
use crate::{
    store::{Filter, Row, Sort, Store},
    time, view,
};

pub(super) async fn run(arguments: QueryArguments) -> io::Result<ExitCode> {
    let store = open(&arguments.file()?)?;
    let QueryArguments {
        command,
        filter,
        json,
        limit,
        ..
    } = arguments;
    match command {
        QueryCommand::Show(id) => show(&store, &id, json).await,
        QueryCommand::Search => search(&store, filter, limit, json).await,
        QueryCommand::Tail => {
            tokio::select! {
                result = tail(&store, filter, limit, json) => result?,
                () = stop_signal() => {}
            }
            Ok(ExitCode::SUCCESS)
        }
    }
}

async fn show(store: &Store, id: &str, json: bool) -> io::Result<ExitCode> {
    let Some(trace) = store.find_trace(id).await.map_err(failed)? else {
        print_error(&format!(
            "there is no trace {id:?}; infinium-local search gives ids"
        ));
        return Ok(ExitCode::FAILURE);
    };
    if json {
        print(&format!("{}\n", trace.body));
    } else {
        print(&printable(&view::markdown(&trace)));
    }
    Ok(ExitCode::SUCCESS)
}

async fn search(store: &Store, filter: Filter, limit: usize, json: bool) -> io::Result<ExitCode> {
    let page = store
        .list(filter, Sort::Newest, None, limit)
        .await
        .map_err(failed)?;
    for row in &page.traces {
        print(&line(row, json));
    }
    let total = usize::try_from(page.total.unwrap_or(0)).unwrap_or(0);
    if !json && total > page.traces.len() {
        print_error(&format!(
            "{} in all; --limit shows more",
            count(total, "trace")
        ));
    }
    Ok(ExitCode::SUCCESS)
}

/// Prints the last traces, and then each that arrives.
async fn tail(store: &Store, filter: Filter, limit: usize, json: bool) -> io::Result<()> {
    const PAGE: usize = 1000;
    let mut changes = store.changes();
    let mut limit = limit;
    let mut after = filter.after;
    loop {
        changes.mark_unchanged();
        let filter = Filter {
            after,
            ..filter.clone()
        };
        let page = store
            .list(filter, Sort::Newest, None, limit)
            .await
            .map_err(failed)?;
        for row in page.traces.iter().rev() {
            if try_print(&line(row, json)).is_err() {
                return Ok(());
            }
        }
        let newest = page.traces.first().map(|row| row.number);
        after = newest.or(after).or(Some(0));
        limit = PAGE;
        if changes.changed().await.is_err() {
            return Ok(());
        }
    }
}

fn line(row: &Row, json: bool) -> String {
    if json {
        // A row has nothing that cannot be written.
        return format!("{}\n", serde_json::to_string(row).unwrap_or_default());
    }
    let state = if row.failed { "failed" } else { "ok" };
    let error = row
        .error
        .as_deref()
        .map_or(String::new(), |error| format!("  {error}"));
    let text = format!(
        "{}  {state:6}  {:>8.0} ms  {:>8} tokens  {}  {}{error}",
        time::iso(row.received_ms),
        row.duration_ms,
        row.tokens,
        row.trace_id,
        row.name,
    );
    format!("{}\n", printable(&text).replace(['\n', '\t'], " "))
}
