//! Says why a connection failed.

use std::{error::Error as StdError, io};

use http::Uri;
use rustls::{CertificateError, Error as TlsError, OtherError};

use super::{
    dial_error::{DialError, io_code},
    verifier::SelfSigned,
};
use infinium_core::{
    Failure,
    problem::{self, Code},
};

type BoxError = Box<dyn StdError + Send + Sync>;

/// The failure to open a connection to a server.
pub(super) fn unconnected(to: &Uri, error: BoxError) -> Failure {
    let dial = successors(&*error).find_map(|error| error.downcast_ref::<DialError>());
    if let Some(dial) = dial {
        let (what, code) = (dial.what().to_owned(), dial.code());
        return match dial.is_name() {
            true => problem::no_address(&what, code, error),
            false => problem::not_accepted(&what, code, error),
        };
    }
    let server = server(to);
    let tls = successors(&*error).find_map(|error| error.downcast_ref::<TlsError>());
    if let Some(tls) = tls.cloned() {
        return match tls {
            TlsError::InvalidCertificate(certificate) => {
                let code = certificate_code(&certificate);
                problem::not_trusted(&server, code, &certificate.to_string(), error)
            }
            other => problem::not_secure(&server, &other.to_string(), error),
        };
    }
    let code = code(&*error);
    problem::not_connected(&server, code, error)
}

/// The failure of a connection that was open.
pub(super) fn incomplete(error: BoxError) -> Failure {
    let code = code(&*error);
    problem::incomplete(code, error)
}

fn server(to: &Uri) -> String {
    let host = to.host().unwrap_or_default();
    let default = match to.scheme_str() {
        Some("https") => 443,
        _ => 80,
    };
    format!("{host}:{}", to.port_u16().unwrap_or(default))
}

fn successors<'a>(
    error: &'a (dyn StdError + 'static),
) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    std::iter::successors(Some(error), |&error| {
        // The error within an `io::Error` is not its source, but the source of that is.
        let inner = error
            .downcast_ref::<io::Error>()
            .and_then(io::Error::get_ref);
        match inner {
            Some(inner) => Some(inner as &(dyn StdError + 'static)),
            None => error.source(),
        }
    })
}

/// Returns the code that Node.js uses for the innermost error of the operating system.
fn code(error: &(dyn StdError + 'static)) -> Option<&'static str> {
    let io = |error: &(dyn StdError + 'static)| {
        let io = error.downcast_ref::<io::Error>()?;
        io_code(io.kind())
    };
    successors(error).filter_map(io).last()
}

fn self_signed(error: &OtherError) -> Option<SelfSigned> {
    let error: &(dyn StdError + 'static) = &*error.0;
    error.downcast_ref().copied()
}

/// Returns the code that Node.js uses for a certificate that is not accepted.
fn certificate_code(error: &CertificateError) -> Option<Code> {
    Some(match error {
        CertificateError::Other(other) => match self_signed(other)? {
            SelfSigned::Server => "DEPTH_ZERO_SELF_SIGNED_CERT",
            SelfSigned::Authority => "SELF_SIGNED_CERT_IN_CHAIN",
        },
        CertificateError::UnknownIssuer => "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => "CERT_HAS_EXPIRED",
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            "CERT_NOT_YET_VALID"
        }
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            "ERR_TLS_CERT_ALTNAME_INVALID"
        }
        CertificateError::Revoked => "CERT_REVOKED",
        _ => return None,
    })
}
