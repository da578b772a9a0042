use super::*;
use crate::nulls::judge;
use crate::nulls::judge::tests::{check, checks, day, measured};
use jiff::ToSpan;
use proptest::prelude::*;
use std::collections::BTreeSet;

/// Runs of a check, a day apart, on a table that may grow between them.
struct Life {
    check: Check,
    history: Vec<Recorded>,
    now: Timestamp,
}

impl Life {
    fn of(check: Check) -> Life {
        Life { check, history: Vec::new(), now: Timestamp::UNIX_EPOCH }
    }

    /// One that has run before, long ago.
    fn grown_up(check: Check) -> Life {
        let mut life = Life::of(check);
        life.run("2026-05-01", |_| 1_000);
        life
    }

    /// The verdicts that a run records: the days that are due have so many rows, and no NULLs.
    fn run(&mut self, latest: &str, rows: impl Fn(Date) -> u64) -> Vec<String> {
        self.now += 24.hours();
        let due = due(&self.check, day(latest), &self.history);
        let of_day = |day: &Date| Measurement { measured_at: self.now, ..measured(*day, rows(*day), 0) };
        let measured: Vec<Measurement> = due.iter().map(of_day).collect();
        let before: Vec<Measurement> = self.history.iter().map(|row| row.measurement.clone()).collect();
        let run = judge(&self.check, &before, &measured);
        let news = news(&self.history, &run);
        let said = news.iter().map(|judged| {
            let Judged { measurement, verdict, consequence, .. } = judged;
            let day = measurement.day.to_string().split_off(8);
            let told = if *consequence > Consequence::Ignore { "!" } else { "" };
            format!("{day} {}{told}", verdict.name())
        });
        let said = said.collect();
        let added: Vec<Recorded> = news.into_iter().map(Recorded::from).collect();
        self.history.extend(added);
        said
    }
}

/// A check that looks at few days, each of them new; ten rows are enough.
fn plain() -> Check {
    let mut check = check();
    check.columns[0].rise = None;
    check.open.suspended = vec![day("2026-05-02")..=day("2026-05-31")];
    check
}

#[test]
fn a_day_that_was_empty_or_inconclusive_is_judged_again_until_it_is_not() {
    let mut life = Life::grown_up(plain());
    assert_eq!(life.run("2026-06-01", |_| 0), ["01 empty!"]);
    assert_eq!(
        life.run("2026-06-02", |date| if date == day("2026-06-01") { 9 } else { 10 }),
        ["01 inconclusive", "02 ok"]
    );
    assert_eq!(life.run("2026-06-03", |_| 10), ["01 ok", "03 ok"]);
    // It has a verdict, whatever comes later.
    assert_eq!(life.run("2026-06-04", |_| 5), ["04 inconclusive"]);
}

#[test]
fn a_day_that_stays_empty_is_told_of_once_and_left_alone_after_the_look_back() {
    let mut life = Life::grown_up(plain());
    assert_eq!(life.run("2026-06-01", |_| 0), ["01 empty!"]);
    for latest in 2..=14 {
        let said = life.run(&format!("2026-06-{latest:02}"), |date| u64::from(date > day("2026-06-01")) * 10);
        assert_eq!(said, [format!("{latest:02} ok")]);
    }
    assert_eq!(life.run("2026-06-15", |_| 10), ["15 ok"]);
}

#[test]
fn what_the_first_run_notifies_of_the_next_run_repeats_once() {
    let mut life = Life::of(plain());
    assert_eq!(life.run("2026-06-01", |_| 0), ["01 empty!"]);
    assert_eq!(
        life.run("2026-06-02", |date| u64::from(date > day("2026-06-01")) * 10),
        ["01 empty!", "02 ok"]
    );
    assert_eq!(life.run("2026-06-03", |date| u64::from(date > day("2026-06-01")) * 10), ["03 ok"]);
    // Where the data has come meanwhile, nothing is left to notify of.
    let mut life = Life::of(plain());
    assert_eq!(life.run("2026-06-01", |_| 0), ["01 empty!"]);
    assert_eq!(life.run("2026-06-02", |_| 10), ["01 ok", "02 ok"]);
}

/// However many days are empty, seven new ones have their place in every run.
#[test]
fn late_days_do_not_take_the_place_of_new_ones() {
    let mut life = Life::grown_up(plain());
    assert_eq!(life.run("2026-06-07", |_| 0).len(), 7);
    assert_eq!(life.run("2026-06-14", |_| 0).len(), 7);
    assert_eq!(due(&life.check, day("2026-06-14"), &life.history).len(), 14);
}

#[test]
fn a_run_catches_up_with_the_open_days_that_are_missing() {
    let mut check = check();
    check.open.closed = vec![day("2026-05-02")..=day("2026-05-06"), day("2026-05-09")..=day("2026-05-10")];
    let judged = |text: &&str| Recorded {
        measurement: measured(day(text), 10, 0),
        verdict: Verdict::Ok,
        consequence: Consequence::Ignore,
    };
    let due = |known: &[&str]| {
        let history: Vec<Recorded> = known.iter().map(judged).collect();
        let days = super::due(&check, day("2026-05-12"), &history);
        days.iter().map(|day| day.to_string().split_off(8)).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(check.reach(), 14);
    assert_eq!(due(&[]), "29 30 01 07 08 11 12");
    assert_eq!(due(&["2026-04-29", "2026-04-30", "2026-05-07", "2026-05-08"]), "01 11 12");
    check.open.suspended = vec![day("2026-05-11")..=day("2026-05-31")];
    assert_eq!(super::due(&check, day("2026-05-12"), &[]).len(), 5);
    check.data_days = None;
    assert_eq!(super::due(&check, day("2026-05-08"), &[]), [day("2026-05-08")]);
}

proptest! {
    /// A verdict stays; nothing else stops a day from being judged in the end.
    #[test]
    fn runs_come_to_an_end_with_every_open_day_judged(check in checks(), skipped in prop::collection::btree_set(0..60_i64, 0..60)) {
        let latest = day("2026-07-20");
        let judged = |day: Date| Recorded {
            measurement: measured(day, 10, 0),
            verdict: Verdict::Ok,
            consequence: Consequence::Ignore,
        };
        let mut history: Vec<Recorded> =
            skipped.into_iter().map(|days| judged(days_before(latest, days))).collect();
        let first = days_before(latest, i64::from(check.reach()) - 1);
        for _ in 0..check.reach() {
            let due = due(&check, latest, &history);
            let known: BTreeSet<Date> = history.iter().map(|row| row.measurement.day).collect();
            prop_assert!(due.len() <= 7 && due.is_sorted());
            prop_assert!(due.iter().all(|day| check.open.is_judged(*day) && *day >= first && *day <= latest));
            prop_assert!(due.iter().all(|day| !known.contains(day)));
            history.extend(due.into_iter().map(judged));
        }
        let known: BTreeSet<Date> = history.iter().map(|row| row.measurement.day).collect();
        prop_assert!(first.through(latest).all(|day| known.contains(&day) || !check.open.is_judged(day)));
    }
}
