//! The command line.

use std::{ffi::OsString, io, path::PathBuf};

use lexopt::{
    Parser,
    prelude::{Long, Short, Value, ValueExt},
};

use super::{
    data_directory,
    serve_arguments::{ServeArguments, read_option},
};
use crate::store::Filter;

/// What the program is to do.
#[derive(Debug)]
pub(super) enum Command {
    Help,
    Version,
    Serve(ServeArguments),
    Run(RunArguments),
    Data(DataArguments),
    Query(QueryArguments),
    Check(CheckArguments),
    Mcp(Option<PathBuf>),
}

/// Which program to run, and how to serve meanwhile.
#[derive(Debug)]
pub(super) struct RunArguments {
    pub(super) serve: ServeArguments,
    pub(super) check: Option<PathBuf>,
    pub(super) junit: Option<PathBuf>,
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

/// A command that reads traces.
#[derive(Debug)]
pub(super) struct QueryArguments {
    pub(super) db: Option<PathBuf>,
    pub(super) command: QueryCommand,
    pub(super) filter: Filter,
    pub(super) json: bool,
    pub(super) limit: usize,
}

#[derive(Debug)]
pub(super) enum QueryCommand {
    Show(String),
    Search,
    Tail,
}

impl QueryArguments {
    pub(super) fn file(&self) -> io::Result<PathBuf> {
        self.db
            .clone()
            .map_or_else(data_directory::default_file, Ok)
    }
}

/// Which traces to check, and how.
#[derive(Debug)]
pub(super) struct CheckArguments {
    pub(super) query: QueryArguments,
    pub(super) rules: PathBuf,
    pub(super) junit: Option<PathBuf>,
}

/// Parses the arguments that follow the name of the program.
///
/// # Errors
/// A message that names the invalid option.
pub(super) fn parse(arguments: impl IntoIterator<Item = OsString>) -> Result<Command, String> {
    let mut arguments: Vec<_> = arguments.into_iter().collect();
    let command = match arguments.first().and_then(|first| first.to_str()) {
        Some(name) if !name.starts_with('-') => name.to_owned(),
        _ => return parse_serve(&mut Parser::from_args(arguments)),
    };
    arguments.remove(0);
    if command == "run" {
        return parse_run(arguments);
    }
    let mut parser = Parser::from_args(arguments);
    match command.as_str() {
        "clear" | "export" | "import" => parse_data(&command, &mut parser),
        "search" | "tail" | "show" | "check" => parse_query(&command, &mut parser),
        "mcp" => parse_mcp(&mut parser),
        _ => Err(format!("there is no command '{command}'")),
    }
}

fn parse_run(arguments: Vec<OsString>) -> Result<Command, String> {
    let mut arguments = arguments.into_iter();
    let options: Vec<_> = arguments
        .by_ref()
        .take_while(|argument| argument != "--")
        .collect();
    let mut serve = ServeArguments::default();
    let (mut check, mut junit) = (None, None);
    let mut parser = Parser::from_args(options);
    while let Some(argument) = parser.next().map_err(|error| error.to_string())? {
        match argument {
            Long("help") | Short('h') => return Ok(Command::Help),
            Long("check") => check = Some(path(&mut parser)?),
            Long("junit") => junit = Some(path(&mut parser)?),
            Long(name) => read_option(&format!("--{name}"), &mut parser, &mut serve)?,
            other => return Err(other.unexpected().to_string()),
        }
    }
    serve.validate()?;
    let program = arguments.next();
    let program = program.ok_or("run needs a program: infinium-local run [options] -- PROGRAM")?;
    Ok(Command::Run(RunArguments {
        serve,
        check,
        junit,
        program,
        arguments: arguments.collect(),
    }))
}

fn parse_mcp(parser: &mut Parser) -> Result<Command, String> {
    let mut db = None;
    while let Some(argument) = parser.next().map_err(|error| error.to_string())? {
        match argument {
            Long("help") | Short('h') => return Ok(Command::Help),
            Long("db") => db = Some(path(parser)?),
            other => return Err(other.unexpected().to_string()),
        }
    }
    Ok(Command::Mcp(db))
}

fn parse_query(name: &str, parser: &mut Parser) -> Result<Command, String> {
    let mut query = QueryArguments {
        db: None,
        command: if name == "tail" {
            QueryCommand::Tail
        } else {
            QueryCommand::Search
        },
        filter: Filter::default(),
        json: false,
        limit: if name == "tail" { 10 } else { 50 },
    };
    let (mut words, mut rules, mut junit) = (Vec::new(), None, None);
    while let Some(argument) = parser.next().map_err(|error| error.to_string())? {
        let option = match argument {
            Long("help") | Short('h') => return Ok(Command::Help),
            Value(word) if name != "check" => {
                words.push(word.string().map_err(|error| error.to_string())?);
                continue;
            }
            Long(option) => option.to_owned(),
            other => return Err(other.unexpected().to_string()),
        };
        match option.as_str() {
            "db" => query.db = Some(path(parser)?),
            "json" => query.json = true,
            "file" if name == "check" => rules = Some(path(parser)?),
            "junit" if name == "check" => junit = Some(path(parser)?),
            _ => {
                let value = parser.value().and_then(ValueExt::string);
                let value = value.map_err(|error| format!("--{option}: {error}"))?;
                if option == "limit" {
                    let limit = value.parse().map_err(|error| format!("--limit: {error}"))?;
                    query.limit = usize::max(limit, 1);
                } else {
                    // The filters are spelled as in addresses, with hyphens.
                    let set = query.filter.set(&option.replace('-', "_"), &value);
                    set.map_err(|error| format!("--{option}: {error}"))?;
                }
            }
        }
    }
    match name {
        "check" => Ok(Command::Check(CheckArguments {
            query,
            rules: rules.ok_or("check needs --file RULES")?,
            junit,
        })),
        "show" => {
            let [id] = words.as_slice() else {
                return Err("show needs one trace id, or last".to_owned());
            };
            query.command = QueryCommand::Show(id.clone());
            Ok(Command::Query(query))
        }
        _ => {
            query.filter.set("q", &words.join(" "))?;
            Ok(Command::Query(query))
        }
    }
}

fn path(parser: &mut Parser) -> Result<PathBuf, String> {
    parser
        .value()
        .map(PathBuf::from)
        .map_err(|error| error.to_string())
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
    let mut serve = ServeArguments::default();
    while let Some(argument) = parser.next().map_err(|error| error.to_string())? {
        let option = match argument {
            Long("help") | Short('h') => return Ok(Command::Help),
            Long("version") | Short('V') => return Ok(Command::Version),
            Long(name) => format!("--{name}"),
            other => return Err(other.unexpected().to_string()),
        };
        read_option(&option, parser, &mut serve)?;
    }
    serve.validate()?;
    Ok(Command::Serve(serve))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{super::serve_arguments::DEFAULT_PORT, *};
    use crate::options::Options;

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
    fn parses_filters_and_words() {
        let Ok(Command::Query(query)) = read(&["search", "white", "--min-ms=5", "whale", "--json"])
        else {
            panic!("not a query");
        };
        assert_eq!(query.filter.text.as_deref(), Some("white whale"));
        assert_eq!(
            (query.filter.min_ms, query.json, query.limit),
            (Some(5.0), true, 50)
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
            (&["search", "--min-ms", "x"], "--min-ms"),
            (&["search", "--colour", "red"], "--colour"),
            (&["tail", "--limit", "many"], "--limit"),
            (&["show"], "needs one trace"),
            (&["show", "a", "b"], "needs one trace"),
            (&["check"], "--file"),
            (&["mcp", "--port", "1"], "--port"),
            (&["explode"], "explode"),
            (&["clear", "now"], "now"),
            (&["export", "a", "b"], "b"),
        ] {
            let message = read(arguments).unwrap_err();
            assert!(message.contains(named), "{arguments:?}: {message}");
        }
    }
}
