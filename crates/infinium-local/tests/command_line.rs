//! The program, started as from a shell.
#![expect(clippy::unwrap_used, reason = "a test that panics has failed")]

use std::{net::TcpListener, process::Command};

/// Runs it to its end; returns the exit code and what it printed to stderr.
fn run(arguments: &[&str]) -> (Option<i32>, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_infinium-local"))
        .args(arguments)
        .output()
        .unwrap();
    (
        output.status.code(),
        String::from_utf8(output.stderr).unwrap(),
    )
}

#[test]
fn says_which_option_or_file_is_wrong_and_exits_with_2() {
    assert_eq!(
        run(&["--port", "x"]),
        (
            Some(2),
            "infinium-local: --port: cannot parse argument \"x\": invalid digit found in string\n\
             See infinium-local --help.\n"
                .to_owned()
        )
    );
    for (arguments, said) in [
        (["--faults", "/nope"], "--faults: /nope: No such file"),
        (["--fault", "{"], "--fault: EOF while parsing"),
    ] {
        let (code, stderr) = run(&arguments);
        assert_eq!(code, Some(2), "{stderr}");
        assert!(stderr.contains(said), "{stderr}");
    }
}

#[test]
fn says_which_port_or_file_it_cannot_have_and_exits_with_1() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    for (arguments, said) in [
        (["--port", &port], format!("127.0.0.1:{port}: ")),
        (["--db", "/nope/t.db"], "/nope/t.db: ".to_owned()),
    ] {
        let (code, stderr) = run(&arguments);
        assert_eq!(code, Some(1), "{stderr}");
        assert!(stderr.contains(&said), "{stderr}");
    }
}
