//! Whose series: a metrics scope may hold those of several projects, and a project several regions.

use super::Filter;
use super::metrics::{Metric, log_based_promql_name};
use crate::promql::Selector;

/// The project, and for Composer the region, whose series are read. Every selector and every filter is made here, so that
/// none can leave them out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scope {
    project: String,
    location: Option<String>,
}

/// The monitored resources with a label `location` that is the region of a Composer environment. Google's own queries for
/// Composer name it.
const COMPOSER: &str = "cloud_composer_";

impl Scope {
    /// The series of a project; those of Composer in a region, where one is given.
    pub fn new(project: &str, location: Option<&str>) -> Scope {
        Scope { project: project.to_owned(), location: location.map(str::to_owned) }
    }

    /// The series of a metric in PromQL.
    pub fn selector(&self, metric: &Metric) -> Selector {
        self.select(metric.promql_name(), metric.resource)
    }

    /// The series of a log-based metric in PromQL.
    pub fn log_metric_selector(&self, name: &str, resource: &str) -> Selector {
        self.select(log_based_promql_name(name), resource)
    }

    /// The series of a metric, for what is not PromQL.
    pub fn filter(&self, metric: &Metric) -> Filter {
        self.labelled(Filter::of(metric), metric.resource)
    }

    /// The series of a log-based metric, for what is not PromQL.
    pub fn log_metric_filter(&self, name: &str, resource: &str) -> Filter {
        self.labelled(Filter::of_log_metric(name, resource), resource)
    }

    fn select(&self, metric: String, resource: &str) -> Selector {
        let mut labels = vec![("monitored_resource", resource.to_owned())];
        labels.extend(self.labels(resource));
        Selector::new(metric, labels)
    }

    fn labelled(&self, filter: Filter, resource: &str) -> Filter {
        self.labels(resource).fold(filter, |filter, (label, value)| filter.resource_label(label, &value))
    }

    fn labels(&self, resource: &str) -> impl Iterator<Item = (&'static str, String)> {
        let location = self.location.clone().filter(|_| resource.starts_with(COMPOSER));
        [("project_id", Some(self.project.clone())), ("location", location)]
            .into_iter()
            .filter_map(|(label, value)| Some((label, value?)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gcp::metrics::{DAG_RUN_COUNT, dataflow::SYSTEM_LAG};
    use crate::promql::Expr;

    #[test]
    fn series_are_those_of_the_project_and_composer_s_of_the_region() {
        let scope = Scope::new("bigfoot-prod", Some("asia-northeast1"));
        let text = |selector: Selector| Expr::from(selector).one_line();
        assert_eq!(
            text(scope.selector(&DAG_RUN_COUNT)),
            r#"composer_googleapis_com:workflow_run_count{monitored_resource="cloud_composer_workflow",project_id="bigfoot-prod",location="asia-northeast1"}"#
        );
        assert_eq!(
            scope.filter(&SYSTEM_LAG).to_string(),
            r#"metric.type="dataflow.googleapis.com/job/system_lag" AND resource.type="dataflow_job" AND resource.label.project_id="bigfoot-prod""#
        );
        let nowhere = Scope::new("bigfoot-prod", None);
        assert!(!text(nowhere.selector(&DAG_RUN_COUNT)).contains("location"));
    }
}
