//! How far back a query reads, as it is written.

use super::Expr;
use crate::slo::Duration;
use std::collections::BTreeMap;

impl Expr {
    /// How far back each metric is read, seen from the time of the evaluation: ranges, sub-queries and offsets add up where
    /// one is within the other. The five minutes for which a selector without a range sees a sample do not count.
    pub fn lookbacks(&self) -> BTreeMap<&str, Duration> {
        let mut farthest = BTreeMap::new();
        self.read(Duration::seconds(0), &mut farthest);
        farthest
    }

    /// How far back it reads any metric.
    pub fn lookback(&self) -> Duration {
        self.lookbacks().into_values().max().unwrap_or(Duration::seconds(0))
    }

    fn read<'a>(&'a self, from: Duration, farthest: &mut BTreeMap<&'a str, Duration>) {
        match self {
            Expr::Number(_) => {}
            Expr::Selector(selector) => {
                let own = [selector.range, selector.offset].into_iter().flatten();
                let back = own.fold(from, Duration::plus);
                let known = farthest.entry(selector.metric.as_str()).or_insert(back);
                *known = back.max(*known);
            }
            Expr::Call(_, arguments) => arguments.iter().for_each(|argument| argument.read(from, farthest)),
            Expr::Aggregate(_, _, of) => of.read(from, farthest),
            Expr::Binary(left, _, right) => {
                [left, right].into_iter().for_each(|side| side.read(from, farthest))
            }
            Expr::Subquery { of, range, .. } => of.read(from.plus(*range), farthest),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Operator, Selector};
    use super::*;

    #[test]
    fn windows_sub_queries_ranges_and_offsets_add_up() {
        let series = |name: &str| Selector::new(name, Vec::new());
        let hours = Duration::hours;
        let late = Expr::call("increase", series("events").over(hours(2)).ago(hours(3)));
        let inner = late.then(Operator::Unless, series("events").over(hours(1)));
        let query = Expr::call("count_over_time", inner.every(hours(1), hours(24)));
        let query =
            query.then(Operator::Greater, Expr::call("max_over_time", series("gauge").over(hours(6))));
        assert_eq!(
            query.one_line(),
            "count_over_time((increase(events[2h] offset 3h) unless events[1h])[1d:1h]) > max_over_time(gauge[6h])"
        );
        assert_eq!(query.lookbacks(), BTreeMap::from([("events", hours(29)), ("gauge", hours(6))]));
        assert_eq!(query.lookback(), hours(29));
        assert_eq!(Expr::time().lookback(), Duration::seconds(0));
    }
}
