//! The command line.

use std::{ffi::OsString, fmt::Display, fs, io, path::PathBuf, time::Duration};

use lexopt::{
    Parser,
    prelude::{Long, Short, Value, ValueExt},
};

use super::data_directory;
use crate::{fault::Fault, options::Options};

pub(super) const HELP: &str = "\
See your agents at work: a local Infinium platform with a page that shows what arrives.

Usage: infinium-local [options]                  serve until Ctrl-C
       infinium-local run [options] -- PROGRAM   serve while a program runs, and send its traces here
       infinium-local clear [--db FILE]          delete all traces
       infinium-local export [--db FILE] [FILE]  write all traces as lines of JSON, to stdout or a file
       infinium-local import [--db FILE] FILE    read such lines, from a file or - for stdin

Where to listen, and what to keep:
  --port N                 listen on this port, 0 for a free one (default 4213)
  --db FILE                keep the traces in this SQLite file (default: one in your data directory)
  --memory                 keep the traces in memory only
  --keep-days N            delete traces after N days (default 30)
  --keep-mb N              delete the oldest traces above N megabytes (default 2048; in memory 256)
  --json                   print one line of JSON when it is ready, as when stdout is not a terminal

Who may connect:
  --host ADDRESS           listen on this address (default 127.0.0.1)
  --allow-host NAME        accept requests whose Host is NAME, not only localhost and IP addresses; repeatable
  --token TOKEN            require this token for everything but traces; an address other than this machine's
                           gets a random one by default

For tests:
  --agent ID:SECRET        accept only this agent; repeat it for more agents (default any agent)
  --rate N                 accept N requests per second, and bursts of twice as many (default no limit)
  --interpret-after MS     interpret a trace after this time (default 1000)
  --prompts DIR            serve prompts from DIR/<id>/v<N>.md, with the key in DIR/<id>/key
  --fault JSON             inject one fault or a list of faults; may be repeated
  --faults FILE            inject the faults in this file; may be repeated

  -h, --help               print this help
  -V, --version            print the version
";

/// The port of the platform unless another is chosen.
const DEFAULT_PORT: u16 = 4213;
const DEFAULT_DAYS: u64 = 30;
const DEFAULT_MEGABYTES: u64 = 2048;
const DEFAULT_MEGABYTES_IN_MEMORY: u64 = 256;
const MEGABYTE: u64 = 1_000_000;

/// What the program is to do.
#[derive(Debug)]
pub(super) enum Command {
    Help,
    Version,
    Serve(ServeArguments),
    Run(RunArguments),
    Data(DataArguments),
}

/// How to serve.
#[derive(Debug)]
pub(super) struct ServeArguments {
    options: Options,
    memory: bool,
    pub(super) json: bool,
    /// Whether there is no option, except for the port and the output.
    pub(super) is_plain: bool,
}

impl ServeArguments {
    /// The options of the platform; looks up the default file.
    pub(super) fn options(&self) -> io::Result<Options> {
        let mut options = self.options.clone();
        if !self.memory && options.db.is_none() {
            options.db = Some(data_directory::default_file()?);
        }
        let megabytes = if self.memory {
            DEFAULT_MEGABYTES_IN_MEMORY
        } else {
            DEFAULT_MEGABYTES
        };
        options.max_bytes = options.max_bytes.or(Some(megabytes * MEGABYTE));
        options.max_age = options.max_age.or(Some(days(DEFAULT_DAYS)));
        Ok(options)
    }
}

/// Which program to run, and how to serve meanwhile.
#[derive(Debug)]
pub(super) struct RunArguments {
    pub(super) serve: ServeArguments,
    pub(super) program: OsString,
    pub(super) arguments: Vec<OsString>,
}

/// A command that works on the file.
#[derive(Debug)]
pub(super) struct DataArguments {
    db: Option<PathBuf>,
    pub(super) command: DataCommand,
}

#[derive(Debug)]
pub(super) enum DataCommand {
    Clear,
    Export(Option<PathBuf>),
    Import(PathBuf),
}

impl DataArguments {
    pub(super) fn file(&self) -> io::Result<PathBuf> {
        self.db
            .clone()
            .map_or_else(data_directory::default_file, Ok)
    }
}

/// Parses the arguments that follow the name of the program.
///
/// # Errors
/// A message that names the invalid option.
pub(super) fn parse(arguments: impl IntoIterator<Item = OsString>) -> Result<Command, String> {
    let mut arguments = arguments.into_iter().peekable();
    let name = arguments.peek().and_then(|first| first.to_str());
    let command = match name {
        Some(name @ ("run" | "clear" | "export" | "import")) => name.to_owned(),
        _ => String::new(),
    };
    if !command.is_empty() {
        arguments.next();
    }
    match command.as_str() {
        "" => parse_serve(&mut Parser::from_args(arguments)),
        "run" => parse_run(arguments),
        name => parse_data(name, &mut Parser::from_args(arguments)),
    }
}

fn parse_run(arguments: impl Iterator<Item = OsString>) -> Result<Command, String> {
    let mut arguments = arguments;
    let options: Vec<_> = arguments
        .by_ref()
        .take_while(|argument| argument != "--")
        .collect();
    let serve = match parse_serve(&mut Parser::from_args(options))? {
        Command::Serve(serve) => serve,
        other => return Ok(other),
    };
    let program = arguments.next();
    let program = program.ok_or("run needs a program: infinium-local run [options] -- PROGRAM")?;
    Ok(Command::Run(RunArguments {
        serve,
        program,
        arguments: arguments.collect(),
    }))
}

fn parse_data(name: &str, parser: &mut Parser) -> Result<Command, String> {
    let (mut db, mut file) = (None, None::<PathBuf>);
    while let Some(argument) = parser.next().map_err(|error| error.to_string())? {
        match argument {
            Long("help") | Short('h') => return Ok(Command::Help),
            Long("db") => db = Some(parser.value().map_err(|error| error.to_string())?.into()),
            Value(value) if file.is_none() && name != "clear" => file = Some(value.into()),
            other => return Err(other.unexpected().to_string()),
        }
    }
    let command = match (name, file) {
        ("clear", _) => DataCommand::Clear,
        ("export", file) => DataCommand::Export(file),
        (_, Some(file)) => DataCommand::Import(file),
        (_, None) => return Err("import needs a file, or - for stdin".to_owned()),
    };
    Ok(Command::Data(DataArguments { db, command }))
}

/// Parses the options of a platform.
fn parse_serve(parser: &mut Parser) -> Result<Command, String> {
    let mut serve = ServeArguments {
        options: Options {
            port: DEFAULT_PORT,
            ..Options::default()
        },
        memory: false,
        json: false,
        is_plain: true,
    };
    while let Some(argument) = parser.next().map_err(|error| error.to_string())? {
        let option = match argument {
            Long("help") | Short('h') => return Ok(Command::Help),
            Long("version") | Short('V') => return Ok(Command::Version),
            Long(name) => format!("--{name}"),
            other => return Err(other.unexpected().to_string()),
        };
        read_option(&option, parser, &mut serve)?;
    }
    if serve.memory && serve.options.db.is_some() {
        return Err("--memory and --db exclude each other".to_owned());
    }
    Ok(Command::Serve(serve))
}

fn read_option(
    option: &str,
    parser: &mut Parser,
    serve: &mut ServeArguments,
) -> Result<(), String> {
    let options = &mut serve.options;
    let invalid = |error: &dyn Display| format!("{option}: {error}");
    let mut value = || parser.value().map_err(|error| invalid(&error));
    serve.is_plain &= matches!(option, "--port" | "--json");
    match option {
        "--host" => options.host = value()?.parse().map_err(|error| invalid(&error))?,
        "--port" => options.port = value()?.parse().map_err(|error| invalid(&error))?,
        "--db" => options.db = Some(value()?.into()),
        "--memory" => serve.memory = true,
        "--json" => serve.json = true,
        "--keep-days" => {
            let number = value()?.parse().map_err(|error| invalid(&error))?;
            options.max_age = Some(days(number));
        }
        "--keep-mb" => {
            let number: u64 = value()?.parse().map_err(|error| invalid(&error))?;
            options.max_bytes = Some(number.saturating_mul(MEGABYTE));
        }
        "--agent" => {
            let pair = value()?.string().map_err(|error| invalid(&error))?;
            let (id, secret) = pair
                .split_once(':')
                .ok_or_else(|| invalid(&"must be ID:SECRET"))?;
            options.agents.insert(id.to_owned(), secret.to_owned());
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
            let invalid = |error: &dyn Display| invalid(&format!("{}: {error}", path.display()));
            let json = fs::read_to_string(&path).map_err(|error| invalid(&error))?;
            let script = Fault::parse_script(&json).map_err(|error| invalid(&error))?;
            options.faults.extend(script);
        }
        _ => return Err(format!("invalid option '{option}'")),
    }
    Ok(())
}

fn days(days: u64) -> Duration {
    Duration::from_secs(days.saturating_mul(24 * 60 * 60))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(arguments: &[&str]) -> Result<Command, String> {
        parse(arguments.iter().map(OsString::from))
    }

    fn serve(arguments: &[&str]) -> Options {
        match read(arguments).unwrap() {
            Command::Serve(serve) => serve.options,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn parses_the_options_in_the_help() {
        let options = serve(&[
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
            "--keep-days",
            "2",
            "--keep-mb",
            "3",
        ]);
        assert_eq!(
            (options.port, options.host.to_string()),
            (8080, "0.0.0.0".to_owned())
        );
        assert_eq!(options.agents["a"], "b:c");
        assert_eq!(options.rate, Some(2.5));
        assert_eq!(options.interpret_after, Duration::from_millis(7));
        assert_eq!(options.faults.len(), 2);
        assert_eq!(options.max_age, Some(Duration::from_secs(2 * 86_400)));
        assert_eq!(options.max_bytes, Some(3_000_000));
        assert_eq!(serve(&[]).port, DEFAULT_PORT);
        assert!(matches!(
            read(&["--port", "1", "--help"]),
            Ok(Command::Help)
        ));
        assert!(matches!(read(&["-V"]), Ok(Command::Version)));
    }

    #[test]
    fn parses_the_program_to_run_and_its_arguments() {
        let Ok(Command::Run(run)) = read(&["run", "--port", "0", "--", "node", "--test", "--"])
        else {
            panic!("not a run");
        };
        assert_eq!(run.serve.options.port, 0);
        assert_eq!(
            (run.program, run.arguments),
            ("node".into(), vec!["--test".into(), "--".into()])
        );
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
            (&["--memory", "--db", "x"], "--memory"),
            (&["--keep-days", "many"], "--keep-days"),
            (&["-x"], "-x"),
            (&["stray"], "stray"),
            (&["run"], "-- PROGRAM"),
            (&["run", "node"], "node"),
            (&["run", "--prot", "--", "node"], "--prot"),
            (&["import"], "needs a file"),
            (&["clear", "now"], "now"),
            (&["export", "a", "b"], "b"),
        ] {
            let message = read(arguments).unwrap_err();
            assert!(message.contains(named), "{arguments:?}: {message}");
        }
    }
}
