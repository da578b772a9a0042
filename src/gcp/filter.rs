//! Filters of the Monitoring API, as typed values with one printer.

use super::log_filter::literal;
use super::metrics::Metric;
use std::fmt;

/// Selects the time series of a metric.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filter {
    terms: Vec<(String, Value)>,
}

/// What the value of a key must be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// Exactly this.
    Is(String),
    /// Something that begins so.
    Begins(String),
    /// Something that a pattern matches as a whole.
    Matches(String),
}

impl Filter {
    /// The series of a metric on its monitored resource. The API demands both
    /// (`must specify a restriction on "resource.type" in the filter`).
    pub(super) fn of(metric: &Metric) -> Filter {
        Filter {
            terms: vec![
                ("metric.type".to_owned(), Value::Is(metric.name.to_owned())),
                ("resource.type".to_owned(), Value::Is(metric.resource.to_owned())),
            ],
        }
    }

    /// The series of a log-based metric on a monitored resource.
    pub(super) fn of_log_metric(name: &str, resource: &str) -> Filter {
        let terms = [
            ("metric.type", format!("logging.googleapis.com/user/{name}")),
            ("resource.type", resource.to_owned()),
        ];
        Filter { terms: terms.map(|(key, value)| (key.to_owned(), Value::Is(value))).into() }
    }

    /// Those whose metric has one of these values of a label.
    #[must_use]
    pub fn metric_label_one_of(mut self, key: &str, values: &[&str]) -> Filter {
        let values: Vec<String> = values.iter().map(|value| literal(value)).collect();
        self.terms.push((format!("metric.label.{key}"), Value::Matches(values.join("|"))));
        self
    }

    /// Those whose metric has a label that is a path, or one below it.
    #[must_use]
    pub fn metric_label_at_or_below(mut self, key: &str, path: &str) -> Filter {
        self.terms.push((format!("metric.label.{key}"), Value::Matches(format!("{}(/.*)?", literal(path)))));
        self
    }

    /// Those whose resource has a label with this value.
    #[must_use]
    pub fn resource_label(mut self, key: &str, value: &str) -> Filter {
        self.terms.push((format!("resource.label.{key}"), Value::Is(value.to_owned())));
        self
    }

    /// Those whose resource has a label that begins so.
    #[must_use]
    pub fn resource_label_begins(mut self, key: &str, prefix: &str) -> Filter {
        self.terms.push((format!("resource.label.{key}"), Value::Begins(prefix.to_owned())));
        self
    }

    /// Those whose metric has a label with this value.
    #[must_use]
    pub fn metric_label(mut self, key: &str, value: &str) -> Filter {
        self.terms.push((format!("metric.label.{key}"), Value::Is(value.to_owned())));
        self
    }

    /// The keys and what their values must be, in order.
    pub fn terms(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.terms.iter().map(|(key, value)| (key.as_str(), value))
    }
}

impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, (key, value)) in self.terms().enumerate() {
            let and = if index == 0 { "" } else { " AND " };
            let quoted = |text: &str| text.replace('\\', "\\\\").replace('"', "\\\"");
            match value {
                Value::Is(text) => write!(f, "{and}{key}=\"{}\"", quoted(text))?,
                Value::Matches(text) => {
                    write!(f, "{and}{key}=monitoring.regex.full_match(\"{}\")", quoted(text))?
                }
                Value::Begins(text) => write!(f, "{and}{key}=starts_with(\"{}\")", quoted(text))?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gcp::metrics::DAG_RUN_COUNT;

    #[test]
    fn a_value_cannot_leave_its_quotes() {
        let filter = Filter::of(&DAG_RUN_COUNT).resource_label("workflow_name", r#"a" OR metric.type="b\"#);
        assert_eq!(
            filter.to_string(),
            r#"metric.type="composer.googleapis.com/workflow/run_count" AND resource.type="cloud_composer_workflow" AND resource.label.workflow_name="a\" OR metric.type=\"b\\""#
        );
    }
}
