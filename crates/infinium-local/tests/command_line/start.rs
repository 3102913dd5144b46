//! Starting, and what to do with the file.

use std::{fs, net::TcpListener, path::Path};

use serde_json::Value;

use crate::support::{Home, send_trace, stderr};

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

#[cfg(unix)]
#[test]
fn passes_sigterm_on_to_the_program() {
    use std::{
        io::{BufRead, BufReader},
        process::{Command, Stdio},
    };

    let home = Home::new("terminate");
    let script = "trap 'echo ended; exit 5' TERM; echo ready; while :; do sleep 0.02; done";
    let mut run = home
        .command(&["run", "--port", "0", "--memory", "--", "sh", "-c", script])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(run.stdout.take().unwrap()).lines();
    assert_eq!(lines.next().unwrap().unwrap(), "ready");
    let sent = Command::new("kill").arg(run.id().to_string()).status();
    assert!(sent.unwrap().success());
    assert_eq!(lines.next().unwrap().unwrap(), "ended");
    assert_eq!(run.wait().unwrap().code(), Some(5));
}
