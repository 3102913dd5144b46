//! The documented types, written down independently of the client, so that mistakes of the client show.

/// The type of a field.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Kind {
    Text,
    Number,
    Flag,
    Texts,
    TextOrTexts,
    TextOrNumber,
    TextOrMap,
    TextsOrNull,
    Map,
    Object(&'static [Field]),
    Objects(&'static [Field]),
}

/// A documented field: its name, whether it is required, its type.
pub(crate) type Field = (&'static str, bool, Kind);

use Kind::{
    Flag, Map, Number, Object, Objects, Text, TextOrMap, TextOrNumber, TextOrTexts, Texts,
    TextsOrNull,
};

/// The top level, in the required order.
pub(crate) const TASK: &[Field] = &[
    ("name", true, Text),
    ("description", true, Text),
    ("current_datetime", true, Text),
    ("duration", true, Number),
    ("input_summary", false, Text),
    ("output_summary", false, Text),
    ("outcome", false, Text),
    ("expected_outcome", false, Object(EXPECTED_OUTCOME)),
    ("steps", false, Objects(STEP)),
    ("errors", false, Objects(ERROR)),
    ("llm_usage", false, Object(LLM_USAGE)),
    ("sections", false, Object(SECTIONS)),
    ("environment", false, Object(ENVIRONMENT)),
    ("prompt_studio", false, Object(PROMPT_STUDIO)),
];

const EXPECTED_OUTCOME: &[Field] = &[
    ("task_objective", true, Text),
    ("required_deliverables", false, Texts),
    ("constraints", false, Texts),
    ("acceptance_criteria", false, Texts),
];

const STEP: &[Field] = &[
    ("step_number", true, Number),
    ("action", true, Text),
    ("description", true, Text),
    ("duration_ms", false, Number),
    ("input_preview", false, Text),
    ("output_preview", false, Text),
    ("error", false, Object(ERROR)),
    ("tool_call", false, Object(TOOL_CALL)),
    ("llm_call", false, Object(LLM_CALL)),
    ("metadata", false, Map),
];

const ERROR: &[Field] = &[
    ("error_type", true, Text),
    ("message", true, Text),
    ("recoverable", false, Flag),
    ("retry_count", false, Number),
    ("stack_trace", false, Text),
    ("error_code", false, Text),
];

const TOOL_CALL: &[Field] = &[
    ("tool_name", true, Text),
    ("duration_ms", false, Number),
    ("input_summary", false, Text),
    ("output_summary", false, Text),
    ("error", false, Object(ERROR)),
    ("http_status", false, Number),
];

const LLM_CALL: &[Field] = &[
    ("model", true, Text),
    ("provider", false, Text),
    ("prompt_tokens", false, Number),
    ("completion_tokens", false, Number),
    ("latency_ms", false, Number),
    ("temperature", false, Number),
    ("purpose", false, Text),
];

const LLM_USAGE: &[Field] = &[
    ("model", false, Text),
    ("provider", false, Text),
    ("prompt_tokens", false, Number),
    ("completion_tokens", false, Number),
    ("total_tokens", false, Number),
    ("estimated_cost_usd", false, Number),
    ("api_calls_count", false, Number),
    ("total_latency_ms", false, Number),
    ("calls", false, Objects(LLM_CALL)),
];

const ENVIRONMENT: &[Field] = &[
    ("framework", false, Text),
    ("framework_version", false, Text),
    ("node_version", false, Text),
    ("python_version", false, Text),
    ("sdk_version", false, Text),
    ("runtime", false, Text),
    ("region", false, Text),
    ("custom_tags", false, Map),
];

const PROMPT_STUDIO: &[Field] = &[("prompts_used", false, Objects(PROMPT_USE))];

const PROMPT_USE: &[Field] = &[
    ("prompt_id", true, Text),
    ("prompt_name", false, Text),
    ("version", false, TextOrNumber),
    ("source", false, Text),
    ("variables_used", false, TextsOrNull),
    ("fetched_at", false, Text),
];

const SECTIONS: &[Field] = &[
    (
        "time_tracking",
        false,
        Object(&[("start_time", false, Text), ("end_time", false, Text)]),
    ),
    (
        "customer",
        false,
        Object(&[
            ("customer_name", false, Text),
            ("customer_email", false, Text),
            ("customer_phone", false, Text),
            ("customer_address", false, Text),
            ("client_company", false, Text),
            ("client_industry", false, Text),
        ]),
    ),
    (
        "support",
        false,
        Object(&[
            ("call_id", false, Text),
            ("issue_description", false, Text),
            ("issue_type", false, Text),
            ("resolution", false, Text),
            ("priority", false, Text),
            ("follow_up_required", false, Flag),
            ("agent_notes", false, Text),
        ]),
    ),
    (
        "sales",
        false,
        Object(&[
            ("lead_source", false, Text),
            ("sales_stage", false, Text),
            ("deal_value", false, Number),
            ("conversion_rate", false, Number),
            ("sales_notes", false, Text),
        ]),
    ),
    (
        "marketing",
        false,
        Object(&[
            ("campaign_name", false, Text),
            ("campaign_type", false, Text),
            ("target_audience", false, Text),
            ("marketing_channel", false, Text),
            ("engagement_metrics", false, Text),
            ("conversion_metrics", false, Text),
        ]),
    ),
    (
        "content",
        false,
        Object(&[
            ("content_type", false, Text),
            ("content_format", false, Text),
            ("content_length", false, Number),
            ("content_topic", false, Text),
            ("target_platform", false, Text),
        ]),
    ),
    (
        "research",
        false,
        Object(&[
            ("research_topic", false, Text),
            ("research_method", false, Text),
            ("data_sources", false, TextOrTexts),
            ("research_findings", false, Text),
            ("analysis_type", false, Text),
            ("sources_consulted", false, Number),
            ("key_findings", false, Texts),
            ("confidence_level", false, Text),
            ("data_quality", false, Text),
        ]),
    ),
    (
        "project",
        false,
        Object(&[
            ("project_name", false, Text),
            ("project_phase", false, Text),
            ("deliverables", false, TextOrTexts),
            ("stakeholders", false, TextOrTexts),
            ("project_status", false, Text),
            ("milestone_achieved", false, Text),
            ("task_priority", false, Text),
            ("resource_utilization", false, Number),
            ("risk_assessment", false, Text),
            ("blockers", false, Texts),
        ]),
    ),
    (
        "development",
        false,
        Object(&[
            ("programming_language", false, Text),
            ("framework_used", false, Text),
            ("bugs_found", false, Number),
            ("bugs_fixed", false, Number),
            ("test_coverage", false, Number),
            ("performance_metrics", false, TextOrMap),
            ("deployment_status", false, Text),
            ("technical_debt", false, Text),
            ("files_modified", false, Texts),
            ("tests_run", false, Number),
            ("tests_passed", false, Number),
        ]),
    ),
    (
        "executive",
        false,
        Object(&[
            ("meeting_type", false, Text),
            ("attendees_count", false, Number),
            ("agenda_items", false, TextOrTexts),
            ("action_items", false, TextOrTexts),
            ("calendar_conflicts", false, Number),
            ("decisions_made", false, Texts),
        ]),
    ),
    (
        "general",
        false,
        Object(&[
            ("tools_used", false, TextOrTexts),
            ("agent_notes", false, Text),
            ("errors_encountered", false, Objects(ERROR)),
            ("retries", false, Number),
            ("warnings", false, Texts),
            ("external_apis_called", false, Texts),
            ("data_sources_accessed", false, Texts),
            ("tags", false, Texts),
        ]),
    ),
];
