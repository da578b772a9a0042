//! The days of a Calendar.

use super::super::layout::Page;
use super::super::model::{ClosedDays, Days, User};
use super::{and, on_one_line, written};
use crate::diagnostics::counted;
use jiff::civil::Date;

/// More rows than this are only counted.
const ROWS: usize = 40;

/// Columns of a range, such as `2026-12-29 Tue to 2027-01-03 Sun`.
const RANGE: usize = 33;

pub(super) fn days(page: &mut Page, days: &Days) {
    page.gap();
    let Days { from, through, known, closed, .. } = days;
    page.paragraph(0, &format!(
        "It knows {from} through {through}: {} open, {closed} closed. Before and after, no day is closed.",
        counted(known - closed, "day")
    ));
    page.paragraph(0, &in_words(days));
    ahead(page, days);
    if !days.open.is_empty() {
        page.heading("Open all the same");
        for open in &days.open {
            let else_closed = on_one_line(&open.reasons.join(", "));
            page.beside(2, &weekday(&open.day), RANGE, &format!("otherwise closed: {else_closed}"));
        }
    }
    page.heading("Who keeps to it, and what happens on its closed days");
    if days.users.is_empty() {
        page.paragraph(2, "nobody: no schedule names it");
    }
    for user in &days.users {
        self::user(page, user);
    }
}

/// What closes days again and again.
fn in_words(days: &Days) -> String {
    let weekend = match days.weekend.as_slice() {
        [] => String::new(),
        names => format!("every {}", and(names)),
    };
    let holidays = if days.japanese_holidays { "the national holidays of Japan" } else { "" };
    let parts: Vec<&str> = [weekend.as_str(), holidays].into_iter().filter(|part| !part.is_empty()).collect();
    match parts.is_empty() {
        true => "No day of the week is closed, and no holiday.".to_owned(),
        false => format!("Closed: {}.", parts.join(", and ")),
    }
}

fn ahead(page: &mut Page, days: &Days) {
    let rest = if days.weekend.is_empty() { "" } else { ", weekends alone left out" };
    page.heading(&format!("Closed from {} on{rest}", days.listed_from));
    if days.ahead.is_empty() {
        page.paragraph(2, "none");
    }
    for row in days.ahead.iter().take(ROWS) {
        page.beside(2, &range(row), RANGE, &on_one_line(&row.reasons.join(", ")));
    }
    if days.ahead.len() > ROWS {
        page.paragraph(2, &format!("and {} more, up to {}", days.ahead.len() - ROWS, days.through));
    }
}

fn range(row: &ClosedDays) -> String {
    match row.days {
        1 => weekday(&row.from),
        _ => format!("{} to {}", weekday(&row.from), weekday(&row.to)),
    }
}

/// A day with the day of the week.
fn weekday(day: &str) -> String {
    let name = day.parse::<Date>().map(|day| format!("{:?}", day.weekday())).unwrap_or_default();
    format!("{day} {}", name.chars().take(3).collect::<String>())
}

fn user(page: &mut Page, user: &User) {
    let on_closed = match user.on_closed.as_str() {
        "runsWithoutData" => "runs without data",
        _ => "no run is due",
    };
    page.beside(2, &user.document, RANGE, &format!("{on_closed}, {}", written(&user.place)));
}
