//! The names that instrumentations give to what they tell: OpenTelemetry's `gen_ai.*`, the AI SDK's `ai.*`,
//! OpenInference, and OpenLLMetry.

use serde_json::Value;

use super::span::{Attributes, Span};

const MODEL: &[&str] = &[
    "gen_ai.response.model",
    "gen_ai.request.model",
    "ai.response.model",
    "ai.model.id",
    "llm.model_name",
    "embedding.model_name",
];
const PROVIDER: &[&str] = &[
    "gen_ai.provider.name",
    "gen_ai.system",
    "ai.model.provider",
    "llm.provider",
    "llm.system",
];
const PROMPT_TOKENS: &[&str] = &[
    "gen_ai.usage.input_tokens",
    "gen_ai.usage.prompt_tokens",
    "ai.usage.inputTokens",
    "ai.usage.promptTokens",
    "ai.usage.tokens",
    "llm.token_count.prompt",
];
const COMPLETION_TOKENS: &[&str] = &[
    "gen_ai.usage.output_tokens",
    "gen_ai.usage.completion_tokens",
    "ai.usage.outputTokens",
    "ai.usage.completionTokens",
    "llm.token_count.completion",
];
const TOOL: &[&str] = &["gen_ai.tool.name", "ai.toolCall.name", "tool.name"];
const AGENT: &[&str] = &["gen_ai.agent.name", "agent.name", "ai.telemetry.functionId"];
const SESSION: &[&str] = &[
    "session.id",
    "gen_ai.conversation.id",
    "ai.telemetry.metadata.sessionId",
    "ai.telemetry.metadata.session_id",
];
const INPUT: &[&str] = &[
    "gen_ai.input.messages",
    "gen_ai.tool.call.arguments",
    "ai.toolCall.args",
    "ai.prompt.messages",
    "ai.prompt",
    "ai.value",
    "input.value",
    "gen_ai.prompt",
    "traceloop.entity.input",
];
const OUTPUT: &[&str] = &[
    "gen_ai.output.messages",
    "gen_ai.tool.call.result",
    "ai.toolCall.result",
    "ai.response.text",
    "ai.response.object",
    "ai.response.toolCalls",
    "output.value",
    "gen_ai.completion",
    "traceloop.entity.output",
];
/// Messages that are spread over many attributes, as in `gen_ai.prompt.0.content`.
const SPREAD_INPUT: &[&str] = &["gen_ai.prompt.", "llm.input_messages."];
const SPREAD_OUTPUT: &[&str] = &["gen_ai.completion.", "llm.output_messages."];
const INPUT_EVENTS: &[&str] = &[
    "gen_ai.content.prompt",
    "gen_ai.system.message",
    "gen_ai.user.message",
    "gen_ai.assistant.message",
    "gen_ai.tool.message",
];
const OUTPUT_EVENTS: &[&str] = &["gen_ai.content.completion", "gen_ai.choice"];

/// Facts that go into the metadata of a step, by the names that the SDK gives them.
const METADATA: &[(&str, &[&str])] = &[
    (
        "cached_tokens",
        &[
            "gen_ai.usage.cache_read.input_tokens",
            "gen_ai.usage.cache_read_input_tokens",
            "ai.usage.cachedInputTokens",
            "llm.token_count.prompt_details.cache_read",
        ],
    ),
    (
        "reasoning_tokens",
        &[
            "gen_ai.usage.reasoning_tokens",
            "ai.usage.reasoningTokens",
            "llm.token_count.completion_details.reasoning",
        ],
    ),
    (
        "finish_reason",
        &["gen_ai.response.finish_reasons", "ai.response.finishReason"],
    ),
    ("response_id", &["gen_ai.response.id", "ai.response.id"]),
    (
        "time_to_first_token_ms",
        &["ai.response.msToFirstChunk", "ai.response.msToFirstToken"],
    ),
    ("cost_usd", &["gen_ai.usage.cost", "llm.cost.total"]),
    ("tool_call_id", &["gen_ai.tool.call.id", "ai.toolCall.id"]),
];

/// What a span is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Model,
    Embedding,
    Tool,
    Agent,
    Retrieval,
    Guardrail,
    /// Nothing of an agent: a request, a query of a database.
    Other,
}

impl Kind {
    /// The action of the step.
    pub(super) fn action(self) -> &'static str {
        match self {
            Self::Model => "llm_call",
            Self::Embedding => "embedding",
            Self::Tool => "tool_call",
            Self::Agent => "agent",
            Self::Retrieval => "retrieval",
            Self::Guardrail => "guardrail",
            Self::Other => "span",
        }
    }

    pub(super) fn of(span: &Span) -> Self {
        let text = |name: &str| span.attributes.get(name).and_then(Value::as_str);
        if let Some(kind) = text("openinference.span.kind").or_else(|| text("traceloop.span.kind"))
        {
            return match kind.to_ascii_lowercase().as_str() {
                "llm" => Self::Model,
                "embedding" => Self::Embedding,
                "tool" => Self::Tool,
                "retriever" | "reranker" => Self::Retrieval,
                "guardrail" => Self::Guardrail,
                _ => Self::Agent,
            };
        }
        // The outer spans of the AI SDK repeat the usage of the inner ones, which are named `.do…`.
        if let Some(operation) = text("ai.operationId") {
            return match operation {
                "ai.toolCall" => Self::Tool,
                _ if operation.contains(".doEmbed") => Self::Embedding,
                _ if operation.contains(".do") => Self::Model,
                _ => Self::Agent,
            };
        }
        match text("gen_ai.operation.name") {
            Some("execute_tool") => return Self::Tool,
            Some("embeddings") => return Self::Embedding,
            // An agent repeats the usage of its model calls.
            Some("invoke_agent" | "create_agent" | "invoke_workflow") => return Self::Agent,
            Some(_) => return Self::Model,
            None => {}
        }
        let is_named = |prefix: &str| span.attributes.keys().any(|name| name.starts_with(prefix));
        if find(&span.attributes, TOOL).is_some() {
            Self::Tool
        } else if is_named("gen_ai.usage.") || is_named("gen_ai.request.") || is_named("llm.") {
            Self::Model
        } else if is_named("gen_ai.") || is_named("ai.") || is_named("traceloop.") {
            Self::Agent
        } else {
            Self::Other
        }
    }
}

pub(super) fn model(span: &Span) -> Option<String> {
    text(&span.attributes, MODEL)
}

pub(super) fn provider(span: &Span) -> Option<String> {
    text(&span.attributes, PROVIDER)
}

pub(super) fn tool(span: &Span) -> Option<String> {
    text(&span.attributes, TOOL)
}

pub(super) fn agent(span: &Span) -> Option<String> {
    text(&span.attributes, AGENT)
}

pub(super) fn session(span: &Span) -> Option<String> {
    text(&span.attributes, SESSION)
}

pub(super) fn prompt_tokens(span: &Span) -> Option<u64> {
    find(&span.attributes, PROMPT_TOKENS)?.as_u64()
}

pub(super) fn completion_tokens(span: &Span) -> Option<u64> {
    find(&span.attributes, COMPLETION_TOKENS)?.as_u64()
}

pub(super) fn temperature(span: &Span) -> Option<f64> {
    let names = ["gen_ai.request.temperature", "ai.settings.temperature"];
    find(&span.attributes, &names)?.as_f64()
}

pub(super) fn metadata(span: &Span) -> impl Iterator<Item = (&'static str, Value)> {
    METADATA.iter().filter_map(|(name, names)| {
        let value = find(&span.attributes, names)?;
        let value = match value {
            // One reason is not a list.
            Value::Array(items) if items.len() == 1 => &items[0],
            other => other,
        };
        Some((*name, value.clone()))
    })
}

pub(super) fn input(span: &Span) -> Option<String> {
    content(span, INPUT, SPREAD_INPUT, INPUT_EVENTS)
}

pub(super) fn output(span: &Span) -> Option<String> {
    content(span, OUTPUT, SPREAD_OUTPUT, OUTPUT_EVENTS)
}

fn content(span: &Span, names: &[&str], spread: &[&str], events: &[&str]) -> Option<String> {
    if let Some(text) = text(&span.attributes, names) {
        return Some(text);
    }
    let parts: Vec<String> = span
        .attributes
        .iter()
        .filter(|(name, _)| spread.iter().any(|prefix| name.starts_with(prefix)))
        .filter(|(name, _)| name.ends_with("content") || name.ends_with("text"))
        .map(|(_, value)| as_text(value))
        .chain(
            span.events
                .iter()
                .filter(|event| events.contains(&event.name.as_str()))
                .map(|event| as_text(&Value::Object(event.attributes.clone()))),
        )
        .collect();
    (!parts.is_empty()).then(|| parts.join("\n\n"))
}

fn find<'a>(attributes: &'a Attributes, names: &[&str]) -> Option<&'a Value> {
    names.iter().find_map(|name| attributes.get(*name))
}

fn text(attributes: &Attributes, names: &[&str]) -> Option<String> {
    find(attributes, names).map(as_text)
}

/// Texts as they are, everything else as JSON.
fn as_text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn span(attributes: &Value) -> Span {
        Span {
            attributes: attributes.as_object().cloned().unwrap(),
            ..Span::default()
        }
    }

    #[test]
    fn knows_what_a_span_is_about() {
        for (attributes, kind) in [
            (json!({ "gen_ai.operation.name": "chat" }), Kind::Model),
            (
                json!({ "gen_ai.operation.name": "execute_tool" }),
                Kind::Tool,
            ),
            (
                json!({ "gen_ai.operation.name": "invoke_agent", "gen_ai.usage.input_tokens": 1 }),
                Kind::Agent,
            ),
            (
                json!({ "gen_ai.operation.name": "embeddings" }),
                Kind::Embedding,
            ),
            (json!({ "gen_ai.request.model": "m" }), Kind::Model),
            (
                json!({ "ai.operationId": "ai.generateText", "ai.usage.inputTokens": 1 }),
                Kind::Agent,
            ),
            (
                json!({ "ai.operationId": "ai.generateText.doGenerate" }),
                Kind::Model,
            ),
            (
                json!({ "ai.operationId": "ai.embedMany.doEmbed" }),
                Kind::Embedding,
            ),
            (json!({ "ai.operationId": "ai.toolCall" }), Kind::Tool),
            (json!({ "openinference.span.kind": "LLM" }), Kind::Model),
            (json!({ "openinference.span.kind": "CHAIN" }), Kind::Agent),
            (
                json!({ "openinference.span.kind": "RETRIEVER" }),
                Kind::Retrieval,
            ),
            (json!({ "traceloop.span.kind": "tool" }), Kind::Tool),
            (json!({ "http.request.method": "GET" }), Kind::Other),
            (json!({}), Kind::Other),
        ] {
            assert_eq!(Kind::of(&span(&attributes)), kind, "{attributes}");
        }
    }

    #[test]
    fn finds_texts_wherever_they_are() {
        for attributes in [
            json!({ "gen_ai.input.messages": "hi" }),
            json!({ "ai.prompt": "hi" }),
            json!({ "input.value": "hi" }),
            json!({ "gen_ai.prompt.0.content": "hi", "gen_ai.prompt.0.role": "user" }),
            json!({ "llm.input_messages.0.message.content": "hi" }),
        ] {
            assert_eq!(
                input(&span(&attributes)).as_deref(),
                Some("hi"),
                "{attributes}"
            );
        }
        let parts = json!({ "gen_ai.output.messages": [{ "role": "assistant" }] });
        assert_eq!(
            output(&span(&parts)).as_deref(),
            Some(r#"[{"role":"assistant"}]"#)
        );
    }
}
