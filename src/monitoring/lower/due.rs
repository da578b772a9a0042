//! From a document's schedule, calendar and suspensions to what is due.

use crate::resolve::Resolved;
use crate::slo::{Calendar, Date, Due, Schedules};
use crate::spec::{self, OnClosed, Timing, Triggered};
use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::sync::Arc;

/// The calendars of a project by their names; those that are not well formed are missing.
pub(super) fn calendars(resolved: &Resolved) -> BTreeMap<String, Arc<Calendar>> {
    let known = resolved
        .calendars()
        .map(|(_, calendar)| (calendar.metadata.name.to_string(), Arc::new(calendar.spec.calendar())));
    known.collect()
}

/// What is due. `None` where the schedule cannot be used, its calendar is not known or leaves it no run, which `check`
/// reports.
pub(super) fn due(
    schedules: &Schedules,
    schedule: &spec::Schedule,
    idle: Vec<RangeInclusive<Date>>,
) -> Option<Due> {
    let calendar = schedule.calendar.as_ref().map(spec::Name::as_str);
    if calendar.is_some_and(|name| schedules.calendar(name).is_none()) {
        return None;
    }
    // A run without data is a run: it can fail like any other.
    let closes = calendar.filter(|_| schedule.on_closed == OnClosed::NoRun);
    let due = match &schedule.timing {
        Timing::Cron(cron) => {
            let scheduled = match closes {
                Some(name) => schedules.get_with_calendar(cron, &schedule.timezone, name),
                None => schedules.get(cron, &schedule.timezone),
            };
            Due::scheduled(scheduled.ok().filter(|schedule| !schedule.runs_on_closed_days_only())?)
        }
        Timing::Every(distance) => Due::every(*distance),
        Timing::Triggered(Triggered { at_least, per }) => Due::triggered(u64::from(*at_least), *per),
    };
    Some(due.suspended(idle))
}
