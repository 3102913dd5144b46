//! The command line.

use std::{collections::HashMap, ffi::OsString, fmt::Display, fs, time::Duration};

use infinium_local::{Fault, Options};
use lexopt::prelude::{Long, Short, ValueExt};

pub(crate) const HELP: &str = "\
A local Infinium platform for examples, tests and development.

Usage: infinium-local [options]

  --host ADDRESS           listen on this address (default 127.0.0.1)
  --port N                 listen on this port, 0 for a free one (default 0)
  --db FILE                store the traces in this SQLite file (default in memory)
  --agent ID:SECRET        accept only this agent; repeat it for more agents (default any agent)
  --rate N                 accept N requests per second, and bursts of twice as many (default no limit)
  --interpret-after MS     interpret a trace after this time (default 1000)
  --allow-host NAME        accept requests whose Host is NAME, not only localhost and IP addresses; repeatable
  --token TOKEN            require this token for everything but traces; an address other than this machine's
                           gets a random one by default
  --prompts DIR            serve prompts from DIR/<id>/v<N>.md, with the key in DIR/<id>/key
  --fault JSON             inject one fault or a list of faults; may be repeated
  --faults FILE            inject the faults in this file; may be repeated
  -h, --help               print this help

When it is ready, it prints one line of JSON with url, port and viewer. SIGINT and SIGTERM stop it.
";

/// Parses the arguments that follow the name of the program. Returns `None` for `--help`.
///
/// # Errors
/// A message that names the invalid option.
pub(crate) fn parse(
    arguments: impl IntoIterator<Item = OsString>,
) -> Result<Option<Options>, String> {
    let mut options = Options::default();
    let mut agents = HashMap::new();
    let mut parser = lexopt::Parser::from_args(arguments);
    while let Some(argument) = parser.next().map_err(|error| error.to_string())? {
        let option = match argument {
            Long("help") | Short('h') => return Ok(None),
            Long(name) => format!("--{name}"),
            other => return Err(other.unexpected().to_string()),
        };
        let invalid = |error: &dyn Display| format!("{option}: {error}");
        let mut value = || parser.value().map_err(|error| invalid(&error));
        match option.as_str() {
            "--host" => options.host = value()?.parse().map_err(|error| invalid(&error))?,
            "--port" => options.port = value()?.parse().map_err(|error| invalid(&error))?,
            "--db" => options.db = Some(value()?.into()),
            "--agent" => {
                let pair = value()?.string().map_err(|error| invalid(&error))?;
                let (id, secret) = pair
                    .split_once(':')
                    .ok_or_else(|| invalid(&"must be ID:SECRET"))?;
                agents.insert(id.to_owned(), secret.to_owned());
            }
            "--rate" => {
                let rate: f64 = value()?.parse().map_err(|error| invalid(&error))?;
                if !(rate.is_finite() && rate > 0.0) {
                    return Err(invalid(&"must be a number greater than 0"));
                }
                options.rate = Some(rate);
            }
            "--interpret-after" => {
                let after = value()?.parse().map_err(|error| invalid(&error))?;
                options.interpret_after = Duration::from_millis(after);
            }
            "--allow-host" => {
                let name = value()?.string().map_err(|error| invalid(&error))?;
                options.allowed_hosts.push(name);
            }
            "--token" => {
                let token = value()?.string().map_err(|error| invalid(&error))?;
                if token.len() < 8 || !token.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
                    return Err(invalid(
                        &"must be 8 or more characters, only a-z, A-Z and 0-9",
                    ));
                }
                options.token = Some(token);
            }
            "--prompts" => options.prompts = Some(value()?.into()),
            "--fault" => {
                let json = value()?.string().map_err(|error| invalid(&error))?;
                let script = Fault::parse_script(&json).map_err(|error| invalid(&error))?;
                options.faults.extend(script);
            }
            "--faults" => {
                let path = value()?;
                let invalid =
                    |error: &dyn Display| invalid(&format!("{}: {error}", path.display()));
                let json = fs::read_to_string(&path).map_err(|error| invalid(&error))?;
                let script = Fault::parse_script(&json).map_err(|error| invalid(&error))?;
                options.faults.extend(script);
            }
            _ => return Err(format!("invalid option '{option}'")),
        }
    }
    options.agents = agents;
    Ok(Some(options))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(arguments: &[&str]) -> Result<Option<Options>, String> {
        parse(arguments.iter().map(OsString::from))
    }

    #[test]
    fn parses_the_options_in_the_help() {
        let options = read(&[
            "--port=8080",
            "--host",
            "0.0.0.0",
            "--agent",
            "a:b:c",
            "--rate",
            "2.5",
            "--interpret-after",
            "7",
            "--fault",
            r#"{"action":"hang"}"#,
            "--fault",
            r#" [{"action":"reset"}]"#,
        ]);
        let options = options.unwrap().unwrap();
        assert_eq!(
            (options.port, options.host.to_string()),
            (8080, "0.0.0.0".to_owned())
        );
        assert_eq!(options.agents["a"], "b:c");
        assert_eq!(options.rate, Some(2.5));
        assert_eq!(options.interpret_after, Duration::from_millis(7));
        assert_eq!(options.faults.len(), 2);
        assert!(read(&["--port", "1", "--help"]).unwrap().is_none());
    }

    #[test]
    fn names_the_invalid_option() {
        for (arguments, named) in [
            (["--port", "x"].as_slice(), "--port"),
            (&["--port", "65536"], "--port"),
            (&["--port"], "--port"),
            (&["--host", "nowhere"], "--host"),
            (&["--agent", "id"], "--agent"),
            (&["--rate", "0"], "--rate"),
            (&["--rate", "fast"], "--rate"),
            (&["--interpret-after", "-1"], "--interpret-after"),
            (&["--fault", "{"], "--fault"),
            (&["--fault", r#"{"action":"explode"}"#], "--fault"),
            (&["--token", "short"], "--token"),
            (&["--token", "with;semicolon"], "--token"),
            (&["--faults", "/nope/faults.json"], "/nope/faults.json"),
            (&["--prot", "1"], "--prot"),
            (&["-x"], "-x"),
            (&["stray"], "stray"),
        ] {
            let message = read(arguments).unwrap_err();
            assert!(message.contains(named), "{arguments:?}: {message}");
        }
    }
}
