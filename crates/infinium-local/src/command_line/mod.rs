//! The command line: `arguments` reads it, and every command has a file.

mod arguments;
mod check;
mod console;
mod data;
mod data_directory;
mod help;
mod junit;
mod mcp;
mod query;
mod run;
mod running;
mod serve;
mod serve_arguments;

use std::{ffi::OsString, future::Future, io, process::ExitCode};

use arguments::Command;
use console::{print, print_error};

/// Does what these arguments say, as the program `infinium-local` does.
///
/// The exit code is 2 for invalid arguments and 1 for a failure. `run` exits as the program that it runs.
pub fn run_command_line(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let command = match arguments::parse(arguments) {
        Ok(command) => command,
        Err(message) => {
            print_error(&format!("{message}\nSee infinium-local --help."));
            return ExitCode::from(2);
        }
    };
    let result = match command {
        Command::Help => {
            print(help::HELP);
            Ok(ExitCode::SUCCESS)
        }
        Command::Version => {
            print(concat!("infinium-local ", env!("CARGO_PKG_VERSION"), "\n"));
            Ok(ExitCode::SUCCESS)
        }
        Command::Serve(arguments) => wait(serve::serve(arguments)),
        Command::Run(arguments) => wait(run::run(arguments)),
        Command::Data(arguments) => wait(data::run(arguments)),
        Command::Query(arguments) => wait(query::run(arguments)),
        Command::Check(arguments) => wait(check::run(arguments)),
        Command::Mcp(db) => wait(mcp::run(db)),
    };
    result.unwrap_or_else(|error| {
        print_error(&error.to_string());
        ExitCode::FAILURE
    })
}

fn wait(command: impl Future<Output = io::Result<ExitCode>>) -> io::Result<ExitCode> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    let result = runtime.block_on(command);
    // A query that nobody waits for must not keep the process alive.
    runtime.shutdown_background();
    result
}
