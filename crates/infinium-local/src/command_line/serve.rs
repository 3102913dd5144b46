//! `infinium-local`: serves until it is stopped.

use std::{
    io::{self, IsTerminal},
    net::SocketAddr,
    process::ExitCode,
};

use serde_json::{Value, json};

use super::{
    console::{print, print_error},
    running,
    serve_arguments::ServeArguments,
};
use crate::platform::Platform;

pub(super) async fn serve(arguments: ServeArguments) -> io::Result<ExitCode> {
    let as_json = arguments.json || !io::stdout().is_terminal();
    let platform = match start(&arguments).await {
        Ok(platform) => platform,
        Err(StartError::Running(about)) => {
            if !arguments.is_plain {
                let message = format!(
                    "infinium-local is running at {} already, without these options; stop it, or choose another --port",
                    about["viewer"].as_str().unwrap_or_default()
                );
                return Err(io::Error::other(message));
            }
            print(&describe(&about, as_json, "Already running."));
            return Ok(ExitCode::SUCCESS);
        }
        Err(StartError::Failed(error)) => return Err(error),
    };
    if !platform.is_local() {
        print_error(&format!(
            "other machines can connect to {}: only those with the token see traces, but any can send them",
            platform.address()
        ));
    }
    print(&describe(&platform.about(), as_json, "Ctrl-C stops it."));
    tokio::select! {
        result = platform.wait() => result?,
        () = stop_signal() => {}
    }
    Ok(ExitCode::SUCCESS)
}

/// Why a platform could not be started.
#[derive(Debug)]
pub(super) enum StartError {
    /// An `infinium-local` has the port. This is what it says about itself.
    Running(Value),
    Failed(io::Error),
}

pub(super) async fn start(arguments: &ServeArguments) -> Result<Platform, StartError> {
    let options = arguments.resolve().map_err(StartError::Failed)?;
    let address = SocketAddr::new(options.host, options.port);
    match Platform::start(options).await {
        Ok(platform) => Ok(platform),
        Err(error) if error.kind() == io::ErrorKind::AddrInUse => {
            let probe = tokio::task::spawn_blocking(move || running::find(address));
            if let Ok(Some(about)) = probe.await {
                return Err(StartError::Running(about));
            }
            let message =
                format!("{error}; another program has the port: choose another with --port");
            Err(StartError::Failed(io::Error::new(error.kind(), message)))
        }
        Err(error) => Err(StartError::Failed(error)),
    }
}

fn describe(about: &Value, as_json: bool, end: &str) -> String {
    let text = |name: &str| about[name].as_str().unwrap_or_default();
    if as_json {
        return format!(
            "{}\n",
            json!({
                "port": about["port"],
                "url": about["url"],
                "viewer": about["viewer"],
                "database": about["database"],
            })
        );
    }
    let database = about["database"]
        .as_str()
        .unwrap_or("in memory, until it stops");
    format!(
        "\n  infinium-local {}\n\n  Page    {}\n  Set     INFINIUM_BASE_URL={}\n  Traces  {database}\n\n  {end}\n\n",
        text("version"),
        text("viewer"),
        text("url"),
    )
}

/// Waits for SIGINT or SIGTERM.
pub(super) async fn stop_signal() {
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
