//! Requests straight to the server: HTTP/1.1, or HTTP/2 where it is offered.

use std::time::Duration;

use bytes::Bytes;
use http::{Request as HttpRequest, Response};
use http_body_util::{BodyExt, Full};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::{TokioExecutor, TokioTimer},
};
use rustls::ClientConfig;

use super::{Failure, MAX_ANSWER_SIZE, Request, http::Incoming};

/// Connections straight to servers.
#[derive(Clone, Debug)]
pub(super) struct Direct(Client<HttpsConnector<HttpConnector>, Full<Bytes>>);

impl Direct {
    pub(super) fn new(tls: ClientConfig, max_idle: usize, idle: Duration) -> Self {
        let mut tcp = HttpConnector::new();
        tcp.set_nodelay(true);
        tcp.enforce_http(false);
        let connector = HttpsConnectorBuilder::new()
            .with_tls_config(tls)
            .https_or_http()
            .enable_all_versions()
            .wrap_connector(tcp);
        let client = Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(idle)
            .pool_max_idle_per_host(max_idle)
            .build(connector);
        Self(client)
    }

    pub(super) async fn exchange(&self, request: &Request) -> Result<Incoming, Failure> {
        let mut outgoing = HttpRequest::new(Full::new(request.body.clone()));
        *outgoing.method_mut() = request.method.clone();
        *outgoing.uri_mut() = request.uri.clone();
        *outgoing.headers_mut() = request.headers.clone();
        let answer = self.0.request(outgoing).await.map_err(|error| {
            let connecting = error.is_connect();
            Failure::network(connecting, error)
        })?;
        let (head, mut body) = answer.into_parts();
        let mut read = Vec::new();
        while let Some(frame) = body.frame().await {
            let frame = frame.map_err(|error| Failure::network(false, error))?;
            let Ok(data) = frame.into_data() else {
                continue;
            };
            if read.len() + data.len() > MAX_ANSWER_SIZE {
                return Ok(Response::from_parts(head, None));
            }
            read.extend_from_slice(&data);
        }
        Ok(Response::from_parts(head, Some(read)))
    }
}
