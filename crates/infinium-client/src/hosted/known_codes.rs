//! What the codes of Node.js say about a request that failed.

use infinium_core::{
    Failure,
    problem::{self, Code},
};

/// Where a request failed.
#[derive(Clone, Copy)]
enum Place {
    /// The host has no address.
    Name,
    /// The server does not accept connections.
    Connect,
    /// The certificate of the server is not accepted.
    Certificate,
}

/// The codes that say where it was. Other failures come after the connection was opened.
const CODES: &[(Code, Place)] = &[
    ("ENOTFOUND", Place::Name),
    ("EAI_AGAIN", Place::Name),
    ("ECONNREFUSED", Place::Connect),
    ("EHOSTUNREACH", Place::Connect),
    ("ENETUNREACH", Place::Connect),
    ("ETIMEDOUT", Place::Connect),
    ("DEPTH_ZERO_SELF_SIGNED_CERT", Place::Certificate),
    ("SELF_SIGNED_CERT_IN_CHAIN", Place::Certificate),
    ("UNABLE_TO_VERIFY_LEAF_SIGNATURE", Place::Certificate),
    ("CERT_HAS_EXPIRED", Place::Certificate),
    ("CERT_NOT_YET_VALID", Place::Certificate),
    ("CERT_REVOKED", Place::Certificate),
    ("ERR_TLS_CERT_ALTNAME_INVALID", Place::Certificate),
];

/// The codes of connections that break.
const BROKEN: &[Code] = &["ECONNRESET", "ECONNABORTED", "EPIPE"];

/// Another name for the same.
fn usual(code: &str) -> &str {
    match code {
        "UND_ERR_CONNECT_TIMEOUT" => "ETIMEDOUT",
        "UNABLE_TO_GET_ISSUER_CERT" | "UNABLE_TO_GET_ISSUER_CERT_LOCALLY" => {
            "UNABLE_TO_VERIFY_LEAF_SIGNATURE"
        }
        other => other,
    }
}

/// Returns the failure of a request to `server`, its host and port. `code` may be empty; `message` is what the host of
/// the module says.
pub(super) fn failure(server: &str, code: &str, message: String) -> Failure {
    let code = usual(code);
    if let Some((code, place)) = CODES.iter().find(|(known, _)| *known == code) {
        let host = server.rsplit_once(':').map_or(server, |(host, _)| host);
        return match place {
            Place::Name => problem::no_address(host, Some(code), message),
            Place::Connect => problem::not_accepted(server, Some(code), message),
            Place::Certificate => problem::not_trusted(server, Some(code), "", message),
        };
    }
    // Fetch does not connect to the ports of some other protocols.
    if message == "bad port" {
        return problem::not_connected(server, None, message);
    }
    if code.starts_with("ERR_SSL") || code == "EPROTO" {
        return problem::not_secure(server, &message.clone(), message);
    }
    let code = BROKEN.iter().find(|known| **known == code).copied();
    problem::incomplete(code, message)
}
