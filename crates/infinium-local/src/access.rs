//! Who may use this server: the Host and Origin of requests, and the token.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

/// The rules of one server.
#[derive(Debug)]
pub(crate) struct Access {
    /// Host names that are allowed besides `localhost` and IP addresses.
    pub(crate) allowed_hosts: Vec<String>,
    /// The token that requests need, if any.
    pub(crate) token: Option<String>,
}

impl Access {
    /// Whether a request may have this `Host`.
    ///
    /// A web page can make its own domain name resolve to 127.0.0.1 (DNS rebinding), and then read
    /// whatever is served there. Its requests have that name as `Host`. An IP address or `localhost`
    /// cannot be such a name.
    pub(crate) fn allows_host(&self, host: &str) -> bool {
        let name = host_name(host);
        let name = name.strip_suffix('.').unwrap_or(name).to_ascii_lowercase();
        is_address(&name)
            || name == "localhost"
            || name.ends_with(".localhost")
            || self
                .allowed_hosts
                .iter()
                .any(|allowed| allowed.eq_ignore_ascii_case(&name))
    }

    /// Whether this is the token, compared in a time that does not depend on where they differ.
    pub(crate) fn accepts_token(&self, offered: &str) -> bool {
        self.token.as_ref().is_none_or(|token| {
            let differences = token.bytes().zip(offered.bytes());
            let differences = differences.fold(0, |all, (a, b)| all | (a ^ b));
            token.len() == offered.len() && differences == 0
        })
    }
}

/// Whether a request with this `Origin` comes from a page that this server served under `host`.
pub(crate) fn is_same_origin(origin: &str, host: &str) -> bool {
    origin
        .strip_prefix("http://")
        .or_else(|| origin.strip_prefix("https://"))
        .is_some_and(|authority| authority.eq_ignore_ascii_case(host))
}

/// A link to a server that listens on this address, for programs on this machine.
pub(crate) fn local_url(address: SocketAddr) -> String {
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => "127.0.0.1".to_owned(),
        IpAddr::V6(ip) if ip.is_unspecified() => "[::1]".to_owned(),
        IpAddr::V4(ip) => ip.to_string(),
        IpAddr::V6(ip) => format!("[{ip}]"),
    };
    format!("http://{ip}:{}", address.port())
}

/// The part of a `Host` before its port.
fn host_name(host: &str) -> &str {
    if host.starts_with('[') {
        return host.find(']').map_or(host, |end| &host[..=end]);
    }
    host.rsplit_once(':').map_or(host, |(name, _)| name)
}

fn is_address(name: &str) -> bool {
    let in_brackets = name
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'));
    match in_brackets {
        Some(inner) => inner.parse::<Ipv6Addr>().is_ok(),
        None => name.parse::<IpAddr>().is_ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn allows_addresses_localhost_and_given_names_only() {
        let access = Access {
            allowed_hosts: vec!["box.internal".to_owned()],
            token: None,
        };
        for host in [
            "127.0.0.1",
            "127.0.0.1:4213",
            "[::1]:4213",
            "[::1]",
            "localhost",
            "LocalHost:1",
            "localhost.:1",
            "app.localhost:80",
            "192.168.0.7:4213",
            "Box.Internal:4213",
        ] {
            assert!(access.allows_host(host), "{host}");
        }
        for host in [
            "",
            "attacker.example",
            "attacker.example:4213",
            "localhost.attacker.example",
            "notlocalhost",
            "127.0.0.1.attacker.example",
            "[attacker.example]",
            "[::1",
        ] {
            assert!(!access.allows_host(host), "{host}");
        }
    }

    #[test]
    fn tells_its_own_pages_from_others() {
        assert!(is_same_origin("http://127.0.0.1:4213", "127.0.0.1:4213"));
        for origin in [
            "http://127.0.0.1:4214",
            "http://attacker.example",
            "null",
            "",
            "file://",
        ] {
            assert!(!is_same_origin(origin, "127.0.0.1:4213"), "{origin}");
        }
    }

    #[test]
    fn accepts_only_the_whole_token() {
        let access = Access {
            allowed_hosts: Vec::new(),
            token: Some("secret".to_owned()),
        };
        assert!(access.accepts_token("secret"));
        for offered in ["", "secre", "secrets", "sEcret"] {
            assert!(!access.accepts_token(offered), "{offered}");
        }
    }
}
