//! Random schedules as people write them: crons of many forms, zones, calendars, pauses and deadlines.

use genkai::slo::Schedule;
use std::fmt::Write as _;

struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % bound
    }

    fn one_of<'a>(&mut self, choices: &[&'a str]) -> &'a str {
        choices[self.below(choices.len())]
    }

    fn in_ten(&mut self, chances: usize) -> bool {
        self.below(10) < chances
    }
}

const ZONES: [&str; 20] = [
    "UTC",
    "Asia/Tokyo",
    "Asia/Tokyo",
    "Asia/Kolkata",
    "Asia/Shanghai",
    "Asia/Singapore",
    "Asia/Kathmandu",
    "Asia/Gaza",
    "Africa/Cairo",
    "Africa/Casablanca",
    "America/New_York",
    "America/Los_Angeles",
    "America/Sao_Paulo",
    "America/St_Johns",
    "America/Nuuk",
    "Australia/Lord_Howe",
    "Australia/Sydney",
    "Europe/Berlin",
    "Europe/London",
    "Pacific/Auckland",
];

/// A calendar, where there is one, and a DagSlo with one of the promises about the time of runs.
pub fn spec(seed: u64) -> String {
    let mut random = Random(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15));
    (0..20).for_each(|_| _ = random.below(2));
    let zone = random.one_of(&ZONES);
    let cron = std::iter::repeat_with(|| cron(&mut random)).find(|cron| Schedule::parse(cron, zone).is_ok());
    let cron = cron.unwrap();
    let mut spec = String::new();
    let calendar = random.in_ten(6);
    if calendar {
        writeln!(spec, "{}\n---", self::calendar(&mut random)).unwrap();
    }
    let reference = if calendar { ", calendar: days" } else { "" };
    writeln!(
        spec,
        "apiVersion: genkai.dev/v1\nkind: DagSlo\nmetadata: {{name: random}}\nspec:\n  dag: random\n  schedule: {{cron: \"{cron}\", \
         timezone: {zone}{reference}}}\n  objectives:"
    )
    .unwrap();
    let length = random.one_of(&["20m", "45m", "1h", "90m", "3h", "8h", "26h"]);
    let by = random.one_of(&["06:30", "12:00", "19:45", "23:30", "27:00", "30:15"]);
    spec.push_str(&match random.below(5) {
        0 => "    success: {target: 90%}\n".to_owned(),
        1 => format!("    success: {{target: 90%}}\n  alerts:\n    missedRun: {{after: {length}}}\n"),
        2 | 3 => format!("    landing: {{within: {length}, target: 90%}}\n"),
        _ => format!("    landing: {{by: \"{by}\", target: 90%}}\n"),
    });
    if random.in_ten(2) {
        let month = 1 + random.below(11);
        writeln!(
            spec,
            "  suspend:\n    - {{from: 2026-{month:02}-10, to: 2026-{:02}-0{}, reason: pause}}",
            month + 1,
            1 + random.below(9)
        )
        .unwrap();
    }
    spec
}

fn cron(random: &mut Random) -> String {
    let minute = random.one_of(&["0", "0", "0", "30", "15", "5,35", "*/30", "*/15", "*/10"]).to_owned();
    let several = |random: &mut Random| {
        let mut hours: Vec<usize> = (0..2 + random.below(6)).map(|_| random.below(24)).collect();
        hours.sort_unstable();
        hours.dedup();
        hours.iter().map(ToString::to_string).collect::<Vec<_>>().join(",")
    };
    let hour = match random.below(8) {
        0 | 1 => random.below(24).to_string(),
        2..=4 => several(random),
        _ => random.one_of(&["*", "9-18", "9-12,14-18", "*/2", "*/6", "0-5,22,23"]).to_owned(),
    };
    let (day, weekday) = match random.below(10) {
        0..=3 => ("*", "*"),
        4..=7 => ("*", random.one_of(&["1-5", "1", "1,3,5", "0,6", "2-6", "1-4", "1#2", "L5"])),
        8 => (random.one_of(&["1", "1,15", "L", "10", "1-10", "2-30/2", "5,6,7,20"]), "*"),
        _ => (random.one_of(&["1", "15"]), random.one_of(&["1", "5"])),
    };
    let month = if random.in_ten(1) { random.one_of(&["1-6", "*/3", "4"]) } else { "*" };
    format!("{minute} {hour} {day} {month} {weekday}")
}

fn calendar(random: &mut Random) -> String {
    let years = random.one_of(&["2026-12-31", "2027-12-31", "2027-12-31", "2029-12-31"]);
    let holidays = if random.in_ten(7) { ", holidays: japan" } else { "" };
    let weekend = random.one_of(&["[saturday, sunday]", "[saturday, sunday]", "[sunday]", "[friday]"]);
    let closed = match random.below(3) {
        0 => "",
        1 => ", closed: [{from: 2026-12-29, to: 2027-01-03, reason: year end}]",
        _ => {
            ", closed: [{from: 2026-08-12, to: 2026-08-17, reason: obon}, {from: 2026-12-30, to: 2027-01-05, reason: year end}]"
        }
    };
    let open = if random.in_ten(2) { ", open: [2026-05-09, 2026-06-06]" } else { "" };
    // Days beyond its last one are a mistake.
    let closed = if years == "2026-12-31" { "" } else { closed };
    format!(
        "apiVersion: genkai.dev/v1\nkind: Calendar\nmetadata: {{name: days}}\nspec: {{from: 2026-01-01, through: {years}{holidays}, \
         weekend: {weekend}{closed}{open}}}"
    )
}
