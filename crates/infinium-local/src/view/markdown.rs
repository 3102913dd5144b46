//! A trace as one readable text.

use std::fmt::Write;

use super::step::Step;
use crate::{
    store::Trace,
    summary::{Body, Summary, object, objects, text},
    time,
};

/// The whole run of a trace as Markdown.
pub(crate) fn markdown(trace: &Trace) -> String {
    let body: Body = serde_json::from_str(&trace.body).unwrap_or_default();
    let summary = Summary::of(&body);
    let mut out = String::new();
    let state = if summary.failed { "failed" } else { "ok" };
    let _ = writeln!(out, "# {}\n", one_line(&summary.name));
    let _ = writeln!(out, "- Trace: {}", trace.id);
    let _ = writeln!(out, "- Agent: {}", one_line(&trace.agent));
    let _ = writeln!(out, "- Received: {}", time::iso(trace.received_ms));
    let _ = writeln!(out, "- State: {state}");
    let _ = writeln!(out, "- Duration: {}", duration(summary.duration_ms));
    if summary.total_tokens > 0 {
        let _ = writeln!(
            out,
            "- Tokens: {} ({} in, {} out)",
            summary.total_tokens, summary.prompt_tokens, summary.completion_tokens
        );
    }
    if let Some(cost) = summary.cost_usd {
        let _ = writeln!(out, "- Cost: ${cost:.6}");
    }
    if let Some(outcome) = &summary.outcome {
        let _ = writeln!(out, "- Outcome: {}", one_line(outcome));
    }
    for (key, value) in &summary.tags {
        let _ = writeln!(out, "- Tag: {}:{}", one_line(key), one_line(value));
    }
    section(
        &mut out,
        "Input",
        text(body.get("input_summary")).as_deref(),
    );
    section(
        &mut out,
        "Output",
        text(body.get("output_summary")).as_deref(),
    );
    let errors = objects(body.get("errors"));
    if !errors.is_empty() {
        out.push_str("\n## Errors\n\n");
        for error in errors {
            let kind = text(error.get("error_type")).unwrap_or_else(|| "Error".to_owned());
            let message = text(error.get("message")).unwrap_or_default();
            let _ = writeln!(out, "- {}: {}", one_line(&kind), one_line(&message));
            if let Some(stack) = text(error.get("stack_trace")) {
                fenced(&mut out, &stack);
            }
        }
    }
    for step in Step::all(&body) {
        write_step(&mut out, &step);
    }
    if let Some(prompts) = object(body.get("prompt_studio")) {
        out.push_str("\n## Prompts\n\n");
        for prompt in objects(prompts.get("prompts_used")) {
            let name = text(prompt.get("prompt_name")).or_else(|| text(prompt.get("prompt_id")));
            let version = prompt.get("version").map(ToString::to_string);
            let _ = writeln!(
                out,
                "- {} version {}",
                one_line(&name.unwrap_or_default()),
                version.unwrap_or_default()
            );
        }
    }
    out
}

fn write_step(out: &mut String, step: &Step) {
    let name = step.tool.as_deref().or(step.model.as_deref());
    let _ = write!(out, "\n## Step {}: {}", step.number, one_line(&step.action));
    if let Some(name) = name {
        let _ = write!(out, " {}", one_line(name));
    }
    out.push_str("\n\n");
    if !step.description.is_empty() && Some(step.description.as_str()) != name {
        let _ = writeln!(out, "{}\n", one_line(&step.description));
    }
    let mut facts = Vec::new();
    if let Some(parent) = step.parent {
        facts.push(format!("part of step {parent}"));
    }
    if let Some(ms) = step.duration_ms {
        facts.push(duration(ms));
    }
    if step.prompt_tokens + step.completion_tokens > 0 {
        facts.push(format!(
            "{} tokens in, {} out",
            step.prompt_tokens, step.completion_tokens
        ));
    }
    if !facts.is_empty() {
        let _ = writeln!(out, "({})", facts.join(", "));
    }
    if let Some(error) = &step.error {
        let _ = writeln!(out, "\n**Error:** {}", one_line(error));
    }
    for (title, content) in [("Input", &step.input), ("Output", &step.output)] {
        if let Some(content) = content {
            let _ = writeln!(out, "\n{title}:");
            fenced(out, content);
        }
    }
}

fn section(out: &mut String, title: &str, content: Option<&str>) {
    if let Some(content) = content {
        let _ = writeln!(out, "\n## {title}");
        fenced(out, content);
    }
}

/// Writes a text that must not be read as Markdown: its fence is longer than any in it.
fn fenced(out: &mut String, text: &str) {
    let mut longest = 0;
    let mut run = 0;
    for character in text.chars() {
        run = if character == '`' { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    let fence = "`".repeat(3.max(longest + 1));
    let _ = writeln!(out, "\n{fence}\n{text}\n{fence}");
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// `840 ms`, `1.25 s`.
pub(super) fn duration(ms: f64) -> String {
    if ms < 1000.0 {
        format!("{ms:.0} ms")
    } else {
        format!("{:.2} s", ms / 1000.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trace(body: &str) -> Trace {
        Trace {
            id: "t1".to_owned(),
            agent: "a".to_owned(),
            received_ms: 0,
            source: "infinium".to_owned(),
            body: body.to_owned(),
        }
    }

    #[test]
    fn tells_the_whole_run_in_order() {
        let text = markdown(&trace(
            r#"{"name":"Find the whale","duration":1.25,"input_summary":"Where?","output_summary":"There.",
                "steps":[{"step_number":1,"action":"llm_call","description":"Ask","duration_ms":840,
                    "llm_call":{"model":"m","prompt_tokens":3,"completion_tokens":4},"output_preview":"Use t"},
                   {"step_number":2,"action":"tool_call","description":"t","tool_call":{"tool_name":"t"},
                    "error":{"error_type":"E","message":"gone"},"metadata":{"parent_step":1}}]}"#,
        ));
        let mut rest = text.as_str();
        for part in [
            "# Find the whale",
            "- State: failed",
            "- Duration: 1.25 s",
            "- Tokens: 7 (3 in, 4 out)",
            "## Input",
            "Where?",
            "## Output",
            "## Step 1: llm_call m",
            "(840 ms, 3 tokens in, 4 out)",
            "Use t",
            "## Step 2: tool_call t",
            "part of step 1",
            "**Error:** E: gone",
        ] {
            let (_, after) = rest
                .split_once(part)
                .unwrap_or_else(|| panic!("no {part} in {text}"));
            rest = after;
        }
    }

    #[test]
    fn keeps_texts_from_being_read_as_markdown() {
        let text = markdown(&trace(
            r##"{"name":"a\n# b","duration":0,"input_summary":"````\n# not a heading"}"##,
        ));
        assert!(text.starts_with("# a # b\n"), "{text}");
        assert!(
            text.contains("\n`````\n````\n# not a heading\n`````\n"),
            "{text}"
        );
    }
}
