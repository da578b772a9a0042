//! Filters of the Logging API, and what is extracted from the entries that they match, as typed values with one printer.
//!
//! Source: the Logging query language (`cloud.google.com/logging/docs/view/logging-query-language`) and the comments of
//! `google/logging/v2/logging_metrics.proto` (googleapis, 2026-08-22). Patterns are RE2 and match any part of a text.

use std::fmt;

/// Selects log entries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogFilter {
    terms: Vec<Term>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Term {
    Equals(String, String),
    Matches(Vec<String>, String),
    Lacks(Vec<String>, String),
    Log(String),
    AtLeast(LogSeverity),
}

/// How severe an entry is at least.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogSeverity {
    /// Something went wrong, or worse.
    Error,
}

impl LogFilter {
    /// The entries of a monitored resource.
    pub fn of_resource(resource: &str) -> LogFilter {
        LogFilter { terms: vec![Term::Equals("resource.type".to_owned(), resource.to_owned())] }
    }

    /// Those whose resource has a label with this value.
    #[must_use]
    pub fn resource_label(self, key: &str, value: &str) -> LogFilter {
        self.and(Term::Equals(format!("resource.labels.{key}"), value.to_owned()))
    }

    /// Those whose resource has a label that begins so.
    #[must_use]
    pub fn resource_label_begins(self, key: &str, prefix: &str) -> LogFilter {
        self.and(Term::Matches(vec![format!("resource.labels.{key}")], format!("^{}", literal(prefix))))
    }

    /// Those of a log, such as `dataflow.googleapis.com/worker`, in whichever project.
    #[must_use]
    pub fn log(self, id: &str) -> LogFilter {
        self.and(Term::Log(id.to_owned()))
    }

    /// Those that are as severe, or more.
    #[must_use]
    pub fn at_least(self, severity: LogSeverity) -> LogFilter {
        self.and(Term::AtLeast(severity))
    }

    /// Those in which one of several fields, such as `jsonPayload.message`, matches a pattern.
    #[must_use]
    pub fn matches(self, fields: &[&str], pattern: &str) -> LogFilter {
        self.and(Term::Matches(owned(fields), pattern.to_owned()))
    }

    /// Those in which none of them does.
    #[must_use]
    pub fn lacks(self, fields: &[&str], pattern: &str) -> LogFilter {
        self.and(Term::Lacks(owned(fields), pattern.to_owned()))
    }

    fn and(mut self, term: Term) -> LogFilter {
        self.terms.push(term);
        self
    }
}

impl fmt::Display for LogFilter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, term) in self.terms.iter().enumerate() {
            f.write_str(if index == 0 { "" } else { " AND " })?;
            match term {
                Term::Equals(field, value) => write!(f, "{field}={}", quoted(value))?,
                Term::Matches(fields, pattern) => f.write_str(&any(fields, pattern))?,
                Term::Lacks(fields, pattern) => write!(f, "NOT {}", any(fields, pattern))?,
                Term::Log(id) => write!(f, "log_id({})", quoted(id))?,
                Term::AtLeast(LogSeverity::Error) => f.write_str("severity>=ERROR")?,
            }
        }
        Ok(())
    }
}

/// What a label gets from an entry; nothing where the entry does not have it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LogExtractor {
    /// A field, such as `resource.labels.step_id`.
    Field(String),
    /// What the one group of a pattern captures in a field.
    Captured {
        /// The field.
        field: String,
        /// An RE2 pattern with exactly one group.
        pattern: String,
    },
}

impl fmt::Display for LogExtractor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LogExtractor::Field(field) => write!(f, "EXTRACT({field})"),
            LogExtractor::Captured { field, pattern } => {
                write!(f, "REGEXP_EXTRACT({field}, {})", quoted(pattern))
            }
        }
    }
}

/// A pattern that matches exactly this text.
pub(super) fn literal(text: &str) -> String {
    let mut pattern = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            // A dashboard takes a `$` and a word for one of its variables.
            '$' => pattern.push_str("[$]"),
            letter if r"\.+*?()|[]{}^".contains(letter) => pattern.extend(['\\', letter]),
            letter => pattern.push(letter),
        }
    }
    pattern
}

fn owned(fields: &[&str]) -> Vec<String> {
    fields.iter().map(|field| (*field).to_owned()).collect()
}

/// `AND` binds closer than `OR`.
fn any(fields: &[String], pattern: &str) -> String {
    let comparisons: Vec<String> =
        fields.iter().map(|field| format!("{field}=~{}", quoted(pattern))).collect();
    match comparisons.as_slice() {
        [one] => one.clone(),
        several => format!("({})", several.join(" OR ")),
    }
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_cannot_leave_its_quotes_and_a_prefix_is_no_pattern() {
        let filter = LogFilter::of_resource("dataflow_step")
            .resource_label_begins("job_name", "a.b")
            .resource_label("step_id", r#"x" OR severity>=DEFAULT OR "\"#)
            .log("dataflow.googleapis.com/worker")
            .at_least(LogSeverity::Error);
        assert_eq!(
            filter.to_string(),
            r#"resource.type="dataflow_step" AND resource.labels.job_name=~"^a\\.b" AND resource.labels.step_id="x\" OR severity>=DEFAULT OR \"\\" AND log_id("dataflow.googleapis.com/worker") AND severity>=ERROR"#
        );
    }

    #[test]
    fn a_pattern_is_looked_for_in_each_of_several_fields() {
        let filter = LogFilter::of_resource("x")
            .matches(&["a"], "1")
            .matches(&["a", "b"], "2")
            .lacks(&["a", "b"], "3");
        assert_eq!(
            filter.to_string(),
            r#"resource.type="x" AND a=~"1" AND (a=~"2" OR b=~"2") AND NOT (a=~"3" OR b=~"3")"#
        );
    }

    #[test]
    fn extractors() {
        assert_eq!(LogExtractor::Field("a.b".to_owned()).to_string(), "EXTRACT(a.b)");
        let captured = LogExtractor::Captured {
            field: "jsonPayload.message".to_owned(),
            pattern: r#"^"(\w+)""#.to_owned(),
        };
        assert_eq!(captured.to_string(), r#"REGEXP_EXTRACT(jsonPayload.message, "^\"(\\w+)\"")"#);
    }
}
