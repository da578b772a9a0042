//! The built-in templates: the same names in every language.

use super::Language;

/// The templates of a language; each stands in `templates/`, in the folder of its language.
macro_rules! built_in {
    ($($name:literal)*) => {
        /// The names of the built-in templates, without the language.
        pub const NAMES: &[&str] = &[$($name),*];

        /// Name and text of a language's built-in templates.
        pub(super) fn texts(language: Language) -> &'static [(&'static str, &'static str)] {
            match language {
                Language::En => &[$(($name, include_str!(concat!("../../templates/en/", $name)))),*],
                Language::Ja => &[$(($name, include_str!(concat!("../../templates/ja/", $name)))),*],
            }
        }
    };
}

built_in! {
    // The layout of every alert's text.
    "alert.md"
    // What the links are called.
    "link/airflow.md"
    "link/dashboard.md"
    "link/incidents.md"
    "link/runbook.md"
    // A pipeline's dashboard: what it is, and its panels.
    "dashboard/description.md"
    "dashboard/budget-left.md"
    "dashboard/budget-over-time.md"
    "dashboard/burn-rate.md"
    "dashboard/durations.md"
    "dashboard/failed-runs.md"
    "dashboard/good-runs.md"
    "dashboard/other-promises.md"
    "dashboard/promise.md"
    "dashboard/runs-by-outcome.md"
    // Of Dataflow jobs.
    "dashboard/bad-slices.md"
    "dashboard/dead-letters.md"
    "dashboard/logged-errors.md"
    "dashboard/system-lag.md"
    "dashboard/throughput.md"
    "dashboard/watermark-age.md"
    // Of NULL-ratio checks.
    "dashboard/checks-failed.md"
    "dashboard/checks-passed.md"
    "dashboard/columns-by-verdict.md"
    "dashboard/last-judged.md"
    "dashboard/null-ratio.md"
    "dashboard/query-runs.md"
    // What pipelines depend on.
    "calendar/calendar-ends.md"
    "calendar/promise-calendar-ends.md"
    "composer-environment/parse-errors.md"
    "composer-environment/promise-parse-errors.md"
    "composer-environment/promise-scheduler-heartbeat.md"
    "composer-environment/scheduler-heartbeat.md"
    // DagSlo: an alert has the name of its key, and parts that several of them include have names of their own.
    "dag-slo/budget.md"
    "dag-slo/checks.md"
    "dag-slo/duration.md"
    "dag-slo/failed-run.md"
    "dag-slo/fast-burn.md"
    "dag-slo/landing.md"
    "dag-slo/late-checks.md"
    "dag-slo/missed-run.md"
    "dag-slo/promise-duration.md"
    "dag-slo/promise-landing.md"
    "dag-slo/promise-missed-run.md"
    "dag-slo/promise-success.md"
    "dag-slo/promise-task.md"
    "dag-slo/repeated-failure.md"
    "dag-slo/slow-burn.md"
    "dag-slo/task.md"
    // DataflowSlo.
    "dataflow-slo/budget.md"
    "dataflow-slo/dead-letters.md"
    "dataflow-slo/failed-job.md"
    "dataflow-slo/fires.md"
    "dataflow-slo/freshness.md"
    "dataflow-slo/job.md"
    "dataflow-slo/lag.md"
    "dataflow-slo/logged-errors.md"
    "dataflow-slo/missed-run.md"
    "dataflow-slo/missing-data.md"
    "dataflow-slo/promise-dead-letters.md"
    "dataflow-slo/promise-failed-job.md"
    "dataflow-slo/promise-freshness.md"
    "dataflow-slo/promise-lag.md"
    "dataflow-slo/promise-logged-errors.md"
    "dataflow-slo/promise-missed-run.md"
    "dataflow-slo/promise-running.md"
    "dataflow-slo/promise-throughput.md"
    "dataflow-slo/resolves.md"
    "dataflow-slo/throughput.md"
    // What a change means: its words, and the layouts of the comment and of the terminal.
    "plan/actions.md"
    "plan/change.md"
    "plan/comment.md"
    "plan/meaning.md"
    "plan/more.md"
    "plan/several.md"
    "plan/summary.md"
    "plan/terminal.md"
    // NullRatioCheck: its alerts, and the comments of what BigQuery runs.
    "null-ratio-check/broken-query.md"
    "null-ratio-check/failing-columns.md"
    "null-ratio-check/missed-run.md"
    "null-ratio-check/promise-columns.md"
    "null-ratio-check/schedule.md"
    "null-ratio-check/script.md"
}
