//! No success since the latest start whose deadline has passed.

use std::ops::Range;
use std::sync::Arc;

use genkai::monitoring::shapes::deadline;
use genkai::promql::Selector;
use genkai::slo::latest_start::{LatestStart, ScheduledStart, latest_start};
use genkai::slo::{Calendar, Date, Deadline, Due, Duration, Schedule, TimeOfDay};
use jiff::civil::Weekday;
use jiff::tz::TimeZoneDatabase;
use jiff::{SignedDuration, Timestamp};

use crate::promtool::engine::{
    Case, History, KEPT, Proof, Random, Run, histories, minute_of, promtool, runs, runs_of_version,
    wrong_queries_fail,
};
use crate::support;

const DELAY: i64 = 180;

/// A schedule around an instant, moved so that promtool, which begins in 1970, begins there.
pub struct Scene {
    starts: Vec<ScheduledStart>,
    pub query: String,
}

impl Scene {
    /// The query as it is written, and the starts as seen from an instant.
    pub fn at(due: &Due, deadline: Deadline, origin: i64) -> Scene {
        let latest = due.latest_start(deadline, Duration::seconds(DELAY.unsigned_abs())).unwrap();
        let moved = |start: i64| ScheduledStart {
            start: start - origin,
            missed: due.deadline(start, deadline).unwrap() + DELAY - origin,
            offset: 0,
        };
        let span = origin - 300 * 86_400..origin + 300 * 86_400;
        let starts = due.due_starts(span).unwrap().into_iter().map(moved).collect();
        Scene::asking(&crate::promtool::engine::dag().successes(), &latest, starts)
    }

    /// From an instant on, which must be a whole number of weeks after 1970 where weeks matter: a Thursday at midnight.
    fn new(due: &Due, zone: &str, deadline: Deadline, origin: &str) -> Scene {
        Scene::watching(&crate::promtool::engine::dag().successes(), due, zone, deadline, origin)
    }

    /// The same with samples that may be others than the DAG's successes.
    pub fn watching(samples: &Selector, due: &Due, zone: &str, deadline: Deadline, origin: &str) -> Scene {
        let zone = TimeZoneDatabase::bundled().get(zone).unwrap();
        let offset = |start: i64| zone.to_offset(Timestamp::from_second(start).unwrap()).seconds();
        let origin = origin.parse::<Timestamp>().unwrap();
        assert_eq!(origin.as_second() % (7 * 86_400), 0, "a Thursday at midnight in UTC");
        let around = SignedDuration::from_hours(24 * 250);
        let span = (origin - around).as_second()..(origin + around).as_second();
        let moved = |start: i64| ScheduledStart {
            start: start - origin.as_second(),
            missed: due.deadline(start, deadline).unwrap() + DELAY - origin.as_second(),
            offset: offset(start).into(),
        };
        Scene::of(samples, due.due_starts(span).unwrap().into_iter().map(moved).collect())
    }

    fn of(samples: &Selector, starts: Vec<ScheduledStart>) -> Scene {
        Scene::asking(samples, &latest_start(&starts, &[]), starts)
    }

    fn asking(samples: &Selector, latest: &LatestStart, starts: Vec<ScheduledStart>) -> Scene {
        let times = genkai::monitoring::shapes::times_of(samples.clone());
        let shape = deadline::deadline(&times, latest, KEPT).unwrap();
        Scene { starts, query: shape.twin.one_line() }
    }

    /// The contract, from the list of starts: open when the latest one whose deadline has passed has no sample (a success,
    /// say) since. Nothing for the minutes after something happens, in which the metric is on its way.
    pub fn open(&self, successes: &[usize], minute: usize) -> Option<bool> {
        const ON_ITS_WAY: i64 = 6 * 60;
        let now = 60 * i64::try_from(minute).unwrap();
        let successes: Vec<i64> =
            successes.iter().map(|minute| 60 * i64::try_from(*minute).unwrap()).collect();
        let recent = |time: &i64| (0..ON_ITS_WAY).contains(&(now - time));
        if successes.iter().any(recent) || self.starts.iter().any(|start| recent(&start.missed)) {
            return None;
        }
        let due = self.starts.iter().filter(|start| start.missed <= now).map(|start| start.start).max();
        // Where no sample was ever written, the query says 1970, which is after what was due before it.
        let due = due.filter(|start| *start > 0)?;
        // Two days before it may be forgotten what followed a start, nobody is told that nothing did.
        let asks_for = i64::try_from(KEPT.as_seconds()).unwrap() - 2 * 86_400;
        if now - due > asks_for - ON_ITS_WAY {
            return (now - due > asks_for + ON_ITS_WAY).then_some(false);
        }
        Some(!successes.iter().any(|time| (due..=now).contains(time)))
    }

    /// A history with what the contract says about it, asked every so many minutes.
    fn history(&self, history: &[Run], minutes: usize, every: usize) -> History {
        let successes: Vec<usize> = history.iter().filter(|run| run.1).map(|run| run.0).collect();
        let asked = (0..minutes).step_by(every);
        let expected = asked.filter_map(|minute| Some((minute, self.open(&successes, minute)?)));
        History { expected: expected.collect(), series: runs(history) }
    }
}

pub fn by(time: &str) -> Deadline {
    Deadline::By(TimeOfDay::parse(time).unwrap())
}

pub fn cron(cron: &str, zone: &str) -> Due {
    Due::scheduled(Arc::new(Schedule::parse(cron, zone).unwrap()))
}

/// Minutes from days, hours and minutes.
pub const fn at(day: usize, hour: usize, minute: usize) -> usize {
    (day * 24 + hour) * 60 + minute
}

/// 04:00 in UTC, due by 06:30: a day has 1,440 minutes, so that cases are easy to read.
fn daily() -> Scene {
    Scene::new(&cron("0 4 * * *", "UTC"), "UTC", by("06:30"), "2026-01-01T00:00:00Z")
}

fn hard_cases() -> Vec<Case<Run>> {
    let good = |day: usize| (at(day, 5, 10), true);
    vec![
        (
            "a run in time is quiet all day",
            vec![good(0), good(1), good(2)],
            vec![(at(1, 3, 55), false), (at(1, 6, 40), false), (at(2, 3, 0), false), (at(2, 6, 50), false)],
        ),
        (
            "a run that is late by minutes pages, and resolves with the success",
            vec![good(0), (at(1, 6, 50), true)],
            vec![(at(1, 6, 30), false), (at(1, 6, 40), true), (at(1, 6, 45), true), (at(1, 7, 0), false)],
        ),
        (
            "yesterday's run, repaired today before the start, does not satisfy today",
            vec![good(0), (at(1, 5, 0), false), (at(2, 3, 30), true)],
            vec![(at(1, 6, 40), true), (at(2, 3, 40), false), (at(2, 6, 30), false), (at(2, 6, 40), true)],
        ),
        (
            "it stays open past the next start, until a success after the start that was missed",
            vec![good(0), (at(2, 5, 0), true)],
            vec![(at(1, 6, 40), true), (at(1, 23, 0), true), (at(2, 4, 30), true), (at(2, 5, 10), false)],
        ),
        (
            "a failure is no success",
            vec![good(0), (at(1, 5, 0), false), (at(1, 6, 0), false)],
            vec![(at(1, 6, 20), false), (at(1, 6, 40), true)],
        ),
        (
            "what has never run is missed",
            vec![],
            vec![(at(0, 6, 40), true), (at(1, 3, 0), true), (at(1, 6, 40), true)],
        ),
        (
            "a metric that stops is missed for as long as it stops",
            vec![good(0)],
            vec![(at(0, 7, 0), false), (at(1, 6, 40), true), (at(4, 6, 0), true), (at(6, 12, 0), true)],
        ),
    ]
}

#[test]
fn a_deadline_keeps_its_contract_in_hard_cases() {
    let Some(oracle) = support::oracle("promtool") else { return };
    let scene = daily();
    for (name, history, expected) in hard_cases() {
        let case = History { series: runs(&history), expected };
        promtool(&oracle, &scene.query, &[case]).unwrap_or_else(|output| panic!("{name}: {output}"));
        // The model that judges the random histories agrees with what was written by hand.
        let modelled = scene.history(&history, at(3, 0, 0), 35);
        promtool(&oracle, &scene.query, &[modelled])
            .unwrap_or_else(|output| panic!("{name}, by the model: {output}"));
    }
}

#[test]
fn an_upgrade_that_changes_labels_hides_no_success() {
    let Some(oracle) = support::oracle("promtool") else { return };
    let mut series = runs(&[(at(0, 5, 0), true)]);
    series.extend(runs_of_version("2", &[(at(1, 5, 0), true)]));
    let expected = vec![(at(0, 7, 0), false), (at(1, 6, 40), false), (at(2, 6, 40), true)];
    promtool(&oracle, &daily().query, &[History { series, expected }]).unwrap();
}

/// Whether every start that is due has its success in time.
fn all_in_time(scene: &Scene, minutes: usize) -> Vec<Run> {
    let end = i64::try_from(minutes).unwrap() * 60;
    let due = scene.starts.iter().filter(|start| (0..end).contains(&start.start));
    due.map(|start| (usize::try_from(start.start / 60 + 20).unwrap(), true)).collect()
}

/// With every run in time there is silence; with one left out there is an alert from its deadline to the next success. One
/// in three is left out at a time, so that three histories leave out each. What is asked every 50 or 100 minutes is asked
/// at another time each day.
///
/// Asked from a day on: before the first start of its first period, in 1970, the query's remainders are negative.
fn silent_but_for_what_is_missing(scene: &Scene, days: Range<usize>, every: usize) {
    let Some(oracle) = support::oracle("promtool") else { return };
    let minutes = at(days.end, 0, 0);
    let good = all_in_time(scene, minutes);
    // What is due before the history begins is open until the first success.
    let first = (good.first().unwrap().0 + 10).max(at(days.start, 0, 0)).next_multiple_of(every);
    let quiet: Vec<_> = (first..minutes).step_by(every).map(|minute| (minute, false)).collect();
    promtool(&oracle, &scene.query, &[History { series: runs(&good), expected: quiet }])
        .unwrap_or_else(|output| panic!("{output}\n{}", scene.query));
    let histories: Vec<History> = (1..good.len().min(4))
        .map(|missing| {
            let left_out = |index: usize| index >= missing && (index - missing).is_multiple_of(3);
            let kept = good.iter().enumerate().filter(|(index, _)| !left_out(*index));
            let rest: Vec<Run> = kept.map(|(_, run)| *run).collect();
            let mut history = scene.history(&rest, minutes, every);
            history.expected.retain(|(minute, _)| *minute > first);
            history
        })
        .collect();
    assert!(histories.iter().all(|history| history.expected.iter().any(|(_, open)| *open)));
    promtool(&oracle, &scene.query, &histories).unwrap_or_else(|output| panic!("{output}\n{}", scene.query));
}

#[test]
fn nothing_is_due_over_golden_week() {
    let calendar = Calendar {
        from: Date::parse("2025-06-01").unwrap(),
        through: Date::parse("2027-12-31").unwrap(),
        japanese_holidays: true,
        weekend: vec![Weekday::Saturday, Weekday::Sunday],
        closed: Vec::new(),
        open: [Date::parse("2026-05-09").unwrap()].into(),
    };
    let calendar = Arc::new(calendar);
    let due = |cron: &str| {
        let schedule = Schedule::parse(cron, "Asia/Tokyo").unwrap();
        Due::scheduled(Arc::new(schedule.with_calendar(Arc::clone(&calendar))))
    };
    // 30 April to 14 May: five days closed, and a Saturday open all the same.
    let golden_week = "2026-04-30T00:00:00Z";
    let daily = Scene::new(&due("0 4 * * *"), "Asia/Tokyo", by("06:30"), golden_week);
    silent_but_for_what_is_missing(&daily, 0..14, 100);
    let within = Deadline::Within(Duration::minutes(50));
    let uneven = Scene::new(&due("0 8,12,17 * * *"), "Asia/Tokyo", within, golden_week);
    silent_but_for_what_is_missing(&uneven, 3..14, 100);
}

#[test]
fn clocks_change_and_deadlines_change_with_them() {
    let due = cron("0 4 * * *", "America/New_York");
    for origin in ["2026-03-05T00:00:00Z", "2026-10-29T00:00:00Z"] {
        silent_but_for_what_is_missing(&Scene::new(&due, "America/New_York", by("06:30"), origin), 0..6, 50);
    }
}

#[test]
fn weekdays_hours_and_irregular_times_are_due_when_the_cron_says() {
    for (expression, days) in
        [("0 4 * * 1-5", 0..8), ("0 9-18 * * *", 0..2), ("0 8,12,17 * * *", 1..4), ("30 6 * * 1,4", 7..16)]
    {
        let scene = Scene::new(
            &cron(expression, "Asia/Tokyo"),
            "Asia/Tokyo",
            Deadline::Within(Duration::minutes(50)),
            "2026-06-04T00:00:00Z",
        );
        let every = if days.end > 4 { 50 } else { 30 };
        silent_but_for_what_is_missing(&scene, days, every);
    }
}

#[test]
fn months_are_of_different_lengths() {
    // Months cannot be moved, so this is 1970 itself; the cron's span of ten years is written by hand.
    for day in [0, 14] {
        let month = |index: i64| {
            let first =
                jiff::civil::date(1970, 1, 1).saturating_add(jiff::Span::new().months(index).days(day));
            first.to_zoned(jiff::tz::TimeZone::UTC).unwrap().timestamp().as_second() + 4 * 3_600
        };
        let starts = (-30..30).map(month);
        let starts = starts.map(|start| ScheduledStart { start, missed: start + 86_400 + DELAY, offset: 0 });
        let samples = crate::promtool::engine::dag().successes();
        silent_but_for_what_is_missing(&Scene::of(&samples, starts.collect()), 0..66, 1_440);
    }
}

/// Four-hourly instead of daily: the shape knows only distances, and a day of promtool is short.
pub fn scaled_down(samples: &Selector) -> Scene {
    let within = Deadline::Within(Duration::minutes(90));
    Scene::watching(samples, &cron("0 */4 * * *", "UTC"), "UTC", within, "2026-01-01T00:00:00Z")
}

/// A day and a half of four-hourly runs, as they may go.
pub fn random_histories(seed: u64, count: usize) -> Vec<Vec<Run>> {
    let mut random = Random(seed);
    (0..count)
        .map(|_| {
            let mut history: Vec<Run> = Vec::new();
            for start in (0..36).step_by(4).map(|hour| at(0, hour, 0)) {
                let mut within = |minutes: usize| minute_of(&mut random, start + 5..start + 5 + minutes);
                let (soon, late, repaired) = (within(80), within(230), within(60) + 10 + within(300) - start);
                match random.below(10) {
                    0..5 => history.push((soon, true)),
                    5 => history.push((late, true)),
                    6 => history.push((soon, false)),
                    // A failure, and its repair, perhaps past the next start.
                    7 | 8 => history.extend([(soon, false), (repaired.max(soon + 1), true)]),
                    _ => {}
                }
            }
            history
        })
        .collect()
}

#[test]
fn a_deadline_keeps_its_contract_in_random_histories() {
    let Some(oracle) = support::oracle("promtool") else { return };
    let scene = scaled_down(&crate::promtool::engine::dag().successes());
    let tell = |history: &[Run]| scene.history(history, at(1, 12, 0), 25);
    Proof { oracle, query: scene.query.clone(), tell }.holds_in_random(&random_histories(2026, histories()));
}

#[test]
fn wrong_queries_fail_the_same_proof() {
    let Some(oracle) = support::oracle("promtool") else { return };
    let scene = daily();
    let cases: Vec<History> = hard_cases()
        .into_iter()
        .map(|(_, history, expected)| History { series: runs(&history), expected })
        .collect();
    let wrong = [
        ("a shorter look-back", "[28h:4m]", "[20h:4m]"),
        ("no guard for what has never run", "or vector(0)", "or vector(time())"),
        ("any success of the last day suffices", "- 9180", "- 86400"),
        ("a success before the start counts", "- 9180", "- 13000"),
        ("a success right after the start does not count", "- 9180", "- 2000"),
        ("an earlier deadline", "- 23580)", "- 22980)"),
        ("a later deadline", "- 23580)", "- 24180)"),
        ("the other way round", "< time()", "> time()"),
        ("failures are successes", r#"state="success""#, r#"state="failed""#),
        ("a longer period", "% 86400", "% 172800"),
    ];
    wrong_queries_fail(&oracle, &scene.query, &cases, &wrong);
}
