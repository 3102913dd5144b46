//! `infinium-local`: a local Infinium platform on the command line.

use std::{env, process::ExitCode};

fn main() -> ExitCode {
    infinium_local::run_command_line(env::args_os().skip(1))
}
