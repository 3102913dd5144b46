//! The program as a shell starts it.
#![expect(clippy::unwrap_used, reason = "a test that panics has failed")]

use std::{
    fs,
    io::{BufRead, BufReader, Write},
    net::{TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
};

use serde_json::Value;

const PROGRAM: &str = env!("CARGO_BIN_EXE_infinium-local");

/// A folder that is the user's data directory.
struct Home(PathBuf);

impl Home {
    fn new(name: &str) -> Self {
        let folder = format!("infinium-local-{name}-{}", std::process::id());
        let folder = std::env::temp_dir().join(folder);
        fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(PROGRAM);
        command
            .args(arguments)
            .env("HOME", &self.0)
            .env("XDG_DATA_HOME", &self.0);
        command
    }

    fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    /// Starts a platform. Returns what it prints when it is ready.
    fn serve(&self, arguments: &[&str]) -> (Server, Value) {
        let mut child = self
            .command(arguments)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        stdout.read_line(&mut line).unwrap();
        (Server(child), serde_json::from_str(&line).unwrap())
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn send_trace(port: &Value) {
    let body =
        r#"{"name":"n","description":"d","current_datetime":"2026-11-23T09:30:00Z","duration":1}"#;
    let mut stream = TcpStream::connect(format!("127.0.0.1:{port}")).unwrap();
    let request = format!(
        "POST /api/v1/agents/a/trace HTTP/1.1\r\nhost: localhost\r\nuser-agent: test\r\nx-agent-id: a\r\n\
         x-agent-key: secret-0123\r\ncontent-type: application/json\r\nconnection: close\r\n\
         content-length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(request.as_bytes()).unwrap();
    let mut status = String::new();
    BufReader::new(stream).read_line(&mut status).unwrap();
    assert!(status.contains(" 200 "), "{status}");
}

#[test]
fn names_the_invalid_option_or_file_and_exits_with_2() {
    let home = Home::new("invalid");
    let output = home.run(&["--port", "x"]);
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(
        stderr(&output),
        "infinium-local: --port: cannot parse argument \"x\": invalid digit found in string\n\
         See infinium-local --help.\n"
    );
    for (arguments, expected) in [
        (["--faults", "/nope"], "--faults: /nope: No such file"),
        (["--fault", "{"], "--fault: EOF while parsing"),
    ] {
        let output = home.run(&arguments);
        assert_eq!(output.status.code(), Some(2), "{}", stderr(&output));
        assert!(stderr(&output).contains(expected), "{}", stderr(&output));
    }
}

#[test]
fn names_the_port_or_file_that_is_unavailable_and_exits_with_1() {
    let home = Home::new("unavailable");
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    for (arguments, expected) in [
        (["--port", &port], format!("127.0.0.1:{port}: ")),
        (["--db=/nope/t.db", "--port=0"], "/nope/t.db: ".to_owned()),
    ] {
        let output = home.run(&arguments);
        assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
        assert!(stderr(&output).contains(&expected), "{}", stderr(&output));
    }
}

#[test]
fn keeps_traces_in_the_data_directory_and_exports_imports_and_clears_them() {
    let home = Home::new("data");
    let (server, ready) = home.serve(&["--port", "0"]);
    let database = ready["database"].as_str().unwrap();
    assert!(Path::new(database).starts_with(&home.0), "{database}");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let folder = Path::new(database).parent().unwrap();
        let mode = fs::metadata(folder).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "other users can read {folder:?}");
    }
    send_trace(&ready["port"]);
    let exported = home.run(&["export"]);
    assert_eq!(stderr(&exported), "infinium-local: exported 1 trace\n");
    let line: Value = serde_json::from_slice(&exported.stdout).unwrap();
    assert_eq!(line["body"]["name"], "n");
    assert!(home.run(&["clear"]).status.success());
    assert!(home.run(&["export"]).stdout.is_empty());
    drop(server);
    let file = home.0.join("traces.jsonl");
    fs::write(&file, &exported.stdout).unwrap();
    let imported = home.run(&["import", file.to_str().unwrap()]);
    assert_eq!(stderr(&imported), "infinium-local: imported 1 trace\n");
    assert_eq!(home.run(&["export"]).stdout, exported.stdout);
    let missing = home.run(&["import", "/nope.jsonl"]);
    assert_eq!(missing.status.code(), Some(1));
    assert!(stderr(&missing).contains("/nope.jsonl"));
}

#[test]
fn shows_the_one_that_is_running_instead_of_starting_a_second() {
    let home = Home::new("second");
    let (_server, ready) = home.serve(&["--port", "0", "--memory"]);
    let port = format!("--port={}", ready["port"]);
    let second = home.run(&[&port]);
    assert!(second.status.success(), "{}", stderr(&second));
    let shown: Value = serde_json::from_slice(&second.stdout).unwrap();
    assert_eq!(shown, ready);
    let other_options = home.run(&[&port, "--rate=1"]);
    assert_eq!(other_options.status.code(), Some(1));
    assert!(stderr(&other_options).contains("is running at http://127.0.0.1:"));
}

#[cfg(unix)]
#[test]
fn runs_a_program_with_the_base_url_and_exits_with_its_code() {
    let home = Home::new("run");
    let script =
        "echo $INFINIUM_BASE_URL $INFINIUM_AGENT_ID $OTEL_EXPORTER_OTLP_TRACES_ENDPOINT; exit 7";
    let output = home.run(&["run", "--port", "0", "--memory", "--", "sh", "-c", script]);
    assert_eq!(output.status.code(), Some(7), "{}", stderr(&output));
    let text = String::from_utf8(output.stdout).unwrap();
    let words: Vec<_> = text.split_whitespace().collect();
    assert!(
        words[0].starts_with("http://127.0.0.1:") && words[0].ends_with("/api/v1"),
        "{text}"
    );
    assert_eq!(words[1], "local-agent");
    assert!(words[2].ends_with("/v1/traces"), "{text}");

    // A platform that is running is used.
    let (_server, ready) = home.serve(&["--port", "0", "--memory"]);
    let port = format!("--port={}", ready["port"]);
    let output = home.run(&["run", &port, "--", "sh", "-c", "echo $INFINIUM_BASE_URL"]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(Some(text.trim()), ready["url"].as_str());

    let output = home.run(&["run", &port, "--", "/nope/program"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("cannot run /nope/program"));
}
