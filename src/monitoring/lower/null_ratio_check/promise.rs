//! What a NullRatioCheck comes to: the query that BigQuery runs, and the alerts on its runs.

use super::super::alerting::{Alerting, Settings};
use super::super::missed::{NoShape, not_made, sure};
use super::super::pipeline::pipeline;
use super::super::{Context, Lowered, scope};
use super::{comments, findings};
use crate::diagnostics::{Code, Diagnostic};
use crate::gcp::metrics::transfers::COMPLETED_RUNS;
use crate::monitoring::choose_verdicts;
use crate::monitoring::shapes;
use crate::monitoring::stack::{
    Alert, AlertPolicy, History, Objective, Pipeline, Promise, ScheduledQuery, Signal,
};
use crate::nulls::{Check, Consequence, Table};
use crate::resolve::Effective;
use crate::slo::{Budget, Duration, Events, NoTransferSchedule, Schedule, TransferSchedule};
use crate::spec::{
    AlertSettings, BigQuery, DatasetIs, Environment, Kind, Name, NullRatioCheck, Severity, Timing,
};
use crate::sql::{NullRatioScript, script};
use crate::templates::{Facts, TemplateError};
use std::sync::Arc;

/// The name of the table.
const HISTORY: &str = "null_ratios";

/// The history is kept for the longest look-back of a rise and the longest window of an objective, and some.
const KEPT: Duration = Duration::days(400);

/// The history of an environment.
pub fn history(environment: &Environment, bigquery: &BigQuery) -> History {
    History {
        table: Table {
            project: environment.project_id.to_string(),
            dataset: bigquery.dataset.to_string(),
            name: HISTORY.to_owned(),
            wildcard: false,
        },
        location: bigquery.location.canonical(),
        makes_dataset: bigquery.dataset_is == DatasetIs::Managed,
        kept: KEPT,
    }
}

/// A check in an environment.
struct InEnvironment<'a> {
    context: Context<'a>,
    effective: &'a Effective,
    document: &'a NullRatioCheck,
    environment: &'a Environment,
    environment_name: &'a Name,
    check: &'a Check,
}

/// The pipeline, unless something that is reported keeps it from being made.
pub(super) fn lower(
    context: Context<'_>,
    effective: &Effective,
    document: &NullRatioCheck,
    environment_name: &Name,
    environment: &Environment,
    check: &Check,
) -> Result<Lowered, TemplateError> {
    let none = |findings| Ok(Lowered { pipeline: None, findings });
    let pipeline = pipeline(context, effective, Kind::NullRatioCheck, &document.metadata, environment_name);
    let (Some(bigquery), Some(mut pipeline)) = (&environment.bigquery, pipeline) else {
        return none(Vec::new());
    };
    let of = InEnvironment { context, effective, document, environment, environment_name, check };
    let transfer = match of.transfer() {
        None => return none(Vec::new()),
        Some(Err(why)) => return none(vec![of.no_transfer(why)]),
        Some(Ok(transfer)) => transfer,
    };
    let history = history(environment, bigquery);
    let comments = comments::comments(context.texts, check, &transfer, &pipeline, environment_name)?;
    let (deployment, table) = (&of.deployment(), &history.table);
    let script = match script(NullRatioScript { check, deployment, history: table, comments: &comments }) {
        Ok(script) => script,
        Err(error) => {
            let finding = Diagnostic::error(Code::BadCondition, error.to_string())
                .at(effective.span(&["spec", "where"]), "");
            return none(vec![finding.help("write one condition, without comments, on lines of its own")]);
        }
    };
    pipeline.scheduled_query = Some(ScheduledQuery {
        display_name: format!("Genkai: {}", pipeline.display_name),
        schedule: transfer.written.clone(),
        schedule_in_words: comments::schedule(context.texts, &transfer, &document.spec.schedule.timezone)?,
        most_runs: transfer.most_runs,
        location: bigquery.location.canonical(),
        service_account: bigquery.service_account.as_ref().map(ToString::to_string),
        script,
    });
    let promise = of.promise(&pipeline, &transfer, &history)?;
    let objective = promise.objective.as_ref();
    let findings = objective.and_then(|objective| findings::none_may_fail(effective, &objective.budget));
    pipeline.promises = vec![promise];
    let findings = findings.into_iter().chain(of.no_missed_check(&transfer)).collect();
    Ok(Lowered { pipeline: Some(pipeline), findings })
}

impl InEnvironment<'_> {
    /// The schedule of the transfer service. `None` where the schedule itself cannot be used, which `check` reports.
    fn transfer(&self) -> Option<Result<TransferSchedule, NoTransferSchedule>> {
        let schedule = &self.document.spec.schedule;
        Some(match &schedule.timing {
            Timing::Cron(cron) => {
                let schedule: Arc<Schedule> = self.context.schedules.get(cron, &schedule.timezone).ok()?;
                TransferSchedule::of_cron(&schedule)
            }
            Timing::Every(distance) => TransferSchedule::every(*distance),
            Timing::Triggered(_) => Err(NoTransferSchedule::Triggered),
        })
    }

    /// What tells its messages from those of a check of the same name whose environment is in the same cloud project.
    fn deployment(&self) -> String {
        format!("{}/{}", self.context.project.project.metadata.name, self.environment_name)
    }

    fn no_transfer(&self, why: NoTransferSchedule) -> Diagnostic {
        let (key, help) = match why {
            NoTransferSchedule::SeveralTimes => {
                ("cron", "give one time of day, or write `every: 6h`: then late days are judged sooner")
            }
            NoTransferSchedule::NotWeekly => {
                ("cron", "run it every day, or on the same weekdays: it leaves when nothing is due")
            }
            NoTransferSchedule::Distance => ("every", "give whole minutes, `5m` or more"),
            NoTransferSchedule::Triggered => ("triggered", "give a `cron`, such as `0 7 * * *`"),
        };
        let message = format!("BigQuery's transfer service cannot run this schedule: {why}");
        let place = self.effective.span(&["spec", "schedule", key]);
        Diagnostic::error(Code::CannotBeScheduled, message).at(place, "").help(help)
    }

    fn promise(
        &self,
        pipeline: &Pipeline,
        transfer: &TransferSchedule,
        history: &History,
    ) -> Result<Promise, TemplateError> {
        let objective = self.objective(transfer);
        let budget = objective.as_ref().map(|objective| objective.budget);
        let facts = Facts::default()
            .with("check", self.check.name.as_str())
            .with("table", comments::table(self.check))
            .with("history", comments::full_name(&history.table))
            .with("columns", self.check.columns.len() as u64)
            .with("limits", comments::limits(self.check))
            .with("target", budget.map(|budget| budget.target))
            .with("window", budget.map(|budget| budget.window))
            .with("events", budget.map(|budget| budget.events))
            .with("allowed", budget.map(|budget| budget.allowed));
        let statement = self.context.texts.line("null-ratio-check/promise-columns.md", &facts)?;
        let facts = facts.with("promise", statement.as_str());
        let alerting = Alerting {
            context: self.context,
            environment_name: self.environment_name,
            environment: self.environment,
            pipeline,
        };
        let scope = scope(self.environment);
        let deployment = self.deployment();
        let mut policies: Vec<AlertPolicy> = Vec::new();
        for (severity, consequence) in
            [(Severity::Page, Consequence::Page), (Severity::Ticket, Consequence::Ticket)]
        {
            // The script knows how loud it may be: what it never says needs no alert.
            if self.speaks(consequence) {
                let shape = shapes::failing_columns(&scope, &self.check.name, &deployment, consequence);
                let settings = Settings {
                    instance: Some(if severity == Severity::Page { "page" } else { "ticket" }.to_owned()),
                    ..self.settings(Alert::FailingColumns, severity)
                };
                policies.extend(alerting.policy(&settings, shape, &facts)?);
            }
        }
        let missed = self.missed_check(transfer).map(|kept| shapes::missed_check(&scope, transfer.gap, kept));
        let broken = shapes::broken_query(&scope, &self.check.name, &deployment);
        let others = missed.ok().map(|missed| (Alert::MissedRun, missed)).into_iter();
        for (alert, shape) in others.chain([(Alert::BrokenQuery, broken)]) {
            policies.extend(alerting.policy(&self.settings(alert, Severity::Ticket), shape, &facts)?);
        }
        Ok(Promise {
            id: "columns",
            statement,
            objective,
            decision: choose_verdicts(&transfer.written, &self.scan()),
            slo: None,
            policies,
            log_metric: None,
            signal: Signal::NullRatios {
                check: Box::new(self.check.clone()),
                history: history.clone(),
                query_runs: shapes::runs_filter(&scope),
            },
            span: self.effective.span(&["spec", "columns"]),
        })
    }

    /// How long the ends of runs are kept, if that is long enough to miss one.
    fn missed_check(&self, transfer: &TransferSchedule) -> Result<Duration, NoShape> {
        let kept = self.context.kept(&COMPLETED_RUNS);
        sure(transfer.gap.plus(shapes::LATE), kept).map(|()| kept)
    }

    /// Runs that come so rarely that none can be missed.
    fn no_missed_check(&self, transfer: &TransferSchedule) -> Option<Diagnostic> {
        let reason = self.missed_check(transfer).err()?;
        let settings = self.settings(Alert::MissedRun, Severity::Ticket);
        let kept = self.context.kept(&COMPLETED_RUNS);
        not_made(reason, &settings, kept, self.effective.span(&["spec", "schedule"]))
    }

    /// What a run reads at most.
    fn scan(&self) -> String {
        let columns = self.check.columns.len();
        let columns = format!("{columns} measured column{}", if columns == 1 { "" } else { "s" });
        let filtered = if self.check.condition.is_some() { " and those of `where`" } else { "" };
        let of = match self.check.data_days {
            None => "the whole table".to_owned(),
            Some(_) => format!(
                "the partitions of at most {} new days, and of those in the last {} days that had too few rows",
                Check::MOST_DAYS,
                self.check.reach()
            ),
        };
        format!("{columns}{filtered}, of {of}")
    }

    /// Whether the script may fail with a severity.
    fn speaks(&self, severity: Consequence) -> bool {
        self.check.empty == severity || self.check.columns.iter().any(|column| column.severity == severity)
    }

    /// Every column on every open day is an event.
    fn objective(&self, transfer: &TransferSchedule) -> Option<Objective> {
        let objective = self.document.spec.objective.as_ref()?;
        let days = self.days_in(objective.window, transfer)?;
        let columns = self.check.columns.len() as u64;
        let events =
            Events { fewest: days.fewest.saturating_mul(columns), most: days.most.saturating_mul(columns) };
        Some(Objective {
            budget: Budget::new(objective.target, objective.window, events),
            target_span: self.effective.span(&["spec", "objective", "target"]),
            window_span: self.effective.span(&["spec", "objective", "window"]),
        })
    }

    /// The data days in a window.
    fn days_in(&self, window: Duration, transfer: &TransferSchedule) -> Option<Events> {
        if self.check.data_days.is_none() {
            let runs = window.as_seconds().checked_div(transfer.gap.as_seconds().max(86_400))?;
            return Some(Events { fewest: runs, most: window.as_seconds() / 86_400 });
        }
        let schedule = &self.document.spec.schedule;
        let calendar = schedule.calendar.as_ref().filter(|_| !self.check.open.judge_closed);
        let zone = &self.check.time_zone;
        let days = match calendar {
            Some(name) => self.context.schedules.get_with_calendar("@daily", zone, name.as_str()),
            None => self.context.schedules.get("@daily", zone),
        };
        Some(days.ok()?.occurrences().in_windows_of(window))
    }

    fn settings(&self, alert: Alert, default: Severity) -> Settings {
        let at = |keys: &[&str]| {
            let path: Vec<&str> = ["spec", "alerts", alert.key()].iter().chain(keys).copied().collect();
            self.effective.span(&path)
        };
        let alerts = &self.document.spec.alerts;
        let written = match alert {
            Alert::FailingColumns => alerts.failing_columns.clone(),
            Alert::BrokenQuery => alerts.broken_query.clone(),
            _ => alerts.missed_run.clone(),
        };
        // A severity for all failing columns is a cap: a ticket stays one.
        let severity = match alert {
            Alert::FailingColumns => written.severity.map(|severity| severity.min(default)),
            _ => written.severity,
        };
        Settings {
            alert,
            default,
            instance: None,
            written: AlertSettings { severity, ..written },
            place: at(&[]),
            hold_place: at(&["after"]),
            renotify_place: at(&["renotify"]),
            watched: self.effective.span(&["metadata", "name"]),
        }
    }
}
