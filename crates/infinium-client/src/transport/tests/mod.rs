//! Tests the guarantees of the transport on every route and for both kinds of requests, over real sockets.

/// Runs each test once for every combination of a route and a kind of request.
macro_rules! for_each_case {
    ($($test:ident),+ $(,)?) => {
        for_each_write!($($test),+);
        for_each_case!(@module reads_direct Read Direct [$($test),+]);
        for_each_case!(@module reads_tls Read Tls [$($test),+]);
        for_each_case!(@module reads_proxied Read Proxied [$($test),+]);
        for_each_case!(@module reads_proxied_tls Read ProxiedTls [$($test),+]);
    };
    (@module $name:ident $kind:ident $network:ident [$($test:ident),+]) => {
        mod $name {
            use crate::transport::tests::support::{Case, Kind, Network};

            $(
                #[tokio::test]
                async fn $test() {
                    super::$test(Case::new(Kind::$kind, Network::$network)).await;
                }
            )+
        }
    };
}

/// Runs each test once for every route, with requests that write.
macro_rules! for_each_write {
    ($($test:ident),+ $(,)?) => {
        for_each_case!(@module writes_direct Write Direct [$($test),+]);
        for_each_case!(@module writes_tls Write Tls [$($test),+]);
        for_each_case!(@module writes_proxied Write Proxied [$($test),+]);
        for_each_case!(@module writes_proxied_tls Write ProxiedTls [$($test),+]);
    };
}

#[cfg(target_os = "linux")]
mod addresses;
mod answers;
mod connections;
mod early;
mod proxies;
mod support;
