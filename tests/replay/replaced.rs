//! Arguments that cannot change in place, next to ones that can.

use super::{Edit, valid_module};
use crate::support::terraform::PlanOutcome;

const REPLACED: &str = "must be replaced";
const IN_PLACE: &str = "will be updated in-place";

struct Change {
    edit: Edit,
    address: &'static str,
    how: &'static str,
}

const CHANGES: &[Change] = &[
    Change {
        edit: Edit { file: "slo.tf", replace: "= \"orders-fresh\"", by: "= \"orders-new\"" },
        address: "google_monitoring_slo.orders_fresh",
        how: REPLACED,
    },
    Change {
        edit: Edit {
            file: "slo.tf",
            replace: "goal                = 0.99",
            by: "goal                = 0.95",
        },
        address: "google_monitoring_slo.orders_fresh",
        how: IN_PLACE,
    },
    Change {
        edit: Edit { file: "slo.tf", replace: "service_id   = \"orders\"", by: "service_id   = \"orders2\"" },
        address: "google_monitoring_custom_service.orders",
        how: REPLACED,
    },
    Change {
        edit: Edit { file: "alert_policy.tf", replace: "threshold_value = 14.4", by: "threshold_value = 6" },
        address: "google_monitoring_alert_policy.orders_late",
        how: IN_PLACE,
    },
    Change {
        edit: Edit {
            file: "alert_policy.tf",
            replace: "severity              = \"CRITICAL\"",
            by: "project = \"shop-test\"",
        },
        address: "google_monitoring_alert_policy.orders_late",
        how: REPLACED,
    },
    Change {
        edit: Edit { file: "bigquery.tf", replace: "\"scheduled_query\"", by: "\"other\"" },
        address: "google_bigquery_data_transfer_config.null_ratios",
        how: REPLACED,
    },
    Change {
        edit: Edit { file: "bigquery.tf", replace: "field = \"measured_at\"", by: "field = \"other\"" },
        address: "google_bigquery_table.null_ratios",
        how: REPLACED,
    },
    Change {
        edit: Edit { file: "logging.tf", replace: "key        = \"rule\"", by: "key = \"column\"" },
        address: "google_logging_metric.orders_bad",
        how: REPLACED,
    },
    Change {
        edit: Edit { file: "logging.tf", replace: "\"EXTRACT(jsonPayload.ruleName)\"", by: "\"EXTRACT(x)\"" },
        address: "google_logging_metric.orders_bad",
        how: IN_PLACE,
    },
    Change {
        edit: Edit { file: "grafana.tf", replace: "{ uid = \"orders\",", by: "{ uid = \"other\"," },
        address: "grafana_dashboard.orders",
        how: REPLACED,
    },
    Change {
        edit: Edit {
            file: "grafana.tf",
            replace: "title = \"Orders\", panels",
            by: "title = \"Other\", panels",
        },
        address: "grafana_dashboard.orders",
        how: IN_PLACE,
    },
    Change {
        edit: Edit { file: "grafana.tf", replace: "uid   = \"orders\"", by: "uid   = \"other\"" },
        address: "grafana_folder.orders",
        how: REPLACED,
    },
];

#[test]
fn a_plan_says_what_must_be_replaced() {
    let Some(module) = valid_module() else { return };
    module.init();
    assert_eq!(module.apply(), Ok(()));
    for Change { edit, address, how } in CHANGES {
        let before = edit.make(&module);
        let outcome = module.plan();
        let PlanOutcome::Changes(plan) = outcome else { panic!("{}: {outcome:?}", edit.by) };
        assert!(plan.contains(&format!("{address} {how}")), "{}: {plan}", edit.by);
        module.write(edit.file, &before);
    }
}
