//! Makes the body of a trace from its spans.

use std::collections::{BTreeMap, HashMap};

use serde::Serialize;
use serde_json::{Map, Value};

use super::{
    conventions::{self, Kind},
    span::Span,
};
use crate::time;

/// Longer texts are cut, in bytes.
const MAX_TEXT: usize = 64 * 1024;

/// A trace that was made from spans.
#[derive(Debug)]
pub(crate) struct Assembled {
    /// The service that the spans come from.
    pub(crate) agent: String,
    /// The body, in the wire format of the platform.
    pub(crate) body: String,
}

/// The members are in the order of the wire format.
#[derive(Serialize)]
struct Task {
    name: String,
    description: String,
    current_datetime: String,
    duration: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    input_summary: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    output_summary: Option<String>,
    outcome: &'static str,
    steps: Vec<Step>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<StepError>,
    #[serde(skip_serializing_if = "Option::is_none")]
    llm_usage: Option<Usage>,
    environment: Environment,
}

#[derive(Serialize)]
struct Step {
    step_number: usize,
    action: &'static str,
    description: String,
    duration_ms: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    input_preview: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    output_preview: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<StepError>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tool_call: Option<ToolCall>,
    #[serde(skip_serializing_if = "Option::is_none")]
    llm_call: Option<LlmCall>,
    metadata: Map<String, Value>,
}

#[derive(Clone, Serialize)]
struct StepError {
    error_type: String,
    message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    stack_trace: Option<String>,
}

#[derive(Serialize)]
struct ToolCall {
    tool_name: String,
    duration_ms: f64,
}

#[derive(Clone, Serialize)]
struct LlmCall {
    model: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    provider: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    prompt_tokens: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    completion_tokens: Option<u64>,
    latency_ms: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    temperature: Option<f64>,
}

#[derive(Serialize)]
struct Usage {
    model: String,
    prompt_tokens: u64,
    completion_tokens: u64,
    api_calls_count: usize,
}

#[derive(Serialize)]
struct Environment {
    framework: &'static str,
    custom_tags: BTreeMap<String, String>,
}

/// The trace that these spans make; `None` if none of them is about an agent or a model.
pub(crate) fn assemble(mut spans: Vec<Span>) -> Option<Assembled> {
    if spans.iter().all(|span| Kind::of(span) == Kind::Other) {
        return None;
    }
    // A parent starts before its children, or with them: then the tree decides.
    spans.sort_by_key(|span| (span.start_ns, !span.parent.is_empty()));
    let numbers: HashMap<&str, usize> = spans
        .iter()
        .enumerate()
        .map(|(index, span)| (span.span.as_str(), index + 1))
        .collect();
    let root = spans
        .iter()
        .find(|span| !numbers.contains_key(span.parent.as_str()))
        .unwrap_or(&spans[0]);
    let start = spans[0].start_ns;
    let end = spans.iter().map(|span| span.end_ns).max().unwrap_or(start);
    let steps: Vec<Step> = spans
        .iter()
        .enumerate()
        .map(|(index, span)| step(index + 1, span, start, numbers.get(span.parent.as_str())))
        .collect();
    let named = spans.iter().filter(|span| Kind::of(span) != Kind::Other);
    let first = named.clone().next();
    let last_output = || {
        let models = spans.iter().filter(|span| Kind::of(span) == Kind::Model);
        models.filter_map(conventions::output).next_back()
    };
    let error = root.failed.then(|| span_error(root));
    let service = root.resource.get("service.name").and_then(Value::as_str);
    let name = conventions::agent(root).unwrap_or_else(|| root.name.clone());
    let task = Task {
        name: if name.trim().is_empty() {
            "span".to_owned()
        } else {
            name.chars().take(500).collect()
        },
        description: format!("Spans of OpenTelemetry: {}", root.name),
        current_datetime: time::iso(i64::try_from(start / 1_000_000).unwrap_or(0)),
        duration: milliseconds(start, end) / 1000.0,
        input_summary: conventions::input(root)
            .or_else(|| first.and_then(conventions::input))
            .map(cut),
        output_summary: conventions::output(root).or_else(last_output).map(cut),
        outcome: if error.is_some() {
            "failure"
        } else {
            "success"
        },
        errors: error.into_iter().collect(),
        llm_usage: usage(&steps),
        environment: Environment {
            framework: "opentelemetry",
            custom_tags: tags(&spans),
        },
        steps,
    };
    Some(Assembled {
        agent: service.unwrap_or("opentelemetry").to_owned(),
        // Fails only for maps whose keys are not texts.
        body: serde_json::to_string(&task).ok()?,
    })
}

fn step(number: usize, span: &Span, trace_start: u64, parent: Option<&usize>) -> Step {
    let kind = Kind::of(span);
    let duration_ms = milliseconds(span.start_ns, span.end_ns);
    let mut metadata = Map::new();
    let offset = milliseconds(trace_start, span.start_ns);
    metadata.insert("start_offset_ms".to_owned(), Value::from(offset));
    // A span that names itself as its parent has none.
    if let Some(parent) = parent.filter(|parent| **parent != number) {
        metadata.insert("parent_step".to_owned(), Value::from(*parent));
    }
    metadata.insert("span_id".to_owned(), Value::from(span.span.clone()));
    for (name, value) in conventions::metadata(span) {
        metadata.insert(name.to_owned(), value);
    }
    if kind == Kind::Other {
        metadata.insert(
            "attributes".to_owned(),
            Value::Object(span.attributes.clone()),
        );
    }
    let is_model = matches!(kind, Kind::Model | Kind::Embedding);
    Step {
        step_number: number,
        action: kind.action(),
        description: span.name.clone(),
        duration_ms,
        input_preview: conventions::input(span).map(cut),
        output_preview: conventions::output(span).map(cut),
        error: span.failed.then(|| span_error(span)),
        tool_call: (kind == Kind::Tool).then(|| ToolCall {
            tool_name: conventions::tool(span).unwrap_or_else(|| span.name.clone()),
            duration_ms,
        }),
        llm_call: is_model.then(|| LlmCall {
            model: conventions::model(span).unwrap_or_else(|| "unknown".to_owned()),
            provider: conventions::provider(span),
            prompt_tokens: conventions::prompt_tokens(span),
            completion_tokens: conventions::completion_tokens(span),
            latency_ms: duration_ms,
            temperature: conventions::temperature(span),
        }),
        metadata,
    }
}

fn span_error(span: &Span) -> StepError {
    let exception = span.events.iter().find(|event| event.name == "exception");
    let of = |name: &str| {
        let value = exception.and_then(|event| event.attributes.get(name));
        value.and_then(Value::as_str).map(str::to_owned)
    };
    let kind = span.attributes.get("error.type").and_then(Value::as_str);
    let message = Some(span.status_message.clone()).filter(|message| !message.is_empty());
    StepError {
        error_type: kind
            .map(str::to_owned)
            .or_else(|| of("exception.type"))
            .unwrap_or_else(|| "Error".to_owned()),
        message: of("exception.message").or(message).unwrap_or_default(),
        stack_trace: of("exception.stacktrace").map(cut),
    }
}

fn usage(steps: &[Step]) -> Option<Usage> {
    let calls: Vec<_> = steps
        .iter()
        .filter_map(|step| step.llm_call.as_ref())
        .collect();
    let first = calls.first()?;
    let is_one = calls.iter().all(|call| call.model == first.model);
    Some(Usage {
        model: if is_one {
            first.model.clone()
        } else {
            "multiple".to_owned()
        },
        prompt_tokens: calls.iter().filter_map(|call| call.prompt_tokens).sum(),
        completion_tokens: calls.iter().filter_map(|call| call.completion_tokens).sum(),
        api_calls_count: calls.len(),
    })
}

fn tags(spans: &[Span]) -> BTreeMap<String, String> {
    const FROM_RESOURCE: [&str; 3] = [
        "service.name",
        "service.version",
        "deployment.environment.name",
    ];
    let mut tags = BTreeMap::new();
    for span in spans {
        for name in FROM_RESOURCE {
            if let Some(value) = span.resource.get(name).and_then(Value::as_str) {
                tags.insert(name.to_owned(), value.to_owned());
            }
        }
        if let Some(session) = conventions::session(span) {
            tags.entry("session_id".to_owned()).or_insert(session);
        }
    }
    tags
}

#[expect(clippy::cast_precision_loss, reason = "microseconds are enough")]
fn milliseconds(from: u64, to: u64) -> f64 {
    (to.saturating_sub(from) / 1000) as f64 / 1000.0
}

fn cut(mut text: String) -> String {
    if text.len() > MAX_TEXT {
        let mut end = MAX_TEXT;
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        text.truncate(end);
        text.push('…');
    }
    text
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{super::span::Event, *};
    use crate::validation::validate;

    fn span(id: &str, parent: &str, times: (u64, u64), attributes: &Value) -> Span {
        Span {
            trace: "t".to_owned(),
            span: id.to_owned(),
            parent: parent.to_owned(),
            name: format!("span {id}"),
            start_ns: times.0 * 1_000_000,
            end_ns: times.1 * 1_000_000,
            attributes: attributes.as_object().cloned().unwrap(),
            resource: json!({ "service.name": "shop" })
                .as_object()
                .cloned()
                .unwrap(),
            ..Span::default()
        }
    }

    #[test]
    fn makes_a_valid_trace_with_true_times_and_its_tree() {
        let mut tool = span("3", "1", (50, 70), &json!({ "gen_ai.tool.name": "search" }));
        tool.failed = true;
        tool.events.push(Event {
            name: "exception".to_owned(),
            attributes: json!({ "exception.type": "E", "exception.message": "gone" })
                .as_object()
                .cloned()
                .unwrap(),
        });
        let chat = json!({ "gen_ai.operation.name": "chat", "gen_ai.request.model": "m",
            "gen_ai.usage.input_tokens": 5, "gen_ai.usage.output_tokens": 2, "session.id": "s",
            "gen_ai.response.finish_reasons": ["stop"], "gen_ai.output.messages": "Hello" });
        let spans = vec![
            tool,
            span("2", "1", (10, 40), &chat),
            span(
                "1",
                "0",
                (0, 100),
                &json!({ "gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": "Clerk" }),
            ),
        ];
        let Assembled { agent, body } = assemble(spans).unwrap();
        assert_eq!(agent, "shop");
        let parsed = Value::Object(validate(&body).unwrap());
        assert_eq!(
            (&parsed["name"], &parsed["duration"]),
            (&json!("Clerk"), &json!(0.1))
        );
        assert_eq!(parsed["output_summary"], "Hello");
        assert_eq!(parsed["llm_usage"]["prompt_tokens"], 5);
        assert_eq!(parsed["environment"]["custom_tags"]["session_id"], "s");
        let steps = parsed["steps"].as_array().unwrap();
        let actions: Vec<_> = steps.iter().map(|step| &step["action"]).collect();
        assert_eq!(actions, ["agent", "llm_call", "tool_call"]);
        let metadata = &steps[1]["metadata"];
        assert_eq!(
            (
                &metadata["start_offset_ms"],
                &metadata["parent_step"],
                &metadata["finish_reason"]
            ),
            (&json!(10.0), &json!(1), &json!("stop"))
        );
        assert_eq!(steps[2]["error"]["message"], "gone");
    }

    #[test]
    fn leaves_out_what_is_not_about_an_agent() {
        assert!(assemble(vec![span("1", "", (0, 1), &json!({ "http.route": "/" }))]).is_none());
        assert!(assemble(Vec::new()).is_none());
    }
}
