//! The server: the same answer to every request.

use std::{io, rc::Rc};

use bytes::BytesMut;
use tokio::{
    io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
    task::{LocalSet, spawn_local},
    time::sleep,
};
use tokio_rustls::TlsAcceptor;

use crate::{counts::Counts, request, tls};

/// An answer that every benchmarked client accepts as success.
const STORED: &str = r#"{"success":true,"message":"Trace stored","traceId":"0b5f2c1e-8f44-4c07-9e0a-6d1b7c3a9d52","status":1,"successes":[],"errors":[]}"#;
/// What the LangSmith client asks for before it sends.
const ABOUT: &str = r#"{"version":"0.10.0","batch_ingest_config":{"use_multipart_endpoint":true,"size_limit":100,"size_limit_bytes":20971520},"instance_flags":{}}"#;

pub(crate) async fn run() -> io::Result<()> {
    LocalSet::new().run_until(serve()).await
}

async fn serve() -> io::Result<()> {
    let counts = Rc::new(Counts::new());
    let (tls, ca) = tls::acceptor()?;
    let plain = TcpListener::bind(("127.0.0.1", 0)).await?;
    let secure = TcpListener::bind(("127.0.0.1", 0)).await?;
    let addresses = serde_json::json!({
        "http": plain.local_addr()?.port(),
        "https": secure.local_addr()?.port(),
        "ca": ca,
    });
    println!("{addresses}");
    spawn_local(accept(plain, None, counts.clone()));
    spawn_local(accept(secure, Some(tls), counts.clone()));

    let mut lines = BufReader::new(tokio::io::stdin()).lines();
    while let Some(line) = lines.next_line().await? {
        println!("{}", counts.command(&line));
    }
    Ok(())
}

async fn accept(listener: TcpListener, tls: Option<TlsAcceptor>, counts: Rc<Counts>) {
    while let Ok((stream, _)) = listener.accept().await {
        let (tls, counts) = (tls.clone(), counts.clone());
        // Errors of a connection are ignored: a lost request is missing in the counts.
        spawn_local(async move {
            stream.set_nodelay(true)?;
            match tls {
                Some(tls) => serve_connection(tls.accept(stream).await?, &counts).await,
                None => serve_connection::<TcpStream>(stream, &counts).await,
            }
        });
    }
}

async fn serve_connection<S>(mut stream: S, counts: &Counts) -> io::Result<()>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let stored = answer(STORED);
    let about = answer(ABOUT);
    let mut buffer = BytesMut::new();
    while let Some(request) = request::read(&mut stream, &mut buffer).await? {
        if !request.is_get {
            counts.add(request.body.bytes());
        }
        let latency = counts.latency();
        if !latency.is_zero() {
            sleep(latency).await;
        }
        let answer = if request.is_get { &about } else { &stored };
        stream.write_all(answer).await?;
        stream.flush().await?;
    }
    Ok(())
}

fn answer(body: &str) -> Vec<u8> {
    let length = body.len();
    format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
    )
    .into_bytes()
}
