//! Requests straight to the server: HTTP/1.1, or HTTP/2 where it is offered.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use http::{Extensions, Request as HttpRequest, Response};
use http_body_util::{BodyExt, Full};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::{
    client::legacy::{
        Client,
        connect::{HttpConnector, HttpInfo},
    },
    rt::{TokioExecutor, TokioTimer},
};
use rustls::ClientConfig;

use super::{Failure, MAX_ANSWER_SIZE, Request, http::Incoming, idle::Idle};

/// Connections straight to servers.
#[derive(Clone, Debug)]
pub(super) struct Direct {
    client: Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
    idle: Arc<Idle>,
}

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
        Self {
            client,
            idle: Arc::new(Idle::new(idle)),
        }
    }

    pub(super) async fn exchange(&self, request: &Request) -> Result<Incoming, Failure> {
        let mut outgoing = HttpRequest::new(Full::new(request.body.clone()));
        *outgoing.method_mut() = request.method.clone();
        *outgoing.uri_mut() = request.uri.clone();
        *outgoing.headers_mut() = request.headers.clone();
        let answer = match self.client.request(outgoing).await {
            Ok(answer) => answer,
            Err(error) => {
                let mut about = Extensions::new();
                if let Some(connection) = error.connect_info() {
                    connection.get_extras(&mut about);
                }
                let broke = |at: &HttpInfo| self.idle.broke(at.local_addr());
                let stale = about.get().is_some_and(broke);
                return Err(Failure::network(error.is_connect(), error).stale(stale));
            }
        };
        if let Some(connection) = answer.extensions().get::<HttpInfo>() {
            self.idle.used(connection.local_addr());
        }
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
