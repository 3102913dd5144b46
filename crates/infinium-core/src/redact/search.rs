//! The search in a whole document of JSON, whose strings are asked for one by one.

use std::ops::Range;

use super::{
    redactor::Redactor,
    scan::{Scan, Stage},
};

/// A document of JSON in which the strings are redacted.
///
/// It is searched once, as a whole. Only strings in which something was found are looked at again, so a document
/// without anything costs no more for having many strings.
pub(crate) struct Search<'a> {
    redactor: &'a Redactor,
    /// The document. What counts is within its strings.
    scan: Scan<'a>,
    /// Where something is found next.
    next: usize,
    /// Where the last part began that was asked for.
    from: usize,
}

impl<'a> Search<'a> {
    pub(crate) fn new(redactor: &'a Redactor, document: &'a str) -> Self {
        let scan = Scan::new(&redactor.rules, document, 1, "");
        let mut search = Self {
            redactor,
            scan,
            next: 0,
            from: 0,
        };
        search.go_on(0);
        search
    }

    /// Whether the values of members with this name are replaced.
    pub(crate) fn hides(&self, name: &str) -> bool {
        self.redactor.rules.names.contains(name)
    }

    /// Whether the values of any documented fields are replaced.
    pub(crate) fn hides_fields(&self) -> bool {
        self.redactor.rules.hides_fields
    }

    /// Whether the values of any members are replaced.
    pub(crate) fn hides_members(&self) -> bool {
        !self.redactor.rules.names.is_empty()
    }

    /// What is written instead of a value.
    pub(crate) fn replacement(&self) -> &'a str {
        &self.redactor.rules.replacement
    }

    /// Whether anything was found in a part of the document. It is fastest if parts are asked for in order.
    pub(crate) fn touches(&mut self, part: &Range<usize>) -> bool {
        if part.start < self.from {
            self.next = 0;
        }
        self.from = part.start;
        if self.next < part.end {
            // It may be before the part: in a name, for example.
            self.go_on(part.start);
        }
        self.next < part.end
    }

    /// Returns the string at this position of the document, its quotes included, if it changes.
    ///
    /// `name` is the name of the member that holds it.
    pub(crate) fn string(&mut self, string: Range<usize>, name: &str) -> Option<String> {
        if !self.touches(&string) {
            return None;
        }
        let content = &self.scan.text[string.start + 1..string.end - 1];
        let redacted = self.redactor.replace(content, 1, name)?;
        Some(format!("\"{redacted}\""))
    }

    fn go_on(&mut self, from: usize) {
        if self.next <= from {
            let found = self.scan.first(Stage::Search, from);
            self.next = found.map_or(usize::MAX, |found| found.range.start.max(from));
        }
    }
}
