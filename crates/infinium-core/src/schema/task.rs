//! A task: one piece of work that an agent reports.

use super::{
    sections::*,
    trace::*,
    types::{Kind::*, schema},
};
use crate::limits::{MAX_DESCRIPTION_LENGTH, MAX_NAME_LENGTH};

schema! {
    /// One piece of an agent's work. Most people call it a trace; the platform calls it a task.
    ///
    /// Fields are in wire order. The platform cuts long tasks at the end, so the most important fields come first.
    TASK {
        @required name: Title(MAX_NAME_LENGTH),
        @required description: Title(MAX_DESCRIPTION_LENGTH),
        @required current_datetime: DateTime,
        @required duration: Seconds,
        input_summary: Text,
        output_summary: Text,
        outcome: Text,
        expected_outcome: Record(&EXPECTED_OUTCOME),
        steps: Records(&EXECUTION_STEP),
        errors: Records(&ERROR_DETAIL),
        llm_usage: Record(&LLM_USAGE),
        time_tracking: Section(&TIME_TRACKING),
        customer: Section(&CUSTOMER),
        support: Section(&SUPPORT),
        sales: Section(&SALES),
        marketing: Section(&MARKETING),
        content: Section(&CONTENT),
        research: Section(&RESEARCH),
        project: Section(&PROJECT),
        development: Section(&DEVELOPMENT),
        executive: Section(&EXECUTIVE),
        general: Section(&GENERAL),
        environment: Record(&ENVIRONMENT_CONTEXT),
        prompt_studio: Record(&PROMPT_STUDIO),
    }
}

#[cfg(test)]
mod tests {
    use super::TASK;
    use crate::case::snake_case;

    #[test]
    fn knows_how_callers_spell_each_field() {
        for field in TASK.fields {
            assert_eq!(snake_case(field.caller_name()), field.name());
            assert_eq!(field.key, format!("\"{}\":", field.name()));
            assert!(!field.caller_key.contains('_'));
        }
    }

    #[test]
    fn keeps_its_sections_together() {
        let names: Vec<_> = TASK.fields[TASK.sections]
            .iter()
            .map(|field| field.name())
            .collect();
        assert_eq!(
            names,
            [
                "time_tracking",
                "customer",
                "support",
                "sales",
                "marketing",
                "content",
                "research",
                "project",
                "development",
                "executive",
                "general"
            ]
        );
    }
}
