//! The URL of a proxy.

use base64::{Engine, prelude::BASE64_STANDARD};
use http::{HeaderValue, Uri};
use percent_encoding::percent_decode_str;
use url::Url;

use infinium_core::{Error, OptionId, Result, Secret};

/// An HTTP proxy that opens tunnels with `CONNECT`. Its `Debug` output contains no credentials.
#[derive(Clone, Debug)]
pub(super) struct Proxy {
    uri: Uri,
    authorization: Option<HeaderValue>,
}

impl Proxy {
    /// Parses a URL as curl does: `host:port` means `http://host:port`, and the path is ignored. The default port is
    /// 80 for http and 443 for https.
    ///
    /// # Errors
    /// `Configuration` of [`OptionId::Proxy`]. The message never contains the URL, which may hold a password.
    pub(super) fn parse(url: &Secret) -> Result<Self> {
        let wrong = |problem: &str| Error::misconfigured(OptionId::Proxy, problem);
        let invalid =
            || wrong("must be the URL of an HTTP proxy, such as http://proxy.example:3128");
        let text = url.expose().trim();
        let url = match text.split_once("://") {
            Some((scheme, _)) if is_scheme(scheme) => Url::parse(text),
            _ => Url::parse(&format!("http://{text}")),
        };
        let url = url.map_err(|_| invalid())?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(wrong(
                "must begin with http:// or https://; SOCKS and other kinds of proxies are not supported",
            ));
        }
        let host = url.host_str().ok_or_else(invalid)?;
        let port = url.port_or_known_default().ok_or_else(invalid)?;
        let uri = format!("{}://{host}:{port}/", url.scheme());
        Ok(Self {
            uri: uri.parse().map_err(|_| invalid())?,
            authorization: basic(&url),
        })
    }

    /// The scheme, host and port.
    pub(super) fn uri(&self) -> &Uri {
        &self.uri
    }

    /// The value of `Proxy-Authorization`, if the URL contains credentials.
    pub(super) fn authorization(&self) -> Option<&HeaderValue> {
        self.authorization.as_ref()
    }
}

fn is_scheme(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.');
    text.starts_with(|first: char| first.is_ascii_alphabetic()) && text.bytes().all(allowed)
}

/// Encodes credentials as in RFC 7617: user and password, percent-decoded, in base64.
fn basic(url: &Url) -> Option<HeaderValue> {
    if url.username().is_empty() && url.password().is_none() {
        return None;
    }
    let mut credentials: Vec<u8> = percent_decode_str(url.username()).collect();
    credentials.push(b':');
    credentials.extend(percent_decode_str(url.password().unwrap_or_default()));
    let text = format!("Basic {}", BASE64_STANDARD.encode(credentials));
    let mut value = HeaderValue::try_from(text).ok()?;
    value.set_sensitive(true);
    Some(value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use infinium_core::ErrorKind;

    fn parse(url: &str) -> Result<Proxy> {
        Proxy::parse(&url.into())
    }

    #[test]
    fn reads_urls_as_curl_does() {
        for (url, uri) in [
            ("http://proxy.test:3128", "http://proxy.test:3128/"),
            ("http://proxy.test", "http://proxy.test:80/"),
            ("https://proxy.test", "https://proxy.test:443/"),
            ("HTTPS://Proxy.Test/", "https://proxy.test:443/"),
            ("proxy.test:3128", "http://proxy.test:3128/"),
            ("proxy.test", "http://proxy.test:80/"),
            ("10.0.0.1:3128", "http://10.0.0.1:3128/"),
            ("http://[2001:db8::1]:3128", "http://[2001:db8::1]:3128/"),
            ("[2001:db8::1]:3128", "http://[2001:db8::1]:3128/"),
            (" http://proxy.test:3128/a?b#c ", "http://proxy.test:3128/"),
            ("http://user:pass@proxy.test:1", "http://proxy.test:1/"),
            ("user:pass@proxy.test:1", "http://proxy.test:1/"),
        ] {
            assert_eq!(parse(url).unwrap().uri(), uri, "{url}");
        }
    }

    #[test]
    fn decodes_credentials() {
        for (url, credentials) in [
            ("http://proxy.test", None),
            ("http://user:pass@proxy.test", Some("user:pass")),
            ("http://user@proxy.test", Some("user:")),
            ("http://:pass@proxy.test", Some(":pass")),
            ("user:pass@proxy.test:1", Some("user:pass")),
            ("http://a%40b:c%3A%2fd@proxy.test", Some("a@b:c:/d")),
            ("http://user:gr%C3%BC%C3%9Fe@proxy.test", Some("user:grüße")),
            ("http://user:100%@proxy.test", Some("user:100%")),
        ] {
            let proxy = parse(url).unwrap();
            let expected =
                credentials.map(|text| format!("Basic {}", BASE64_STANDARD.encode(text)));
            let actual = proxy.authorization().map(|value| value.to_str().unwrap());
            assert_eq!(actual, expected.as_deref(), "{url}");
            assert!(!format!("{proxy:?}").contains("Basic"));
        }
    }

    #[test]
    fn refuses_other_urls_and_never_shows_them() {
        for url in [
            "",
            " ",
            "http://",
            "http://:3128",
            "://proxy.test",
            "http://proxy.test:99999",
            "http://user:hush@",
            "http://user:hush@proxy test",
            "user:hu://sh@proxy.test",
            "ftp://user:hush@proxy.test",
            "socks5://user:hush@proxy.test:1080",
            "socks5h://hush@proxy.test",
            "file:///hush",
            "hush://proxy.test",
        ] {
            let error = parse(url).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Configuration);
            assert_eq!(error.option(), Some(OptionId::Proxy), "{url}");
            assert!(error.message().starts_with("proxy must "), "{error}");
            let shown = format!("{error} {error:?}");
            assert!(!shown.contains("hush") && !shown.contains("sh@"), "{shown}");
        }
    }
}
