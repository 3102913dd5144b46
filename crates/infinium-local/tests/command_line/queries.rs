//! Reading traces, checking them, and the Model Context Protocol.

use std::{
    fs,
    io::{BufRead, BufReader, Write},
    process::Stdio,
};

use serde_json::{Value, json};

use crate::support::{Home, send_trace, stderr};

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// A home with three traces, two of them failed.
fn home_with_traces(name: &str) -> Home {
    let home = Home::new(name);
    let line = |id: &str, rest: &str| {
        format!(
            r#"{{"traceId":"{id}","agentId":"a","receivedMs":1795426200000,"source":"infinium","body":{{"name":"trace {id}","duration":1{rest}}}}}"#
        )
    };
    let failed = r#","errors":[{"error_type":"E","message":"no\u001b[31m whale"}]"#;
    let tool = r#","steps":[{"action":"tool_call","tool_call":{"tool_name":"search"}}],"llm_usage":{"total_tokens":90}"#;
    let lines = [line("t1", tool), line("t2", failed), line("t3", failed)].join("\n");
    let file = home.0.join("lines.jsonl");
    fs::write(&file, lines).unwrap();
    let imported = home.run(&["import", file.to_str().unwrap()]);
    assert!(imported.status.success(), "{}", stderr(&imported));
    home
}

#[test]
fn searches_and_shows_traces() {
    let home = home_with_traces("search");
    let found = home.run(&["search", "whale", "--json"]);
    let stdout = text(&found.stdout);
    let ids: Vec<Value> = stdout
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap()["traceId"].clone())
        .collect();
    assert_eq!(ids, ["t3", "t2"]);
    let found = home.run(&["search", "--outcome", "ok"]);
    assert!(
        text(&found.stdout).contains("t1  trace t1"),
        "{}",
        text(&found.stdout)
    );
    let failed = text(&home.run(&["search", "whale"]).stdout);
    assert!(!failed.contains('\u{1b}'), "{failed:?}");
    let shown = home.run(&["show", "last"]);
    assert!(text(&shown.stdout).starts_with("# trace t3\n"));
    let body: Value = serde_json::from_slice(&home.run(&["show", "t1", "--json"]).stdout).unwrap();
    assert_eq!(body["name"], "trace t1");
    let missing = home.run(&["show", "t9"]);
    assert_eq!(missing.status.code(), Some(1));
    assert!(stderr(&missing).contains("t9"));
}

#[test]
fn follows_what_arrives() {
    let home = Home::new("tail");
    let (_server, ready) = home.serve(&["--port", "0"]);
    send_trace(&ready["port"]);
    let mut tail = home
        .command(&["tail", "--json"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(tail.stdout.take().unwrap()).lines();
    let mut next = || {
        serde_json::from_str::<Value>(&lines.next().unwrap().unwrap()).unwrap()["number"].clone()
    };
    assert_eq!(next(), 1);
    send_trace(&ready["port"]);
    assert_eq!(next(), 2);
    // It ends when nobody reads.
    drop(lines);
    send_trace(&ready["port"]);
    assert!(tail.wait().unwrap().success());
}

#[test]
fn checks_rules_and_writes_a_junit_file() {
    let home = home_with_traces("check");
    let rules = home.0.join("rules.json");
    let junit = home.0.join("junit.xml");
    let check = |json: Value, filters: &[&str]| {
        fs::write(&rules, json.to_string()).unwrap();
        let mut arguments = vec!["check", "--file", rules.to_str().unwrap()];
        arguments.extend(["--junit", junit.to_str().unwrap()]);
        arguments.extend(filters);
        let output = home.run(&arguments);
        (
            output.status.code(),
            text(&output.stdout) + &stderr(&output),
        )
    };
    for (rules, holds) in [
        (
            json!({ "maxFailedTraces": 2, "maxTokens": 90, "p95DurationMs": 1000 }),
            true,
        ),
        (json!({ "maxFailedTraces": 1 }), false),
        (json!({ "minTraces": 4 }), false),
        (json!({ "maxFailedSteps": 0 }), true),
        (json!({ "maxTokens": 89 }), false),
        (json!({ "maxTotalTokens": 89 }), false),
        (json!({ "maxCostUsd": 0 }), true),
        (json!({ "maxDurationMs": 999 }), false),
        (json!({ "p50DurationMs": 999 }), false),
        (
            json!({ "requiredTools": ["search"], "forbiddenTools": ["delete"] }),
            true,
        ),
        (json!({ "forbiddenTools": ["search"] }), false),
        (json!({ "requiredTools": ["delete"] }), false),
    ] {
        let (code, output) = check(rules.clone(), &[]);
        assert_eq!(code, Some(i32::from(!holds)), "{rules}: {output}");
        let report = fs::read_to_string(&junit).unwrap();
        assert_eq!(report.contains("<failure"), !holds, "{report}");
    }
    assert_eq!(
        check(json!({ "maxFailedTraces": 0 }), &["--outcome", "ok"]).0,
        Some(0)
    );
    assert_eq!(check(json!({}), &["--agent", "nobody"]).0, Some(1));
    let (code, output) = check(json!({ "maxTokns": 1 }), &[]);
    assert_eq!(code, Some(1));
    assert!(output.contains("maxTokns"), "{output}");
}

#[cfg(unix)]
#[test]
fn checks_the_traces_of_a_program() {
    let home = home_with_traces("run-check");
    let rules = home.0.join("rules.json");
    fs::write(&rules, r#"{"maxFailedTraces":0}"#).unwrap();
    let run = |script: &str| {
        let check = rules.to_str().unwrap();
        home.run(&[
            "run", "--port", "0", "--check", check, "--", "sh", "-c", script,
        ])
    };
    // There are failed traces, but not of this program, which has none.
    let output = run("true");
    assert_eq!(output.status.code(), Some(1));
    assert!(
        text(&output.stdout).contains("minTraces 1: 0 traces"),
        "{}",
        text(&output.stdout)
    );
    assert_eq!(run("exit 3").status.code(), Some(3));
}

#[test]
fn speaks_the_model_context_protocol() {
    let home = home_with_traces("mcp");
    let mut child = home
        .command(&["mcp"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut call = |name: &str, arguments: Value| {
        let message = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call",
            "params": { "name": name, "arguments": arguments } });
        writeln!(stdin, "{message}").unwrap();
        let answer: Value = serde_json::from_str(&lines.next().unwrap().unwrap()).unwrap();
        let result = &answer["result"];
        let is_error = result["isError"].as_bool().unwrap();
        (
            is_error,
            result["content"][0]["text"].as_str().unwrap().to_owned(),
        )
    };
    let (is_error, list) = call("list_traces", json!({ "outcome": "failed", "limit": 1 }));
    assert!(
        !is_error && list.starts_with("1 of 2 traces in all\n- trace t3 | t3, failed"),
        "{list}"
    );
    let (_, found) = call("search_traces", json!({ "q": "search" }));
    assert!(
        found.starts_with("0 of 0") || found.contains("t1"),
        "{found}"
    );
    let (_, trace) = call("get_trace", json!({ "id": "last" }));
    assert!(trace.starts_with("# trace t3"), "{trace}");
    let (_, errors) = call("find_errors", json!({}));
    assert!(
        errors.contains("2 failed traces") && errors.contains("0 rejected"),
        "{errors}"
    );
    let (_, compared) = call("compare_traces", json!({ "a": "t1", "b": "t2" }));
    let compared: Value = serde_json::from_str(&compared).unwrap();
    assert_eq!(compared["steps"][0]["state"], "removed");
    for (name, arguments, expected) in [
        ("get_trace", json!({ "id": "t9" }), "t9"),
        ("list_traces", json!({ "colour": "red" }), "colour"),
        ("search_traces", json!({}), "q must be"),
    ] {
        let (is_error, message) = call(name, arguments);
        assert!(is_error && message.contains(expected), "{message}");
    }
    drop(stdin);
    assert!(child.wait().unwrap().success());
}
