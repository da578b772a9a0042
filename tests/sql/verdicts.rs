//! The script and the Rust judgement agree: on random checks, tables and histories, run by DuckDB.

use crate::sql::bigquery::ask;
use crate::sql::checks::script;
use crate::sql::histories::{ADDED, BETWEEN, REMEMBER, Random, Step, TABLES, check, life};
use genkai::nulls::Check;
use serde::Deserialize;

/// The first run that came to something else than it must.
#[derive(Debug, Deserialize)]
struct Difference {
    case: usize,
    step: usize,
    came_to: serde_json::Value,
}

/// Checks, and for each several lives.
fn lives(seed: u64, checks: usize, lives: usize) -> Vec<(Check, Vec<Vec<Step>>)> {
    let mut random = Random(seed);
    let one = |random: &mut Random| {
        let (check, around) = check(random);
        let lives = (0..lives).map(|_| life(random, &check, around)).collect();
        (check, lives)
    };
    (0..checks).map(|_| one(&mut random)).collect()
}

/// Where the script, changed or not, and the Rust judgement differ first; `None` also where there is no DuckDB.
pub fn difference(all: &[(Check, Vec<Vec<Step>>)], change: impl Fn(String) -> String) -> Option<String> {
    let scripts: Vec<String> = all.iter().map(|(check, _)| change(script(check))).collect();
    let step = |step: &Step| {
        let expected = serde_json::json!({ "outcome": step.outcome, "history": step.added });
        let now = step.now.to_string();
        serde_json::json!({ "past": step.past, "before": step.before, "now": now, "expected": expected })
    };
    let cases: Vec<(usize, &Vec<Step>)> = all
        .iter()
        .enumerate()
        .flat_map(|(index, (_, lives))| lives.iter().map(move |life| (index, life)))
        .collect();
    let told = cases.iter().map(|(script, life)| {
        serde_json::json!({ "script": script, "steps": life.iter().map(step).collect::<Vec<_>>() })
    });
    let request = serde_json::json!({
        "do": "run", "project": "shop-prod", "setup": TABLES, "between": BETWEEN, "remember": REMEMBER,
        "history": ADDED,
        "scripts": scripts, "cases": told.collect::<Vec<_>>(),
    });
    let Difference { case, step, came_to } = ask::<Option<Difference>>(&request)??;
    let (index, life) = cases[case];
    let step = &life[step];
    Some(format!(
        "at {}: expected {}\n{:#?}\ncame to {came_to:#}\n{:#?}\n{:#?}\n{}",
        step.now, step.outcome, step.added, all[index].0, step.before, scripts[index]
    ))
}

#[test]
fn the_script_judges_as_the_rules_say() {
    let difference = |seed| difference(&lives(seed, 25, 20), |script| script);
    let found = std::thread::scope(|scope| {
        [1, 2].map(|seed| scope.spawn(move || difference(seed))).map(|half| half.join().unwrap())
    });
    if let Some(found) = found.into_iter().flatten().next() {
        panic!("{found}");
    }
}

/// The lives hold what is to be judged: every verdict, failures and passes, runs with nothing due, days judged again.
#[test]
fn the_lives_hold_everything() {
    let lives = lives(1, 25, 20);
    let steps: Vec<&Step> = lives.iter().flat_map(|(_, lives)| lives.iter().flatten()).collect();
    let verdicts: std::collections::BTreeSet<&str> =
        steps.iter().flat_map(|step| &step.added).map(|added| added.6.as_str()).collect();
    let all = ["broken", "empty", "inconclusive", "ok", "page", "ticket", "warming-up"];
    assert_eq!(verdicts.into_iter().collect::<Vec<_>>(), all);
    let again = lives.iter().flat_map(|(_, lives)| lives).filter(|life| is_judged_again(life)).count();
    for (what, holds) in [
        ("nothing due", steps.iter().filter(|step| step.added.is_empty()).count()),
        ("seven days due", steps.iter().filter(|step| step.added.len() == 35).count()),
        ("a day judged again", again),
        ("a pass", steps.iter().filter(|step| !step.added.is_empty() && step.outcome == "ok").count()),
        ("a page", steps.iter().filter(|step| step.outcome.starts_with("page ")).count()),
        ("a ticket", steps.iter().filter(|step| step.outcome.starts_with("ticket ")).count()),
        ("a baseline", steps.iter().flat_map(|step| &step.added).filter(|added| added.5 > Some(0)).count()),
        (
            "a baseline of zero",
            steps.iter().flat_map(|step| &step.added).filter(|added| added.5 == Some(0)).count(),
        ),
    ] {
        assert!(holds > 20, "{what}: {holds}");
    }
}

/// Whether two runs have something to say of a column on a day.
fn is_judged_again(life: &[Step]) -> bool {
    let mut added = life.iter().flat_map(|step| &step.added).map(|added| (&added.0, &added.1));
    let mut known = std::collections::BTreeSet::new();
    !added.all(|of| known.insert(of))
}

/// Each part of the script counts: a mistake there is found.
#[test]
fn wrong_scripts_are_found() {
    if crate::support::venv_oracle("sql").is_none() {
        return;
    }
    let lives = lives(3, 40, 4);
    let mut survived = Vec::new();
    for (what, right, wrong) in [
        ("days judged twice", "COALESCE(known.is_open, TRUE)", "TRUE"),
        ("empty days are settled", "IN ('empty', 'inconclusive')", "IN ('inconclusive')"),
        ("thin days are settled", "IN ('empty', 'inconclusive')", "IN ('empty')"),
        ("late days take the place of new ones", "known.is_open\n  OR ROW_NUMBER", "ROW_NUMBER"),
        ("seven late days", "PARTITION BY known.is_open ", "PARTITION BY 1 "),
        ("an empty day at each run", "WHERE NOT EXISTS(", "WHERE TRUE OR NOT EXISTS("),
        ("numbers that stay", "    AND recorded.row_count = judged.row_count\n", ""),
        ("verdicts that stay", "    AND recorded.verdict = judged.verdict\n", ""),
        ("the first run is heard", " AND measured_at = genkai_first_run", " AND FALSE"),
        ("no run is heard", " AND measured_at = genkai_first_run", ""),
        ("the first run is not repeated", "    AND NOT recorded.is_unheard\n", ""),
        ("a day is its own baseline twice", "      AND data_day NOT IN UNNEST(genkai_due)\n", ""),
        (
            "another partition",
            "SELECT TIMESTAMP(utc_day)",
            "SELECT TIMESTAMP(DATE_ADD(utc_day, INTERVAL 1 DAY))",
        ),
        ("closed days judged", "    AND NOT day.is_closed\n", ""),
        ("suspended days judged", "    AND NOT day.is_suspended\n", ""),
        ("newest first", "ORDER BY day.data_day) <= 7", "ORDER BY day.data_day DESC) <= 7"),
        ("days too many", "<= 7", "<= 8"),
        ("a day too early", "INTERVAL 1 DAY\n)", "INTERVAL 0 DAY\n)"),
        ("no last day", "DATE_ADD(genkai_last_day, INTERVAL 1 DAY)", "genkai_last_day"),
        ("empty days left out", "LEFT JOIN counted", "JOIN counted"),
        ("the first measurement counts", "measured_at DESC", "measured_at"),
        ("no class", "WHERE is_like OR like_days < min_days", "WHERE TRUE"),
        ("no fallback", "WHERE is_like OR like_days < min_days", "WHERE is_like"),
        ("weekends are like days", "earlier.is_weekend = day.is_weekend", "TRUE"),
        (
            "the lower of two in the middle",
            "place BETWEEN days AND days + 2",
            "place BETWEEN days AND days + 1",
        ),
        ("too few days", "AND days >= min_days", ""),
        ("the day itself", "BETWEEN 1 AND limits.over_days", "BETWEEN 0 AND limits.over_days"),
        ("days too far", "BETWEEN 1 AND limits.over_days", "BETWEEN 1 AND 99"),
        ("small days in baselines", "row_count >= ", "row_count >= 0 * "),
        (
            "this run's days left out",
            "FROM genkai_measured\n    WHERE",
            "FROM genkai_measured\n    WHERE FALSE AND",
        ),
        ("a limit that is met", "> at_most * row_count", ">= at_most * row_count"),
        ("a limit by the rounded ratio", "null_count * 1000000 > at_most * row_count", "ratio > at_most"),
        ("a rise that is met", "> 2 * more_than", ">= 2 * more_than"),
        ("no floor", "ratio >= lowest", "TRUE"),
        ("a missing baseline passes", "THEN 'warming-up'", "THEN 'ok'"),
        ("empty passes", "WHEN row_count = 0 THEN 'empty'", "WHEN row_count = 0 THEN 'ok'"),
        ("other checks' history", "check_name = 'orders-nulls'", "TRUE"),
        ("JSON's null is a value", "'null') = 'null'", "'') = ''"),
        ("empty lists are values", "ARRAY_LENGTH(`tags`), 0) = 0", "ARRAY_LENGTH(`tags`), 1) = 0"),
        ("tickets first", "ORDER BY consequence, data_day", "ORDER BY consequence DESC, data_day"),
        ("old failures again", "  AND measured_at = genkai_now\n", ""),
    ] {
        let scripts = || lives.iter().map(|(check, _)| script(check));
        assert!(scripts().any(|script| script.contains(right)), "{what}: `{right}` is nowhere");
        if difference(&lives, |script| script.replace(right, wrong)).is_none() {
            survived.push(what);
        }
    }
    assert!(survived.is_empty(), "these mistakes were not found: {survived:?}");
}
