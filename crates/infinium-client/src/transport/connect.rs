//! Opens connections layer by layer: TCP, the tunnel through a proxy, TLS. HTTP is the layer above.

use std::{
    error::Error as StdError,
    pin::Pin,
    task::{Context, Poll},
};

use http::Uri;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder, MaybeHttpsStream};
use hyper_util::client::legacy::connect::proxy::Tunnel;
use rustls::ClientConfig;
use tower_service::Service;

use super::{
    dial::{Dialer, Tcp},
    route::Route,
};

type BoxError = Box<dyn StdError + Send + Sync>;
type BoxFuture<T> = Pin<Box<dyn Future<Output = Result<T, BoxError>> + Send>>;

/// A TCP stream to the platform or the proxy. For an https proxy, TLS is added.
type HopStream = MaybeHttpsStream<Tcp>;

/// A stream to the platform, over any route.
pub(super) type Stream = MaybeHttpsStream<HopStream>;

/// Opens streams to the platform over one route.
#[derive(Clone, Debug)]
pub(super) struct Connector(HttpsConnector<Hop>);

impl Connector {
    /// `tls` must not set ALPN protocols: they are chosen here.
    pub(super) fn new(route: &Route, tls: ClientConfig, dialer: Dialer) -> Self {
        let hop = match route {
            Route::Direct => Hop::Direct(dialer),
            Route::Proxied(proxy) => {
                let to_proxy = HttpsConnectorBuilder::new()
                    .with_tls_config(tls.clone())
                    .https_or_http()
                    .enable_http1()
                    .wrap_connector(dialer);
                let mut tunnel = Tunnel::new(proxy.uri().clone(), to_proxy);
                if let Some(authorization) = proxy.authorization() {
                    tunnel = tunnel.with_auth(authorization.clone());
                }
                Hop::Tunnel(Box::new(tunnel))
            }
        };
        Self(
            HttpsConnectorBuilder::new()
                .with_tls_config(tls)
                .https_or_http()
                .enable_all_versions()
                .wrap_connector(hop),
        )
    }

    /// # Errors
    /// If a layer fails: name resolution, TCP, the proxy's answer, or a certificate.
    pub(super) async fn connect(&self, to: &Uri) -> Result<Stream, BoxError> {
        self.0.clone().call(to.clone()).await
    }
}

/// The stream below the TLS connection to the platform.
#[derive(Clone, Debug)]
enum Hop {
    Direct(Dialer),
    Tunnel(Box<Tunnel<HttpsConnector<Dialer>>>),
}

impl Service<Uri> for Hop {
    type Response = HopStream;
    type Error = BoxError;
    type Future = BoxFuture<HopStream>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        match self {
            Self::Direct(tcp) => tcp.poll_ready(context).map_err(Into::into),
            Self::Tunnel(tunnel) => tunnel.poll_ready(context).map_err(Into::into),
        }
    }

    fn call(&mut self, to: Uri) -> Self::Future {
        match self {
            Self::Direct(tcp) => {
                let connecting = tcp.call(to);
                Box::pin(async move { Ok(MaybeHttpsStream::Http(connecting.await?)) })
            }
            Self::Tunnel(tunnel) => {
                let connecting = tunnel.call(to);
                Box::pin(async move { Ok(connecting.await?) })
            }
        }
    }
}
