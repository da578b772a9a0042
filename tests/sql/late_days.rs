//! Tables whose data comes late, run by DuckDB: what each run adds to the history, and how it ends.

use crate::sql::checks::{column, date, days, orders, path};
use crate::sql::histories::{Added, Step};
use crate::sql::verdicts::difference;
use genkai::nulls::{Check, Consequence, DataDays, Measured, OpenDays};

/// One that looks at 2026-06-01 and later; without a `delay`, and nobody asks for data.
fn check(empty: Consequence) -> Check {
    let open = OpenDays { suspended: vec![days("2026-05-01", "2026-05-31")], ..OpenDays::default() };
    Check {
        data_days: Some(DataDays::Date(path("created_date"))),
        time_zone: "UTC".to_owned(),
        delay: genkai::slo::Duration::seconds(0),
        open,
        condition: None,
        min_rows: 2,
        empty,
        columns: vec![column("customer_id", Measured::Null, Some("1%"), None)],
        ..orders()
    }
}

/// A run at nine on a day, before which so many rows of a data day have come, all of them NULL.
fn run(day: u8, come: Option<(&str, usize)>, added: &[(&str, u64, &str, &str)], outcome: &str) -> Step {
    let row =
        |of: &str| format!("('{of}', NULL, NULL, NULL, NULL, 'paid', FALSE, NULL, NULL, NULL, NULL, NULL)");
    let before = come.into_iter().map(|(of, rows)| {
        let rows = vec![row(of); rows].join(", ");
        format!("INSERT INTO \"shop-prod\".sales.orders VALUES {rows}")
    });
    let added = added.iter().map(|(day, rows, verdict, consequence)| -> Added {
        let ratio = (*rows > 0).then_some(1_000_000);
        let [verdict, consequence] = [verdict, consequence].map(|word| (*word).to_owned());
        (date(day).to_string(), "customer_id".to_owned(), *rows, *rows, ratio, None, verdict, consequence)
    });
    Step {
        past: Vec::new(),
        before: before.collect(),
        now: format!("2026-06-{day:02}T09:00:00Z").parse().unwrap(),
        added: added.collect(),
        outcome: outcome.to_owned(),
    }
}

fn assert_life(check: Check, life: Vec<Step>) {
    if let Some(found) = difference(&[(check, vec![life])], |script| script) {
        panic!("{found}");
    }
}

/// Each day's table is there after the run that asks for it: the next run judges it, and finds that all is NULL.
#[test]
fn a_day_that_is_always_late_is_judged_by_the_next_run() {
    let page = |day: u8| {
        format!(
            "page NullRatioCheck/orders-nulls in shop/production: `customer_id` on 2026-06-{day:02}: page, 100.0000% NULL, at most 1.0000%, 5 rows."
        )
    };
    assert_life(
        check(Consequence::Ignore),
        vec![
            run(2, None, &[("2026-06-01", 0, "empty", "none")], "ok"),
            run(
                3,
                Some(("2026-06-01", 5)),
                &[("2026-06-01", 5, "page", "page"), ("2026-06-02", 0, "empty", "none")],
                &page(1),
            ),
            run(
                4,
                Some(("2026-06-02", 5)),
                &[("2026-06-02", 5, "page", "page"), ("2026-06-03", 0, "empty", "none")],
                &page(2),
            ),
        ],
    );
}

/// One message for the day, not one for each run.
#[test]
fn a_day_that_stays_empty_fails_one_run() {
    let empty = |day: u8| {
        format!(
            "page NullRatioCheck/orders-nulls in shop/production: `customer_id` on 2026-06-{day:02}: empty, no rows."
        )
    };
    assert_life(
        check(Consequence::Page),
        vec![
            run(2, Some(("2026-06-01", 1)), &[("2026-06-01", 1, "inconclusive", "none")], "ok"),
            run(3, None, &[("2026-06-02", 0, "empty", "page")], &empty(2)),
            run(4, Some(("2026-06-03", 1)), &[("2026-06-03", 1, "inconclusive", "none")], "ok"),
            run(5, Some(("2026-06-04", 1)), &[("2026-06-04", 1, "inconclusive", "none")], "ok"),
        ],
    );
}

#[test]
fn what_the_first_run_finds_the_second_repeats() {
    let empty =
        "page NullRatioCheck/orders-nulls in shop/production: `customer_id` on 2026-06-01: empty, no rows.";
    assert_life(
        check(Consequence::Page),
        vec![
            run(2, None, &[("2026-06-01", 0, "empty", "page")], empty),
            run(
                3,
                Some(("2026-06-02", 1)),
                &[("2026-06-01", 0, "empty", "page"), ("2026-06-02", 1, "inconclusive", "none")],
                empty,
            ),
            run(4, Some(("2026-06-03", 1)), &[("2026-06-03", 1, "inconclusive", "none")], "ok"),
        ],
    );
}
