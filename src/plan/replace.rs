//! Which arguments cannot change in place, so that Terraform destroys a resource and makes another.
//!
//! Source: `ForceNew` in the schemas of the providers google 6.50 to 8 and grafana 4, for the resources that Genkai writes.

/// The argument that forces a replacement, if one of those that change does.
pub(super) fn must_be_replaced<'a>(address: &str, arguments: &'a [String]) -> Option<&'a str> {
    let (kind, _) = address.split_once('.')?;
    let fixed: &[&str] = match kind {
        "google_monitoring_custom_service" => &["service_id", "project"],
        "google_monitoring_slo" => &["service", "slo_id", "project"],
        "google_monitoring_alert_policy" | "google_monitoring_notification_channel" => &["project"],
        "google_logging_metric" => &["project"],
        "google_bigquery_dataset" => &["dataset_id", "location", "project"],
        "google_bigquery_table" => &["dataset_id", "table_id", "time_partitioning", "project"],
        "google_bigquery_data_transfer_config" => &["data_source_id", "location", "project"],
        "grafana_folder" => &["uid", "org_id"],
        "grafana_dashboard" => &["org_id"],
        _ => &[],
    };
    arguments.iter().map(String::as_str).find(|argument| fixed.contains(argument))
}
