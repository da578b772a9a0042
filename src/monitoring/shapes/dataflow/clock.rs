//! The times at which something is due, as arithmetic on `time()`.

use super::super::{outside, reached, seconds};
use crate::promql::{Expr, Operator};
use crate::slo::{ActiveHours, Duration};
use std::ops::Range;

/// When something is due: in the active hours, and not in a pause.
#[derive(Clone, Debug, Default)]
pub struct Clock {
    /// The hours outside which nothing is due.
    pub hours: Option<ActiveHours>,
    /// The pauses, in seconds of the epoch.
    pub pauses: Vec<Range<i64>>,
}

impl Clock {
    /// 1 where something has been due for all of the last `lead`, until `shift` ago; 0 elsewhere. `None` where it always
    /// is.
    pub(super) fn due(&self, lead: Duration, shift: Duration) -> Option<Expr> {
        let (lead, shift) = (lead.as_seconds().cast_signed(), shift.as_seconds().cast_signed());
        let hours = self.hours.iter().map(|hours| in_hours(hours, lead, shift));
        let pauses = self.pauses.iter().map(|pause| {
            let until = pause.end.saturating_add(lead + shift);
            outside(pause.start.saturating_add(shift), until)
        });
        hours.chain(pauses).reduce(|one, other| one.then(Operator::Multiply, other))
    }
}

fn in_hours(hours: &ActiveHours, lead: i64, shift: i64) -> Expr {
    let (first, changes) = hours.clock();
    let length = hours.length().as_seconds().cast_signed();
    // The clock of the zone. Nearly all zones go back and forth by the same step, which then stands once.
    let step = changes.iter().map(|(_, by)| by.abs()).reduce(greatest_common_divisor).unwrap_or(0);
    let changed = changes.iter().fold(None, |sum: Option<Expr>, (instant, by)| {
        let since = reached(instant + shift);
        let since = match (by.abs()).checked_div(step) {
            None | Some(1) => since,
            Some(times) => since.then(Operator::Multiply, seconds(times)),
        };
        Some(match sum {
            None if *by < 0 => Expr::from(0.0).then(Operator::Subtract, since),
            None => since,
            Some(sum) if *by < 0 => sum.then(Operator::Subtract, since),
            Some(sum) => sum.then(Operator::Add, since),
        })
    });
    let begun = plus(Expr::time(), first - lead - shift);
    let local = match changed {
        Some(changed) => begun.then(Operator::Add, seconds(step).then(Operator::Multiply, changed)),
        None => begun,
    };
    local.then(Operator::Modulo, 86_400.0).then(Operator::LessBool, seconds(length - lead + 1))
}

fn greatest_common_divisor(one: i64, other: i64) -> i64 {
    if other == 0 { one } else { greatest_common_divisor(other, one % other) }
}

fn plus(expr: Expr, by: i64) -> Expr {
    match by {
        0 => expr,
        1.. => expr.then(Operator::Add, seconds(by)),
        _ => expr.then(Operator::Subtract, seconds(-by)),
    }
}
