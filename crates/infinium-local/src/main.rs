//! `infinium-local`: a local Infinium platform on the command line.

use std::{env, io, process::ExitCode};

use infinium_local::{Options, Platform};

mod arguments;

fn main() -> ExitCode {
    match arguments::parse(env::args_os().skip(1)) {
        Ok(Some(options)) => match serve(options) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                print_error(&error.to_string());
                ExitCode::FAILURE
            }
        },
        Ok(None) => {
            print(arguments::HELP);
            ExitCode::SUCCESS
        }
        Err(message) => {
            print_error(&format!("{message}\nSee infinium-local --help."));
            ExitCode::from(2)
        }
    }
}

fn serve(options: Options) -> io::Result<()> {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()?
        .block_on(run(options))
}

async fn run(options: Options) -> io::Result<()> {
    let platform = Platform::start(options).await?;
    let ready = serde_json::json!({
        "url": platform.url(),
        "port": platform.address().port(),
        "viewer": platform.viewer(),
    });
    print(&format!("{ready}\n"));
    tokio::select! {
        result = platform.wait() => result?,
        () = stop_signal() => {}
    }
    Ok(())
}

/// Waits for SIGINT or SIGTERM.
async fn stop_signal() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = tokio::signal::ctrl_c() => {}
            }
            return;
        }
    }
    let _ = tokio::signal::ctrl_c().await;
}

#[expect(clippy::print_stdout, reason = "this is a program")]
fn print(text: &str) {
    print!("{text}");
}

#[expect(clippy::print_stderr, reason = "this is a program")]
fn print_error(message: &str) {
    eprintln!("infinium-local: {message}");
}
