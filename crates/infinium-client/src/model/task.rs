//! A task: one piece of work that an agent reports.

use super::{
    Content, Customer, Development, EnvironmentContext, ErrorDetail, ExecutionStep, Executive,
    ExpectedOutcome, General, LlmUsage, Marketing, Project, PromptStudio, Research, Sales, Support,
    TimeTracking, record::record,
};

record! {
    /// One piece of an agent's work, called a trace by most people and a task by the platform.
    ///
    /// The fields stand in the order of the wire: the platform cuts what is too long from the end.
    TaskData sections 11 to 22 {
        @required {
            /// What was done, in a few words: not blank, at most 500 characters.
            name: Title(MAX_NAME_LENGTH),
            /// What it was about: not blank, at most 10,000 characters.
            description: Title(MAX_DESCRIPTION_LENGTH),
            /// When: ISO 8601 with a time, years 1900 to 2100, in UTC unless an offset says otherwise.
            current_datetime: DateTime,
            /// How long it took: seconds, 0 to 86,400.
            duration: Seconds,
        }
        /// What went in.
        input_summary: Text,
        /// What came out.
        output_summary: Text,
        /// How it ended, for instance `success`.
        outcome: Text,
        /// What should have come out.
        expected_outcome: Record(ExpectedOutcome),
        /// The steps, in order.
        steps: Records(ExecutionStep),
        /// What went wrong.
        errors: Records(ErrorDetail),
        /// What the language models used.
        llm_usage: Record(LlmUsage),
        /// When the work began and ended.
        time_tracking: Record(TimeTracking),
        /// Whom it was for.
        customer: Record(Customer),
        /// A support case.
        support: Record(Support),
        /// A sale.
        sales: Record(Sales),
        /// A campaign.
        marketing: Record(Marketing),
        /// A piece of content.
        content: Record(Content),
        /// An investigation.
        research: Record(Research),
        /// A project.
        project: Record(Project),
        /// Software development.
        development: Record(Development),
        /// A meeting.
        executive: Record(Executive),
        /// Anything else.
        general: Record(General),
        /// Where it ran.
        environment: Record(EnvironmentContext),
        /// Which prompts it fetched.
        prompt_studio: Record(PromptStudio),
    }
}

#[cfg(test)]
mod tests {
    use super::TaskData;

    #[test]
    fn has_its_sections_where_the_encoder_looks_for_them() {
        let schema = TaskData::SCHEMA;
        let names: Vec<_> = schema.fields[schema.sections]
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
