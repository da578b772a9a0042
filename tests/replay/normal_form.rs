//! For every entry of `normal-form.json`: a configuration in the API's form, whose second plan is empty, and one in
//! another form, which plans a change for ever, or would if the provider did not suppress it.

use std::path::Path;

use serde_json::Value;

use super::{Edit, valid_module};
use crate::support::terraform::PlanOutcome;

/// What the second plan of a configuration shows; `Nothing` for the API's own form and for suppressed differences.
enum Second {
    Nothing,
    Shows(&'static str),
}
use Second::{Nothing, Shows};

struct Case {
    /// An entry's name.
    form: &'static str,
    edit: Edit,
    second: Second,
}

const fn case(
    form: &'static str,
    file: &'static str,
    replace: &'static str,
    by: &'static str,
    second: Second,
) -> Case {
    Case { form, edit: Edit { file, replace, by }, second }
}

const CLOSE: &str = "auto_close           = \"86400s\"";
const EVERY: &str = "evaluation_interval = \"60s\"";
const ALIGN: &str = "alignment_period     = \"300s\"";
const WINDOW: &str = "window_period = \"3600s\"";
const REDUCER: &str = "cross_series_reducer = \"REDUCE_MAX\"";
const RANGE: &str = "max = 1800";
const DASHBOARD: &str = "{ uid = \"orders\", title = \"Orders\", panels = [] }";
const COLUMN: &str = "{ name = \"table_name\", type = \"STRING\", mode = \"NULLABLE\" }";

/// The valid module itself is the case in the API's form for all of them.
const CASES: &[Case] = &[
    case("alert policy durations", "alert_policy.tf", CLOSE, "auto_close = \"1.500s\"", Nothing),
    case(
        "alert policy durations",
        "alert_policy.tf",
        CLOSE,
        "auto_close = \"86400.0s\"",
        Shows("\"86400s\" -> \"86400.0s\""),
    ),
    case(
        "alert policy durations",
        "alert_policy.tf",
        CLOSE,
        "auto_close = \"1.5s\"",
        Shows("\"1.500s\" -> \"1.5s\""),
    ),
    case(
        "alert policy durations",
        "alert_policy.tf",
        EVERY,
        "evaluation_interval = \"060s\"",
        Shows("\"60s\" -> \"060s\""),
    ),
    case(
        "alert policy durations",
        "alert_policy.tf",
        ALIGN,
        "alignment_period = \"300.00s\"",
        Shows("\"300s\" -> \"300.00s\""),
    ),
    case("SLO durations", "slo.tf", WINDOW, "window_period = \"400s\"", Nothing),
    case(
        "SLO durations",
        "slo.tf",
        WINDOW,
        "window_period = \"3600.000s\"",
        Shows("\"3600s\" -> \"3600.000s\""),
    ),
    case("reducer none", "alert_policy.tf", REDUCER, "cross_series_reducer = \"\"", Nothing),
    case("reducer none", "alert_policy.tf", REDUCER, "cross_series_reducer = \"REDUCE_NONE\"", Nothing),
    case("SLO range zero", "slo.tf", RANGE, "min = 0\nmax = 1800", Nothing),
    case(
        "dashboard JSON",
        "grafana.tf",
        DASHBOARD,
        "{ panels = [], title = \"Orders\", uid = \"orders\" }",
        Nothing,
    ),
    case("dashboard JSON", "grafana.tf", DASHBOARD, "{ uid = \"orders\", id = 7, version = 3 }", Nothing),
    case("table columns", "bigquery.tf", COLUMN, "{ type = \"string\", name = \"table_name\" }", Nothing),
];

#[test]
fn a_second_plan_shows_what_is_not_in_the_apis_form() {
    let Some(module) = valid_module() else { return };
    module.init();
    for Case { edit, second, .. } in CASES {
        let before = edit.make(&module);
        assert_eq!(module.apply(), Ok(()), "{}", edit.by);
        match (second, module.plan()) {
            (Nothing, outcome) => assert_eq!(outcome, PlanOutcome::Empty, "{}", edit.by),
            (Shows(change), PlanOutcome::Changes(plan)) => {
                assert!(plan.contains(change), "{}: {plan}", edit.by)
            }
            (Shows(_), outcome) => panic!("{}: {outcome:?}", edit.by),
        }
        module.write(edit.file, &before);
    }
}

#[test]
fn every_entry_has_its_cases() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/replay-provider/normal-form.json");
    let table: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    for form in table["forms"].as_array().unwrap() {
        let cases: Vec<&Case> = CASES.iter().filter(|case| form["name"] == case.form).collect();
        assert!(!cases.is_empty(), "{}: no case", form["name"]);
        let shown = cases.iter().any(|case| matches!(case.second, Shows(_)));
        assert_eq!(
            shown,
            form["suppressed"] == false,
            "{}: a difference shows unless it is suppressed",
            form["name"]
        );
    }
}
