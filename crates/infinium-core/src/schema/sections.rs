//! The domain sections of a task: details for specific kinds of work.

use super::{
    trace::ERROR_DETAIL,
    types::{Kind::*, schema},
};

schema! {
    /// When the work began and ended, as ISO 8601.
    TIME_TRACKING {
        start_time: Text,
        end_time: Text,
    }
}

schema! {
    /// The customer.
    CUSTOMER {
        customer_name: Text,
        customer_email: Text,
        customer_phone: Text,
        customer_address: Text,
        client_company: Text,
        client_industry: Text,
    }
}

schema! {
    /// A support case.
    SUPPORT {
        call_id: Text,
        issue_description: Text,
        issue_type: Text,
        resolution: Text,
        priority: Text,
        follow_up_required: Flag,
        agent_notes: Text,
    }
}

schema! {
    /// A sale.
    SALES {
        lead_source: Text,
        sales_stage: Text,
        deal_value: Number,
        conversion_rate: Number,
        sales_notes: Text,
    }
}

schema! {
    /// A campaign.
    MARKETING {
        campaign_name: Text,
        campaign_type: Text,
        target_audience: Text,
        marketing_channel: Text,
        engagement_metrics: Text,
        conversion_metrics: Text,
    }
}

schema! {
    /// A piece of content.
    CONTENT {
        content_type: Text,
        content_format: Text,
        content_length: Number,
        content_topic: Text,
        target_platform: Text,
    }
}

schema! {
    /// An investigation.
    RESEARCH {
        research_topic: Text,
        research_method: Text,
        data_sources: TextOrTexts,
        research_findings: Text,
        analysis_type: Text,
        sources_consulted: Number,
        key_findings: Texts,
        confidence_level: Text,
        data_quality: Text,
    }
}

schema! {
    /// A project.
    PROJECT {
        project_name: Text,
        project_phase: Text,
        deliverables: TextOrTexts,
        stakeholders: TextOrTexts,
        project_status: Text,
        milestone_achieved: Text,
        task_priority: Text,
        resource_utilization: Number,
        risk_assessment: Text,
        blockers: Texts,
    }
}

schema! {
    /// Software development.
    DEVELOPMENT {
        programming_language: Text,
        framework_used: Text,
        bugs_found: Number,
        bugs_fixed: Number,
        test_coverage: Number,
        performance_metrics: TextOrMap,
        deployment_status: Text,
        technical_debt: Text,
        files_modified: Texts,
        tests_run: Number,
        tests_passed: Number,
    }
}

schema! {
    /// A meeting.
    EXECUTIVE {
        meeting_type: Text,
        attendees_count: Number,
        agenda_items: TextOrTexts,
        action_items: TextOrTexts,
        calendar_conflicts: Number,
        decisions_made: Texts,
    }
}

schema! {
    /// Any other work.
    GENERAL {
        tools_used: TextOrTexts,
        agent_notes: Text,
        errors_encountered: Records(&ERROR_DETAIL),
        retries: Number,
        warnings: Texts,
        external_apis_called: Texts,
        data_sources_accessed: Texts,
        tags: Texts,
    }
}
