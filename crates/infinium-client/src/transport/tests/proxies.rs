//! Tests what a proxy sees and which attacks fail.

use super::support::{Case, Kind, Network};
use infinium_core::Failure;

const CASES: [(Kind, Network); 4] = [
    (Kind::Write, Network::Proxied),
    (Kind::Write, Network::ProxiedTls),
    (Kind::Read, Network::Proxied),
    (Kind::Read, Network::ProxiedTls),
];

#[tokio::test]
async fn only_the_proxy_sees_its_credentials_and_nothing_else() {
    for (kind, network) in CASES {
        let platform = Case::new(kind, network).start().await;
        let server = async { platform.serve(&mut platform.accept().await).await };
        let (seen, ()) = tokio::join!(server, platform.exchange());
        assert!(!seen.to_lowercase().contains("proxy-"), "{seen}");
        let heads = platform.proxy.as_ref().unwrap().seen();
        let host = platform.host();
        let [head] = &heads[..] else {
            panic!("{heads:?}")
        };
        assert!(
            head.starts_with(&format!("CONNECT {host} HTTP/1.1\r\n")),
            "{head}"
        );
        // `user:hush-hush` in base64.
        let header = "Proxy-Authorization: Basic dXNlcjpodXNoLWh1c2g=\r\n";
        assert!(head.contains(header), "{head}");
        assert!(!head.contains("/a?b"), "{head}");
    }
}

#[tokio::test]
async fn fails_to_connect_when_the_proxy_refuses_and_never_shows_its_password() {
    for (kind, network) in CASES {
        for status in [403, 407, 502] {
            let platform = Case::new(kind, network).start().await;
            let proxy = platform.proxy.as_ref().unwrap();
            *proxy.status.lock().unwrap() = status;
            let failure = platform.send().await.unwrap_err();
            let shown = format!("{failure:?} {:?}", platform.http);
            assert!(
                matches!(
                    failure,
                    Failure::Network {
                        ref problem,
                        stale: false,
                        ..
                    } if problem.starts_with("could not connect to ")
                ),
                "{shown}"
            );
            assert!(
                !shown.contains("hush") && !shown.contains("Basic"),
                "{shown}"
            );
        }
    }
}

#[tokio::test]
async fn the_certificate_of_the_platform_is_checked_through_a_proxy() {
    for (kind, network) in CASES {
        let mut case = Case::new(kind, network);
        case.trusts = [false, true];
        let platform = case.start().await;
        let (accepted, sent) = tokio::join!(platform.try_accept(), platform.send());
        assert!(accepted.is_err());
        let failure = sent.unwrap_err();
        assert!(
            format!("{failure:?}").contains("InvalidCertificate"),
            "{failure:?}"
        );
    }
}

#[tokio::test]
async fn credentials_never_reach_an_https_proxy_whose_certificate_is_not_trusted() {
    for kind in [Kind::Write, Kind::Read] {
        let mut case = Case::new(kind, Network::ProxiedTls);
        case.trusts = [true, false];
        let platform = case.start().await;
        let failure = platform.send().await.unwrap_err();
        assert!(
            format!("{failure:?}").contains("InvalidCertificate"),
            "{failure:?}"
        );
        assert_eq!(platform.proxy.as_ref().unwrap().seen(), [""; 0]);
    }
}

#[tokio::test]
async fn reaches_a_platform_that_is_an_ipv6_address() {
    for (kind, network) in CASES {
        let mut case = Case::new(kind, network);
        case.address = "::1";
        let platform = case.start().await;
        let server = async { platform.serve(&mut platform.accept().await).await };
        tokio::join!(server, platform.exchange());
    }
}
