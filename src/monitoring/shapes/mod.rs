//! One file per alert shape: its construct, its twin in PromQL, and the facts of its contract. The words stand in
//! `templates/`.

mod burn_rate;
mod companions;
pub mod dataflow;
pub mod deadline;
mod failed_run;
mod no_success;
mod null_ratio;
mod repeated_failure;
mod silence;
mod slow_run;
mod start_count;

use super::{Combiner, Query};
use crate::gcp::metrics::{DAG_RUN_COUNT, DAG_RUN_DURATION, Metric, TASK_RUN_DURATION, workflow_name};
use crate::gcp::{Filter, Scope, limits};
use crate::promql::{Expr, Operator, Selector};
use crate::slo::Duration;
use crate::templates::Facts;

pub use burn_rate::burn_rate;
pub use companions::{Keeper, calendar_ends, parse_errors, scheduler_heartbeat};
pub use failed_run::failed_run;
pub use no_success::{held_without_success, or_no_success};
pub use null_ratio::{
    CONFIG_ID, LATE, broken_query, failing_columns, missed_check, names_config, runs, runs_filter,
};
pub use repeated_failure::{every_failure, repeated_failure, unseen_rows};
pub use silence::{silence, too_few};
pub use slow_run::slow_run;

/// The distance between the outcomes that a query looks at: shorter than the five minutes for which PromQL sees a sample,
/// so that none is passed over.
const STEP: Duration = Duration::minutes(4);

/// The shortest time between two evaluations of a query, and the longest.
const EVERY_MIN: Duration = Duration::minutes(2);
const EVERY_MAX: Duration = Duration::minutes(5);

/// How often a query is evaluated: more rarely where it looks back for months, because the work grows with it.
fn every(query: &Expr) -> Duration {
    let months = query.lookback().as_seconds().div_ceil(Duration::days(31).as_seconds());
    Duration::minutes(months).clamp(EVERY_MIN, EVERY_MAX)
}

/// A query as a condition.
fn condition(query: Expr) -> Query {
    Query::PromQl { every: every(&query), query }
}

/// How long an absence must last: a query fails now and then, and an empty answer looks like silence.
pub const ABSENT: Duration = Duration::minutes(10);

/// When an alert on an event closes: as soon as Cloud Monitoring lets it, as an open incident does not notify again. One that
/// stayed open until the next run would swallow the failure of that run.
pub const EVENT_CLOSES: Duration = limits::AUTO_CLOSE_MIN;

/// The last of some times at which something was seen; 1970 where it never was, so that no data never looks healthy.
fn last_seen(times: &Expr, lookback: Duration) -> Expr {
    let times = times.clone().every(STEP, lookback);
    or_zero(Expr::aggregate("max", Expr::call("max_over_time", times)))
}

/// The times at which the samples of a gauge were written.
pub fn times_of(samples: Selector) -> Expr {
    Expr::call("timestamp", samples)
}

/// 0 where there is no data.
fn or_zero(expr: Expr) -> Expr {
    expr.then(Operator::Or, Expr::call("vector", 0.0))
}

/// A length of time, or an instant.
#[expect(clippy::cast_precision_loss, reason = "instants of this century are far below 2^53 seconds")]
fn seconds(seconds: i64) -> Expr {
    Expr::Number(seconds as f64)
}

/// A length of time in seconds.
fn in_seconds(duration: Duration) -> Expr {
    seconds(duration.as_seconds().cast_signed())
}

/// 1 from an instant on, 0 before.
fn reached(time: i64) -> Expr {
    Expr::time().then(Operator::GreaterOrEqualBool, seconds(time))
}

/// 1 before an instant, 0 from it on.
fn before(time: i64) -> Expr {
    Expr::time().then(Operator::LessBool, seconds(time))
}

/// 0 from one instant to before another, 1 else. What began before the epoch has always been.
fn outside(start: i64, until: i64) -> Expr {
    if start < 0 {
        return reached(until);
    }
    let during = reached(start).then(Operator::Multiply, before(until));
    Expr::from(1.0).then(Operator::Subtract, during)
}

/// A shape with its numbers filled in.
#[derive(Clone, Debug)]
pub struct Shape {
    /// The conditions.
    pub conditions: Vec<Query>,
    /// How they are joined.
    pub combiner: Combiner,
    /// How long the conditions must be true at least before it fires.
    pub hold: Option<Duration>,
    /// How soon the conditions are true after what it is about, where that is a fixed time.
    pub seen: Option<Duration>,
    /// How long after its last event an incident is closed, where the conditions alone would leave it open. `None` where it
    /// tells of a state.
    pub auto_close: Option<Duration>,
    /// The same question in PromQL, for proofs, dashboards and replay over history.
    pub twin: Expr,
    /// What its texts may use beside the numbers of the promise.
    pub facts: Facts,
}

impl Shape {
    /// One PromQL query, which is its own twin. What it asks is seen so much later than it happens.
    fn of_query(query: Expr, delay: Duration, facts: Facts) -> Shape {
        let every = every(&query);
        Shape {
            conditions: vec![condition(query.clone())],
            combiner: Combiner::Or,
            hold: None,
            seen: Some(delay.plus(every)),
            auto_close: None,
            twin: query,
            facts,
        }
    }

    /// The same where it is true that something is absent.
    fn of_absence(query: Expr, delay: Duration, facts: Facts) -> Shape {
        Shape { hold: Some(ABSENT), ..Shape::of_query(query, delay, facts) }
    }

    /// What tells of an event: it has happened, and nothing takes it back.
    fn of_event(condition: Query, seen: Duration, twin: Expr, facts: Facts) -> Shape {
        Shape {
            conditions: vec![condition],
            combiner: Combiner::Or,
            hold: None,
            seen: Some(seen),
            auto_close: Some(EVENT_CLOSES),
            twin,
            facts: facts.with("closes_after", EVENT_CLOSES),
        }
    }

    /// How often its conditions are evaluated.
    fn every(&self) -> Duration {
        let every = self.conditions.iter().filter_map(|condition| match condition {
            Query::PromQl { every, .. } => Some(*every),
            _ => None,
        });
        every.max().unwrap_or(Duration::minutes(1))
    }

    /// How soon it fires after what it is about, once its conditions have held: in steps of five minutes.
    pub fn within(&self, hold: Option<Duration>) -> Option<Duration> {
        // What holds is looked at when it is evaluated.
        let every = self.every().as_seconds();
        let held = hold.map_or(0, |hold| hold.as_seconds().div_ceil(every) * every);
        self.seen.map(|seen| Duration::minutes((seen.as_seconds() + held).div_ceil(300) * 5))
    }
}

/// A DAG's runs in Cloud Monitoring.
#[derive(Clone, Debug)]
pub struct DagRuns {
    scope: Scope,
    workflow: String,
}

impl DagRuns {
    /// The runs of a DAG in a Composer environment.
    pub fn new(scope: Scope, composer_environment: &str, dag: &str) -> DagRuns {
        DagRuns { scope, workflow: workflow_name(composer_environment, dag) }
    }

    /// Runs counted by their state.
    pub fn events(&self) -> Filter {
        self.scope.filter(&DAG_RUN_COUNT).resource_label("workflow_name", &self.workflow)
    }

    /// Runs that ended in a state. `running` is a state too, so there is no total without one.
    pub fn ended(&self, state: &'static str) -> Filter {
        self.events().metric_label("state", state)
    }

    /// The same count in PromQL.
    fn counted(&self, state: &'static str) -> Selector {
        self.selector(&DAG_RUN_COUNT, state)
    }

    /// A sample for each run that ended in a state, at its end. As a gauge it needs no earlier sample, so the first
    /// failure of a new series and a change of its labels are seen like any other.
    fn samples(&self, state: &'static str) -> Selector {
        self.selector(&DAG_RUN_DURATION, state)
    }

    /// A sample for each run that ended, however it did.
    pub fn ends(&self) -> Selector {
        self.of(&DAG_RUN_DURATION)
    }

    /// A sample for each run that failed.
    pub fn failures(&self) -> Selector {
        self.samples("failed")
    }

    /// A sample for each run that succeeded.
    pub fn successes(&self) -> Selector {
        self.samples("success")
    }

    /// A sample for each instance of a task that succeeded.
    pub fn successes_of(&self, task: &str) -> Selector {
        let mut selector = self.of(&TASK_RUN_DURATION);
        selector.labels.push(("task_name", task.to_owned()));
        selector.labels.push(("state", "success".to_owned()));
        selector
    }

    /// How long runs took, however they ended.
    pub fn durations(&self) -> Filter {
        self.scope.filter(&DAG_RUN_DURATION).resource_label("workflow_name", &self.workflow)
    }

    fn selector(&self, metric: &Metric, state: &'static str) -> Selector {
        let mut selector = self.of(metric);
        selector.labels.push(("state", state.to_owned()));
        selector
    }

    fn of(&self, metric: &Metric) -> Selector {
        let mut selector = self.scope.selector(metric);
        selector.labels.push(("workflow_name", self.workflow.clone()));
        selector
    }
}
