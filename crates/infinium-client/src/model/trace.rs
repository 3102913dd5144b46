//! What a task is made of: steps, calls, errors, usage and surroundings.

use super::record::record;

record! {
    /// One step of the work.
    ExecutionStep {
        @required {
            /// Its place, from 1.
            step_number: Number,
            /// What kind of step, for instance `tool_use` or `llm_call`.
            action: Text,
            /// What it did.
            description: Text,
        }
        /// How long it took, in milliseconds.
        duration_ms: Number,
        /// The beginning of what went in.
        input_preview: Text,
        /// The beginning of what came out.
        output_preview: Text,
        /// Why it failed.
        error: Record(ErrorDetail),
        /// The tool it called.
        tool_call: Record(ToolCall),
        /// The language model it called.
        llm_call: Record(LlmCall),
        /// Anything else, under keys of your own.
        metadata: Map,
    }
}

record! {
    /// Something that went wrong.
    ErrorDetail {
        @required {
            /// Its class, for instance `TypeError`.
            error_type: Text,
            /// What it said.
            message: Text,
        }
        /// Whether the work could go on.
        recoverable: Flag,
        /// How often it was tried again.
        retry_count: Number,
        /// Where it happened.
        stack_trace: Text,
        /// Its code, for instance `ECONNRESET`.
        error_code: Text,
    }
}

record! {
    /// A call of a tool.
    ToolCall {
        @required {
            /// Which tool.
            tool_name: Text,
        }
        /// How long it took, in milliseconds.
        duration_ms: Number,
        /// What it was given.
        input_summary: Text,
        /// What it answered.
        output_summary: Text,
        /// Why it failed.
        error: Record(ErrorDetail),
        /// The status of its answer, if it spoke HTTP.
        http_status: Number,
    }
}

record! {
    /// A call of a language model.
    LlmCall {
        @required {
            /// Which model.
            model: Text,
        }
        /// Whose model.
        provider: Text,
        /// Tokens read.
        prompt_tokens: Number,
        /// Tokens written.
        completion_tokens: Number,
        /// How long it took, in milliseconds.
        latency_ms: Number,
        /// The sampling temperature.
        temperature: Number,
        /// What the call was for.
        purpose: Text,
    }
}

record! {
    /// What the language models of a task used, together.
    LlmUsage {
        /// Which model, or `multiple`.
        model: Text,
        /// Whose model, or `multiple`.
        provider: Text,
        /// Tokens read.
        prompt_tokens: Number,
        /// Tokens written.
        completion_tokens: Number,
        /// Tokens read and written.
        total_tokens: Number,
        /// What it cost, in US dollars.
        estimated_cost_usd: Number,
        /// How many calls there were.
        api_calls_count: Number,
        /// How long they took together, in milliseconds.
        total_latency_ms: Number,
        /// The calls.
        calls: Records(LlmCall),
    }
}

record! {
    /// What a task should have come to.
    ExpectedOutcome {
        @required {
            /// The aim.
            task_objective: Text,
        }
        /// What had to be delivered.
        required_deliverables: Texts,
        /// What had to be kept to.
        constraints: Texts,
        /// How to tell that it succeeded.
        acceptance_criteria: Texts,
    }
}

record! {
    /// Where a task ran.
    EnvironmentContext {
        /// The agent framework.
        framework: Text,
        /// Its version.
        framework_version: Text,
        /// The version of Node.js.
        node_version: Text,
        /// The version of Python.
        python_version: Text,
        /// The version of the client.
        sdk_version: Text,
        /// The runtime, for instance `node`.
        runtime: Text,
        /// The region, for instance `eu-west-1`.
        region: Text,
        /// Anything else, under keys of your own.
        custom_tags: Map,
    }
}

record! {
    /// The prompts that a task fetched from the platform.
    PromptStudio {
        /// In the order of fetching.
        prompts_used: Records(PromptUse),
    }
}

record! {
    /// A prompt that a task fetched.
    PromptUse {
        @required {
            /// Its id.
            prompt_id: Text,
        }
        /// Its name.
        prompt_name: Text,
        /// Its version.
        version: TextOrNumber,
        /// Where it came from: `prompt_studio`.
        source: Text,
        /// The names of the variables that were filled in; null if there were none.
        variables_used: TextsOrNull,
        /// When: ISO 8601.
        fetched_at: Text,
    }
}
