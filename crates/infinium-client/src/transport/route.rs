//! The route to the platform: direct, or through a proxy. It is chosen once for all requests of a client.

use url::Url;

use super::{no_proxy::NoProxy, proxy::Proxy};
use infinium_core::{Config, Result, is_loopback};

/// How requests reach the platform.
#[derive(Clone, Debug)]
pub(super) enum Route {
    Direct,
    Proxied(Proxy),
}

impl Route {
    /// Chooses the route. A proxy is used only for https, and never for this machine or for hosts in `no_proxy`.
    ///
    /// # Errors
    /// `Configuration` of the proxy, if it would be used and its URL is invalid.
    pub(super) fn decide(config: &Config, base_url: &Url) -> Result<Self> {
        let Some(setting) = &config.proxy else {
            return Ok(Self::Direct);
        };
        let excepted = || {
            let list = config.no_proxy.as_deref().unwrap_or_default();
            NoProxy::parse(list).excepts(base_url)
        };
        if base_url.scheme() != "https" || is_loopback(base_url) || excepted() {
            return Ok(Self::Direct);
        }
        Proxy::parse(setting).map(Self::Proxied)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use infinium_core::{ErrorKind, OptionId};

    fn decide(base_url: &str, proxy: Option<&str>, no_proxy: Option<&str>) -> Result<Route> {
        let mut config = Config::new("agent-1", "secret-0123");
        config.proxy = proxy.map(Into::into);
        config.no_proxy = no_proxy.map(str::to_owned);
        Route::decide(&config, &Url::parse(base_url).unwrap())
    }

    const REMOTE: &str = "https://platform.test";
    const PROXY: Option<&str> = Some("http://proxy.test:3128");

    #[test]
    fn proxies_https_to_other_machines_only() {
        for (base_url, proxy, no_proxy, proxied) in [
            (REMOTE, PROXY, None, true),
            (REMOTE, PROXY, Some("elsewhere.test"), true),
            (REMOTE, PROXY, Some("platform.test"), false),
            (REMOTE, None, None, false),
            ("http://platform.test", PROXY, None, false),
            ("https://localhost", PROXY, None, false),
            ("https://127.0.0.1:8443", PROXY, None, false),
            ("https://[::1]", PROXY, None, false),
        ] {
            let route = decide(base_url, proxy, no_proxy).unwrap();
            assert_eq!(matches!(route, Route::Proxied(_)), proxied, "{base_url}");
        }
    }

    #[test]
    fn refuses_an_unusable_proxy_only_where_it_would_be_used() {
        let unusable = Some("socks5://proxy.test");
        let error = decide(REMOTE, unusable, None).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Configuration);
        assert_eq!(error.option(), Some(OptionId::Proxy));
        for (base_url, no_proxy) in [
            ("http://platform.test", None),
            ("https://localhost", None),
            (REMOTE, Some("*")),
        ] {
            let route = decide(base_url, unusable, no_proxy).unwrap();
            assert!(matches!(route, Route::Direct), "{base_url}");
        }
    }
}
