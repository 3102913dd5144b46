//! Which traces a list shows, and in which order. Addresses, commands and tools of agents spell it alike.

use rusqlite::types::Value;

use crate::time;

/// The names of the filters, as [`Filter::set`] takes them.
pub(crate) const NAMES: [&str; 13] = [
    "q", "agent", "model", "tool", "tag", "session", "outcome", "source", "min_ms", "max_ms",
    "from", "to", "after",
];

/// Which traces are wanted. The default is all.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Filter {
    /// Words that occur in the trace. The last may be the beginning of a word.
    pub(crate) text: Option<String>,
    pub(crate) agent: Option<String>,
    pub(crate) model: Option<String>,
    pub(crate) tool: Option<String>,
    pub(crate) tag: Option<(String, String)>,
    pub(crate) session: Option<String>,
    pub(crate) failed: Option<bool>,
    pub(crate) source: Option<String>,
    pub(crate) min_ms: Option<f64>,
    pub(crate) max_ms: Option<f64>,
    pub(crate) from_ms: Option<i64>,
    pub(crate) to_ms: Option<i64>,
    /// Only traces that were stored after the trace with this number.
    pub(crate) after: Option<i64>,
}

impl Filter {
    /// Sets the filter with this name. An empty value changes nothing.
    ///
    /// # Errors
    /// A message that names the filter, if there is none with this name or the value is invalid.
    pub(crate) fn set(&mut self, name: &str, value: &str) -> Result<(), String> {
        let value = value.trim();
        if value.is_empty() {
            return Ok(());
        }
        let text = || Some(value.to_owned());
        let milliseconds = || {
            let parsed = value.parse().ok().filter(|ms: &f64| ms.is_finite());
            parsed.ok_or_else(|| format!("{name} must be a number of milliseconds (got {value:?})"))
        };
        let date = || {
            time::parse(value)
                .ok_or_else(|| format!("{name} must be an ISO 8601 date (got {value:?})"))
        };
        match name {
            "q" => self.text = text(),
            "agent" => self.agent = text(),
            "model" => self.model = text(),
            "tool" => self.tool = text(),
            "tag" => {
                let (key, value) = value
                    .split_once(':')
                    .ok_or_else(|| format!("tag must be key:value (got {value:?})"))?;
                self.tag = Some((key.to_owned(), value.to_owned()));
            }
            "session" => self.session = text(),
            "outcome" => {
                self.failed = match value {
                    "failed" => Some(true),
                    "ok" => Some(false),
                    _ => return Err(format!("outcome must be ok or failed (got {value:?})")),
                }
            }
            "source" => self.source = text(),
            "min_ms" => self.min_ms = Some(milliseconds()?),
            "max_ms" => self.max_ms = Some(milliseconds()?),
            "from" => self.from_ms = Some(date()?),
            "to" => self.to_ms = Some(date()?),
            "after" => {
                let number = value.parse();
                self.after =
                    Some(number.map_err(|_| format!("after must be a number (got {value:?})"))?);
            }
            _ => {
                return Err(format!(
                    "there is no filter {name:?}; there are {}",
                    NAMES.join(", ")
                ));
            }
        }
        Ok(())
    }

    /// The tables and conditions of a query for these traces, as `FROM … WHERE …`.
    ///
    /// A filter that has a table of its own leads: its rows are visited in the order of their numbers,
    /// so that a list of the newest traces is made without visiting all of them.
    pub(super) fn sql(&self) -> Sql {
        let mut sql = Sql::default();
        if let Some(text) = &self.text {
            sql.lead("search", "rowid");
            sql.condition("search MATCH ?", [Value::from(fts_query(text))]);
        }
        if let Some((key, value)) = &self.tag {
            sql.table("tags", &["key", "value"], [key.clone(), value.clone()]);
        }
        if let Some(model) = &self.model {
            sql.table("model_use", &["model"], [model.clone()]);
        }
        if let Some(tool) = &self.tool {
            sql.table("tool_use", &["tool"], [tool.clone()]);
        }
        let mut column = |condition: &str, value: Option<Value>| {
            if let Some(value) = value {
                sql.condition(condition, [value]);
            }
        };
        let text = |text: &Option<String>| text.clone().map(Value::from);
        column("traces.agent = ?", text(&self.agent));
        column("traces.session = ?", text(&self.session));
        column("traces.source = ?", text(&self.source));
        match self.failed {
            // A literal, so that the index of failed traces is used.
            Some(true) => sql.condition("traces.failed = 1", []),
            Some(false) => sql.condition("traces.failed = 0", []),
            None => {}
        }
        let mut column = |condition: &str, value: Option<Value>| {
            if let Some(value) = value {
                sql.condition(condition, [value]);
            }
        };
        column("traces.duration_ms >= ?", self.min_ms.map(Value::from));
        column("traces.duration_ms <= ?", self.max_ms.map(Value::from));
        column("traces.received_ms >= ?", self.from_ms.map(Value::from));
        column("traces.received_ms <= ?", self.to_ms.map(Value::from));
        if let Some(after) = self.after {
            let number = sql.number.clone();
            sql.condition(&format!("{number} > ?"), [Value::from(after)]);
        }
        sql
    }
}

/// A part of a query.
#[derive(Clone, Debug)]
pub(super) struct Sql {
    from: String,
    /// The column to order by for the newest.
    pub(super) number: String,
    conditions: Vec<String>,
    pub(super) values: Vec<Value>,
}

impl Default for Sql {
    fn default() -> Self {
        Self {
            from: "traces".to_owned(),
            number: "traces.number".to_owned(),
            conditions: Vec::new(),
            values: Vec::new(),
        }
    }
}

impl Sql {
    pub(super) fn text(&self) -> String {
        if self.conditions.is_empty() {
            return format!("FROM {}", self.from);
        }
        format!("FROM {} WHERE {}", self.from, self.conditions.join(" AND "))
    }

    pub(super) fn condition(&mut self, condition: &str, values: impl IntoIterator<Item = Value>) {
        self.conditions.push(condition.to_owned());
        self.values.extend(values);
    }

    /// Makes this table the outer loop.
    fn lead(&mut self, table: &str, number: &str) {
        self.number = format!("{table}.{number}");
        // SQLite does not reorder a CROSS JOIN.
        self.from = format!(
            "{table} CROSS JOIN traces ON traces.number = {}",
            self.number
        );
    }

    fn table<const N: usize>(&mut self, table: &str, columns: &[&str], values: [String; N]) {
        let conditions: Vec<_> = columns
            .iter()
            .map(|column| format!("{table}.{column} = ?"))
            .collect();
        let mut condition = conditions.join(" AND ");
        if self.from == "traces" {
            self.lead(table, "number");
        } else {
            condition = format!(
                "EXISTS (SELECT 1 FROM {table} WHERE {condition} AND {table}.number = traces.number)"
            );
        }
        self.condition(&condition, values.map(Value::from));
    }
}

/// Turns what a person types into a query of FTS5: all words must occur, words in quotation marks next
/// to each other. The last word may continue, unless it is in quotation marks.
fn fts_query(text: &str) -> String {
    let mut parts = Vec::new();
    for (index, part) in text.split('"').enumerate() {
        if index % 2 == 1 {
            parts.push(format!("\"{part}\""));
            continue;
        }
        // A NUL would end the query.
        let words = part.split(|c: char| c.is_whitespace() || c == '\0');
        parts.extend(
            words
                .filter(|word| !word.is_empty())
                .map(|word| format!("\"{word}\"")),
        );
    }
    parts.retain(|part| part.chars().any(char::is_alphanumeric));
    if let Some(last) = parts.last_mut().filter(|_| !text.trim_end().ends_with('"')) {
        last.push('*');
    }
    if parts.is_empty() {
        // Nothing to search for: no trace matches.
        return "\"\"".to_owned();
    }
    parts.join(" ")
}

/// The order of a list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Sort {
    #[default]
    Newest,
    Oldest,
    Slowest,
    Fastest,
    MostTokens,
    MostCost,
}

impl Sort {
    /// # Errors
    /// A message, if there is no such order.
    pub(crate) fn parse(name: &str) -> Result<Self, String> {
        match name {
            "" | "newest" => Ok(Self::Newest),
            "oldest" => Ok(Self::Oldest),
            "slowest" => Ok(Self::Slowest),
            "fastest" => Ok(Self::Fastest),
            "tokens" => Ok(Self::MostTokens),
            "cost" => Ok(Self::MostCost),
            _ => Err(format!(
                "sort must be newest, oldest, slowest, fastest, tokens or cost (got {name:?})"
            )),
        }
    }

    /// The column that orders before the number, and the direction.
    pub(super) fn order(self) -> (Option<&'static str>, &'static str) {
        match self {
            Self::Newest => (None, "DESC"),
            Self::Oldest => (None, "ASC"),
            Self::Slowest => (Some("traces.duration_ms"), "DESC"),
            Self::Fastest => (Some("traces.duration_ms"), "ASC"),
            Self::MostTokens => (Some("traces.tokens"), "DESC"),
            Self::MostCost => (Some("traces.cost_usd"), "DESC"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn makes_a_query_of_whatever_is_typed() {
        for (typed, query) in [
            ("whale", r#""whale"*"#),
            ("white  wha", r#""white" "wha"*"#),
            (r#"say "white whale" now"#, r#""say" "white whale" "now"*"#),
            ("AND (a* OR) -", r#""AND" "(a*" "OR)"*"#),
            (r#"""#, r#""""#),
            ("--", r#""""#),
            (r#""white wh"#, r#""white wh"*"#),
            (r#""white whale""#, r#""white whale""#),
            ("a\0b", r#""a" "b"*"#),
        ] {
            assert_eq!(fts_query(typed), query, "{typed}");
        }
    }

    #[test]
    fn names_the_invalid_filter() {
        let mut filter = Filter::default();
        for (name, value) in [
            ("min_ms", "x"),
            ("min_ms", "NaN"),
            ("from", "yesterday"),
            ("tag", "x"),
            ("outcome", "bad"),
            ("after", "1.5"),
            ("colour", "red"),
        ] {
            let message = filter.set(name, value).unwrap_err();
            assert!(message.contains(name), "{message}");
        }
        assert_eq!(filter, Filter::default());
        assert!(NAMES.iter().all(|name| filter.set(name, " ").is_ok()));
    }
}
