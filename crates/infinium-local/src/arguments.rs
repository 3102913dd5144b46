//! What stands on the command line.

use std::{collections::HashMap, ffi::OsString, fmt::Display, fs, time::Duration};

use infinium_local::{Fault, Options};
use lexopt::prelude::{Long, Short, ValueExt};

pub(crate) const HELP: &str = "\
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
  --faults FILE            a file with one fault, or a list of them
  --help

When it is ready it prints one line of JSON: url, port and viewer. It stops on SIGINT and SIGTERM.
";

/// Reads the arguments, without the name of the program. `None` if they ask for help.
///
/// # Errors
/// What is wrong, with the option that it is about.
pub(crate) fn parse(
    arguments: impl IntoIterator<Item = OsString>,
) -> Result<Option<Options>, String> {
    let mut options = Options::default();
    let mut agents = HashMap::new();
    let mut parser = lexopt::Parser::from_args(arguments);
    while let Some(argument) = parser.next().map_err(|wrong| wrong.to_string())? {
        let option = match argument {
            Long("help") | Short('h') => return Ok(None),
            Long(name) => format!("--{name}"),
            other => return Err(other.unexpected().to_string()),
        };
        let about = |wrong: &dyn Display| format!("{option}: {wrong}");
        let mut value = || parser.value().map_err(|wrong| about(&wrong));
        match option.as_str() {
            "--host" => options.host = value()?.parse().map_err(|wrong| about(&wrong))?,
            "--port" => options.port = value()?.parse().map_err(|wrong| about(&wrong))?,
            "--db" => options.db = Some(value()?.into()),
            "--agent" => {
                let pair = value()?.string().map_err(|wrong| about(&wrong))?;
                let (id, secret) = pair
                    .split_once(':')
                    .ok_or_else(|| about(&"takes ID:SECRET"))?;
                agents.insert(id.to_owned(), secret.to_owned());
            }
            "--rate" => {
                let rate: f64 = value()?.parse().map_err(|wrong| about(&wrong))?;
                if !(rate.is_finite() && rate > 0.0) {
                    return Err(about(&"takes a number above 0"));
                }
                options.rate = Some(rate);
            }
            "--interpret-after" => {
                let after = value()?.parse().map_err(|wrong| about(&wrong))?;
                options.interpret_after = Duration::from_millis(after);
            }
            "--prompts" => options.prompts = Some(value()?.into()),
            "--fault" => {
                let json = value()?.string().map_err(|wrong| about(&wrong))?;
                let script = Fault::script(&json).map_err(|wrong| about(&wrong))?;
                options.faults.extend(script);
            }
            "--faults" => {
                let path = value()?;
                let about = |wrong: &dyn Display| about(&format!("{}: {wrong}", path.display()));
                let json = fs::read_to_string(&path).map_err(|wrong| about(&wrong))?;
                let script = Fault::script(&json).map_err(|wrong| about(&wrong))?;
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
    fn takes_what_the_help_lists() {
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
    fn names_the_option_that_is_wrong() {
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
            (&["--faults", "/nope/faults.json"], "/nope/faults.json"),
            (&["--prot", "1"], "--prot"),
            (&["-x"], "-x"),
            (&["stray"], "stray"),
        ] {
            let wrong = read(arguments).unwrap_err();
            assert!(wrong.contains(named), "{arguments:?}: {wrong}");
        }
    }
}
