//! Broken configurations, each one change away from the valid module, and why `terraform validate` rejects it.
//!
//! What only the API objects to is not here: neither Terraform nor the provider sees it before apply.

use super::{Edit, valid_module};

struct Rejected {
    why: &'static str,
    replace: &'static str,
    by: &'static str,
    says: &'static str,
}

const fn case(why: &'static str, replace: &'static str, by: &'static str, says: &'static str) -> Rejected {
    Rejected { why, replace, by, says }
}

fn rejects(file: &'static str, cases: &[Rejected]) {
    let Some(module) = valid_module() else { return };
    assert_eq!(module.validate(), [""; 0], "the module without a change is valid");
    for Rejected { why, replace, by, says } in cases {
        let before = Edit { file, replace, by }.make(&module);
        let errors = module.validate();
        assert!(matches!(&errors[..], [error] if error.contains(says)), "{why}: {errors:#?}");
        module.write(file, &before);
    }
}

#[test]
fn by_the_schema_alone() {
    rejects(
        "alert_policy.tf",
        &[
            case(
                "an argument that does not exist",
                "  severity              =",
                "  priority              =",
                "An argument named \"priority\" is not expected here",
            ),
            case(
                "a block that does not exist",
                "      trigger {",
                "      triggers {",
                "Blocks of type \"triggers\" are not expected here",
            ),
            case(
                "a required argument left out",
                "  combiner              = \"AND\"\n",
                "",
                "The argument \"combiner\" is required",
            ),
            case(
                "a required argument of an inner block left out",
                "      duration = \"3600s\"\n",
                "",
                "The argument \"duration\" is required",
            ),
            case(
                "a required block left out",
                "resource \"google_monitoring_alert_policy\" \"orders_log\" {",
                "resource \"google_monitoring_alert_policy\" \"none\" {
                  display_name = \"No condition\"
                  combiner     = \"OR\"
                }
                resource \"google_monitoring_alert_policy\" \"orders_log\" {",
                "At least 1 \"conditions\" blocks are required",
            ),
            case(
                "a block that may stand there once, twice",
                "      trigger {",
                "      trigger {}\n      trigger {",
                "No more than 1 \"trigger\" blocks are allowed",
            ),
            case(
                "a word for a number",
                "threshold_value = 14.4",
                "threshold_value = \"high\"",
                "Inappropriate value for attribute \"threshold_value\": a number is required",
            ),
            case(
                "a string for a list",
                "prompts = [\"OPENED\", \"CLOSED\"]",
                "prompts = \"OPENED\"",
                "Inappropriate value for attribute \"notification_prompts\": list of string required",
            ),
            case("a map written as a block", "  user_labels = {", "  user_labels {", "not expected here"),
            case(
                "a resource that is not declared",
                "google_monitoring_slo.orders_fresh.name",
                "google_monitoring_slo.orders_stale.name",
                "Reference to undeclared resource",
            ),
            case(
                "an attribute that the resource does not have",
                "google_monitoring_slo.orders_fresh.name",
                "google_monitoring_slo.orders_fresh.full_name",
                "This object has no argument, nested block, or exported attribute named \"full_name\"",
            ),
        ],
    );
}

#[test]
fn an_alert_policy() {
    rejects(
        "alert_policy.tf",
        &[
            case(
                "a combiner",
                "combiner              = \"AND\"",
                "combiner              = \"XOR\"",
                "expected combiner to be one of",
            ),
            case(
                "a severity that only others have",
                "\"CRITICAL\"",
                "\"INFO\"",
                "expected severity to be one of",
            ),
            case("a comparison", "\"COMPARISON_GT\"", "\">\"", "expected comparison to be one of"),
            case("an aligner", "\"ALIGN_MEAN\"", "\"mean\"", "expected per_series_aligner to be one of"),
            case(
                "a reducer",
                "\"REDUCE_MAX\"",
                "\"REDUCE_LAST\"",
                "expected cross_series_reducer to be one of",
            ),
            case(
                "what to do without data",
                "threshold_value = 14.4",
                "threshold_value = 14.4\nevaluation_missing_data = \"IGNORE\"",
                "expected evaluation_missing_data to be one of",
            ),
            case(
                "documentation that says nothing",
                "    content = \"See the runbook.\"

    links {
      display_name = \"Runbook\"
      url          = \"https://example.com/runbook\"
    }
",
                "",
                "one of `documentation.content,documentation.links,documentation.mime_type,documentation.subject`",
            ),
            case("a count that is no whole number", "count = 1", "count = 1.5", "a whole number is required"),
            case(
                "a name that the API gives",
                "display_name = \"No data\"",
                "display_name = \"No data\"\nname = \"no-data\"",
                "Can't configure a value for \"name\"",
            ),
        ],
    );
}

#[test]
fn a_service_level_objective() {
    const GOAL: &str = "goal                = 0.99";
    const DAYS: &str = "rolling_period_days = 28";
    rejects(
        "slo.tf",
        &[
            case("a goal of 100 %", GOAL, "goal = 1", "goal 1.000000 must be > 0 and <= 0.9999"),
            case("a goal of five nines", GOAL, "goal = 0.99999", "must be > 0 and <= 0.9999"),
            case("a goal of nothing", GOAL, "goal = 0", "must be > 0 and <= 0.9999"),
            case("a goal in percent", GOAL, "goal = 99", "must be > 0 and <= 0.9999"),
            case(
                "more than thirty days",
                DAYS,
                "rolling_period_days = 31",
                "expected rolling_period_days to be in the range (1 - 30), got 31",
            ),
            case("less than a day", DAYS, "rolling_period_days = 0", "in the range (1 - 30), got 0"),
            case("part of a day", DAYS, "rolling_period_days = 27.5", "a whole number is required"),
            case(
                "two kinds of period",
                DAYS,
                "rolling_period_days = 28\ncalendar_period = \"DAY\"",
                "only one of `calendar_period,rolling_period_days` can be specified",
            ),
            case("no period", DAYS, "", "one of `calendar_period,rolling_period_days` must be specified"),
            case(
                "a period of a quarter",
                "\"MONTH\"",
                "\"QUARTER\"",
                "expected calendar_period to be one of",
            ),
            case("an id with a space", "\"orders-fresh\"", "\"orders fresh\"", "doesn't match regexp"),
            case(
                "a range without ends",
                "        max = 1800\n",
                "",
                "one of `windows_based_sli.metric_mean_in_range.range.max,\
                 windows_based_sli.metric_mean_in_range.range.min` must be specified",
            ),
            case(
                "two indicators",
                "  request_based_sli {",
                "  basic_sli {\n availability {}\n }\n  request_based_sli {",
                "only one of `basic_sli,request_based_sli,windows_based_sli` can be specified",
            ),
            case(
                "an indicator of two kinds",
                "    good_total_ratio {",
                "    distribution_cut {
                      distribution_filter = \"x\"
                      range {
                        max = 1
                      }
                    }
                    good_total_ratio {",
                "only one of `request_based_sli.distribution_cut,request_based_sli.good_total_ratio`",
            ),
            case(
                "two ways to judge a window",
                "    window_period = \"3600s\"",
                "    window_period = \"3600s\"\ngood_bad_metric_filter = \"x\"",
                "only one of `windows_based_sli.good_bad_metric_filter,",
            ),
            case(
                "availability switched off",
                "resource \"google_monitoring_slo\" \"orders_fresh\" {",
                "resource \"google_monitoring_slo\" \"down\" {
                  service             = \"orders\"
                  goal                = 0.9
                  rolling_period_days = 1
                  basic_sli {
                    availability {
                      enabled = false
                    }
                  }
                }
                resource \"google_monitoring_slo\" \"orders_fresh\" {",
                "\"enabled\" must be set to true, got: false",
            ),
            case(
                "a service's id with a slash",
                "= \"orders\"\n",
                "= \"orders/eu\"\n",
                "doesn't match regexp",
            ),
        ],
    );
}

#[test]
fn a_notification_channel() {
    const TOKEN: &str = "auth_token = \"secret\"";
    rejects(
        "channels.tf",
        &[
            case(
                "two secrets",
                TOKEN,
                "auth_token = \"secret\"\npassword = \"secret\"",
                "only one of `sensitive_labels.auth_token,sensitive_labels.password,",
            ),
            case("a place for a secret, and none in it", TOKEN, "", "one of `sensitive_labels.auth_token,"),
            case(
                "the version of a secret that is not there",
                TOKEN,
                "auth_token = \"secret\"\npassword_wo_version = \"1\"",
                "all of `sensitive_labels.password_wo_version,sensitive_labels.password_wo` must be specified",
            ),
            case(
                "a status that the API sets",
                "  type         = \"email\"",
                "  type         = \"email\"\nverification_status = \"VERIFIED\"",
                "Can't configure a value for \"verification_status\"",
            ),
            case(
                "a lookup by what cannot be looked up",
                "  type         = \"pagerduty\"",
                "  enabled      = true",
                "Can't configure a value for \"enabled\"",
            ),
        ],
    );
}

#[test]
fn a_log_based_metric() {
    rejects(
        "logging.tf",
        &[
            case("a kind", "\"DELTA\"", "\"COUNTER\"", "expected metric_kind to be one of"),
            case("a type", "\"DISTRIBUTION\"", "\"HISTOGRAM\"", "expected value_type to be one of"),
            case(
                "a label's type",
                "value_type = \"STRING\"",
                "value_type = \"DOUBLE\"",
                "one of [\"BOOL\", \"INT64\"",
            ),
            case(
                "buckets of no kind",
                "    exponential_buckets {
      num_finite_buckets = 64
      growth_factor      = 2
      scale              = 0.01
    }
",
                "",
                "one of `bucket_options.explicit_buckets,",
            ),
            case("part of a bucket", "= 64", "= 64.5", "a whole number is required"),
        ],
    );
}

#[test]
fn bigquery() {
    const TRANSFER: &str = "resource \"google_bigquery_data_transfer_config\" \"null_ratios\" {";
    rejects(
        "bigquery.tf",
        &[
            case(
                "a schema that is no list of columns",
                TRANSFER,
                "resource \"google_bigquery_table\" \"other\" {
                  dataset_id = \"genkai\"
                  table_id   = \"other\"
                  schema     = jsonencode({ measured_at = \"TIMESTAMP\" })
                }
                resource \"google_bigquery_data_transfer_config\" \"null_ratios\" {",
                "\"schema\" is not a JSON array",
            ),
            case(
                "a schema that is no JSON",
                TRANSFER,
                "resource \"google_bigquery_table\" \"other\" {
                  dataset_id = \"genkai\"
                  table_id   = \"other\"
                  schema     = \"measured_at TIMESTAMP\"
                }
                resource \"google_bigquery_data_transfer_config\" \"null_ratios\" {",
                "\"schema\" contains an invalid JSON",
            ),
            case("a partition a week long", "\"DAY\"", "\"WEEK\"", "expected type to be one of"),
            case("a dataset's id with a hyphen", "= \"genkai\"", "= \"genkai-eu\"", "doesn't match regexp"),
            case(
                "options that say nothing",
                "    start_time = \"2026-01-01T00:00:00Z\"\n",
                "",
                "one of `schedule_options.disable_auto_scheduling,schedule_options.end_time,schedule_options.start_time`",
            ),
            case(
                "part of a day",
                "  schedule               =",
                "  data_refresh_window_days = 1.5\n  schedule =",
                "a whole number is required",
            ),
            case(
                "the same demand twice",
                "    field = \"measured_at\"",
                "    field = \"measured_at\"
                     require_partition_filter = true
                   }
                   require_partition_filter = true
                   lifecycle {",
                "\"time_partitioning.require_partition_filter\": conflicts with require_partition_filter",
            ),
        ],
    );
}

#[test]
fn grafana() {
    rejects(
        "grafana.tf",
        &[
            case(
                "a dashboard that is no JSON",
                "jsonencode({ uid = \"orders\", title = \"Orders\", panels = [] })",
                "\"{ uid: orders }\"",
                "\"config_json\" contains an invalid JSON",
            ),
            case(
                "a uid with a space",
                "uid   = \"orders\"",
                "uid   = \"all orders\"",
                "doesn't match regexp",
            ),
            case(
                "a uid that the dashboard's JSON gives",
                "  overwrite = true",
                "  overwrite = true\n  uid = \"orders\"",
                "Can't configure a value for \"uid\"",
            ),
            case(
                "a folder without a title",
                "  title = \"Orders\"\n",
                "",
                "The argument \"title\" is required",
            ),
        ],
    );
}
