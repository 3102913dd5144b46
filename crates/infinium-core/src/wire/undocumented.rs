//! Members that a type does not document: they are written under their wire names, after the known fields.

use std::collections::HashMap;

use super::{cursor::Skipped, fault::Fault};
use crate::{case::snake_case, schema::Schema};

/// A member that the type does not document.
pub(super) struct Unknown {
    /// As the caller spells it.
    pub(super) spelling: String,
    pub(super) value: Skipped,
    /// The value after its redaction, if that changes it.
    pub(super) redacted: Option<String>,
}

/// The known fields of an object that have been written, one bit for each.
#[derive(Clone, Copy)]
pub(super) struct Written {
    pub(super) seen: u64,
    /// Without the fields that were filled in.
    pub(super) given: u64,
}

impl Written {
    /// Returns the written field that takes this wire name.
    fn field_named(self, schema: &Schema, name: &str) -> Option<usize> {
        let is_written = |index: &usize| self.seen & (1 << index) != 0;
        if name == "sections" {
            let section = schema.sections.clone().find(is_written);
            if section.is_some() {
                return section;
            }
        }
        let mut fields = schema.fields.iter();
        fields
            .position(|field| field.name() == name)
            // Sections are written one level deeper.
            .filter(|index| !schema.sections.contains(index))
            .filter(is_written)
    }
}

/// Returns the wire names of undocumented members.
///
/// # Errors
/// If another member has the same wire name.
pub(super) fn wire_names(
    schema: &Schema,
    written: Written,
    members: &[Unknown],
) -> Result<Vec<String>, Fault> {
    let mut spellings = HashMap::with_capacity(members.len());
    let mut names = Vec::with_capacity(members.len());
    for Unknown { spelling, .. } in members {
        let name = snake_case(spelling);
        if let Some(index) = written.field_named(schema, &name) {
            let other = schema.fields[index].caller_name();
            return Err(if written.given & (1 << index) == 0 {
                Fault::here(format!("must be spelled {other}")).under(spelling)
            } else {
                Fault::clash(other, spelling, &name)
            });
        }
        if let Some(other) = spellings.insert(name.clone(), spelling) {
            return Err(Fault::clash(other, spelling, &name));
        }
        names.push(name);
    }
    Ok(names)
}

#[cfg(test)]
mod tests {
    use crate::wire::encode;

    #[test]
    fn names_both_members_that_share_a_wire_name() {
        for (given, both) in [
            (
                r#""inputSummary":"a","input_summary":"b""#,
                "inputSummary and input_summary both map to input_summary",
            ),
            (
                r#""general":{"toolsUsed":["a"],"tools_used":["b"]}"#,
                "general.toolsUsed and general.tools_used both map to tools_used",
            ),
            (
                r#""steps":[{"stepNumber":1,"action":"a","description":"d","aB":1,"a_b":2}]"#,
                "steps[0].aB and steps[0].a_b both map to a_b",
            ),
        ] {
            let now = Some("2026-01-01T00:00:00.000Z");
            let task = format!(r#"{{"name":"n","description":"d","duration":1,{given}}}"#);
            let error = encode(&task, now).unwrap_err();
            assert_eq!(error.to_string(), format!("{both}; remove one"));
        }
    }
}
