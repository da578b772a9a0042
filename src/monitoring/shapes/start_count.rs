//! The number of starts up to any time, as an expression.

use super::deadline::{into_period, minus, since};
use super::seconds;
use crate::promql::{Expr, Operator};
use crate::slo::{LeftOut, StartCount};

/// Only differences mean something.
pub(super) fn count_of_starts(StartCount { step, phase, left_out }: &StartCount) -> Expr {
    let all = whole(since(*phase).then(Operator::Divide, seconds(*step)));
    let left_out = left_out.iter().flat_map(|LeftOut { period, phase, steps }| {
        let periods = whole(since(*phase).then(Operator::Divide, seconds(*period)));
        let begun = whole(into_period(*phase, *period).then(Operator::Divide, seconds(*step)));
        [
            periods.then(Operator::Multiply, seconds(*steps)),
            Expr::Call("clamp_max", vec![begun, seconds(*steps)]),
        ]
    });
    left_out.fold(all, minus)
}

fn whole(number: Expr) -> Expr {
    Expr::call("floor", Expr::call("vector", number))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::slo::{Due, Schedule};
    use std::sync::Arc;

    #[test]
    fn steps_less_those_of_the_night() {
        let schedule = Schedule::parse("*/5 6-21 * * *", "UTC").unwrap();
        let count = Due::scheduled(Arc::new(schedule)).start_count().unwrap();
        assert_eq!(
            count_of_starts(&count).one_line(),
            "floor(vector(time() / 300)) - floor(vector((time() - 78900) / 86400)) * 96 \
             - clamp_max(floor(vector((time() - 78900) % 86400 / 300)), 96)"
        );
    }
}
