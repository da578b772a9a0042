//! How far an alert may look back at a metric, and how long Cloud Monitoring keeps its points: known of families of metrics,
//! those of one service.
//!
//! Source of the look-backs: `gcp::limits`. Source of the retention: the page on quotas, as others quote it, which keeps the
//! metrics of the main services for 24 months (in points of ten minutes after six weeks) and "all other Google Cloud
//! metrics" for six weeks. None of the families here was in a list of 24 months that was seen, so each has the six weeks; who
//! knows better says so in the Project (`metricRetention`).

use super::{Metric, promql_name};
use crate::gcp::limits::{LOG_METRIC_LOOKBACK_MAX, PROMQL_LOOKBACK_MAX};
use crate::slo::Duration;

/// The metrics of a service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Family {
    /// What their names begin with.
    pub domain: &'static str,
    /// How far an alert in PromQL may look back, everything counted: windows, sub-queries, offsets, and how long it holds.
    pub lookback: Duration,
    /// How long their points are kept.
    pub retention: Duration,
    /// What is known of that.
    pub source: &'static str,
}

const SIX_WEEKS: Duration = Duration::days(42);

const UNLISTED: &str = "\"all other Google Cloud metrics\": in no list of 24 months that was seen";

/// Every family that Genkai reads.
pub const FAMILIES: [Family; 5] = [
    Family {
        domain: "composer.googleapis.com/",
        lookback: PROMQL_LOOKBACK_MAX,
        retention: SIX_WEEKS,
        source: UNLISTED,
    },
    Family {
        domain: "dataflow.googleapis.com/",
        lookback: PROMQL_LOOKBACK_MAX,
        retention: SIX_WEEKS,
        source: UNLISTED,
    },
    Family {
        domain: "pubsub.googleapis.com/",
        lookback: PROMQL_LOOKBACK_MAX,
        retention: SIX_WEEKS,
        source: UNLISTED,
    },
    Family {
        domain: "bigquerydatatransfer.googleapis.com/",
        lookback: PROMQL_LOOKBACK_MAX,
        retention: SIX_WEEKS,
        source: "the service's page on monitoring: \"retained for 6 weeks\"",
    },
    // Whether the limit holds for the logging service's own counts, too, is not known: it is kept to.
    Family {
        domain: "logging.googleapis.com/",
        lookback: LOG_METRIC_LOOKBACK_MAX,
        retention: SIX_WEEKS,
        source: UNLISTED,
    },
];

impl Family {
    /// The family of a metric, by its name in PromQL.
    pub fn of_promql(name: &str) -> Option<&'static Family> {
        let domain = |family: &&Family| name.starts_with(&promql_name(family.domain));
        FAMILIES.iter().find(domain)
    }
}

impl Metric {
    /// How long its points are kept.
    pub fn retention(&self) -> Duration {
        Family::of_promql(&self.promql_name()).map_or(SIX_WEEKS, |family| family.retention)
    }
}

#[cfg(test)]
mod tests {
    use super::super::{ALL, log_based_promql_name};
    use super::*;

    #[test]
    fn every_metric_has_a_family() {
        for metric in ALL {
            let family = Family::of_promql(&metric.promql_name()).map(|family| family.domain);
            assert!(family.is_some_and(|domain| metric.name.starts_with(domain)), "{}", metric.name);
        }
        let lookback = |name: &str| Family::of_promql(name).map(|family| family.lookback);
        assert_eq!(lookback(&log_based_promql_name("errors")), Some(LOG_METRIC_LOOKBACK_MAX));
        assert_eq!(lookback("loggingx_googleapis_com:user_errors"), None);
    }
}
