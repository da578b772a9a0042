//! Filters of the Monitoring API, as typed values with one printer.

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
}

impl Filter {
    /// The series of a metric on its monitored resource. The API demands both
    /// (`must specify a restriction on "resource.type" in the filter`).
    pub fn of(metric: &Metric) -> Filter {
        Filter {
            terms: vec![
                ("metric.type".to_owned(), Value::Is(metric.name.to_owned())),
                ("resource.type".to_owned(), Value::Is(metric.resource.to_owned())),
            ],
        }
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
