//! OTLP in protobuf. Only the fields that are used are declared; others are skipped.

use base64::{Engine, engine::general_purpose::STANDARD};
use prost::{Message, Oneof};
use serde_json::Value;

use super::span::{Attributes, Event, STATUS_ERROR, Span, hex};

#[derive(Clone, PartialEq, Message)]
struct ExportRequest {
    #[prost(message, repeated, tag = "1")]
    resource_spans: Vec<ResourceSpans>,
}

#[derive(Clone, PartialEq, Message)]
struct ResourceSpans {
    #[prost(message, optional, tag = "1")]
    resource: Option<Resource>,
    #[prost(message, repeated, tag = "2")]
    scope_spans: Vec<ScopeSpans>,
}

#[derive(Clone, PartialEq, Message)]
struct Resource {
    #[prost(message, repeated, tag = "1")]
    attributes: Vec<KeyValue>,
}

#[derive(Clone, PartialEq, Message)]
struct ScopeSpans {
    #[prost(message, repeated, tag = "2")]
    spans: Vec<WireSpan>,
}

#[derive(Clone, PartialEq, Message)]
struct WireSpan {
    #[prost(bytes = "vec", tag = "1")]
    trace_id: Vec<u8>,
    #[prost(bytes = "vec", tag = "2")]
    span_id: Vec<u8>,
    #[prost(bytes = "vec", tag = "4")]
    parent_span_id: Vec<u8>,
    #[prost(string, tag = "5")]
    name: String,
    #[prost(fixed64, tag = "7")]
    start_time_unix_nano: u64,
    #[prost(fixed64, tag = "8")]
    end_time_unix_nano: u64,
    #[prost(message, repeated, tag = "9")]
    attributes: Vec<KeyValue>,
    #[prost(message, repeated, tag = "11")]
    events: Vec<WireEvent>,
    #[prost(message, optional, tag = "15")]
    status: Option<Status>,
}

#[derive(Clone, PartialEq, Message)]
struct WireEvent {
    #[prost(string, tag = "2")]
    name: String,
    #[prost(message, repeated, tag = "3")]
    attributes: Vec<KeyValue>,
}

#[derive(Clone, PartialEq, Message)]
struct Status {
    #[prost(string, tag = "2")]
    message: String,
    #[prost(int32, tag = "3")]
    code: i32,
}

#[derive(Clone, PartialEq, Message)]
struct KeyValue {
    #[prost(string, tag = "1")]
    key: String,
    #[prost(message, optional, tag = "2")]
    value: Option<AnyValue>,
}

#[derive(Clone, PartialEq, Message)]
struct AnyValue {
    #[prost(oneof = "Kind", tags = "1, 2, 3, 4, 5, 6, 7")]
    kind: Option<Kind>,
}

#[derive(Clone, PartialEq, Oneof)]
enum Kind {
    #[prost(string, tag = "1")]
    Text(String),
    #[prost(bool, tag = "2")]
    Flag(bool),
    #[prost(int64, tag = "3")]
    Whole(i64),
    #[prost(double, tag = "4")]
    Number(f64),
    #[prost(message, tag = "5")]
    List(ArrayValue),
    #[prost(message, tag = "6")]
    Map(KeyValueList),
    #[prost(bytes = "vec", tag = "7")]
    Bytes(Vec<u8>),
}

#[derive(Clone, PartialEq, Message)]
struct ArrayValue {
    #[prost(message, repeated, tag = "1")]
    values: Vec<AnyValue>,
}

#[derive(Clone, PartialEq, Message)]
struct KeyValueList {
    #[prost(message, repeated, tag = "1")]
    values: Vec<KeyValue>,
}

/// Reads an export of spans.
///
/// # Errors
/// A message, if the body is not one.
pub(crate) fn read_protobuf(body: &[u8]) -> Result<Vec<Span>, String> {
    let request = ExportRequest::decode(body)
        .map_err(|error| format!("the body is not an export of spans in protobuf: {error}"))?;
    let mut spans = Vec::new();
    for group in request.resource_spans {
        let resource = attributes(group.resource.unwrap_or_default().attributes);
        let found = group.scope_spans.into_iter().flat_map(|scope| scope.spans);
        spans.extend(found.map(|span| read_span(span, resource.clone())));
    }
    Ok(spans)
}

fn read_span(span: WireSpan, resource: Attributes) -> Span {
    let status = span.status.unwrap_or_default();
    Span {
        trace: hex(&span.trace_id),
        span: hex(&span.span_id),
        parent: hex(&span.parent_span_id),
        name: span.name,
        start_ns: span.start_time_unix_nano,
        end_ns: span.end_time_unix_nano,
        attributes: attributes(span.attributes),
        events: span
            .events
            .into_iter()
            .map(|event| Event {
                name: event.name,
                attributes: attributes(event.attributes),
            })
            .collect(),
        failed: i64::from(status.code) == STATUS_ERROR,
        status_message: status.message,
        resource,
    }
}

fn attributes(pairs: Vec<KeyValue>) -> Attributes {
    pairs
        .into_iter()
        .map(|pair| (pair.key, value(pair.value.unwrap_or_default())))
        .collect()
}

fn value(any: AnyValue) -> Value {
    match any.kind {
        None => Value::Null,
        Some(Kind::Text(text)) => Value::from(text),
        Some(Kind::Flag(flag)) => Value::from(flag),
        Some(Kind::Whole(number)) => Value::from(number),
        Some(Kind::Number(number)) => Value::from(number),
        Some(Kind::List(list)) => list.values.into_iter().map(value).collect(),
        Some(Kind::Map(map)) => Value::Object(attributes(map.values)),
        Some(Kind::Bytes(bytes)) => Value::from(STANDARD.encode(bytes)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pair(key: &str, kind: Kind) -> KeyValue {
        KeyValue {
            key: key.to_owned(),
            value: Some(AnyValue { kind: Some(kind) }),
        }
    }

    #[test]
    fn reads_what_an_exporter_writes() {
        let list = ArrayValue {
            values: vec![AnyValue {
                kind: Some(Kind::Flag(true)),
            }],
        };
        let request = ExportRequest {
            resource_spans: vec![ResourceSpans {
                resource: Some(Resource {
                    attributes: vec![pair("service.name", Kind::Text("app".to_owned()))],
                }),
                scope_spans: vec![ScopeSpans {
                    spans: vec![WireSpan {
                        trace_id: vec![0xab; 16],
                        span_id: vec![1; 8],
                        name: "chat".to_owned(),
                        start_time_unix_nano: 5,
                        end_time_unix_nano: 9,
                        attributes: vec![
                            pair("n", Kind::Whole(7)),
                            pair("list", Kind::List(list)),
                            pair("bytes", Kind::Bytes(vec![1, 2])),
                        ],
                        status: Some(Status {
                            message: "gone".to_owned(),
                            code: 2,
                        }),
                        ..WireSpan::default()
                    }],
                }],
            }],
        };
        let spans = read_protobuf(&request.encode_to_vec()).unwrap();
        let span = &spans[0];
        assert_eq!(
            (span.trace.as_str(), span.span.as_str()),
            ("ab".repeat(16).as_str(), "0101010101010101")
        );
        assert_eq!(
            (span.parent.as_str(), span.start_ns, span.failed),
            ("", 5, true)
        );
        assert_eq!(span.attributes["list"], serde_json::json!([true]));
        assert_eq!(span.attributes["bytes"], "AQI=");
        assert_eq!(span.resource["service.name"], "app");
        assert!(
            read_protobuf(b"\xff\xff\xff")
                .unwrap_err()
                .contains("protobuf")
        );
    }
}
