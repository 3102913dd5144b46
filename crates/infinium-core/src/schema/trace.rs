//! Parts of a task: steps, calls, errors, usage and environment.

use super::types::{Kind::*, schema};

schema! {
    /// One step of the work.
    EXECUTION_STEP {
        @required step_number: Number,
        @required action: Text,
        @required description: Text,
        duration_ms: Number,
        input_preview: Text,
        output_preview: Text,
        error: Record(&ERROR_DETAIL),
        tool_call: Record(&TOOL_CALL),
        llm_call: Record(&LLM_CALL),
        metadata: Map,
    }
}

schema! {
    /// An error.
    ERROR_DETAIL {
        @required error_type: Text,
        @required message: Text,
        recoverable: Flag,
        retry_count: Number,
        stack_trace: Text,
        error_code: Text,
    }
}

schema! {
    /// A call to a tool.
    TOOL_CALL {
        @required tool_name: Text,
        duration_ms: Number,
        input_summary: Text,
        output_summary: Text,
        error: Record(&ERROR_DETAIL),
        http_status: Number,
    }
}

schema! {
    /// A call to a language model.
    LLM_CALL {
        @required model: Text,
        provider: Text,
        prompt_tokens: Number,
        completion_tokens: Number,
        latency_ms: Number,
        temperature: Number,
        purpose: Text,
    }
}

schema! {
    /// The total usage of all language models in a task.
    LLM_USAGE {
        model: Text,
        provider: Text,
        prompt_tokens: Number,
        completion_tokens: Number,
        total_tokens: Number,
        estimated_cost_usd: Number,
        api_calls_count: Number,
        total_latency_ms: Number,
        calls: Records(&LLM_CALL),
    }
}

schema! {
    /// The expected and actual outcome of a task.
    EXPECTED_OUTCOME {
        @required task_objective: Text,
        required_deliverables: Texts,
        constraints: Texts,
        acceptance_criteria: Texts,
    }
}

schema! {
    /// The environment in which a task ran.
    ENVIRONMENT_CONTEXT {
        framework: Text,
        framework_version: Text,
        node_version: Text,
        python_version: Text,
        sdk_version: Text,
        runtime: Text,
        region: Text,
        custom_tags: Map,
    }
}

schema! {
    /// The prompts that a task fetched from the platform.
    PROMPT_STUDIO {
        prompts_used: Records(&PROMPT_USE),
    }
}

schema! {
    /// A prompt that a task fetched.
    PROMPT_USE {
        @required prompt_id: Text,
        prompt_name: Text,
        version: TextOrNumber,
        source: Text,
        variables_used: TextsOrNull,
        fetched_at: Text,
    }
}
