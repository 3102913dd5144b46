//! What lists, filters and charts need to know of a trace: read from its body once, when it arrives.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

/// The body of a trace.
pub(crate) type Body = Map<String, Value>;

/// The numbers and names of one trace.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Summary {
    pub(crate) name: String,
    pub(crate) duration_ms: f64,
    pub(crate) steps: usize,
    pub(crate) failed_steps: usize,
    /// The first error that the trace or one of its steps has.
    pub(crate) error: Option<String>,
    /// Whether the trace or a step has an error, or the outcome says that it failed.
    pub(crate) failed: bool,
    pub(crate) outcome: Option<String>,
    pub(crate) session: Option<String>,
    pub(crate) prompt_tokens: u64,
    pub(crate) completion_tokens: u64,
    pub(crate) total_tokens: u64,
    pub(crate) cost_usd: Option<f64>,
    pub(crate) models: BTreeMap<String, Use>,
    pub(crate) tools: BTreeMap<String, Use>,
    pub(crate) tags: BTreeSet<(String, String)>,
}

/// How a trace used one model or one tool.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Use {
    pub(crate) calls: u64,
    pub(crate) failures: u64,
    pub(crate) total_ms: f64,
    pub(crate) tokens: u64,
    pub(crate) cost_usd: f64,
}

/// No trace has more tokens. The sums over a million traces fit into 64 bits.
const MAX_TOKENS: u64 = 1_000_000_000_000;
/// The length of the longest outcome, error or tag that is kept for lists, in characters.
const MAX_TEXT: usize = 300;
/// How many bytes of a trace can be searched.
const MAX_SEARCHABLE: usize = 256 * 1024;

impl Summary {
    pub(crate) fn of(body: &Body) -> Self {
        let steps = objects(body.get("steps"));
        let errors = objects(body.get("errors"));
        let failing: Vec<&Body> = steps.iter().filter_map(|step| step_error(step)).collect();
        let outcome = text(body.get("outcome")).map(|text| cut(&text));
        let mut summary = Self {
            name: text(body.get("name")).unwrap_or_default(),
            duration_ms: number(body.get("duration")).unwrap_or(0.0) * 1000.0,
            steps: steps.len(),
            failed_steps: failing.len(),
            error: errors
                .iter()
                .chain(&failing)
                .find_map(|error| text(error.get("message")))
                .map(|message| cut(&message)),
            failed: !errors.is_empty()
                || !failing.is_empty()
                || outcome.as_deref().is_some_and(is_failure),
            outcome,
            ..Self::default()
        };
        summary.read_calls(body, &steps);
        summary.read_usage(body);
        summary.read_tags(body);
        summary
    }

    fn read_calls(&mut self, body: &Body, steps: &[&Body]) {
        for step in steps {
            let failures = u64::from(step_error(step).is_some());
            let step_ms = number(step.get("duration_ms"));
            if let Some(tool) = object(step.get("tool_call")) {
                let name = text(tool.get("tool_name")).unwrap_or_default();
                let used = self.tools.entry(name).or_default();
                used.calls += 1;
                used.failures += failures;
                used.total_ms += number(tool.get("duration_ms")).or(step_ms).unwrap_or(0.0);
            }
            if let Some(call) = object(step.get("llm_call")) {
                self.add_call(call, failures, step_ms);
                let cost = object(step.get("metadata")).and_then(|metadata| {
                    number(metadata.get("cost_usd")).or_else(|| number(metadata.get("cost")))
                });
                if let (Some(cost), Some(model)) = (cost, text(call.get("model"))) {
                    self.models.entry(model).or_default().cost_usd += cost;
                }
            }
        }
        if !self.models.is_empty() {
            return;
        }
        let usage = object(body.get("llm_usage"));
        for call in objects(usage.and_then(|usage| usage.get("calls"))) {
            self.add_call(call, 0, None);
        }
    }

    fn add_call(&mut self, call: &Body, failures: u64, step_ms: Option<f64>) {
        let model = text(call.get("model")).unwrap_or_default();
        let used = self.models.entry(model).or_default();
        used.calls += 1;
        used.failures += failures;
        used.total_ms += number(call.get("latency_ms")).or(step_ms).unwrap_or(0.0);
        let (prompt, completion) = tokens(call);
        used.tokens += prompt + completion;
        self.prompt_tokens += prompt;
        self.completion_tokens += completion;
    }

    /// The totals that the trace gives are preferred to the sums over its steps.
    fn read_usage(&mut self, body: &Body) {
        if let Some(usage) = object(body.get("llm_usage")) {
            let (prompt, completion) = tokens(usage);
            if prompt + completion > 0 {
                (self.prompt_tokens, self.completion_tokens) = (prompt, completion);
            }
            self.total_tokens = whole(usage.get("total_tokens"));
            self.cost_usd = number(usage.get("estimated_cost_usd"));
            if let (true, Some(model)) = (self.models.is_empty(), text(usage.get("model"))) {
                let used = self.models.entry(model).or_default();
                used.calls = whole(usage.get("api_calls_count")).max(1);
                used.total_ms = number(usage.get("total_latency_ms")).unwrap_or(0.0);
                used.tokens = self.prompt_tokens + self.completion_tokens;
            }
        }
        if self.total_tokens == 0 {
            self.total_tokens = self.prompt_tokens + self.completion_tokens;
        }
        for tokens in [
            &mut self.prompt_tokens,
            &mut self.completion_tokens,
            &mut self.total_tokens,
        ] {
            *tokens = (*tokens).min(MAX_TOKENS);
        }
        for used in self.models.values_mut() {
            used.tokens = used.tokens.min(MAX_TOKENS);
        }
        let by_model: f64 = self.models.values().map(|used| used.cost_usd).sum();
        match self.cost_usd {
            None if by_model > 0.0 => self.cost_usd = Some(by_model),
            Some(cost) if by_model == 0.0 && self.models.len() == 1 => {
                for used in self.models.values_mut() {
                    used.cost_usd = cost;
                }
            }
            _ => {}
        }
    }

    fn read_tags(&mut self, body: &Body) {
        let environment = object(body.get("environment"));
        let tags = environment.and_then(|environment| object(environment.get("custom_tags")));
        for (key, value) in tags.into_iter().flatten() {
            let value = match value {
                Value::String(text) => text.clone(),
                Value::Number(_) | Value::Bool(_) => value.to_string(),
                _ => continue,
            };
            if key == "session_id" {
                self.session = Some(cut(&value));
            }
            self.tags.insert((cut(key), cut(&value)));
        }
        let sections = object(body.get("sections"));
        let general = sections.and_then(|sections| object(sections.get("general")));
        let general_tags = general.and_then(|general| general.get("tags"));
        for tag in general_tags.and_then(Value::as_array).into_iter().flatten() {
            if let Some(tag) = tag.as_str() {
                self.tags.insert(("tag".to_owned(), cut(tag)));
            }
        }
    }
}

/// All texts of a body, for full-text search.
pub(crate) fn searchable(body: &Body) -> String {
    let mut out = String::new();
    for value in body.values() {
        collect(value, &mut out);
    }
    out
}

fn collect(value: &Value, out: &mut String) {
    if out.len() > MAX_SEARCHABLE {
        return;
    }
    match value {
        Value::String(text) => {
            let mut room = (MAX_SEARCHABLE + 1)
                .saturating_sub(out.len())
                .min(text.len());
            while !text.is_char_boundary(room) {
                room -= 1;
            }
            out.push_str(&text[..room]);
            out.push('\n');
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, out)),
        Value::Object(object) => object.values().for_each(|item| collect(item, out)),
        _ => {}
    }
}

/// The error of a step, or of its tool call.
pub(crate) fn step_error(step: &Body) -> Option<&Body> {
    object(step.get("error")).or_else(|| object(object(step.get("tool_call"))?.get("error")))
}

pub(crate) fn objects(value: Option<&Value>) -> Vec<&Body> {
    let items = value.and_then(Value::as_array);
    items
        .into_iter()
        .flatten()
        .filter_map(Value::as_object)
        .collect()
}

pub(crate) fn object(value: Option<&Value>) -> Option<&Body> {
    value.and_then(Value::as_object)
}

pub(crate) fn text(value: Option<&Value>) -> Option<String> {
    value.and_then(Value::as_str).map(str::to_owned)
}

pub(crate) fn number(value: Option<&Value>) -> Option<f64> {
    value.and_then(Value::as_f64)
}

/// A number of tokens or calls; those that make no sense count as 0.
fn whole(value: Option<&Value>) -> u64 {
    const MAX: f64 = 1e12;
    let value = number(value).unwrap_or(0.0).clamp(0.0, MAX);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "between 0 and 10^12"
    )]
    {
        value as u64
    }
}

/// Prompt and completion tokens.
pub(crate) fn tokens(call: &Body) -> (u64, u64) {
    (
        whole(call.get("prompt_tokens")),
        whole(call.get("completion_tokens")),
    )
}

fn is_failure(outcome: &str) -> bool {
    let outcome = outcome.to_ascii_lowercase();
    ["failure", "failed", "error"].contains(&outcome.as_str())
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(MAX_TEXT) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn summarize(json: &str) -> Summary {
        Summary::of(&serde_json::from_str(json).unwrap())
    }

    #[test]
    fn sums_the_calls_of_the_steps_by_model_and_tool() {
        let summary = summarize(
            r#"{"name":"n","duration":1.5,"steps":[
                {"llm_call":{"model":"a","prompt_tokens":10,"completion_tokens":5,"latency_ms":70}},
                {"llm_call":{"model":"a","prompt_tokens":1},"duration_ms":30,"metadata":{"cost_usd":0.5}},
                {"llm_call":{"model":"b"},"error":{"message":"too long"}},
                {"tool_call":{"tool_name":"t","duration_ms":9,"error":{"message":"second"}}}
            ]}"#,
        );
        assert_eq!(
            (summary.steps, summary.failed_steps, summary.failed),
            (4, 2, true)
        );
        assert_eq!(summary.error.as_deref(), Some("too long"));
        assert_eq!((summary.prompt_tokens, summary.total_tokens), (11, 16));
        let a = summary.models["a"];
        assert_eq!((a.calls, a.tokens, a.total_ms), (2, 16, 100.0));
        assert_eq!(summary.models["b"].failures, 1);
        assert_eq!(summary.tools["t"].total_ms, 9.0);
        assert_eq!(summary.cost_usd, Some(0.5));
        assert_eq!(summary.duration_ms, 1500.0);
    }

    #[test]
    fn prefers_the_totals_of_the_trace() {
        let summary = summarize(
            r#"{"outcome":"Failed","llm_usage":{"model":"m","prompt_tokens":3,"completion_tokens":4,
                "total_tokens":9,"estimated_cost_usd":0.25,"api_calls_count":2}}"#,
        );
        assert_eq!((summary.total_tokens, summary.cost_usd), (9, Some(0.25)));
        let used = summary.models["m"];
        assert_eq!((used.calls, used.tokens, used.cost_usd), (2, 7, 0.25));
        assert!(summary.failed);
    }

    #[test]
    fn keeps_senseless_numbers_of_tokens_from_spoiling_sums() {
        let call = r#"{"llm_call":{"model":"m","prompt_tokens":1e300,"completion_tokens":-5}}"#;
        let summary = summarize(&format!(r#"{{"steps":[{call},{call}]}}"#));
        assert_eq!(
            (summary.prompt_tokens, summary.completion_tokens),
            (MAX_TOKENS, 0)
        );
        assert_eq!(summary.total_tokens, MAX_TOKENS);
        assert_eq!(summary.models["m"].tokens, MAX_TOKENS);
    }

    #[test]
    fn reads_tags_and_the_session() {
        let summary = summarize(
            r#"{"environment":{"custom_tags":{"session_id":"s","n":3,"skipped":{}}},
                "sections":{"general":{"tags":["x"]}}}"#,
        );
        assert_eq!(summary.session.as_deref(), Some("s"));
        let tags: Vec<_> = summary
            .tags
            .iter()
            .map(|(key, value)| format!("{key}:{value}"))
            .collect();
        assert_eq!(tags, ["n:3", "session_id:s", "tag:x"]);
    }

    #[test]
    fn collects_every_text_for_the_search_within_a_limit() {
        let body = serde_json::from_str(r#"{"name":"a","steps":[{"metadata":{"k":["b",1]}}]}"#);
        assert_eq!(searchable(&body.unwrap()), "a\nb\n");
        let mut long = Body::new();
        long.insert("a".to_owned(), Value::from("ü".repeat(MAX_SEARCHABLE)));
        long.insert("b".to_owned(), Value::from("left out"));
        assert!(searchable(&long).len() <= MAX_SEARCHABLE + 2);
    }
}
