//! Says why a connection failed, and what to do about it.

use std::{error::Error as StdError, io};

use http::Uri;
use rustls::{CertificateError, Error as TlsError, OtherError};

use super::{
    dial_error::{DialError, io_code},
    verifier::SelfSigned,
};
use infinium_core::Failure;

type BoxError = Box<dyn StdError + Send + Sync>;

/// The failure to open a connection to a server.
pub(super) fn unconnected(to: &Uri, error: BoxError) -> Failure {
    let (problem, code) = explain(to, &*error);
    Failure::network(problem, error).with_code(code)
}

fn explain(to: &Uri, error: &(dyn StdError + 'static)) -> (String, Option<&'static str>) {
    let dial = successors(error).find_map(|error| error.downcast_ref::<DialError>());
    if let Some(dial) = dial {
        let what = dial.what();
        let code = dial.code();
        let named = named(code);
        let advice = if dial.is_name() {
            "and whether this machine can resolve names"
        } else {
            "and whether the server is running and reachable"
        };
        let problem = format!("{what}{named}; check the base URL and the proxy settings, {advice}");
        return (problem, code);
    }
    let server = server(to);
    if let Some(tls) = successors(error).find_map(|error| error.downcast_ref::<TlsError>()) {
        let (reason, code, advice) = tls_problem(tls);
        return (
            format!("could not connect to {server}: {reason}; {advice}"),
            code,
        );
    }
    let code = code(error);
    let named = named(code);
    let problem = format!(
        "could not connect to {server}{named}; check the base URL, the network and the proxy settings"
    );
    (problem, code)
}

fn named(code: Option<&str>) -> String {
    code.map_or(String::new(), |code| format!(" ({code})"))
}

/// The failure of a connection that was open.
pub(super) fn incomplete(error: BoxError) -> Failure {
    let problem = "the connection broke before the answer was complete; check the network and the proxy settings";
    let code = code(&*error).unwrap_or("ECONNRESET");
    Failure::network(problem, error).with_code(Some(code))
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

const CHECK_CERTIFICATE: &str = "check the base URL and the certificate of the server";

fn self_signed(error: &OtherError) -> Option<SelfSigned> {
    let error: &(dyn StdError + 'static) = &*error.0;
    error.downcast_ref().copied()
}

/// Returns the reason, the code of Node.js, and what to do.
fn tls_problem(error: &TlsError) -> (String, Option<&'static str>, &'static str) {
    let TlsError::InvalidCertificate(certificate) = error else {
        return (
            error.to_string(),
            Some("EPROTO"),
            "check the base URL, and that the server speaks TLS 1.2 or 1.3 on this port",
        );
    };
    let (reason, code, advice) = match certificate {
        CertificateError::Other(other) if self_signed(other).is_some() => {
            let kind = self_signed(other).unwrap_or(SelfSigned::Server);
            let code = match kind {
                SelfSigned::Server => "DEPTH_ZERO_SELF_SIGNED_CERT",
                SelfSigned::Authority => "SELF_SIGNED_CERT_IN_CHAIN",
            };
            return (kind.to_string(), Some(code), "pass it in caCertificates");
        }
        CertificateError::UnknownIssuer => (
            "its certificate is signed by an authority that is not trusted",
            "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
            "pass the certificate of the authority in caCertificates",
        ),
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => (
            "its certificate has expired",
            "CERT_HAS_EXPIRED",
            "renew the certificate, and check the clock of this machine",
        ),
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => (
            "its certificate is not valid yet",
            "CERT_NOT_YET_VALID",
            "check the clock of this machine",
        ),
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => (
            "its certificate is for another name",
            "ERR_TLS_CERT_ALTNAME_INVALID",
            CHECK_CERTIFICATE,
        ),
        CertificateError::Revoked => (
            "its certificate was revoked",
            "CERT_REVOKED",
            CHECK_CERTIFICATE,
        ),
        other => return (other.to_string(), Some("CERT_REJECTED"), CHECK_CERTIFICATE),
    };
    (reason.to_owned(), Some(code), advice)
}
