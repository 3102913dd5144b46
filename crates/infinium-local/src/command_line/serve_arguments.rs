//! The options of a platform.

use std::{fmt::Display, fs, io, time::Duration};

use lexopt::{Parser, prelude::ValueExt};

use super::data_directory;
use crate::{fault::Fault, options::Options};

/// The port of the platform unless another is chosen.
pub(super) const DEFAULT_PORT: u16 = 4213;
const DEFAULT_DAYS: u64 = 30;
const DEFAULT_MEGABYTES: u64 = 2048;
const DEFAULT_MEGABYTES_IN_MEMORY: u64 = 100;
const MEGABYTE: u64 = 1_000_000;

/// How to serve.
#[derive(Debug)]
pub(super) struct ServeArguments {
    pub(super) options: Options,
    memory: bool,
    pub(super) json: bool,
    /// Whether there is no option, except for the port and the output.
    pub(super) is_plain: bool,
}

impl Default for ServeArguments {
    fn default() -> Self {
        Self {
            options: Options {
                port: DEFAULT_PORT,
                ..Options::default()
            },
            memory: false,
            json: false,
            is_plain: true,
        }
    }
}

impl ServeArguments {
    pub(super) fn validate(&self) -> Result<(), String> {
        if self.memory && self.options.db.is_some() {
            return Err("--memory and --db exclude each other".to_owned());
        }
        Ok(())
    }

    /// The options of the platform; looks up the default file.
    pub(super) fn resolve(&self) -> io::Result<Options> {
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

/// Reads the value of an option, and sets it.
///
/// # Errors
/// A message that names the option.
pub(super) fn read_option(
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
