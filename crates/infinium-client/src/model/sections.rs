//! The domain sections of a task: details that only some kinds of work have.

use super::{ErrorDetail, record::record};

record! {
    /// When the work began and ended, as ISO 8601.
    TimeTracking {
        /// When it began.
        start_time: Text,
        /// When it ended.
        end_time: Text,
    }
}

record! {
    /// Whom the work was for.
    Customer {
        /// Their name.
        customer_name: Text,
        /// Their e-mail address.
        customer_email: Text,
        /// Their telephone number.
        customer_phone: Text,
        /// Their address.
        customer_address: Text,
        /// Their company.
        client_company: Text,
        /// Their company's industry.
        client_industry: Text,
    }
}

record! {
    /// A support case.
    Support {
        /// Its id.
        call_id: Text,
        /// What the issue was.
        issue_description: Text,
        /// Its kind.
        issue_type: Text,
        /// How it was solved.
        resolution: Text,
        /// Its priority.
        priority: Text,
        /// Whether somebody has to come back to it.
        follow_up_required: Flag,
        /// Notes.
        agent_notes: Text,
    }
}

record! {
    /// A sale.
    Sales {
        /// Where the lead came from.
        lead_source: Text,
        /// How far it is.
        sales_stage: Text,
        /// What it is worth.
        deal_value: Number,
        /// The share of leads that buy.
        conversion_rate: Number,
        /// Notes.
        sales_notes: Text,
    }
}

record! {
    /// A campaign.
    Marketing {
        /// Its name.
        campaign_name: Text,
        /// Its kind.
        campaign_type: Text,
        /// Whom it addresses.
        target_audience: Text,
        /// Where it runs.
        marketing_channel: Text,
        /// How people engaged.
        engagement_metrics: Text,
        /// How many converted.
        conversion_metrics: Text,
    }
}

record! {
    /// A piece of content.
    Content {
        /// Its kind.
        content_type: Text,
        /// Its format.
        content_format: Text,
        /// Its length.
        content_length: Number,
        /// Its topic.
        content_topic: Text,
        /// Where it is published.
        target_platform: Text,
    }
}

record! {
    /// An investigation.
    Research {
        /// Its topic.
        research_topic: Text,
        /// How it was done.
        research_method: Text,
        /// What it drew on.
        data_sources: TextOrTexts,
        /// What was found.
        research_findings: Text,
        /// The kind of analysis.
        analysis_type: Text,
        /// How many sources were consulted.
        sources_consulted: Number,
        /// The main findings.
        key_findings: Texts,
        /// How sure they are.
        confidence_level: Text,
        /// How good the data is.
        data_quality: Text,
    }
}

record! {
    /// A project.
    Project {
        /// Its name.
        project_name: Text,
        /// Its phase.
        project_phase: Text,
        /// What it delivers.
        deliverables: TextOrTexts,
        /// Who has a stake in it.
        stakeholders: TextOrTexts,
        /// Its state.
        project_status: Text,
        /// The milestone that was reached.
        milestone_achieved: Text,
        /// The priority of this task.
        task_priority: Text,
        /// The share of its means in use.
        resource_utilization: Number,
        /// Its risks.
        risk_assessment: Text,
        /// What holds it up.
        blockers: Texts,
    }
}

record! {
    /// Software development.
    Development {
        /// The language.
        programming_language: Text,
        /// The framework.
        framework_used: Text,
        /// How many bugs were found.
        bugs_found: Number,
        /// How many were fixed.
        bugs_fixed: Number,
        /// The share of code under test, in percent.
        test_coverage: Number,
        /// Measurements, as text or under keys of your own.
        performance_metrics: TextOrMap,
        /// How far deployment is.
        deployment_status: Text,
        /// What was left undone.
        technical_debt: Text,
        /// The files that changed.
        files_modified: Texts,
        /// How many tests were run.
        tests_run: Number,
        /// How many passed.
        tests_passed: Number,
    }
}

record! {
    /// A meeting.
    Executive {
        /// Its kind.
        meeting_type: Text,
        /// How many attended.
        attendees_count: Number,
        /// What was on the agenda.
        agenda_items: TextOrTexts,
        /// What is to be done.
        action_items: TextOrTexts,
        /// How many conflicts there were.
        calendar_conflicts: Number,
        /// What was decided.
        decisions_made: Texts,
    }
}

record! {
    /// Anything else.
    General {
        /// The tools that were used.
        tools_used: TextOrTexts,
        /// Notes.
        agent_notes: Text,
        /// What went wrong on the way.
        errors_encountered: Records(ErrorDetail),
        /// How often something was tried again.
        retries: Number,
        /// Warnings.
        warnings: Texts,
        /// The services that were called.
        external_apis_called: Texts,
        /// The data that was read.
        data_sources_accessed: Texts,
        /// Tags.
        tags: Texts,
    }
}
