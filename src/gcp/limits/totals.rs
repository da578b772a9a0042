//! How much a metrics scope, a project or a service holds. Genkai writes everything of a project into the metrics scope that
//! the project hosts, so that both are the same here.

use super::Kept::{Always, NotWritten, Reported};
use super::Source::{self, Others, Reference, Unconfirmed};
use super::limits;

/// The page on quotas, by way of others who read it.
const QUOTAS: Source = Others("the page on quotas");

limits! {
    POLICIES_MAX: usize = 2_000, "policies", AtMost, QUOTAS, Reported("GK510"),
        "Alert policies of a metrics scope";
    SLOS_PER_SERVICE_MAX: usize = 500, "SLOs", AtMost, QUOTAS, Reported("GK511"),
        "SLOs of a service";
    NOTIFICATION_CHANNELS_MAX: usize = 4_000, "channels", AtMost, Unconfirmed, Reported("GK511"),
        "Notification channels of a metrics scope";
    LOG_METRICS_MAX: usize = 500, "metrics", AtMost, Unconfirmed, Reported("GK511"),
        "Log-based metrics of a project";
    OPEN_INCIDENTS_MAX: usize = 1_000, "incidents", AtMost, Unconfirmed,
        Always("conditions are aggregated to a handful of series, and each has one incident at most"),
        "Open incidents of a policy";
    MONITORED_PROJECTS_MAX: usize = 375, "projects", AtMost, QUOTAS, NotWritten("a metrics scope"),
        "Projects that a metrics scope watches";
    SNOOZE_POLICIES_MAX: usize = 16, "policies", AtMost, Reference("snooze.proto"), NotWritten("a snooze"),
        "Alert policies of a snooze";
    CLOUD_DASHBOARDS_MAX: usize = 1_000, "dashboards", AtMost, Unconfirmed,
        NotWritten("a dashboard of Cloud Monitoring"),
        "Dashboards of Cloud Monitoring in a project";
    CLOUD_WIDGETS_MAX: usize = 100, "widgets", AtMost, Unconfirmed,
        NotWritten("a dashboard of Cloud Monitoring"),
        "Widgets of a dashboard of Cloud Monitoring";
}
