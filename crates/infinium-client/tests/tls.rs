//! TLS, HTTP/2 and proxies, over real connections.
#![expect(clippy::unwrap_used, reason = "a test that panics has failed")]

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use futures_util::future::join_all;
use infinium_client::{ApiResponse, Client, Config, ErrorKind, Result};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional},
    net::{TcpListener, TcpStream},
};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{ServerConfig, crypto::ring, pki_types::PrivateKeyDer},
};

const ANSWER: &str = r#"{"message":"Accepted","traceId":"t-1"}"#;

/// A TLS server with a certificate from its own authority.
struct Server {
    port: u16,
    /// The authority's certificate, in PEM.
    authority: String,
    /// The number of requests over HTTP/2 and over HTTP/1.1, and the number of connections.
    served: Arc<[AtomicUsize; 3]>,
}

impl Server {
    fn connections(&self) -> usize {
        self.served[2].load(Ordering::SeqCst)
    }

    fn served(&self) -> (usize, usize) {
        (
            self.served[0].load(Ordering::SeqCst),
            self.served[1].load(Ordering::SeqCst),
        )
    }
}

async fn start(protocols: &[&str]) -> Server {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let key = KeyPair::generate().unwrap();
    let authority = params.self_signed(&key).unwrap();
    let issuer = Issuer::new(params, key);
    let key = KeyPair::generate().unwrap();
    let names = vec!["localhost".to_owned(), "platform.test".to_owned()];
    let certificate = CertificateParams::new(names)
        .unwrap()
        .signed_by(&key, &issuer)
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
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let served: Arc<[AtomicUsize; 3]> = Arc::default();
    let counts = served.clone();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (acceptor, counts) = (acceptor.clone(), counts.clone());
            tokio::spawn(async move {
                // A client that does not trust the certificate closes the connection here.
                let Ok(mut stream) = acceptor.accept(stream).await else {
                    return;
                };
                counts[2].fetch_add(1, Ordering::SeqCst);
                if stream.get_ref().1.alpn_protocol() == Some(b"h2") {
                    let mut connection = h2::server::handshake(stream).await.unwrap();
                    while let Some(Ok((mut request, mut respond))) = connection.accept().await {
                        counts[0].fetch_add(1, Ordering::SeqCst);
                        tokio::spawn(async move {
                            while let Some(Ok(data)) = request.body_mut().data().await {
                                let _ = request
                                    .body_mut()
                                    .flow_control()
                                    .release_capacity(data.len());
                            }
                            let mut send = respond
                                .send_response(http::Response::new(()), false)
                                .unwrap();
                            send.send_data(ANSWER.into(), true).unwrap();
                        });
                    }
                    return;
                }
                let mut request = vec![0; 64 * 1024];
                while stream
                    .read(&mut request)
                    .await
                    .is_ok_and(|length| length > 0)
                {
                    counts[1].fetch_add(1, Ordering::SeqCst);
                    let head = format!(
                        "HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n",
                        ANSWER.len()
                    );
                    stream.write_all((head + ANSWER).as_bytes()).await.unwrap();
                }
            });
        }
    });
    Server {
        port,
        authority: authority.pem(),
        served,
    }
}

/// A proxy that forwards everything to one port. It counts its connections and checks the requested host.
async fn start_proxy(to: u16) -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let count: Arc<AtomicUsize> = Arc::default();
    let counted = count.clone();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            counted.fetch_add(1, Ordering::SeqCst);
            tokio::spawn(async move {
                let mut request = vec![0; 4096];
                let length = stream.read(&mut request).await.unwrap();
                assert!(request[..length].starts_with(b"CONNECT platform.test:443 HTTP/1.1\r\n"));
                let mut server = TcpStream::connect(("127.0.0.1", to)).await.unwrap();
                stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await.unwrap();
                let _ = copy_bidirectional(&mut stream, &mut server).await;
            });
        }
    });
    (url, count)
}

fn config(base_url: String, server: &Server) -> Config {
    let mut config = Config::new("agent-1", "secret-0123");
    config.base_url = base_url;
    config.max_retries = 0;
    config.ca_certificates = vec![server.authority.clone()];
    config
}

async fn send(client: &Client) -> Result<ApiResponse> {
    let task = r#"{"name":"Name","description":"About","duration":2.4}"#;
    let call = client.begin()?.at("2026-11-23T09:30:00Z");
    call.send(task).await
}

#[tokio::test]
async fn trusts_the_certificates_that_it_is_given_and_no_others() {
    let server = start(&[]).await;
    let base_url = format!("https://localhost:{}/api/v1", server.port);
    let mut stranger = config(base_url.clone(), &server);
    stranger.ca_certificates.clear();
    let stranger = Client::new(stranger).unwrap();
    let error = send(&stranger).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Network);
    let friend = Client::new(config(base_url, &server)).unwrap();
    assert_eq!(send(&friend).await.unwrap().message, "Accepted");
    assert_eq!(server.served(), (0, 1));
}

#[tokio::test]
async fn refuses_a_certificate_of_another_name() {
    let server = start(&[]).await;
    let client = Client::new(config(
        format!("https://127.0.0.1:{}", server.port),
        &server,
    ))
    .unwrap();
    assert_eq!(send(&client).await.unwrap_err().kind(), ErrorKind::Network);
}

#[tokio::test]
async fn speaks_http_2_where_it_is_offered() {
    for (offered, served) in [
        (&["h2", "http/1.1"][..], (3, 0)),
        (&["http/1.1"][..], (0, 3)),
    ] {
        let server = start(offered).await;
        let client = Client::new(config(
            format!("https://localhost:{}", server.port),
            &server,
        ))
        .unwrap();
        for _ in 0..3 {
            assert!(send(&client).await.unwrap().success);
        }
        assert_eq!(server.served(), served);
    }
}

#[tokio::test]
async fn needs_one_connection_for_many_requests_of_http_2() {
    let server = start(&["h2"]).await;
    let base_url = format!("https://localhost:{}", server.port);
    let client = Client::new(config(base_url, &server)).unwrap();
    send(&client).await.unwrap();
    let sent = join_all((0..10).map(|_| send(&client))).await;
    assert!(sent.iter().all(std::result::Result::is_ok));
    assert_eq!((server.served(), server.connections()), ((11, 0), 1));
}

#[tokio::test]
async fn goes_through_a_proxy_but_not_to_this_machine_nor_to_exceptions() {
    let server = start(&["h2", "http/1.1"]).await;
    let (proxy, count) = start_proxy(server.port).await;
    let with_proxy = |base_url: String, except: Option<&str>| {
        let mut config = config(base_url, &server);
        config.proxy = Some(proxy.as_str().into());
        config.no_proxy = except.map(str::to_owned);
        Client::new(config).unwrap()
    };
    // Only the proxy can resolve this name.
    let away = with_proxy("https://platform.test/api/v1".to_owned(), None);
    assert!(send(&away).await.unwrap().success);
    assert_eq!(count.load(Ordering::SeqCst), 1);
    let excepted = with_proxy(
        "https://platform.test".to_owned(),
        Some("other.test, .test"),
    );
    assert_eq!(
        send(&excepted).await.unwrap_err().kind(),
        ErrorKind::Network
    );
    let here = with_proxy(format!("https://localhost:{}", server.port), None);
    assert!(send(&here).await.unwrap().success);
    assert_eq!(count.load(Ordering::SeqCst), 1);
}
