//! The closed days of a Calendar, and who keeps to it.

use super::model::{ClosedDays, Days, OpenDay, User};
use super::places::Places;
use crate::compile::Insight;
use crate::slo::{Calendar, Date, japanese_holiday};
use crate::spec;
use jiff::civil;

/// What closes a day that only the Calendar's weekend closes.
const WEEKEND: &str = "weekend";

/// The days of a Calendar as they are on a day.
pub(super) fn days(
    places: Places<'_>,
    insight: &Insight,
    document: &spec::Calendar,
    today: civil::Date,
) -> Days {
    let days = document.spec.calendar();
    let listed_from = Date::from_civil(today).map_or(days.from, |today| today.max(days.from));
    let calendar = Closed { days: &days, document };
    Days {
        from: days.from.to_string(),
        through: days.through.to_string(),
        known: days.days().count(),
        closed: days.days().filter(|day| days.is_closed(*day)).count(),
        weekend: days.weekend.iter().map(|day| format!("{day:?}")).collect(),
        japanese_holidays: days.japanese_holidays,
        listed_from: listed_from.to_string(),
        ahead: calendar.ahead(listed_from),
        open: calendar.open(listed_from),
        users: users(places, insight, document.metadata.name.as_str()),
    }
}

struct Closed<'a> {
    days: &'a Calendar,
    document: &'a spec::Calendar,
}

impl Closed<'_> {
    /// What closes a day, exceptions aside.
    fn reasons(&self, day: Date) -> Vec<String> {
        let ranges = self.document.spec.closed.iter().filter(|range| range.days().contains(&day));
        let mut reasons: Vec<String> = ranges.map(|range| range.reason.to_string()).collect();
        if self.days.japanese_holidays {
            reasons.extend(japanese_holiday(day).map(str::to_owned));
        }
        if reasons.is_empty() && self.days.weekend.contains(&day.as_civil().weekday()) {
            reasons.push(WEEKEND.to_owned());
        }
        reasons
    }

    /// Closed days in a row, weekends alone left out.
    fn ahead(&self, from: Date) -> Vec<ClosedDays> {
        let mut ahead: Vec<ClosedDays> = Vec::new();
        let mut in_a_row = false;
        for day in from.through(self.days.through) {
            if !self.days.is_closed(day) {
                in_a_row = false;
                continue;
            }
            let (to, reasons) = (day.to_string(), self.reasons(day));
            match ahead.last_mut().filter(|_| in_a_row) {
                Some(row) => {
                    row.days += 1;
                    row.to = to;
                    row.reasons.extend(reasons);
                }
                None => ahead.push(ClosedDays { from: to.clone(), to, days: 1, reasons }),
            }
            in_a_row = true;
        }
        ahead.retain(|row| row.reasons.iter().any(|reason| reason != WEEKEND));
        for row in &mut ahead {
            let mut seen = std::collections::BTreeSet::new();
            row.reasons.retain(|reason| seen.insert(reason.clone()));
        }
        ahead
    }

    fn open(&self, from: Date) -> Vec<OpenDay> {
        let known = from..=self.days.through;
        let open = self.days.open.iter().filter(|day| known.contains(day));
        let open = open.map(|day| OpenDay { day: day.to_string(), reasons: self.reasons(*day) });
        open.filter(|open| !open.reasons.is_empty()).collect()
    }
}

/// The documents whose schedules name a Calendar.
fn users(places: Places<'_>, insight: &Insight, name: &str) -> Vec<User> {
    let mut users: Vec<User> = Vec::new();
    for document in &insight.resolved.documents {
        let path = ["spec", "schedule", "calendar"];
        let named = document.tree.at(path).filter(|node| node.as_str() == Some(name));
        let place = named.and_then(|node| places.of(node.span()));
        if let (Some(place), Some(user)) = (place, document.text(&["metadata", "name"])) {
            let reference = format!("{}/{user}", document.kind.name());
            let on_closed = document.text(&["spec", "schedule", "onClosed"]).unwrap_or("noRun").to_owned();
            // One for each effective tree; overrides may say something else, but mostly do not.
            if !users.iter().any(|user| user.document == reference && user.on_closed == on_closed) {
                users.push(User { document: reference, on_closed, place });
            }
        }
    }
    users
}
