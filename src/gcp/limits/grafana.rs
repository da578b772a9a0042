//! Dashboards and folders in Grafana, which Terraform delivers together with what they show.

use super::Kept::{Always, Reported};
use super::Source::{self, Reference};
use super::limits;

/// The schema of dashboards in Grafana's sources.
const SCHEMA: Source = Reference("`dashboard_kind.cue`");

limits! {
    GRAFANA_UID_MIN: usize = 8, "bytes", AtLeast, SCHEMA, Reported("GK504"),
        "The unique ID of a dashboard or a folder";
    GRAFANA_UID_MAX: usize = 40, "bytes", AtMost, Reference("`shortid_generator.go`"), Reported("GK504"),
        "The unique ID of a dashboard or a folder";
    GRAFANA_COLUMNS: u32 = 24, "columns", AtMost, SCHEMA, Always("the rows of a dashboard are laid out by it"),
        "Where a panel ends on the grid";
    GRAFANA_PANEL_WIDTH_MIN: u32 = 1, "columns", AtLeast, SCHEMA, Always("the widths of panels are fixed"),
        "How wide a panel is";
    GRAFANA_PANEL_HEIGHT_MIN: u32 = 1, "rows", AtLeast, SCHEMA, Always("the heights of panels are fixed"),
        "How high a panel is";
}
