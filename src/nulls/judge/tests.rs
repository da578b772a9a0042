use super::*;
use crate::nulls::{DataDays, Measured, Path, Table};
use crate::slo::{Duration, PercentagePoints};
use jiff::civil::Weekday;
use proptest::prelude::*;

pub fn day(text: &str) -> Date {
    Date::parse(text).unwrap()
}

/// A check of `coupon_code` that allows 40 %, and a rise of 5 points over two weeks from 1 % on; a page.
pub fn check() -> Check {
    Check {
        name: "orders-nulls".into(),
        table: Table {
            project: "bigfoot-prod".into(),
            dataset: "sales".into(),
            name: "orders".into(),
            wildcard: false,
        },
        data_days: Some(DataDays::Date(Path(vec!["created_date".into()]))),
        time_zone: "Asia/Tokyo".into(),
        delay: Duration::hours(2),
        open: OpenDays { weekend: vec![Weekday::Saturday, Weekday::Sunday], ..OpenDays::default() },
        condition: None,
        min_rows: 10,
        empty: Consequence::Ticket,
        columns: vec![Column {
            name: "coupon_code".into(),
            path: Path(vec!["coupon_code".into()]),
            measured: Measured::Null,
            at_most: Ratio::parse("40%"),
            rise: Some(Rise {
                more_than: PercentagePoints::parse("5pt").unwrap(),
                over_days: 14,
                floor: Ratio::parse("1%").unwrap(),
                min_days: 3,
            }),
            severity: Consequence::Page,
        }],
    }
}

pub fn measured(day: Date, rows: u64, nulls: u64) -> Measurement {
    Measurement { day, column: "coupon_code".into(), rows, nulls, measured_at: Timestamp::UNIX_EPOCH }
}

/// One measurement a day of 1,000 rows, from a Monday on.
fn days(nulls: &[u64]) -> Vec<Measurement> {
    let days = day("2026-06-01").through(day("2099-12-31"));
    days.zip(nulls).map(|(day, nulls)| measured(day, 1_000, *nulls)).collect()
}

/// The verdicts where each day is judged by a run of its own.
fn day_by_day(check: &Check, all: &[Measurement]) -> Vec<Verdict> {
    let judge = |index: usize| judge(check, &all[..index], &all[index..=index]).judged[0].verdict;
    (0..all.len()).map(judge).collect()
}

#[test]
fn the_verdict_is_the_first_that_holds() {
    let day = day("2026-06-05");
    let verdict = |history: &[Measurement], rows, nulls| {
        judge(&check(), history, &[measured(day, rows, nulls)]).judged[0].verdict
    };
    let history = days(&[100, 100, 100]);
    assert_eq!(verdict(&history, 0, 0), Verdict::Empty);
    assert_eq!(verdict(&history, 9, 9), Verdict::Inconclusive);
    assert_eq!(verdict(&history, 10, 5), Verdict::Page);
    assert_eq!(verdict(&history, 1_000, 150), Verdict::Ok);
    assert_eq!(verdict(&history, 1_000, 151), Verdict::Page);
    assert_eq!(verdict(&history[..2], 1_000, 151), Verdict::WarmingUp);
    assert_eq!(verdict(&history[..2], 1_000, 401), Verdict::Page);
    // A breach by less than a millionth is one.
    assert_eq!(verdict(&history[..2], 10_000_000, 4_000_001), Verdict::Page);
    assert_eq!(verdict(&history[..2], u64::MAX, u64::MAX), Verdict::Page);
}

#[test]
fn a_new_level_is_accepted_after_half_of_the_look_back() {
    let mut check = check();
    check.columns[0].rise.as_mut().unwrap().over_days = 6;
    // Every day of the week is alike.
    check.open.weekend = Vec::new();
    let verdicts = day_by_day(&check, &days(&[100, 100, 100, 100, 100, 100, 300, 300, 300, 300, 300, 300]));
    let (warming_up, page, ok) = (Verdict::WarmingUp, Verdict::Page, Verdict::Ok);
    // After three days of six the median is in the middle of both levels, and that is 10 points below the new one.
    let expected = [warming_up, warming_up, warming_up, ok, ok, ok, page, page, page, page, ok, ok];
    assert_eq!(verdicts, expected);
}

#[test]
fn weekends_are_compared_with_weekends_once_there_are_enough() {
    // From Monday; on weekends 30 % are NULL.
    let week = [100, 100, 100, 100, 100, 300, 300];
    let nulls: Vec<u64> = week.iter().cycle().take(21).copied().collect();
    let verdicts = day_by_day(&check(), &days(&nulls));
    // Two Saturdays and Sundays are fewer than three like days, so that all days are the baseline.
    assert_eq!(verdicts[5..7], [Verdict::Page; 2]);
    assert_eq!(verdicts[12..14], [Verdict::Page, Verdict::Ok]);
    assert_eq!(verdicts[19..21], [Verdict::Ok; 2]);
}

#[test]
fn of_several_measurements_of_a_day_the_latest_counts() {
    let mut history = days(&[100, 100, 100]);
    let mut again = measured(day("2026-06-03"), 5, 5);
    again.measured_at = Timestamp::from_second(60).unwrap();
    let now = [measured(day("2026-06-04"), 1_000, 100)];
    assert_eq!(judge(&check(), &history, &now).judged[0].verdict, Verdict::Ok);
    // The later one has too few rows, and with it the day.
    history.insert(0, again);
    assert_eq!(judge(&check(), &history, &now).judged[0].verdict, Verdict::WarmingUp);
}

#[test]
fn only_what_is_bad_fails_the_run_and_counts_against_the_objective() {
    let mut check = check();
    check.open.closed = vec![day("2026-06-03")..=day("2026-06-03")];
    let outcome = |check: &Check, measurement| {
        let run = judge(check, &[], &[measurement]);
        (run.judged[0].verdict, run.consequence(), run.judged[0].good)
    };
    let (open, closed) = (day("2026-06-02"), day("2026-06-03"));
    let ignore = Consequence::Ignore;
    assert_eq!(outcome(&check, measured(open, 0, 0)), (Verdict::Empty, Consequence::Ticket, Some(false)));
    assert_eq!(outcome(&check, measured(closed, 0, 0)), (Verdict::Empty, ignore, None));
    assert_eq!(outcome(&check, measured(open, 9, 9)), (Verdict::Inconclusive, ignore, None));
    assert_eq!(outcome(&check, measured(open, 10, 0)), (Verdict::WarmingUp, ignore, None));
    assert_eq!(outcome(&check, measured(open, 10, 5)), (Verdict::Page, Consequence::Page, Some(false)));
    check.columns[0].severity = ignore;
    assert_eq!(outcome(&check, measured(open, 10, 5)), (Verdict::Broken, ignore, Some(false)));
    check.empty = ignore;
    assert_eq!(outcome(&check, measured(open, 0, 0)), (Verdict::Empty, ignore, None));
}

#[test]
fn a_day_is_complete_some_time_after_its_end_where_the_data_is() {
    let mut check = check();
    let latest =
        |check: &Check, now: &str| latest_complete(check, now.parse().unwrap()).map(|day| day.to_string());
    // 02:00 in Tokyo is 17:00 in UTC on the day before.
    assert_eq!(latest(&check, "2026-06-01T16:59:59Z").as_deref(), Some("2026-05-31"));
    assert_eq!(latest(&check, "2026-06-01T17:00:00Z").as_deref(), Some("2026-06-01"));
    // The day that ends at the change of clocks: it is complete two hours later, which is 03:00 by the clock.
    check.time_zone = "Europe/Berlin".into();
    assert_eq!(latest(&check, "2026-03-29T00:59:59Z").as_deref(), Some("2026-03-27"));
    assert_eq!(latest(&check, "2026-03-29T01:00:00Z").as_deref(), Some("2026-03-28"));
    check.data_days = None;
    assert_eq!(latest(&check, "2026-06-01T16:59:59Z").as_deref(), Some("2026-06-01"));
}

prop_compose! {
    fn measurements()(nulls in prop::collection::vec((0..40_u64, 0..=40_u64, any::<bool>()), 1..60)) -> Vec<Measurement> {
        let days = day("2026-06-01").through(day("2099-12-31")).zip(nulls);
        let there = days.filter(|(_, (_, _, there))| *there);
        there.map(|(day, (rows, nulls, _))| measured(day, rows, nulls.min(rows))).collect()
    }
}

prop_compose! {
    pub fn checks()(over in 1..30_u32, min_days in 1..8_u32, rise in 0..300_000_u32, at_most in 0..1_000_000_u32,
                closed in prop::collection::btree_set(0..60_i64, 0..30), judge_closed in any::<bool>()) -> Check {
        let mut check = check();
        let column = &mut check.columns[0];
        column.at_most = Some(Ratio::millionths(at_most));
        let more_than = PercentagePoints::parse(&format!("{}.{:04}pt", rise / 10_000, rise % 10_000)).unwrap();
        column.rise = Some(Rise { more_than, over_days: over, floor: Ratio::millionths(10_000), min_days });
        let closed = closed.into_iter().map(|days| days_before(day("2026-06-01"), -days));
        check.open.closed = closed.map(|day| day..=day).collect();
        check.open.judge_closed = judge_closed;
        check
    }
}

proptest! {
    /// Whether days are judged one by one or together, and in whatever order they are known, makes no difference.
    #[test]
    fn runs_may_be_late_and_measurements_in_any_order(check in checks(), mut all in measurements()) {
        let one_by_one = day_by_day(&check, &all);
        all.reverse();
        let together: Vec<Verdict> = judge(&check, &[], &all).judged.iter().map(|judged| judged.verdict).collect();
        prop_assert_eq!(one_by_one, together);
    }

    /// With more NULLs on the judged day nothing gets better.
    #[test]
    fn more_nulls_never_help(check in checks(), all in measurements(), more in 0..40_u64) {
        let Some((last, history)) = all.split_last() else { return Ok(()) };
        let mut worse = last.clone();
        worse.nulls = (last.nulls + more).min(last.rows);
        let severity = |measurement| judge(&check, history, &[measurement]).consequence();
        prop_assert!(severity(worse) >= severity(last.clone()));
    }

    /// Wherever a run stands, the days that it looks at hold as many open ones as it may judge; with fewer they would not.
    #[test]
    fn the_reach_is_the_fewest_days_that_hold_seven_open_ones(check in checks()) {
        let holds_seven = |reach: u32| {
            let mut ends = day("2026-05-01").through(day("2026-09-30"));
            ends.all(|end| {
                let days = days_before(end, i64::from(reach) - 1).through(end);
                days.filter(|day| check.open.is_judged(*day)).count() >= 7
            })
        };
        let reach = check.reach();
        prop_assert!(holds_seven(reach));
        prop_assert!(reach == 14 || !holds_seven(reach - 1));
    }
}
