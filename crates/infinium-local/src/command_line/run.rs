//! `infinium-local run -- PROGRAM`: runs a program whose traces go to the local platform.

use std::{
    env, io,
    path::Path,
    process::{ExitCode, ExitStatus},
    sync::Arc,
};

use serde_json::Value;
use tokio::process::{Child, Command};

use crate::{
    platform::Platform,
    store::{Filter, Store},
};

use super::{
    arguments::RunArguments,
    check::check,
    console::print_error,
    data::{failed, open},
    serve::{self, StartError, stop_signal},
};

/// Runs the program, and exits with its exit code.
pub(super) async fn run(arguments: RunArguments) -> io::Result<ExitCode> {
    let (about, platform) = match serve::start(&arguments.serve).await {
        Ok(platform) => (platform.about(), Some(platform)),
        Err(StartError::Running(about)) => (about, None),
        Err(StartError::Failed(error)) => return Err(error),
    };
    let checked = match &arguments.check {
        Some(_) => Some(checked_store(&about, platform.as_ref())?),
        None => None,
    };
    let before = match &checked {
        Some(store) => store.news().await.map_err(failed)?.latest,
        None => 0,
    };
    let mut command = Command::new(&arguments.program);
    command.args(&arguments.arguments).kill_on_drop(true);
    for (name, value) in variables(&about) {
        command.env(name, value);
    }
    let mut child = command.spawn().map_err(|error| {
        let program = arguments.program.display();
        io::Error::new(error.kind(), format!("cannot run {program}: {error}"))
    })?;
    let status = loop {
        tokio::select! {
            status = child.wait() => break status?,
            // Ctrl-C reaches the program as well, which decides when to end.
            _ = tokio::signal::ctrl_c() => {}
            () = terminated() => terminate(&mut child).await?,
        }
    };
    if let (Some(store), Some(rules)) = (checked, &arguments.check) {
        let filter = Filter {
            after: Some(before),
            ..Filter::default()
        };
        let verdict = check(&store, filter, rules, arguments.junit).await?;
        if status.success() {
            return Ok(verdict);
        }
    }
    drop(platform);
    let viewer = about["viewer"].as_str().unwrap_or_default();
    let is_kept = about["database"].is_string();
    if is_kept {
        print_error(&format!("see the traces with infinium-local, at {viewer}"));
    }
    Ok(exit_code(status))
}

/// The traces of this platform, for a check.
fn checked_store(about: &Value, platform: Option<&Platform>) -> io::Result<Arc<Store>> {
    if let Some(platform) = platform {
        return Ok(platform.store());
    }
    let Some(file) = about["database"].as_str() else {
        let message = "the platform that is running keeps its traces in memory, where they cannot be \
                       checked; choose another --port";
        return Err(io::Error::other(message));
    };
    open(Path::new(file)).map(Arc::new)
}

/// The variables that the program gets, unless they are set.
fn variables(about: &Value) -> Vec<(&'static str, String)> {
    let url = about["url"].as_str().unwrap_or_default();
    let otlp = url.replace("/api/v1", "/v1/traces");
    let base = [("INFINIUM_BASE_URL", url.to_owned())];
    let defaults = [
        ("INFINIUM_AGENT_ID", "local-agent".to_owned()),
        (
            "INFINIUM_AGENT_SECRET",
            "a-secret-for-this-machine".to_owned(),
        ),
        ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", otlp),
    ];
    let is_unset = |(name, _): &(&'static str, String)| {
        let otlp_is_set = env::var_os("OTEL_EXPORTER_OTLP_ENDPOINT").is_some();
        env::var_os(name).is_none() && !(name.starts_with("OTEL") && otlp_is_set)
    };
    base.into_iter()
        .chain(defaults.into_iter().filter(is_unset))
        .collect()
}

async fn terminated() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            terminate.recv().await;
            return;
        }
    }
    stop_signal().await;
}

/// Passes SIGTERM on, so that the program can end as it wants.
async fn terminate(child: &mut Child) -> io::Result<()> {
    #[cfg(unix)]
    if let Some(id) = child.id() {
        let sent = Command::new("kill").arg(id.to_string()).status().await;
        if sent.is_ok_and(|status| status.success()) {
            return Ok(());
        }
    }
    child.start_kill()
}

/// The exit code of the program; 128 and the number of the signal that ended it, as in a shell.
fn exit_code(status: ExitStatus) -> ExitCode {
    #[cfg(unix)]
    {
        use std::os::unix::process::ExitStatusExt;
        if let Some(signal) = status.signal() {
            return ExitCode::from(u8::try_from(128 + signal).unwrap_or(u8::MAX));
        }
    }
    let code = status.code().unwrap_or(1);
    ExitCode::from(u8::try_from(code).unwrap_or(1))
}
