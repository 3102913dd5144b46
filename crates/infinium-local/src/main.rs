//! `infinium-local`: a local Infinium platform on the command line.

use std::{collections::HashMap, error::Error, fs, time::Duration};

use infinium_local::{Fault, Options, Platform};
use lexopt::prelude::{Long, Short, ValueExt};

const HELP: &str = "\
A local Infinium platform, for examples, tests and development.

Usage: infinium-local [options]

  --host ADDRESS           where to listen (127.0.0.1)
  --port N                 the port, 0 for a free one (0)
  --db FILE                keep the traces in this file (in memory)
  --agent ID:SECRET        know this agent, and no others but those given so (any agent)
  --rate N                 take N requests per second, with bursts of twice as many (no limit)
  --interpret-after MS     how long an interpretation takes (1000)
  --prompts DIR            serve prompts from DIR/<id>/v<N>.md with the key in DIR/<id>/key
  --fault JSON             one fault, or a list of them; may be given several times
  --faults FILE            a file with a list of faults
  --help

When it is ready it prints one line of JSON: url, port and viewer. It stops on SIGINT and SIGTERM.
";

fn main() -> Result<(), Box<dyn Error>> {
    let Some(options) = parse()? else {
        print(HELP);
        return Ok(());
    };
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()?
        .block_on(run(options))
}

async fn run(options: Options) -> Result<(), Box<dyn Error>> {
    let platform = Platform::start(options).await?;
    let address = platform.address();
    let ready = serde_json::json!({
        "url": platform.url(),
        "port": address.port(),
        "viewer": format!("http://{address}/"),
    });
    print(&format!("{ready}\n"));
    tokio::select! {
        ended = platform.wait() => ended?,
        () = stopped() => {}
    }
    Ok(())
}

/// Waits for somebody who wants it to end.
async fn stopped() {
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

fn parse() -> Result<Option<Options>, Box<dyn Error>> {
    let mut options = Options::default();
    let mut agents = HashMap::new();
    let mut parser = lexopt::Parser::from_env();
    while let Some(argument) = parser.next()? {
        match argument {
            Long("host") => options.host = parser.value()?.parse()?,
            Long("port") => options.port = parser.value()?.parse()?,
            Long("db") => options.db = Some(parser.value()?.into()),
            Long("agent") => {
                let pair = parser.value()?.string()?;
                let (id, secret) = pair.split_once(':').ok_or("--agent takes ID:SECRET")?;
                agents.insert(id.to_owned(), secret.to_owned());
            }
            Long("rate") => {
                let rate: f64 = parser.value()?.parse()?;
                if !(rate.is_finite() && rate > 0.0) {
                    return Err("--rate takes a number above 0".into());
                }
                options.rate = Some(rate);
            }
            Long("interpret-after") => {
                options.interpret_after = Duration::from_millis(parser.value()?.parse()?);
            }
            Long("prompts") => options.prompts = Some(parser.value()?.into()),
            Long("fault") => {
                let json = parser.value()?.string()?;
                let one = serde_json::from_str::<Fault>(&json).map(|fault| vec![fault]);
                options
                    .faults
                    .extend(one.or_else(|_| serde_json::from_str(&json))?);
            }
            Long("faults") => {
                let json = fs::read_to_string(parser.value()?)?;
                options
                    .faults
                    .extend(serde_json::from_str::<Vec<Fault>>(&json)?);
            }
            Long("help") | Short('h') => return Ok(None),
            other => return Err(format!("{}; see --help", other.unexpected()).into()),
        }
    }
    options.agents = agents;
    Ok(Some(options))
}
