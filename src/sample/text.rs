//! The replay for people: a table of verdicts, and what it comes to.

use super::replay::{JudgedColumn, NotJudged, Outcome, Replay};
use crate::diagnostics::counted;
use crate::slo::Ratio;
use std::fmt::Write;
use unicode_width::UnicodeWidthStr;

const HEADINGS: [&str; CELLS] = ["day", "column", "rows", "NULLs", "ratio", "baseline", "verdict"];
const CELLS: usize = 7;
/// The cells of numbers, which stand at the right.
const NUMBERS: std::ops::Range<usize> = 2..5;

/// A replay as text.
pub fn render(replay: &Replay) -> String {
    let rows = counted(usize::try_from(replay.rows).unwrap_or(usize::MAX), "row");
    let mut text = format!("{} in {}: {rows} of {}\n", replay.check, replay.environment, replay.table);
    if replay.rows_without_day > 0 {
        let count = counted(usize::try_from(replay.rows_without_day).unwrap_or(usize::MAX), "row");
        let _ = writeln!(text, "{count} without a data day: not measured");
    }
    if !replay.days.is_empty() {
        text.push('\n');
        table(&mut text, &lines(replay));
        text.push('\n');
    }
    text + &summary(replay) + "\n"
}

fn lines(replay: &Replay) -> Vec<[String; CELLS]> {
    let mut lines = vec![HEADINGS.map(str::to_owned)];
    for day in &replay.days {
        let mut name = day.day.clone();
        if let Some(reason) = day.not_judged {
            let why = match reason {
                NotJudged::Closed => "not judged: closed or suspended",
                NotJudged::Incomplete => "not judged: not complete",
            };
            let mut line: [String; CELLS] = Default::default();
            let [first, .., last] = &mut line;
            (*first, *last) = (std::mem::take(&mut name), why.to_owned());
            lines.push(line);
        }
        for column in &day.columns {
            lines.push(line(std::mem::take(&mut name), column));
        }
    }
    lines
}

fn line(day: String, column: &JudgedColumn) -> [String; CELLS] {
    let ratio = column.ratio.map(|ratio| Ratio::millionths(ratio).to_string());
    let baseline = column.baseline().zip(column.baseline_days);
    let broken = match column.broken.as_slice() {
        [] => String::new(),
        limits => format!(": {}", limits.join(", ")),
    };
    [
        day,
        column.column.clone(),
        column.rows.to_string(),
        column.nulls.to_string(),
        ratio.unwrap_or_else(|| "-".to_owned()),
        baseline.map_or_else(|| "-".to_owned(), |(ratio, days)| format!("{ratio} of {days} days")),
        format!("{}{broken}", column.verdict),
    ]
}

fn table(text: &mut String, lines: &[[String; CELLS]]) {
    let width = |index: usize| {
        let cells = lines.iter().filter_map(|line| line.get(index));
        cells.map(|cell| cell.width()).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..CELLS).map(width).collect();
    for line in lines {
        let cells = line.iter().zip(&widths).enumerate().map(|(index, (cell, width))| {
            let space = " ".repeat(width.saturating_sub(cell.width()));
            if NUMBERS.contains(&index) { format!("{space}{cell}") } else { format!("{cell}{space}") }
        });
        let cells: Vec<String> = cells.collect();
        let _ = writeln!(text, "{}", cells.join("  ").trim_end());
    }
}

fn summary(replay: &Replay) -> String {
    let judged = replay.days.iter().filter(|day| day.not_judged.is_none()).count();
    let days = counted(judged, "data day");
    if judged == 0 {
        return "no data day to judge".to_owned();
    }
    let names = |outcome| {
        let of = replay.days.iter().filter(move |day| day.outcome == outcome);
        of.map(|day| day.day.as_str()).collect::<Vec<_>>()
    };
    let told: Vec<String> = [("page", Outcome::Page), ("ticket", Outcome::Ticket)]
        .into_iter()
        .map(|(word, outcome)| (word, names(outcome)))
        .filter(|(_, days)| !days.is_empty())
        .map(|(word, days)| format!("a {word} on {}", days.join(", ")))
        .collect();
    let columns = || replay.days.iter().flat_map(|day| &day.columns);
    let reasons = UNDECIDED.iter().filter(|(verdict, _)| columns().any(|column| column.verdict == *verdict));
    let reasons: Vec<&str> = reasons.map(|(_, reason)| *reason).collect();
    let decided = columns().any(|column| UNDECIDED.iter().all(|(verdict, _)| column.verdict != *verdict));
    match (told.as_slice(), decided) {
        ([], false) => format!("{days}: nothing was judged: {}", reasons.join(", ")),
        ([], true) if reasons.is_empty() => format!("{days}: no page and no ticket"),
        ([], true) => format!("{days}: no page and no ticket; not all was judged: {}", reasons.join(", ")),
        (told, _) => format!("{days}: {}", told.join("; ")),
    }
}

/// The verdicts that decide nothing, and why.
const UNDECIDED: [(&str, &str); 3] = [
    ("inconclusive", "fewer rows than `minRows`"),
    ("empty", "no rows"),
    ("warming-up", "too few days before for a baseline"),
];
