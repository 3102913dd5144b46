//! Verdicts as a JUnit file, which continuous integration shows.

use std::fmt::Write;

/// Whether a rule holds.
#[derive(Debug)]
pub(super) struct Verdict {
    pub(super) rule: String,
    /// What was found, and where it broke the rule.
    pub(super) found: String,
    pub(super) holds: bool,
}

pub(super) fn report(verdicts: &[Verdict]) -> String {
    let broken = verdicts.iter().filter(|verdict| !verdict.holds).count();
    let mut out = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuite name=\"infinium-local check\" tests=\"{}\" failures=\"{broken}\">\n",
        verdicts.len()
    );
    for Verdict { rule, found, holds } in verdicts {
        let (rule, found) = (escape(rule), escape(found));
        let _ = if *holds {
            writeln!(out, "  <testcase classname=\"traces\" name=\"{rule}\"/>")
        } else {
            writeln!(
                out,
                "  <testcase classname=\"traces\" name=\"{rule}\"><failure message=\"{found}\"/></testcase>"
            )
        };
    }
    out.push_str("</testsuite>\n");
    out
}

fn escape(text: &str) -> String {
    text.chars()
        .map(|character| match character {
            '&' => "&amp;".to_owned(),
            '<' => "&lt;".to_owned(),
            '>' => "&gt;".to_owned(),
            '"' => "&quot;".to_owned(),
            // XML has no way to write most of these.
            other if other.is_control() => " ".to_owned(),
            other => other.to_string(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_and_escapes() {
        let verdict = |rule: &str, holds| Verdict {
            rule: rule.to_owned(),
            found: "a \"b\" < c".to_owned(),
            holds,
        };
        let report = report(&[verdict("one & two", true), verdict("three", false)]);
        assert!(report.contains("tests=\"2\" failures=\"1\""), "{report}");
        assert!(report.contains("name=\"one &amp; two\"/>"), "{report}");
        assert!(
            report.contains("message=\"a &quot;b&quot; &lt; c\""),
            "{report}"
        );
    }
}
