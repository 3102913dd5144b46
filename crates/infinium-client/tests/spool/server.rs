//! A server that accepts tasks, or never answers.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc::{Receiver, Sender, channel},
    },
    thread,
};

pub(crate) struct Server {
    pub(crate) url: String,
    /// The idempotency key of each request.
    pub(crate) keys: Receiver<String>,
    answers: Arc<AtomicBool>,
}

impl Server {
    /// Starts a server that does not answer yet.
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (sender, keys) = channel();
        let answers = Arc::new(AtomicBool::new(false));
        let state = answers.clone();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (sender, state) = (sender.clone(), state.clone());
                thread::spawn(move || serve(&stream, &sender, &state));
            }
        });
        Self { url, keys, answers }
    }

    pub(crate) fn answer(&self) {
        self.answers.store(true, Ordering::SeqCst);
    }
}

/// Serves a connection until it ends.
fn serve(stream: &TcpStream, keys: &Sender<String>, answers: &AtomicBool) -> Option<()> {
    let mut reader = BufReader::new(stream);
    loop {
        let (mut length, mut key) = (0, String::new());
        loop {
            let mut line = String::new();
            if reader.read_line(&mut line).ok()? == 0 {
                return None;
            }
            let line = line.trim_end().to_lowercase();
            match line.split_once(": ") {
                Some(("content-length", value)) => length = value.parse().unwrap(),
                Some(("idempotency-key", value)) => key = value.to_owned(),
                _ if line.is_empty() => break,
                _ => {}
            }
        }
        reader.read_exact(&mut vec![0; length]).ok()?;
        keys.send(key).ok()?;
        if answers.load(Ordering::SeqCst) {
            let mut stream = stream;
            stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}").ok()?;
        }
    }
}
