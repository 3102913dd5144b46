//! The program as a shell starts it.
#![expect(clippy::unwrap_used, reason = "a test that panics has failed")]

use std::{net::TcpListener, process::Command};

/// Runs the program to its end. Returns the exit code and the text on stderr.
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
fn names_the_invalid_option_or_file_and_exits_with_2() {
    assert_eq!(
        run(&["--port", "x"]),
        (
            Some(2),
            "infinium-local: --port: cannot parse argument \"x\": invalid digit found in string\n\
             See infinium-local --help.\n"
                .to_owned()
        )
    );
    for (arguments, expected) in [
        (["--faults", "/nope"], "--faults: /nope: No such file"),
        (["--fault", "{"], "--fault: EOF while parsing"),
    ] {
        let (code, stderr) = run(&arguments);
        assert_eq!(code, Some(2), "{stderr}");
        assert!(stderr.contains(expected), "{stderr}");
    }
}

#[test]
fn names_the_port_or_file_that_is_unavailable_and_exits_with_1() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    for (arguments, expected) in [
        (["--port", &port], format!("127.0.0.1:{port}: ")),
        (["--db", "/nope/t.db"], "/nope/t.db: ".to_owned()),
    ] {
        let (code, stderr) = run(&arguments);
        assert_eq!(code, Some(1), "{stderr}");
        assert!(stderr.contains(&expected), "{stderr}");
    }
}
