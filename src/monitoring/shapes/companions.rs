//! What every pipeline depends on, and none of them can see: the files of the DAGs, the scheduler, and the last day that a
//! calendar knows.

use super::deadline::DELAY;
use super::{Shape, or_zero, seconds};
use crate::gcp::Scope;
use crate::gcp::metrics::dataflow::ELAPSED_TIME;
use crate::gcp::metrics::transfers::COMPLETED_RUNS;
use crate::gcp::metrics::{MAINTENANCE_OPERATION, Metric, PARSE_ERROR_COUNT, SCHEDULER_HEARTBEAT_COUNT};
use crate::promql::{Expr, Operator, Selector};
use crate::slo::Duration;
use crate::templates::Facts;

/// Several parses, and many heartbeats.
const PERIOD: Duration = Duration::minutes(10);

/// A file that is read while DAGs are synchronized is broken for one parse.
const BROKEN: Duration = Duration::minutes(15);

/// An upgrade restarts the schedulers, and is no maintenance to the metric at once.
const RESTART: Duration = Duration::minutes(20);

/// After a maintenance, schedulers need a while to be back.
const AFTER_MAINTENANCE: Duration = Duration::minutes(30);

/// Files of DAGs cannot be parsed. An error is counted at every parse, so a new series rises like an old one.
pub fn parse_errors(scope: &Scope, composer_environment: &str) -> Shape {
    let errors = counted(&PARSE_ERROR_COUNT, scope, composer_environment).then(Operator::Greater, 0.0);
    let errors = unless_maintained(errors, scope, composer_environment);
    Shape { hold: Some(BROKEN), ..shape(errors) }
}

/// No scheduler has given a sign of life; no data is none, either.
pub fn scheduler_heartbeat(scope: &Scope, composer_environment: &str) -> Shape {
    let beats = counted(&SCHEDULER_HEARTBEAT_COUNT, scope, composer_environment);
    let silent = or_zero(beats).then(Operator::Less, 1.0);
    Shape { hold: Some(RESTART), ..shape(unless_maintained(silent, scope, composer_environment)) }
}

/// What keeps to a calendar, and has a metric.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keeper<'a> {
    /// DAGs, by their Composer environment.
    Dags(&'a str),
    /// Dataflow jobs.
    Jobs,
    /// Scheduled queries.
    Checks,
}

/// A calendar ends soon. The clock alone decides; a metric of what keeps to the calendar is named because a query without
/// any is none to Cloud Monitoring, and counts nothing.
pub fn calendar_ends(scope: &Scope, keeper: Keeper<'_>, from: i64) -> Shape {
    let signs = match keeper {
        Keeper::Dags(composer) => counted(&SCHEDULER_HEARTBEAT_COUNT, scope, composer),
        Keeper::Jobs => Expr::aggregate("count", scope.selector(&ELAPSED_TIME)),
        Keeper::Checks => Expr::aggregate("count", scope.selector(&COMPLETED_RUNS)),
    };
    let nothing = Expr::from(0.0).then(Operator::Multiply, or_zero(signs));
    shape(Expr::time().then(Operator::Add, nothing).then(Operator::GreaterOrEqual, seconds(from)))
}

fn selector(metric: &Metric, scope: &Scope, composer_environment: &str) -> Selector {
    let mut selector = scope.selector(metric);
    selector.labels.push(("environment_name", composer_environment.to_owned()));
    selector
}

fn counted(metric: &Metric, scope: &Scope, composer_environment: &str) -> Expr {
    Expr::aggregate("sum", Expr::call("increase", selector(metric, scope, composer_environment).over(PERIOD)))
}

fn unless_maintained(expr: Expr, scope: &Scope, composer_environment: &str) -> Expr {
    let operations = selector(&MAINTENANCE_OPERATION, scope, composer_environment).over(AFTER_MAINTENANCE);
    let maintained = Expr::aggregate("max", Expr::call("max_over_time", operations));
    expr.then(Operator::Unless, maintained.then(Operator::Greater, 0.0))
}

fn shape(query: Expr) -> Shape {
    Shape::of_query(query, DELAY.plus(PERIOD), Facts::default().with("period", PERIOD))
}
