//! The hosts that are reached without a proxy.

use std::net::IpAddr;

use ipnet::IpNet;
use url::{Host, Url};

/// A list in the format of the environment variable `NO_PROXY`.
///
/// Entries are separated by commas or spaces. Case does not matter:
/// - `*`: every host;
/// - `x.y`, `.x.y` or `*.x.y`: the host `x.y` and every host below it;
/// - an address, IPv6 with or without brackets;
/// - a network such as `10.0.0.0/8` or `fd00::/8`: hosts given as an address in this network. Names are not resolved;
/// - every entry except a network may end in `:port`, and then matches only this port.
///
/// Other entries are ignored, as curl does.
#[derive(Debug)]
pub(super) struct NoProxy(Vec<Entry>);

#[derive(Debug)]
struct Entry {
    hosts: Hosts,
    port: Option<u16>,
}

#[derive(Debug)]
enum Hosts {
    All,
    /// A domain and all its subdomains, without a leading or trailing dot.
    Domain(String),
    Network(IpNet),
}

impl NoProxy {
    pub(super) fn parse(list: &str) -> Self {
        let entries = list.split(|c: char| c == ',' || c.is_whitespace());
        Self(entries.filter_map(Entry::parse).collect())
    }

    /// Whether this URL's host is in the list.
    pub(super) fn excepts(&self, url: &Url) -> bool {
        let Some(host) = url.host() else { return false };
        let port = url.port_or_known_default();
        self.0.iter().any(|entry| {
            let is_port = entry.port.is_none() || entry.port == port;
            is_port && entry.hosts.contain(&host)
        })
    }
}

impl Entry {
    fn parse(text: &str) -> Option<Self> {
        if let Some(network) = network(text) {
            let hosts = Hosts::Network(network);
            return Some(Self { hosts, port: None });
        }
        // Several colons outside of brackets would be IPv6, which was already parsed above.
        let (host, port) = match text.rsplit_once(':') {
            Some((host, port)) => (host, Some(port.parse().ok()?)),
            None => (text, None),
        };
        let hosts = match network(host) {
            Some(network) if !host.contains('/') => Hosts::Network(network),
            Some(_) => return None,
            None if host == "*" => Hosts::All,
            None => domain(host)?,
        };
        Some(Self { hosts, port })
    }
}

/// An address or a network.
fn network(text: &str) -> Option<IpNet> {
    let (address, length) = match text.split_once('/') {
        Some((address, length)) => (address, Some(length)),
        None => (text, None),
    };
    let bare = address
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'));
    let address: IpAddr = bare.unwrap_or(address).parse().ok()?;
    match length {
        Some(length) => IpNet::new(address, length.parse().ok()?).ok(),
        None => Some(address.to_canonical().into()),
    }
}

fn domain(text: &str) -> Option<Hosts> {
    let name = text.strip_prefix('*').unwrap_or(text);
    let name = name.strip_prefix('.').unwrap_or(name);
    // Normalized as in URLs: lower case, and Punycode for other alphabets.
    match Host::parse(name.strip_suffix('.').unwrap_or(name)).ok()? {
        Host::Domain(name) => Some(Hosts::Domain(name)),
        Host::Ipv4(_) | Host::Ipv6(_) => None,
    }
}

impl Hosts {
    fn contain(&self, host: &Host<&str>) -> bool {
        match (self, host) {
            (Self::All, _) => true,
            (Self::Domain(domain), Host::Domain(name)) => {
                let name = name.strip_suffix('.').unwrap_or(name);
                name.strip_suffix(domain.as_str())
                    .is_some_and(|below| below.is_empty() || below.ends_with('.'))
            }
            (Self::Network(network), Host::Ipv4(address)) => {
                network.contains(&IpAddr::V4(*address))
            }
            (Self::Network(network), Host::Ipv6(address)) => {
                let address = IpAddr::V6(*address);
                network.contains(&address) || network.contains(&address.to_canonical())
            }
            (Self::Domain(_) | Self::Network(_), _) => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn excepts(list: &str, url: &str) -> bool {
        NoProxy::parse(list).excepts(&Url::parse(url).unwrap())
    }

    #[test]
    fn excepts_hosts_as_curl_does() {
        for (list, url, excepted) in [
            ("", "https://a.b", false),
            ("*", "https://a.b", true),
            ("*", "https://10.0.0.1", true),
            ("*", "https://[2001:db8::1]", true),
            ("x.y, *", "https://a.b", true),
            // A domain and its subdomains.
            ("x.y", "https://x.y", true),
            ("x.y", "https://a.x.y", true),
            ("x.y", "https://a.b.x.y", true),
            ("x.y", "https://ax.y", false),
            ("x.y", "https://x.y.z", false),
            ("x.y", "https://y", false),
            (".x.y", "https://x.y", true),
            (".x.y", "https://a.x.y", true),
            (".x.y", "https://ax.y", false),
            ("*.x.y", "https://x.y", true),
            ("*.x.y", "https://a.x.y", true),
            ("*.x.y", "https://ax.y", false),
            ("a*.x.y", "https://ab.x.y", false),
            // Case, trailing dots, other alphabets.
            ("X.Y", "https://a.x.Y", true),
            ("x.y.", "https://x.y", true),
            ("x.y", "https://x.y.", true),
            (".x.y.", "https://a.x.y.", true),
            ("bücher.example", "https://BÜCHER.example", true),
            ("a.b,x.y", "https://x.y", true),
            (" a.b , x.y ", "https://x.y", true),
            ("a.b x.y", "https://x.y", true),
            ("a.b\tx.y\n", "https://x.y", true),
            (",,x.y,,", "https://x.y", true),
            ("x.y:443", "https://x.y", true),
            ("x.y:443", "https://a.x.y:443", true),
            ("x.y:443", "https://x.y:8443", false),
            ("x.y:8443", "https://x.y:8443", true),
            ("x.y:8443", "https://x.y", false),
            ("*.x.y:8443", "https://a.x.y:8443", true),
            ("*:8443", "https://x.y:8443", true),
            ("*:8443", "https://x.y", false),
            ("10.0.0.1", "https://10.0.0.1", true),
            ("10.0.0.1", "https://10.0.0.10", false),
            ("0.0.1", "https://10.0.0.1", false),
            ("10.0.0.1:443", "https://10.0.0.1", true),
            ("10.0.0.1:443", "https://10.0.0.1:444", false),
            ("10.0.0.1", "https://[::ffff:10.0.0.1]", true),
            ("::ffff:10.0.0.1", "https://10.0.0.1", true),
            ("2001:db8::1", "https://[2001:db8::1]", true),
            ("[2001:db8::1]", "https://[2001:DB8:0::1]", true),
            ("[2001:db8::1]:443", "https://[2001:db8::1]", true),
            ("[2001:db8::1]:444", "https://[2001:db8::1]", false),
            ("2001:db8::1", "https://[2001:db8::2]", false),
            ("10.0.0.0/8", "https://10.9.8.7", true),
            ("10.1.2.3/8", "https://10.9.8.7", true),
            ("10.0.0.0/8", "https://11.0.0.1", false),
            ("10.0.0.0/8", "https://[::ffff:10.0.0.1]", true),
            ("0.0.0.0/0", "https://1.2.3.4", true),
            ("0.0.0.0/0", "https://[2001:db8::1]", false),
            ("10.0.0.0/8", "https://x.y", false),
            ("2001:db8::/32", "https://[2001:db8:9::1]", true),
            ("[2001:db8::]/32", "https://[2001:db8:9::1]", true),
            ("2001:db8::/32", "https://[2001:db9::1]", false),
        ] {
            assert_eq!(excepts(list, url), excepted, "{list:?} {url}");
        }
    }

    #[test]
    fn ignores_what_it_cannot_read() {
        for entry in [
            "10.0.0.0/33",
            "10.0.0.0/-1",
            "10.0.0.0/8:443",
            "2001:db8::/129",
            "/8",
            "[::1",
            ":443",
            "x.y:",
            "x.y:port",
            "x.y:99999",
            "x.y:443:443",
            "https://x.y",
            "x.y/path",
            "..",
            "*.",
            "**",
            "[]",
        ] {
            for url in ["https://x.y", "https://10.0.0.1", "https://[2001:db8::1]"] {
                assert!(!excepts(entry, url), "{entry} {url}");
            }
            assert!(excepts(&format!("{entry},x.y"), "https://x.y"), "{entry}");
        }
    }

    proptest! {
        #[test]
        fn takes_any_list(list in prop_oneof![any::<String>(), "[0-9a-z.:/*, \\[\\]]{0,40}"]) {
            excepts(&list, "https://platform.test");
        }

        #[test]
        fn excepts_each_of_its_hosts(host in "[a-z][a-z0-9]{0,8}(\\.[a-z][a-z0-9]{1,8}){1,3}") {
            for entry in [host.clone(), format!(".{host}"), format!("*.{host}."), format!("{host}:443")] {
                let list = format!("other.test, {entry}");
                let url = format!("https://{host}");
                prop_assert!(excepts(&list, &url));
                let below = format!("https://below.{host}");
                prop_assert!(excepts(&list, &below));
                let not_below = format!("https://not{host}");
                prop_assert!(!excepts(&list, &not_below));
            }
        }
    }
}
