//! A platform and a proxy that a test controls, and a client for them.

use std::{
    net::IpAddr,
    sync::{Arc, Mutex, OnceLock},
    time::Duration,
};

use bytes::Bytes;
use http::{HeaderMap, Method, header::ACCEPT};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, copy_bidirectional},
    net::{TcpListener, TcpStream},
};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{ServerConfig, crypto::ring, pki_types::PrivateKeyDer},
};
use url::Url;

use crate::request::Request;
use crate::transport::{
    self,
    http::{Http, Limits},
    network::SystemNetwork,
    proxy::Proxy,
    route::Route,
    tls,
};
use infinium_core::{Answer, Failure};

pub(super) const LONG: Duration = Duration::from_secs(60);

/// The route of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Network {
    /// Plain HTTP. Only https uses a proxy, so all other cases use TLS.
    Direct,
    Tls,
    /// Through a proxy with an `http://` URL.
    Proxied,
    /// Through a proxy with an `https://` URL.
    ProxiedTls,
}

/// The kind of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Write,
    Read,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Case {
    pub(super) kind: Kind,
    pub(super) network: Network,
    pub(super) limits: Limits,
    /// The address at which the platform listens.
    pub(super) address: &'static str,
    pub(super) is_http2: bool,
    /// Whether the client trusts the certificates of the platform and the proxy.
    pub(super) trusts: [bool; 2],
}

impl Case {
    pub(super) fn new(kind: Kind, network: Network) -> Self {
        Self {
            kind,
            network,
            limits: Limits {
                timeout: LONG,
                max_idle: LONG,
            },
            address: "127.0.0.1",
            is_http2: false,
            trusts: [true, true],
        }
    }

    pub(super) fn is_tls(&self) -> bool {
        self.network != Network::Direct
    }

    pub(super) fn is_proxied(&self) -> bool {
        matches!(self.network, Network::Proxied | Network::ProxiedTls)
    }

    pub(super) async fn start(self) -> Platform {
        self.start_over(Arc::new(SystemNetwork)).await
    }

    /// Starts a platform whose client uses this network.
    pub(super) async fn start_over(self, network: Arc<dyn transport::Network>) -> Platform {
        let address: IpAddr = self.address.parse().unwrap();
        let listener = TcpListener::bind((address, 0)).await.unwrap();
        let local = listener.local_addr().unwrap();
        let scheme = if self.is_tls() { "https" } else { "http" };
        let base_url = Url::parse(&format!("{scheme}://{local}")).unwrap();
        let protocols: &[&str] = if self.is_http2 { &["h2"] } else { &[] };
        let acceptor = self
            .is_tls()
            .then(|| identity(self.address, self.trusts[0], protocols));
        let proxy = if self.is_proxied() {
            let has_tls = self.network == Network::ProxiedTls;
            let acceptor = has_tls.then(|| identity("127.0.0.1", self.trusts[1], &[]));
            Some(TestProxy::start(acceptor).await)
        } else {
            None
        };
        let route = match &proxy {
            Some(proxy) => Route::Proxied(proxy.route()),
            None => Route::Direct,
        };
        let tls = tls::config(&[Authority::trusted().pem.clone()], None).unwrap();
        let method = match self.kind {
            Kind::Write => Method::POST,
            Kind::Read => Method::GET,
        };
        let body = match self.kind {
            Kind::Write => Bytes::from_static(b"{}"),
            Kind::Read => Bytes::new(),
        };
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, "application/json".parse().unwrap());
        Platform {
            http: Http::over(network, &route, tls, &base_url, self.limits).unwrap(),
            request: Request {
                method,
                uri: base_url.join("/a?b").unwrap().as_str().parse().unwrap(),
                headers: Arc::new(headers),
                key: None,
                body,
                time_factor: 1,
            },
            listener,
            acceptor,
            proxy,
        }
    }
}

/// A platform that answers only as the test says, and a client.
pub(super) struct Platform {
    pub(super) http: Http,
    pub(super) request: Request,
    listener: TcpListener,
    acceptor: Option<TlsAcceptor>,
    pub(super) proxy: Option<TestProxy>,
}

impl Platform {
    pub(super) fn host(&self) -> String {
        self.listener.local_addr().unwrap().to_string()
    }

    /// Waits for the next connection.
    pub(super) async fn accept(&self) -> Box<dyn Stream> {
        self.try_accept().await.unwrap()
    }

    /// # Errors
    /// If the client does not complete the TLS handshake.
    pub(super) async fn try_accept(&self) -> std::io::Result<Box<dyn Stream>> {
        let (stream, _) = self.listener.accept().await?;
        // What is written must be on its way before the connection is closed.
        stream.set_nodelay(true)?;
        Ok(match &self.acceptor {
            Some(acceptor) => Box::new(acceptor.accept(stream).await?),
            None => Box::new(stream),
        })
    }

    /// Reads one request.
    pub(super) async fn receive(&self, stream: &mut impl Stream) -> String {
        let end = [&b"\r\n\r\n"[..], &self.request.body].concat();
        let mut seen = Vec::new();
        while !seen.ends_with(&end) {
            assert_ne!(stream.read_buf(&mut seen).await.unwrap(), 0);
        }
        String::from_utf8(seen).unwrap()
    }

    /// Reads one request and answers it.
    pub(super) async fn serve(&self, stream: &mut impl Stream) -> String {
        let seen = self.receive(stream).await;
        let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}";
        stream.write_all(answer).await.unwrap();
        stream.flush().await.unwrap();
        seen
    }

    pub(super) async fn send(&self) -> Result<Answer, Failure> {
        self.http.send(&self.request).await
    }

    /// Sends a request and answers it.
    pub(super) async fn exchange(&self) {
        let answer = self.send().await.unwrap();
        assert_eq!((answer.status, answer.body.as_deref()), (200, Some("{}")));
        settle().await;
    }
}

/// Yields to the event loop until the client and the proxy have seen all data that the kernel has delivered.
pub(super) async fn settle() {
    for _ in 0..10 {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

pub(super) trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

/// A proxy that opens any tunnel, unless it is set to refuse.
pub(super) struct TestProxy {
    url: String,
    /// The heads of the received requests.
    pub(super) seen: Arc<Mutex<Vec<String>>>,
    /// The status of its answers.
    pub(super) status: Arc<Mutex<u16>>,
}

impl TestProxy {
    async fn start(acceptor: Option<TlsAcceptor>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let scheme = if acceptor.is_some() { "https" } else { "http" };
        let local = listener.local_addr().unwrap();
        let seen: Arc<Mutex<Vec<String>>> = Arc::default();
        let status = Arc::new(Mutex::new(200));
        let proxy = Self {
            url: format!("{scheme}://us%65r:hush-hush@{local}"),
            seen: seen.clone(),
            status: status.clone(),
        };
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (acceptor, seen, status) = (acceptor.clone(), seen.clone(), status.clone());
                tokio::spawn(async move {
                    let stream: Box<dyn Stream> = match acceptor {
                        // A client that does not trust the certificate closes the connection here.
                        Some(acceptor) => Box::new(acceptor.accept(stream).await?),
                        None => Box::new(stream),
                    };
                    Self::tunnel(stream, &seen, &status).await
                });
            }
        });
        proxy
    }

    async fn tunnel(
        mut client: Box<dyn Stream>,
        seen: &Mutex<Vec<String>>,
        status: &Mutex<u16>,
    ) -> std::io::Result<()> {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            if client.read_buf(&mut head).await? == 0 {
                return Ok(());
            }
        }
        let head = String::from_utf8(head).unwrap();
        let target = head.split(' ').nth(1).unwrap().to_owned();
        seen.lock().unwrap().push(head);
        let status = *status.lock().unwrap();
        let answer = format!("HTTP/1.1 {status} Status\r\n\r\n");
        client.write_all(answer.as_bytes()).await?;
        client.flush().await?;
        if status == 200 {
            let mut server = TcpStream::connect(target).await?;
            let _ = copy_bidirectional(&mut client, &mut server).await;
        }
        Ok(())
    }

    fn route(&self) -> Proxy {
        Proxy::parse(&self.url.as_str().into()).unwrap()
    }

    pub(super) fn seen(&self) -> Vec<String> {
        self.seen.lock().unwrap().clone()
    }
}

struct Authority {
    issuer: Issuer<'static, KeyPair>,
    pem: String,
}

impl Authority {
    fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        let pem = params.self_signed(&key).unwrap().pem();
        Self {
            issuer: Issuer::new(params, key),
            pem,
        }
    }

    /// The authority that clients trust.
    fn trusted() -> &'static Self {
        static TRUSTED: OnceLock<Authority> = OnceLock::new();
        TRUSTED.get_or_init(Self::new)
    }
}

/// The TLS configuration of a server with this name.
fn identity(name: &str, is_trusted: bool, protocols: &[&str]) -> TlsAcceptor {
    let stranger;
    let authority = if is_trusted {
        Authority::trusted()
    } else {
        stranger = Authority::new();
        &stranger
    };
    let key = KeyPair::generate().unwrap();
    let certificate = CertificateParams::new(vec![name.to_owned()])
        .unwrap()
        .signed_by(&key, &authority.issuer)
        .unwrap();
    let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(
            vec![certificate.der().clone()],
            PrivateKeyDer::try_from(key.serialize_der()).unwrap(),
        )
        .unwrap();
    config.alpn_protocols = protocols
        .iter()
        .map(|name| name.as_bytes().to_vec())
        .collect();
    TlsAcceptor::from(Arc::new(config))
}
