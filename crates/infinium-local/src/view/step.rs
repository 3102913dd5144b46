//! A step of a trace, with its facts in one place.

use crate::summary::{Body, number, object, objects, step_error, text, tokens};

/// One step.
#[derive(Debug)]
pub(super) struct Step {
    pub(super) number: usize,
    /// The number of the step that this one is a part of.
    pub(super) parent: Option<usize>,
    pub(super) action: String,
    pub(super) description: String,
    pub(super) model: Option<String>,
    pub(super) tool: Option<String>,
    pub(super) duration_ms: Option<f64>,
    pub(super) prompt_tokens: u64,
    pub(super) completion_tokens: u64,
    pub(super) input: Option<String>,
    pub(super) output: Option<String>,
    pub(super) error: Option<String>,
}

impl Step {
    /// The steps of a trace, in their order.
    pub(super) fn all(body: &Body) -> Vec<Self> {
        objects(body.get("steps"))
            .into_iter()
            .enumerate()
            .map(|(index, step)| Self::read(index, step))
            .collect()
    }

    fn read(index: usize, step: &Body) -> Self {
        let llm = object(step.get("llm_call"));
        let tool = object(step.get("tool_call"));
        let of = |part: Option<&Body>, name: &str| part.and_then(|part| text(part.get(name)));
        let ms = |part: Option<&Body>, name: &str| part.and_then(|part| number(part.get(name)));
        let (prompt_tokens, completion_tokens) = llm.map_or((0, 0), tokens);
        let metadata = object(step.get("metadata"));
        let error = step_error(step).map(|error| {
            let kind = text(error.get("error_type"));
            let message = text(error.get("message")).unwrap_or_default();
            kind.map_or(message.clone(), |kind| format!("{kind}: {message}"))
        });
        Self {
            number: whole(step.get("step_number").and_then(serde_json::Value::as_u64))
                .unwrap_or(index + 1),
            parent: whole(
                metadata
                    .and_then(|metadata| metadata.get("parent_step"))
                    .and_then(serde_json::Value::as_u64),
            ),
            action: text(step.get("action")).unwrap_or_default(),
            description: text(step.get("description")).unwrap_or_default(),
            model: of(llm, "model"),
            tool: of(tool, "tool_name"),
            duration_ms: number(step.get("duration_ms"))
                .or_else(|| ms(llm, "latency_ms"))
                .or_else(|| ms(tool, "duration_ms")),
            prompt_tokens,
            completion_tokens,
            input: text(step.get("input_preview")).or_else(|| of(tool, "input_summary")),
            output: text(step.get("output_preview")).or_else(|| of(tool, "output_summary")),
            error,
        }
    }

    /// What makes two steps of two traces the same step.
    pub(super) fn key(&self) -> (&str, &str) {
        let name = match (&self.tool, &self.model) {
            (Some(tool), _) => tool,
            // The same question to another model is the same step.
            (None, Some(_)) => "",
            (None, None) => &self.description,
        };
        (&self.action, name)
    }
}

fn whole(number: Option<u64>) -> Option<usize> {
    number.and_then(|number| usize::try_from(number).ok())
}
