//! What is said of a failure of the network, and the codes that Node.js uses. Both bindings say the same.

use std::error::Error as StdError;

use crate::answer::Failure;

type Source = Box<dyn StdError + Send + Sync>;

/// A code of Node.js, such as `ECONNREFUSED`.
pub type Code = &'static str;

const CHECK_CERTIFICATE: &str = "check the base URL and the certificate of the server";

/// Certificates that are not accepted: the code of Node.js, the reason, and what to do.
const CERTIFICATES: &[(Code, &str, &str)] = &[
    (
        "DEPTH_ZERO_SELF_SIGNED_CERT",
        "self-signed certificate",
        "pass it in caCertificates",
    ),
    (
        "SELF_SIGNED_CERT_IN_CHAIN",
        "self-signed certificate in the chain",
        "pass it in caCertificates",
    ),
    (
        "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
        "its certificate is signed by an authority that is not trusted",
        "pass the certificate of the authority in caCertificates",
    ),
    (
        "CERT_HAS_EXPIRED",
        "its certificate has expired",
        "renew the certificate, and check the clock of this machine",
    ),
    (
        "CERT_NOT_YET_VALID",
        "its certificate is not valid yet",
        "check the clock of this machine",
    ),
    (
        "ERR_TLS_CERT_ALTNAME_INVALID",
        "its certificate is for another name",
        CHECK_CERTIFICATE,
    ),
    (
        "CERT_REVOKED",
        "its certificate was revoked",
        CHECK_CERTIFICATE,
    ),
];

/// A host has no address.
pub fn no_address(host: &str, code: Option<Code>, source: impl Into<Source>) -> Failure {
    let named = named(code);
    let problem = format!(
        "could not find the address of {host}{named}; check the base URL and the proxy settings, and whether this \
         machine can resolve names"
    );
    Failure::network(problem, source).with_code(code)
}

/// A server does not accept connections. `server` is its host and port.
pub fn not_accepted(server: &str, code: Option<Code>, source: impl Into<Source>) -> Failure {
    let named = named(code);
    let problem = format!(
        "could not connect to {server}{named}; check the base URL and the proxy settings, and whether the server is \
         running and reachable"
    );
    Failure::network(problem, source).with_code(code)
}

/// No connection to a server could be opened, for any other reason.
pub fn not_connected(server: &str, code: Option<Code>, source: impl Into<Source>) -> Failure {
    let named = named(code);
    let problem = format!(
        "could not connect to {server}{named}; check the base URL, the network and the proxy settings"
    );
    Failure::network(problem, source).with_code(code)
}

/// The certificate of a server is not accepted. Without a known code, `reason` says why.
pub fn not_trusted(
    server: &str,
    code: Option<Code>,
    reason: &str,
    source: impl Into<Source>,
) -> Failure {
    let known = CERTIFICATES.iter().find(|(known, ..)| Some(*known) == code);
    let (code, reason, advice) =
        known
            .copied()
            .unwrap_or(("CERT_REJECTED", reason, CHECK_CERTIFICATE));
    let problem = format!("could not connect to {server}: {reason}; {advice}");
    Failure::network(problem, source).with_code(Some(code))
}

/// A server does not speak TLS as expected.
pub fn not_secure(server: &str, reason: &str, source: impl Into<Source>) -> Failure {
    let problem = format!(
        "could not connect to {server}: {reason}; check the base URL, and that the server speaks TLS 1.2 or 1.3 on \
         this port"
    );
    Failure::network(problem, source).with_code(Some("EPROTO"))
}

/// A connection broke that was open.
pub fn incomplete(code: Option<Code>, source: impl Into<Source>) -> Failure {
    let problem = "the connection broke before the answer was complete; check the network and the proxy settings";
    Failure::network(problem, source).with_code(Some(code.unwrap_or("ECONNRESET")))
}

fn named(code: Option<&str>) -> String {
    code.map_or(String::new(), |code| format!(" ({code})"))
}
