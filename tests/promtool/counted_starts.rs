//! Failures in a row of a schedule whose starts no query can hold: they are counted.

use super::engine::{Case, Run, histories};
use super::repeated_failure::{Scene, case, cron, proof, random_histories};
use genkai::slo::Duration;

/// A schedule of whose starts a query holds no list: it counts them, and has no room to tell attempts apart.
fn counted(schedule: &str, hours: u64, consecutive: u32, distance: usize) -> Scene {
    let mut scene = cron(schedule, "60%", Duration::hours(hours), consecutive);
    scene.attempts = true;
    scene.distance = distance;
    assert!(scene.query().contains("floor("), "{}", scene.query());
    scene
}

/// Starts by day alone. Its cases are of the second day, as promtool's clock begins at 0, and their questions lie far apart,
/// as that is how often a query is evaluated.
fn by_day() -> Scene {
    counted("*/10 6-21 * * *", 10, 3, 60)
}

/// Nor on Sundays. Its cases are of the second week.
fn but_sundays() -> Scene {
    counted("*/30 6-20 * * 1-6", 36, 2, 240)
}

fn rows_by_day() -> Vec<Case<Run>> {
    vec![
        case("three in a row that take different times", ".1805 F1815 F1829 F1831", &[1860, 2040], &[1800]),
        case("over the night", ".2735 F2745 F2755 F3245", &[3300], &[2760, 3000, 3240]),
        case("attempts and a failure over the night", ".2745 F2752 F2753 F3245", &[], &[2760, 3000, 3300]),
        case("a failure in the night is of the last start", ".2735 F2745 F2747 F2900", &[], &[2940, 3180]),
        case("the third in a row ends in the night", ".2725 F2735 F2745 F2900", &[2940, 3180], &[2820]),
        case("attempts at two runs are no row of three", ".1805 F1812 F1815 F1825", &[], &[1860]),
        case("starts without an end are no failures", ".1805 F1845", &[], &[1860]),
        case("a success after the second", ".1805 F1815 F1825 .1826 F1835", &[], &[1860]),
        case("a success closes the page", ".1805 F1815 F1825 F1832 .1885", &[1860], &[1920]),
        case("the first runs of all fail", "F1805 F1815 F1825", &[1860, 1920], &[1800]),
        case(
            "a spent budget, and a failure after a success of one start",
            ".1805 F1812 F1813 F1814 F1815 F1816 F1817 .1822 F1825",
            &[1860],
            &[1800],
        ),
    ]
}

fn rows_around_sunday() -> Vec<Case<Run>> {
    vec![
        case("over Sunday", ".14176 F14192 F16205", &[16320], &[14400, 15120, 16080]),
        case("a failure on Sunday is of Saturday's last start", ".14176 F14980", &[], &[15120, 16080]),
        case("of two starts, the later one fails on Sunday", ".14146 F14162 F14980", &[15120, 16080], &[]),
        case("Sunday starts nothing", ".14176 F14192 .14195 F16205", &[], &[14400, 15120, 16320]),
    ]
}

#[test]
fn counted_starts_keep_the_contract() {
    for (scene, cases, until) in
        [(by_day(), rows_by_day(), 3_300), (but_sundays(), rows_around_sunday(), 16_400)]
    {
        let Some(proof) = proof(&scene, until) else { return };
        proof.holds_in(&cases);
    }
}

/// From the afternoon of a day to the morning of the next one.
#[test]
fn counted_starts_keep_the_contract_in_random_histories() {
    let scene = counted("*/10 6-21 * * *", 10, 2, 20);
    let Some(proof) = proof(&scene, 60 * 56) else { return };
    proof.holds_in_random(&random_histories(&scene, 2032, 43..55, histories().div_ceil(16)));
}

#[test]
fn wrong_counts_fail_the_same_proof() {
    let (by_day, but_sundays) = (by_day(), but_sundays());
    let Some(proof_by_day) = proof(&by_day, 3_400) else { return };
    proof_by_day.fails_when_wrong(
        &rows_by_day(),
        &[
            ("a row of two", "* 2.5", "* 1.5"),
            ("a row of four", "* 2.5", "* 3.5"),
            ("nights that start runs", "- clamp_max(", "- 0 * clamp_max("),
            ("the next day begins the count anew", "86400)) * 48", "86400)) * 0"),
            ("one failure in place of three", ">= 3", ">= 1"),
            ("a later attempt is no later", "time() / 10000000000", "0"),
        ],
    );
    let Some(proof_but_sundays) = proof(&but_sundays, 16_400) else { return };
    proof_but_sundays.fails_when_wrong(
        &rows_around_sunday(),
        &[("Sundays that start runs", "604800 / 1800)), 30)", "604800 / 1800)), 0)")],
    );
}
