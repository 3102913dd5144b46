//! OTLP in JSON: ids are hexadecimal, and 64-bit numbers are numbers or strings.

use serde_json::Value;

use super::span::{Attributes, Event, STATUS_ERROR, Span};

/// Reads an export of spans.
///
/// # Errors
/// A message, if the body is not one.
pub(crate) fn read_json(body: &[u8]) -> Result<Vec<Span>, String> {
    let request: Value = serde_json::from_slice(body)
        .map_err(|error| format!("the body is not an export of spans in JSON: {error}"))?;
    let Some(groups) = request["resourceSpans"].as_array() else {
        return Err("the body has no resourceSpans".to_owned());
    };
    let mut spans = Vec::new();
    for group in groups {
        let resource = attributes(&group["resource"]["attributes"]);
        for scope in items(&group["scopeSpans"]) {
            for span in items(&scope["spans"]) {
                spans.push(read_span(span, resource.clone())?);
            }
        }
    }
    Ok(spans)
}

fn read_span(span: &Value, resource: Attributes) -> Result<Span, String> {
    let text = |name: &str| span[name].as_str().unwrap_or_default().to_owned();
    let id = |name: &str| {
        let id = text(name).to_ascii_lowercase();
        let is_hex = id.bytes().all(|byte| byte.is_ascii_hexdigit());
        if is_hex {
            Ok(id)
        } else {
            Err(format!("{name} of a span is not hexadecimal"))
        }
    };
    let events = items(&span["events"]).map(|event| Event {
        name: event["name"].as_str().unwrap_or_default().to_owned(),
        attributes: attributes(&event["attributes"]),
    });
    let status = &span["status"];
    let is_error =
        status["code"] == "STATUS_CODE_ERROR" || whole(&status["code"]) == Some(STATUS_ERROR);
    let nanoseconds = |name: &str| whole(&span[name]).unwrap_or_default().unsigned_abs();
    Ok(Span {
        trace: id("traceId")?,
        span: id("spanId")?,
        parent: id("parentSpanId")?,
        name: text("name"),
        start_ns: nanoseconds("startTimeUnixNano"),
        end_ns: nanoseconds("endTimeUnixNano"),
        attributes: attributes(&span["attributes"]),
        events: events.collect(),
        failed: is_error,
        status_message: status["message"].as_str().unwrap_or_default().to_owned(),
        resource,
    })
}

fn attributes(pairs: &Value) -> Attributes {
    items(pairs)
        .filter_map(|pair| Some((pair["key"].as_str()?.to_owned(), value(&pair["value"]))))
        .collect()
}

fn value(any: &Value) -> Value {
    let Some((kind, content)) = any.as_object().and_then(|object| object.iter().next()) else {
        return Value::Null;
    };
    match kind.as_str() {
        "intValue" => whole(content).map_or(Value::Null, Value::from),
        "arrayValue" => items(&content["values"]).map(value).collect(),
        "kvlistValue" => Value::Object(attributes(&content["values"])),
        _ => content.clone(),
    }
}

fn whole(value: &Value) -> Option<i64> {
    value.as_i64().or_else(|| value.as_str()?.parse().ok())
}

fn items(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_an_exporter_writes() {
        let body = br#"{"resourceSpans":[{
            "resource":{"attributes":[{"key":"service.name","value":{"stringValue":"app"}}]},
            "scopeSpans":[{"spans":[{
                "traceId":"ABCD","spanId":"01","name":"chat","startTimeUnixNano":"5","endTimeUnixNano":9,
                "attributes":[{"key":"n","value":{"intValue":"7"}},
                    {"key":"list","value":{"arrayValue":{"values":[{"boolValue":true}]}}}],
                "events":[{"name":"exception","attributes":[{"key":"exception.type","value":{"stringValue":"E"}}]}],
                "status":{"code":2,"message":"gone"}}]}]}]}"#;
        let span = read_json(body).unwrap().remove(0);
        assert_eq!(
            (span.trace.as_str(), span.start_ns, span.end_ns),
            ("abcd", 5, 9)
        );
        assert_eq!(
            (&span.attributes["n"], span.failed),
            (&Value::from(7), true)
        );
        assert_eq!(span.attributes["list"], serde_json::json!([true]));
        assert_eq!(span.events[0].attributes["exception.type"], "E");
        assert_eq!(span.resource["service.name"], "app");
        for wrong in [
            "",
            "{}",
            r#"{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"../x"}]}]}]}"#,
        ] {
            assert!(read_json(wrong.as_bytes()).is_err(), "{wrong}");
        }
    }
}
