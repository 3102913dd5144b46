//! Spans of OpenTelemetry, and the Model Context Protocol over HTTP.

use infinium_local::{Options, Platform};
use serde_json::{Value, json};

use crate::support::{ask, start};

const JSON: [(&str, &str); 1] = [("content-type", "application/json")];

fn export(spans: &Value) -> String {
    let service = json!([{ "key": "service.name", "value": { "stringValue": "shop" } }]);
    json!({ "resourceSpans": [{ "resource": { "attributes": service }, "scopeSpans": [{ "spans": spans }] }] })
        .to_string()
}

fn span(id: &str, parent: &str, attribute: (&str, &str)) -> Value {
    json!({
        "traceId": "0af7651916cd43dd8448eb211c80319c", "spanId": id, "parentSpanId": parent,
        "name": format!("span {id}"),
        "startTimeUnixNano": format!("{}000000", id.parse::<u64>().unwrap() * 10),
        "endTimeUnixNano": "99000000",
        "attributes": [{ "key": attribute.0, "value": { "stringValue": attribute.1 } }],
    })
}

async fn list(platform: &Platform) -> Value {
    ask(platform, "GET", "/local/list", &[], "").await.json()["traces"].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn makes_one_trace_of_spans_that_arrive_in_any_order() {
    let platform = start(Options::default()).await;
    let child = export(&json!([span("2", "1", ("gen_ai.operation.name", "chat"))]));
    let reply = ask(&platform, "POST", "/v1/traces", &JSON, &child).await;
    assert_eq!((reply.status, reply.body.as_str()), (200, "{}"));
    assert_eq!(list(&platform).await[0]["steps"], 1);
    let root = export(&json!([span(
        "1",
        "",
        ("gen_ai.operation.name", "invoke_agent")
    )]));
    ask(&platform, "POST", "/v1/traces", &JSON, &root).await;
    let traces = list(&platform).await;
    let facts = ["traceId", "agent", "name", "steps", "source"].map(|name| traces[0][name].clone());
    let expected = json!([
        "0af7651916cd43dd8448eb211c80319c",
        "shop",
        "span 1",
        2,
        "otlp"
    ]);
    assert_eq!(
        (
            Value::from(facts.to_vec()),
            traces.as_array().unwrap().len()
        ),
        (expected, 1)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn keeps_spans_of_others_out_of_the_list_and_says_what_is_wrong() {
    let platform = start(Options::default()).await;
    let other = export(&json!([span("1", "", ("http.route", "/"))]));
    assert_eq!(
        ask(&platform, "POST", "/v1/traces", &JSON, &other)
            .await
            .status,
        200
    );
    assert_eq!(list(&platform).await, json!([]));
    for (headers, body, status) in [
        ([("content-type", "text/plain")].as_slice(), "", 415),
        (&JSON, "{", 400),
        (
            &[("content-type", "application/x-protobuf")],
            "nonsense",
            400,
        ),
        (
            &[
                ("content-type", "application/json"),
                ("content-encoding", "gzip"),
            ],
            "nonsense",
            400,
        ),
        (
            &[
                ("content-type", "application/json"),
                ("content-encoding", "br"),
            ],
            "",
            415,
        ),
    ] {
        let reply = ask(&platform, "POST", "/v1/traces", headers, body).await;
        assert_eq!(reply.status, status, "{headers:?}");
    }
    let rejected = ask(&platform, "GET", "/local/rejected", &[], "")
        .await
        .json();
    assert_eq!(rejected.as_array().unwrap().len(), 5);
    for path in ["/v1/metrics", "/v1/logs"] {
        assert_eq!(ask(&platform, "POST", path, &JSON, "{}").await.status, 200);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_coding_agents_over_http() {
    let platform = start(Options::default()).await;
    let request = r#"{"jsonrpc":"2.0","id":7,"method":"tools/list"}"#;
    let reply = ask(&platform, "POST", "/mcp", &JSON, request).await;
    let tools = reply.json()["result"]["tools"].clone();
    assert_eq!(tools[0]["name"], "list_traces");
    let notification = r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#;
    assert_eq!(
        ask(&platform, "POST", "/mcp", &JSON, notification)
            .await
            .status,
        202
    );
    assert_eq!(ask(&platform, "GET", "/mcp", &JSON, "").await.status, 405);
    let foreign = [("origin", "http://attacker.example")];
    assert_eq!(
        ask(&platform, "POST", "/mcp", &foreign, request)
            .await
            .status,
        403
    );
    let guide = ask(&platform, "GET", "/llms.txt", &[], "").await;
    assert!(guide.body.starts_with("# infinium-local"));
}
