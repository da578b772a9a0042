//! The replaying provider itself: what it lets pass, what it rejects and in which words, and what it plans.
//!
//! Every test starts from the module in `tests/replay/valid`, which uses every resource, and changes one thing.
#![allow(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stderr,
    clippy::unwrap_used,
    reason = "a test fails by panicking, and runs programs"
)]

mod normal_form;
mod rejected;
mod replaced;

use std::path::Path;

use crate::support::terraform::{PlanOutcome, Workspace};

/// A copy of the valid module; `None` where there is no Terraform.
fn valid_module() -> Option<Workspace> {
    Workspace::copy_of(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/replay/valid"))
}

/// One change to one file of the valid module.
struct Edit {
    file: &'static str,
    replace: &'static str,
    by: &'static str,
}

impl Edit {
    /// Makes the change, and hands back the file as it was.
    fn make(&self, module: &Workspace) -> String {
        let before =
            std::fs::read_to_string(module.path().join(self.file)).expect("the module has this file");
        let found = before.matches(self.replace).count();
        assert_eq!(found, 1, "{}: `{}` must stand there once", self.file, self.replace);
        module.write(self.file, &before.replace(self.replace, self.by));
        before
    }
}

#[test]
fn a_module_with_every_resource_is_formatted_valid_and_applies_once() {
    let Some(module) = valid_module() else { return };
    module.init();
    assert_eq!(module.fmt_check(), Ok(()));
    assert_eq!(module.validate(), [""; 0]);
    assert!(
        matches!(module.plan(), PlanOutcome::Changes(plan) if plan.contains("14 to add, 0 to change, 0 to destroy"))
    );
    assert_eq!(module.apply(), Ok(()));
    assert_eq!(module.plan(), PlanOutcome::Empty);
}

#[test]
fn a_badly_formatted_file_is_named() {
    let Some(module) = valid_module() else { return };
    Edit { file: "slo.tf", replace: "  service_id   =", by: "  service_id =" }.make(&module);
    assert!(module.fmt_check().is_err_and(|difference| difference.contains("slo.tf")));
}

#[test]
fn computed_names_have_the_apis_shape() {
    let Some(module) = valid_module() else { return };
    module.init();
    assert_eq!(module.apply(), Ok(()));
    let state = module.show_json();
    let resources = state["values"]["root_module"]["resources"].as_array().expect("the state has resources");
    let values = |address: &str| {
        &resources.iter().find(|resource| resource["address"] == address).expect(address)["values"]
    };
    assert_eq!(
        values("google_monitoring_slo.orders_fresh")["name"],
        "projects/shop-prod/services/orders/serviceLevelObjectives/orders-fresh"
    );
    let channel = &values("data.google_monitoring_notification_channel.on_call")["name"];
    assert!(
        channel.as_str().is_some_and(|name| name.starts_with("projects/shop-prod/notificationChannels/"))
    );
    let policy = values("google_monitoring_alert_policy.orders_late");
    assert_eq!(policy["notification_channels"][0], *channel, "the policy holds what the lookup found");
    assert_eq!(
        policy["conditions"][0]["condition_threshold"][0]["filter"],
        format!(
            "select_slo_burn_rate(\"{}\", \"3600s\")",
            values("google_monitoring_slo.orders_fresh")["name"].as_str().expect("a name is a string")
        )
    );
    assert_eq!(values("grafana_dashboard.orders")["uid"], "orders");
}

#[test]
fn a_lookup_needs_something_to_look_for() {
    let Some(module) = valid_module() else { return };
    let lookup = "  display_name = \"Orders on call\"\n  type         = \"pagerduty\"\n";
    Edit { file: "channels.tf", replace: lookup, by: "" }.make(&module);
    module.init();
    assert_eq!(module.validate(), [""; 0], "only the lookup itself can tell");
    let expected = "At least one of display_name or type must be provided";
    assert!(matches!(module.plan(), PlanOutcome::Failed(error) if error.contains(expected)));
}

#[test]
fn a_project_must_come_from_somewhere() {
    let Some(module) = valid_module() else { return };
    Edit { file: "versions.tf", replace: "  project = \"shop-prod\"\n", by: "" }.make(&module);
    module.init();
    assert_eq!(module.validate(), [""; 0]);
    let expected = "project: required field is not set";
    assert!(matches!(module.plan(), PlanOutcome::Failed(error) if error.contains(expected)));
}

#[test]
fn a_duration_that_the_api_cannot_read_fails_at_apply_only() {
    let Some(module) = valid_module() else { return };
    Edit { file: "slo.tf", replace: "window_period = \"3600s\"", by: "window_period = \"1h\"" }.make(&module);
    module.init();
    assert_eq!(module.validate(), [""; 0]);
    assert!(matches!(module.plan(), PlanOutcome::Changes(_)));
    assert!(
        module
            .apply()
            .is_err_and(|error| error.contains("Illegal duration format; duration must end with 's'"))
    );
}

#[test]
fn a_zero_next_to_what_is_there_changes_nothing() {
    let Some(module) = valid_module() else { return };
    module.init();
    assert_eq!(module.apply(), Ok(()));
    let zeros = "  description = \"\"\n  disabled    = false\n\n  label_extractors = {";
    Edit { file: "logging.tf", replace: "  label_extractors = {", by: zeros }.make(&module);
    assert_eq!(module.plan(), PlanOutcome::Empty);
}

#[test]
fn a_write_only_secret_is_in_no_state() {
    let Some(module) = valid_module() else { return };
    let write_only = "auth_token_wo = \"hush\"\nauth_token_wo_version = \"1\"";
    Edit { file: "channels.tf", replace: "auth_token = \"secret\"", by: write_only }.make(&module);
    module.init();
    assert_eq!(module.validate(), [""; 0]);
    assert_eq!(module.apply(), Ok(()));
    assert_eq!(module.plan(), PlanOutcome::Empty);
    assert!(!module.show_json().to_string().contains("hush"));
}

#[test]
fn a_rename_with_a_moved_block_plans_nothing() {
    let Some(module) = valid_module() else { return };
    module.init();
    assert_eq!(module.apply(), Ok(()));
    Edit { file: "logging.tf", replace: "\"orders_bad\" {", by: "\"orders_nulls\" {" }.make(&module);
    module.write(
        "moved.tf",
        "moved {\n  from = google_logging_metric.orders_bad\n  to   = google_logging_metric.orders_nulls\n}\n",
    );
    let outcome = module.plan();
    let PlanOutcome::Changes(plan) = outcome else { panic!("a move is shown: {outcome:?}") };
    assert!(plan.contains("has moved to google_logging_metric.orders_nulls"), "{plan}");
    assert!(plan.contains("0 to add, 0 to change, 0 to destroy"), "{plan}");
}

/// As the API does, and as the order of Terraform's steps then matters.
#[test]
fn what_something_else_refers_to_is_not_deleted() {
    let Some(module) = valid_module() else { return };
    let named = Edit {
        file: "alert_policy.tf",
        replace: "[data.google_monitoring_notification_channel.on_call.name]",
        by: "[google_monitoring_notification_channel.mail.name]",
    };
    let before = named.make(&module);
    module.init();
    assert_eq!(module.apply(), Ok(()));
    let channels = std::fs::read_to_string(module.path().join("channels.tf")).unwrap();
    let (lookup, rest) =
        channels.split_once("resource \"google_monitoring_notification_channel\" \"mail\"").unwrap();
    let (_, others) = rest.split_once("\n}\n").unwrap();
    module.write("channels.tf", &format!("{lookup}{others}"));
    module.write("alert_policy.tf", &before);
    // The policy would come after it, and so is never updated.
    for _ in 0..2 {
        let refused = module.apply().unwrap_err();
        assert!(refused.contains("still being referenced by alert policy"), "{refused}");
    }
}

#[test]
fn what_is_protected_is_not_deleted() {
    let Some(module) = valid_module() else { return };
    let protected = Edit {
        file: "bigquery.tf",
        replace: "deletion_protection = false",
        by: "deletion_protection = true",
    };
    protected.make(&module);
    module.init();
    assert_eq!(module.apply(), Ok(()));
    module.write("bigquery.tf", "");
    let refused = module.apply().unwrap_err();
    assert!(refused.contains("deletion_protection=false"), "{refused}");
}
