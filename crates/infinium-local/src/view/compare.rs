//! Two traces side by side: which steps are the same, which were added or removed, and what differs.

use serde::Serialize;
use serde_json::{Value, json};

use super::step::Step;
use crate::{
    store::Trace,
    summary::{Body, Summary},
};

/// Traces with more steps are compared up to this one: the work grows with the product of the numbers.
const MAX_STEPS: usize = 2000;

/// The two traces with their numbers, and their steps in pairs.
pub(crate) fn compare(a: &Trace, b: &Trace) -> Value {
    let read = |trace: &Trace| -> Body { serde_json::from_str(&trace.body).unwrap_or_default() };
    let (body_a, body_b) = (read(a), read(b));
    let (steps_a, steps_b) = (Step::all(&body_a), Step::all(&body_b));
    let pairs: Vec<Pair> = align(&steps_a, &steps_b)
        .into_iter()
        .map(|(a, b)| {
            pair(
                a.map(|index| &steps_a[index]),
                b.map(|index| &steps_b[index]),
            )
        })
        .collect();
    json!({
        "a": numbers(a, &body_a),
        "b": numbers(b, &body_b),
        "steps": pairs,
    })
}

/// Two steps that belong together, or one that has no counterpart.
#[derive(Debug, Serialize)]
struct Pair {
    state: &'static str,
    a: Option<Value>,
    b: Option<Value>,
    /// Which facts differ.
    differences: Vec<&'static str>,
}

fn pair(a: Option<&Step>, b: Option<&Step>) -> Pair {
    let differences = match (a, b) {
        (Some(a), Some(b)) => differences(a, b),
        _ => Vec::new(),
    };
    let state = match (a, b) {
        (None, _) => "added",
        (_, None) => "removed",
        _ if differences.is_empty() => "same",
        _ => "changed",
    };
    Pair {
        state,
        a: a.map(facts),
        b: b.map(facts),
        differences,
    }
}

fn differences(a: &Step, b: &Step) -> Vec<&'static str> {
    let mut found = Vec::new();
    let mut check = |name, differs: bool| {
        if differs {
            found.push(name);
        }
    };
    check("model", a.model != b.model);
    check("description", a.description != b.description);
    check("input", a.input != b.input);
    check("output", a.output != b.output);
    check("error", a.error != b.error);
    check(
        "tokens",
        (a.prompt_tokens, a.completion_tokens) != (b.prompt_tokens, b.completion_tokens),
    );
    found
}

fn facts(step: &Step) -> Value {
    json!({
        "number": step.number,
        "action": step.action,
        "description": step.description,
        "model": step.model,
        "tool": step.tool,
        "durationMs": step.duration_ms,
        "promptTokens": step.prompt_tokens,
        "completionTokens": step.completion_tokens,
        "input": step.input,
        "output": step.output,
        "error": step.error,
    })
}

fn numbers(trace: &Trace, body: &Body) -> Value {
    let summary = Summary::of(body);
    json!({
        "traceId": trace.id,
        "name": summary.name,
        "agent": trace.agent,
        "receivedMs": trace.received_ms,
        "durationMs": summary.duration_ms,
        "steps": summary.steps,
        "failedSteps": summary.failed_steps,
        "failed": summary.failed,
        "tokens": summary.total_tokens,
        "costUsd": summary.cost_usd,
        "models": summary.models.keys().collect::<Vec<_>>(),
        "input": body.get("input_summary"),
        "output": body.get("output_summary"),
        "outcome": summary.outcome,
    })
}

/// The longest common sequence of steps, with the others between them.
fn align(a: &[Step], b: &[Step]) -> Vec<(Option<usize>, Option<usize>)> {
    let (a, b) = (&a[..a.len().min(MAX_STEPS)], &b[..b.len().min(MAX_STEPS)]);
    let width = b.len() + 1;
    // The length of the longest common sequence of what follows each pair.
    let mut lengths = vec![0_u16; (a.len() + 1) * width];
    for i in (0..a.len()).rev() {
        for j in (0..b.len()).rev() {
            lengths[i * width + j] = if a[i].key() == b[j].key() {
                lengths[(i + 1) * width + j + 1] + 1
            } else {
                lengths[(i + 1) * width + j].max(lengths[i * width + j + 1])
            };
        }
    }
    let (mut i, mut j, mut pairs) = (0, 0, Vec::new());
    while i < a.len() && j < b.len() {
        if a[i].key() == b[j].key() {
            pairs.push((Some(i), Some(j)));
            (i, j) = (i + 1, j + 1);
        } else if lengths[(i + 1) * width + j] >= lengths[i * width + j + 1] {
            pairs.push((Some(i), None));
            i += 1;
        } else {
            pairs.push((None, Some(j)));
            j += 1;
        }
    }
    pairs.extend((i..a.len()).map(|index| (Some(index), None)));
    pairs.extend((j..b.len()).map(|index| (None, Some(index))));
    pairs
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trace(steps: &[(&str, &str)]) -> Trace {
        let steps: Vec<Value> = steps
            .iter()
            .map(|(tool, output)| {
                json!({ "action": "tool_call", "description": "d", "output_preview": output,
                        "tool_call": { "tool_name": tool } })
            })
            .collect();
        Trace {
            id: "t".to_owned(),
            agent: "a".to_owned(),
            received_ms: 0,
            source: "infinium".to_owned(),
            body: json!({ "name": "n", "duration": 1, "steps": steps }).to_string(),
        }
    }

    #[test]
    fn aligns_steps_and_marks_differences() {
        let a = trace(&[("search", "1"), ("read", "2"), ("write", "3")]);
        let b = trace(&[
            ("plan", "0"),
            ("search", "1"),
            ("write", "4"),
            ("mail", "5"),
        ]);
        let compared = compare(&a, &b);
        let states: Vec<_> = compared["steps"]
            .as_array()
            .unwrap()
            .iter()
            .map(|pair| pair["state"].as_str().unwrap())
            .collect();
        assert_eq!(states, ["added", "same", "removed", "changed", "added"]);
        assert_eq!(compared["steps"][3]["differences"], json!(["output"]));
        assert_eq!(
            (&compared["a"]["steps"], &compared["b"]["steps"]),
            (&json!(3), &json!(4))
        );
    }
}
