//! The Stack: everything that one environment shall hold. What stands below it in the pipeline knows nothing else.

use super::Decision;
use crate::gcp::{Filter, LogExtractor, LogFilter};
use crate::nulls::{Check, Table};
use crate::promql::Expr;
use crate::slo::{Budget, BurnRate, Duration, Ratio};
use crate::source::Span;
use crate::spec::Kind;
use crate::sql::Script;
use crate::templates::Language;
use std::collections::BTreeMap;

/// Everything that one environment shall hold.
#[derive(Clone, Debug)]
pub struct Stack {
    /// The environment.
    pub environment: Environment,
    /// The notification channels in use, by name.
    pub channels: BTreeMap<String, Channel>,
    /// One for each spec, sorted by kind and name.
    pub pipelines: Vec<Pipeline>,
    /// Where NULL-ratio checks keep what they measured, where there are any.
    pub history: Option<History>,
}

/// The table that NULL-ratio checks keep what they measured in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct History {
    /// The table.
    pub table: Table,
    /// The location of its dataset.
    pub location: String,
    /// Whether the dataset is made, too.
    pub makes_dataset: bool,
    /// How long rows are kept.
    pub kept: Duration,
}

/// Where a Stack is applied.
#[derive(Clone, Debug)]
pub struct Environment {
    /// Its name, also the name of its folder.
    pub name: String,
    /// The Google Cloud project.
    pub project_id: String,
    /// The region of its resources.
    pub location: Option<String>,
    /// Where Terraform keeps its state.
    pub backend: Option<Backend>,
    /// Where the dashboards go.
    pub grafana: Option<Grafana>,
    /// The language of what people read.
    pub language: Language,
    /// The path of the file that declares it.
    pub source: String,
    /// Where its project is named.
    pub place: Span,
    /// Where its Terraform backend is.
    pub backend_place: Span,
    /// Where the dataset of its history is named.
    pub dataset_place: Span,
}

/// A title that names its environment, once.
pub fn in_environment(title: &str, environment: &str) -> String {
    let environment = format!("({environment})");
    if title.contains(&environment) { title.to_owned() } else { format!("{title} {environment}") }
}

/// Where Terraform keeps its state.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "Terraform's own names")]
pub enum Backend {
    Gcs { bucket: String, prefix: Option<String> },
    Local { path: Option<String> },
}

/// Where the dashboards go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grafana {
    /// The title of the folder.
    pub folder: String,
    /// The unique ID of the folder.
    pub folder_uid: String,
    /// The address of Grafana, without a slash at its end.
    pub url: Option<String>,
}

/// A notification channel.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "Terraform's own names")]
pub enum Channel {
    /// One that exists, by its full name.
    Id(String),
    /// One that exists, looked up at plan.
    Lookup { channel_type: String, display_name: String },
    /// One that is made for an address.
    Email { address: String, display_name: String },
}

/// What promises are about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Subject {
    /// What a document declares.
    Document(Kind),
    /// A Composer environment, which the Project names.
    ComposerEnvironment,
}

impl Subject {
    /// What it is called where people read it.
    pub const fn name(self) -> &'static str {
        match self {
            Subject::Document(kind) => kind.name(),
            Subject::ComposerEnvironment => "ComposerEnvironment",
        }
    }

    /// The same in file names and Terraform addresses, with the given separator.
    pub fn slug(self, separator: char) -> String {
        match self {
            Subject::Document(kind) => kind.slug(separator),
            Subject::ComposerEnvironment => format!("composer{separator}environment"),
        }
    }
}

/// What is promised about one pipeline, and everything that keeps watch over it.
#[derive(Clone, Debug)]
pub struct Pipeline {
    /// What it is.
    pub subject: Subject,
    /// The name of its spec, or of what no spec declares.
    pub name: String,
    /// The names that it had before, the oldest first.
    pub earlier_names: Vec<String>,
    /// The name for people.
    pub display_name: String,
    /// What it is, in the author's words.
    pub description: Option<String>,
    /// Who answers for it.
    pub owner: String,
    /// What to do when it breaks.
    pub runbook: Option<String>,
    /// Where Airflow shows it.
    pub airflow: Option<String>,
    /// Labels on all its resources.
    pub labels: BTreeMap<String, String>,
    /// The path of its spec.
    pub source: String,
    /// The ID of its service in Cloud Monitoring, such as `bigfoot-production-dag-slo-sales-daily`: others may share the
    /// Google Cloud project.
    pub service_id: String,
    /// The unique ID of its dashboard, where it has one.
    pub dashboard_uid: Option<String>,
    /// What its logs are counted by, where no metric of Google's counts it.
    pub log_metrics: Vec<LogMetric>,
    /// What is promised.
    pub promises: Vec<Promise>,
    /// What BigQuery runs for it.
    pub scheduled_query: Option<ScheduledQuery>,
    /// Where the spec says what.
    pub places: Places,
}

/// A query that BigQuery's transfer service runs.
#[derive(Clone, Debug)]
pub struct ScheduledQuery {
    /// The name for people.
    pub display_name: String,
    /// The schedule as the service takes it: no cron, and in UTC.
    pub schedule: String,
    /// The schedule in words.
    pub schedule_in_words: String,
    /// The most runs in a month of 31 days.
    pub most_runs: u64,
    /// Where it runs, which is where its tables are.
    pub location: String,
    /// Who it runs as, if not whoever applies.
    pub service_account: Option<String>,
    /// What it runs.
    pub script: Script,
}

impl Promise {
    /// Where the window is written, or the promise.
    pub fn window_span(&self) -> Span {
        self.objective.as_ref().map_or(self.span, |objective| objective.window_span)
    }
}

impl Pipeline {
    /// The first name that it had. What cannot change in place is called by it, or a rename would replace it.
    pub fn first_name(&self) -> &str {
        self.earlier_names.first().unwrap_or(&self.name)
    }

    /// Whether it is what a document declares.
    pub fn is_of(&self, kind: Kind, name: &str) -> bool {
        self.subject == Subject::Document(kind) && self.name == name
    }

    /// Whether anybody could hear of it, or look at a budget.
    pub fn says_something(&self) -> bool {
        let promises = |promise: &Promise| {
            !promise.policies.is_empty() || promise.slo.is_some() || promise.objective.is_some()
        };
        self.scheduled_query.is_some() || self.promises.iter().any(promises)
    }

    /// The file of its dashboard, below the folder of its environment, such as `grafana/dag-slo_sales-daily.json`.
    pub fn dashboard_file(&self) -> String {
        format!("grafana/{}_{}.json", self.subject.slug('-'), self.name)
    }

    /// What it is and its name, such as `DagSlo/sales-daily`.
    pub fn reference(&self) -> String {
        format!("{}/{}", self.subject.name(), self.name)
    }

    /// Its native SLOs.
    pub fn slos(&self) -> impl Iterator<Item = (&Promise, &NativeSlo)> {
        self.promises.iter().filter_map(|promise| Some((promise, promise.slo.as_ref()?)))
    }
}

/// A log-based metric: it counts the log entries that match, from when it is made.
#[derive(Clone, Debug)]
pub struct LogMetric {
    /// The end of its Terraform address.
    pub id: &'static str,
    /// Its name in Cloud Logging.
    pub name: String,
    /// What it counts, in words.
    pub description: String,
    /// The entries.
    pub filter: LogFilter,
    /// What they are told apart by.
    pub labels: BTreeMap<&'static str, LogExtractor>,
}

/// The places in a spec that findings about its resources point to.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "each names the key that it stands for")]
pub struct Places {
    pub name: Span,
    pub display_name: Span,
    pub description: Span,
    pub runbook: Span,
    pub labels: Span,
}

/// One promise with its numbers, the decision that they led to, and the resources that keep it.
#[derive(Clone, Debug)]
pub struct Promise {
    /// The promise's key, such as `success`; stable.
    pub id: &'static str,
    /// The promise in words, such as "95% of the scheduled runs succeed, over 28d".
    pub statement: String,
    /// The share of events that must be good, where one is promised.
    pub objective: Option<Objective>,
    /// How it is watched, and why so.
    pub decision: Decision,
    /// The SLO in Cloud Monitoring, where it says the same as the promise.
    pub slo: Option<NativeSlo>,
    /// The alert policies.
    pub policies: Vec<AlertPolicy>,
    /// The pipeline's log-based metric that they ask, by its ID.
    pub log_metric: Option<&'static str>,
    /// What dashboards show of it.
    pub signal: Signal,
    /// Where it is written.
    pub span: Span,
}

/// A share of events that must be good.
#[derive(Clone, Debug)]
pub struct Objective {
    /// The numbers that it comes to: events, allowed bad events, target and window.
    pub budget: Budget,
    /// Where the target is written.
    pub target_span: Span,
    /// Where the window is written.
    pub window_span: Span,
}

/// What a promise is about, as dashboards show it.
#[derive(Clone, Debug)]
pub enum Signal {
    /// Events, told apart by the label `state`.
    Outcomes(Filter),
    /// Values of a gauge, and the highest that is promised.
    Values {
        /// The values.
        filter: Filter,
        /// The highest that is promised.
        highest: u64,
    },
    /// Nothing that a metric shows by itself.
    Deadline,
    /// A value over time, and from where on it is bad.
    Measured(Box<Measure>),
    /// Verdicts in the history of NULL-ratio checks.
    NullRatios {
        /// The check.
        check: Box<Check>,
        /// The history.
        history: History,
        /// The runs of its scheduled query.
        query_runs: Filter,
    },
}

/// A value over time, and from where on it is bad.
#[derive(Clone, Debug)]
pub struct Measure {
    /// What it is.
    pub of: Measured,
    /// The events that are summed, or the values of a gauge, of which the highest counts.
    pub filter: Filter,
    /// The label that tells its series apart, where there are several.
    pub by: Option<&'static str>,
    /// The bad slices within the promise's window; nothing where no share is promised.
    pub bad: Option<Expr>,
    /// The length of a slice.
    pub slice: Duration,
    /// The value that is still fine.
    pub limit: f64,
}

/// What is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measured {
    /// The age of the data watermark, in seconds.
    WatermarkAge,
    /// The system lag, in seconds.
    SystemLag,
    /// Errors logged in a slice.
    Errors,
    /// Bytes that leave a step in a slice; less is worse.
    Bytes,
    /// Messages that wait.
    Messages,
}

/// An SLO in Cloud Monitoring: good events / (good + bad events) in a rolling window.
#[derive(Clone, Debug)]
pub struct NativeSlo {
    /// Its ID within the service.
    pub id: &'static str,
    /// The name for people.
    pub display_name: String,
    /// The goal.
    pub goal: Ratio,
    /// The window.
    pub rolling_period: Duration,
    /// The good events.
    pub good: Filter,
    /// The bad events.
    pub bad: Filter,
}

impl AlertPolicy {
    /// Whether it opens where nothing was seen: at the first apply, too, unless what it waits for was seen before.
    pub fn opens_on_absence(&self) -> bool {
        match self.alert {
            Alert::Landing | Alert::MissedRun | Alert::Task | Alert::SchedulerHeartbeat => true,
            // Of a job that runs, a gauge that shows nothing.
            Alert::MissingData => self.instance.is_none(),
            _ => false,
        }
    }

    /// The end of its Terraform address.
    pub fn slug(&self) -> String {
        match &self.instance {
            Some(instance) => format!("{}_{instance}", self.alert.slug()),
            None => self.alert.slug().to_owned(),
        }
    }
}

/// An alert that a spec may tune, by its name there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the shapes document them")]
pub enum Alert {
    FailedRun,
    RepeatedFailure,
    FastBurn,
    SlowBurn,
    Landing,
    MissedRun,
    Duration,
    Task,
    ParseErrors,
    SchedulerHeartbeat,
    CalendarEnds,
    Errors,
    Freshness,
    Lag,
    Throughput,
    DeadLetters,
    FailedJob,
    MissingData,
    FailingColumns,
    BrokenQuery,
}

impl Alert {
    /// Every alert.
    pub const ALL: [Alert; 20] = [
        Alert::FailedRun,
        Alert::RepeatedFailure,
        Alert::FastBurn,
        Alert::SlowBurn,
        Alert::Landing,
        Alert::MissedRun,
        Alert::Duration,
        Alert::Task,
        Alert::ParseErrors,
        Alert::SchedulerHeartbeat,
        Alert::CalendarEnds,
        Alert::Errors,
        Alert::Freshness,
        Alert::Lag,
        Alert::Throughput,
        Alert::DeadLetters,
        Alert::FailedJob,
        Alert::MissingData,
        Alert::FailingColumns,
        Alert::BrokenQuery,
    ];

    /// The key below `alerts`; those that belong to no spec have one in the same style.
    pub const fn key(self) -> &'static str {
        match self {
            Alert::FailedRun => "failedRun",
            Alert::RepeatedFailure => "repeatedFailure",
            Alert::FastBurn => "fastBurn",
            Alert::SlowBurn => "slowBurn",
            Alert::Landing => "landing",
            Alert::MissedRun => "missedRun",
            Alert::Duration => "duration",
            Alert::Task => "tasks",
            Alert::ParseErrors => "parseErrors",
            Alert::SchedulerHeartbeat => "schedulerHeartbeat",
            Alert::CalendarEnds => "calendarEnds",
            Alert::Errors => "errors",
            Alert::Freshness => "freshness",
            Alert::Lag => "lag",
            Alert::Throughput => "throughput",
            Alert::DeadLetters => "deadLetters",
            Alert::FailedJob => "failedJob",
            Alert::MissingData => "missingData",
            Alert::FailingColumns => "failingColumns",
            Alert::BrokenQuery => "brokenQuery",
        }
    }

    /// The end of its Terraform address.
    pub const fn slug(self) -> &'static str {
        match self {
            Alert::FailedRun => "failed_run",
            Alert::RepeatedFailure => "repeated_failure",
            Alert::FastBurn => "fast_burn",
            Alert::SlowBurn => "slow_burn",
            Alert::Landing => "landing",
            Alert::MissedRun => "missed_run",
            Alert::Duration => "duration",
            Alert::Task => "task",
            Alert::ParseErrors => "parse_errors",
            Alert::SchedulerHeartbeat => "scheduler_heartbeat",
            Alert::CalendarEnds => "calendar_ends",
            Alert::Errors => "logged_errors",
            Alert::Freshness => "freshness",
            Alert::Lag => "lag",
            Alert::Throughput => "throughput",
            Alert::DeadLetters => "dead_letters",
            Alert::FailedJob => "failed_job",
            Alert::MissingData => "missing_data",
            Alert::FailingColumns => "failing_columns",
            Alert::BrokenQuery => "broken_query",
        }
    }
}

/// How urgent an alert is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Urgency {
    /// `WARNING`: somebody looks at it in working hours.
    Ticket,
    /// `CRITICAL`: somebody is woken.
    Page,
}

/// An alert policy.
#[derive(Clone, Debug)]
pub struct AlertPolicy {
    /// Which alert it is.
    pub alert: Alert,
    /// Which of several of its kind, in the characters of Terraform's names.
    pub instance: Option<String>,
    /// Its title.
    pub display_name: String,
    /// How urgent it is.
    pub urgency: Urgency,
    /// Whether it would be more urgent if its environment allowed it.
    pub capped: bool,
    /// How its conditions are joined.
    pub combiner: Combiner,
    /// The conditions; at least one.
    pub conditions: Vec<Condition>,
    /// The names of the channels that it notifies.
    pub channels: Vec<String>,
    /// What they ask together, in PromQL.
    pub twin: Expr,
    /// What it promises.
    pub contract: Contract,
    /// How long its conditions must hold before it fires.
    pub hold: Option<Duration>,
    /// The same as its spec says, which may be of no effect.
    pub written_hold: Option<Duration>,
    /// How soon it fires after what it is about, where that is a fixed time, and `hold` is over: a fact of the contract.
    pub within: Option<Duration>,
    /// How often it reminds while it is open.
    pub renotify: Option<Duration>,
    /// How long after the last data an open incident is closed. Where it is given, the alert tells of an event, and that it is
    /// over says nothing.
    pub auto_close: Option<Duration>,
    /// What the person on call reads.
    pub documentation: Documentation,
    /// Where the specs decide about it.
    pub places: PolicyPlaces,
}

/// Where the specs decide about an alert policy.
#[derive(Clone, Copy, Debug)]
pub struct PolicyPlaces {
    /// Its settings, or what is around them.
    pub settings: Span,
    /// How long its conditions must hold.
    pub hold: Span,
    /// How often it reminds.
    pub renotify: Span,
    /// The owner's list of channels.
    pub channels: Span,
    /// The name of what it watches, which makes its queries long.
    pub watched: Span,
}

/// How conditions are joined.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Combiner {
    /// All must hold.
    And,
    /// One must hold.
    Or,
}

/// What an alert promises: *fires within T of X; does not fire when Y; resolves when Z.*
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
pub struct Contract {
    /// When it fires, and how soon.
    pub fires: String,
    /// When it does not.
    pub quiet: String,
    /// When it resolves.
    pub resolves: String,
}

/// A condition with its title.
#[derive(Clone, Debug)]
pub struct Condition {
    /// Its title.
    pub display_name: String,
    /// What is asked.
    pub query: Query,
}

/// What a condition asks.
#[derive(Clone, Debug)]
pub enum Query {
    /// More than `above` events in `period`, summed over all series: `ALIGN_DELTA` and `REDUCE_SUM`. Only for `DELTA`
    /// metrics.
    Count {
        /// The events.
        filter: Filter,
        /// How far back.
        period: Duration,
        /// The number that is still fine.
        above: u64,
    },
    /// Fewer than `least` events in `period`, summed over all series, for as long as `held`: `ALIGN_SUM` and `REDUCE_SUM`,
    /// where no data are no events. Only for `DELTA` metrics.
    TooFew {
        /// The events.
        filter: Filter,
        /// How far back.
        period: Duration,
        /// The number that is fine.
        least: u64,
        /// How long there must be fewer, whatever its policy says.
        held: Duration,
        /// The same question in PromQL, which needs not hold: it counts over both times.
        twin: Expr,
    },
    /// A value above `above` in `period`, in any series: `ALIGN_MAX` and `REDUCE_MAX`. Only for gauges.
    Highest {
        /// The values.
        filter: Filter,
        /// How far back.
        period: Duration,
        /// The value that is still fine.
        above: u64,
    },
    /// The promise's SLO burns faster than a rate.
    BurnRate {
        /// How far back.
        lookback: Duration,
        /// The rate that is still fine.
        above: BurnRate,
    },
    /// A PromQL query returns a series.
    PromQl {
        /// The query.
        query: Expr,
        /// How often it is evaluated.
        every: Duration,
    },
    /// A log entry matches: the only condition of its policy, which no time of holding and no reminders go with.
    MatchedLog {
        /// The entries.
        filter: LogFilter,
        /// What an incident shows of the entry that opened it.
        labels: BTreeMap<&'static str, LogExtractor>,
        /// The shortest time between two notifications.
        rate_limit: Duration,
    },
}

impl Query {
    /// Whether it asks logs, not metrics.
    pub const fn is_of_logs(&self) -> bool {
        matches!(self, Query::MatchedLog { .. })
    }
}

/// What the person on call reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Documentation {
    /// What is broken and where, in one line.
    pub subject: String,
    /// Markdown.
    pub content: String,
    /// Where to look next.
    pub links: Vec<Link>,
}

/// A link in an alert.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// What it leads to.
    pub name: String,
    /// The address.
    pub url: String,
}

#[cfg(test)]
mod tests {
    use super::Alert;
    use crate::spec::Kind;

    /// An address is the kind, the name and what it is for. Names hold no `_`, which joins them, but `-` becomes one: two
    /// specs could meet where one end is the end of another, as `sales` with `repeated_failure` and `sales-repeated` with
    /// `failure` would.
    #[test]
    fn no_two_specs_meet_at_one_address() {
        for one in Alert::ALL {
            for other in Alert::ALL {
                assert!(!one.slug().ends_with(&format!("_{}", other.slug())), "{one:?} and {other:?}");
            }
        }
        for one in Kind::ALL {
            for other in Kind::ALL.into_iter().filter(|other| *other != one) {
                let begins = format!("{}_", one.slug('_'));
                assert!(!format!("{}_", other.slug('_')).starts_with(&begins), "{one:?} and {other:?}");
            }
        }
    }
}
