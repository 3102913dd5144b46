//! Why no connection could be opened.

use std::{error::Error as StdError, fmt, io};

/// A name without an address, or an address that does not accept.
#[derive(Debug)]
pub(super) struct DialError {
    what: String,
    is_name: bool,
    source: io::Error,
}

impl DialError {
    pub(super) fn name(host: &str, source: io::Error) -> Self {
        Self {
            what: host.to_owned(),
            is_name: true,
            source,
        }
    }

    pub(super) fn connect(host: &str, port: u16, source: io::Error) -> Self {
        let host = match host.contains(':') {
            true => format!("[{host}]"),
            false => host.to_owned(),
        };
        Self {
            what: format!("{host}:{port}"),
            is_name: false,
            source,
        }
    }

    /// The host, with the port unless its address was not found.
    pub(super) fn what(&self) -> &str {
        &self.what
    }

    pub(super) fn is_name(&self) -> bool {
        self.is_name
    }

    /// The code that Node.js uses for the same failure.
    pub(super) fn code(&self) -> Option<&'static str> {
        if !self.is_name {
            return io_code(self.source.kind());
        }
        let is_temporary = self.source.kind() == io::ErrorKind::WouldBlock
            || self.source.to_string().contains("emporary failure");
        Some(if is_temporary {
            "EAI_AGAIN"
        } else {
            "ENOTFOUND"
        })
    }
}

impl fmt::Display for DialError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.is_name {
            true => write!(f, "could not find the address of {}", self.what),
            false => write!(f, "could not connect to {}", self.what),
        }
    }
}

impl StdError for DialError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        Some(&self.source)
    }
}

/// Returns the code that Node.js uses for an error of the operating system.
pub(super) fn io_code(kind: io::ErrorKind) -> Option<&'static str> {
    Some(match kind {
        io::ErrorKind::ConnectionRefused => "ECONNREFUSED",
        io::ErrorKind::ConnectionReset => "ECONNRESET",
        io::ErrorKind::ConnectionAborted => "ECONNABORTED",
        io::ErrorKind::BrokenPipe => "EPIPE",
        io::ErrorKind::TimedOut => "ETIMEDOUT",
        io::ErrorKind::HostUnreachable => "EHOSTUNREACH",
        io::ErrorKind::NetworkUnreachable => "ENETUNREACH",
        _ => return None,
    })
}
