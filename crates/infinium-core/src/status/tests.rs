use super::*;

const BY_STATUS: &str = "as its status";

/// The first cell of a row.
fn outcome(rule: &Rule) -> String {
    if !rule.outcome.is_empty() {
        return rule.outcome.to_owned();
    }
    let ranges = rule.statuses.iter().map(|(min, max)| match min == max {
        true => min.to_string(),
        false => format!("{min} to {max}"),
    });
    ranges.collect::<Vec<_>>().join(", ")
}

/// The table as `docs/WIRE.md` prints it.
fn printed() -> Vec<Vec<String>> {
    let [success, refusals @ ..] = STATUSES else {
        panic!("no rows");
    };
    let rows = std::iter::once(success)
        .chain([&UNSUCCESSFUL, &FOREIGN])
        .chain(refusals)
        .chain([&FOREIGN_REFUSAL])
        .chain([&NO_ANSWER, &TIMED_OUT]);
    rows.map(|rule| {
        let yes = |is: bool| if is { "yes" } else { "no" };
        let is_by_status = std::ptr::eq(rule, &FOREIGN_REFUSAL);
        let kind = match rule.kind {
            _ if is_by_status => BY_STATUS.to_owned(),
            Some(kind) => format!("{kind:?}"),
            None => "none".to_owned(),
        };
        let retry = match rule.retry {
            Retry::Never => "no",
            Retry::Backoff => "yes",
            Retry::AtLeastRetryAfter => "yes, not before `Retry-After`",
            Retry::PausesClient => "after `Retry-After`, if asked for",
        };
        let pauses = yes(rule.retry == Retry::PausesClient);
        let platform = yes(rule.platform == Platform::Fails);
        let batch = match rule.batch {
            _ if is_by_status => BY_STATUS,
            Batch::Continues => "no",
            Batch::Stops => "yes",
            Batch::StopsAfterThree => "after three in a row",
        };
        let cells = [
            &outcome(rule),
            &kind,
            retry,
            pauses,
            platform,
            yes(rule.retryable_later),
            yes(rule.blames_task),
            batch,
        ];
        cells.map(str::to_owned).to_vec()
    })
    .collect()
}

#[test]
fn is_the_table_in_the_documentation() {
    let wire = include_str!("../../../../docs/WIRE.md");
    let table = wire
        .lines()
        .skip_while(|line| !line.starts_with("| outcome "))
        .take_while(|line| line.starts_with('|'))
        // Skips the header and the line below it.
        .skip(2);
    let documented: Vec<Vec<String>> = table
        .map(|line| {
            let cells = line.trim_matches('|').split('|');
            cells.map(|cell| cell.trim().to_owned()).collect()
        })
        .collect();
    let rows: Vec<String> = printed()
        .iter()
        .map(|row| format!("| {} |", row.join(" | ")))
        .collect();
    assert_eq!(
        documented,
        printed(),
        "the table should be:\n{}",
        rows.join("\n")
    );
}

/// Checks each status separately, because the ends of ranges are easy to get wrong.
#[test]
fn every_status_has_the_rule_that_was_decided() {
    for status in 100..=999 {
        let rule = rule_of(status);
        let kind = match status {
            200..=299 => None,
            400 | 422 => Some(ErrorKind::Validation),
            401 | 403 => Some(ErrorKind::Authentication),
            404 => Some(ErrorKind::NotFound),
            413 => Some(ErrorKind::PayloadTooLarge),
            429 => Some(ErrorKind::RateLimit),
            500..=599 => Some(ErrorKind::Server),
            _ => Some(ErrorKind::Unexpected),
        };
        assert_eq!(rule.kind, kind, "{status}");
        let retried = matches!(status, 408 | 425 | 429 | 500..=599);
        assert_eq!(rule.retry != Retry::Never, retried, "{status}");
        assert_eq!(rule.retry == Retry::PausesClient, status == 429, "{status}");
        assert_eq!(
            rule.retry == Retry::AtLeastRetryAfter,
            status == 503,
            "{status}"
        );
        let fails = retried || matches!(status, 300..=399);
        assert_eq!(rule.platform == Platform::Fails, fails, "{status}");
        assert_eq!(rule.retryable_later, fails, "{status}");
        let blamed = matches!(status, 500 | 501 | 505..=510 | 512..=519);
        assert_eq!(rule.blames_task, blamed, "{status}");
        let stops = matches!(status, 401 | 403 | 404);
        assert_eq!(rule.batch == Batch::Stops, stops, "{status}");
        assert_ne!(rule.batch, Batch::StopsAfterThree, "{status}");
    }
}
