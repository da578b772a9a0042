//! A change in words: what changes, what it means, where.

use super::shown::Style;
use crate::plan::model::{Allowance, Change, Meaning, Place, Reached};
use crate::templates::{Fact, Facts, TemplateError, Texts};
use std::collections::BTreeSet;

/// How changes are put into words.
#[derive(Clone, Copy)]
pub(super) struct Words<'a> {
    pub texts: Texts<'a>,
    pub style: Style,
}

/// A change in words.
pub(super) struct Line {
    /// What it is about: a document, or how many.
    pub subject: String,
    /// What changes, and what that means where it means the same everywhere.
    pub what: String,
    /// The environments, where they are the same everywhere.
    pub environments: Option<String>,
    /// The line of the spec, where it is one.
    pub place: Option<String>,
    /// Each document that it reaches, where there are several.
    pub details: Vec<String>,
}

impl Words<'_> {
    pub fn line(&self, change: &Change) -> Result<Line, TemplateError> {
        let what = self.texts.line("plan/change.md", &self.facts(change))?;
        let several =
            |template, count: usize| self.texts.line(template, &Facts::default().with("count", count as u64));
        let references: BTreeSet<&String> = change.reached.iter().map(|reached| &reached.reference).collect();
        let subject = match (references.first(), references.len()) {
            (Some(only), 1) => self.style.code(only),
            (_, count) => several("plan/several.md", count)?,
        };
        let first = change.reached.first();
        let shared = |same: fn(&Reached, &Reached) -> bool| {
            first.filter(|first| change.reached.iter().all(|other| same(first, other)))
        };
        let meaning = shared(|one, other| one.meaning == other.meaning);
        let meaning = meaning.and_then(|reached| reached.meaning.as_ref());
        let what = match meaning {
            Some(meaning) => format!("{what}; {}", self.meaning(change, meaning)?),
            None => what,
        };
        let environments = shared(|one, other| one.environments == other.environments);
        let place = shared(|one, other| one.place == other.place);
        let details = change.reached.iter().filter(|_| change.reached.len() > 1);
        let details = details.map(|reached| {
            let meaning = reached.meaning.as_ref().filter(|_| meaning.is_none());
            self.detail(change, reached, meaning, environments.is_none(), place.is_none())
        });
        Ok(Line {
            subject,
            what,
            environments: environments.map(|reached| self.environments(reached)),
            place: place.and_then(|reached| reached.place.as_ref()).map(|place| self.place(place)),
            details: details.collect::<Result<Vec<_>, _>>()?,
        })
    }

    fn environments(&self, reached: &Reached) -> String {
        reached.environments.iter().cloned().collect::<Vec<_>>().join(", ")
    }

    /// A line of a spec; one that only the base has is marked as git would.
    pub fn place(&self, place: &Place) -> String {
        let base = if place.in_base { "base:" } else { "" };
        self.style.code(&format!("{base}{}:{}", place.file, place.line))
    }

    fn detail(
        &self,
        change: &Change,
        reached: &Reached,
        meaning: Option<&Meaning>,
        with_environments: bool,
        with_place: bool,
    ) -> Result<String, TemplateError> {
        let mut detail = self.style.code(&reached.reference);
        if with_environments {
            detail.push_str(&format!(" ({})", self.environments(reached)));
        }
        if let Some(meaning) = meaning {
            detail.push_str(&format!(": {}", self.meaning(change, meaning)?));
        }
        if let (true, Some(place)) = (with_place, &reached.place) {
            detail.push_str(&format!(" · {}", self.place(place)));
        }
        Ok(detail)
    }

    /// What `plan/change.md` may use.
    fn facts(&self, change: &Change) -> Facts {
        let code = |text: &Option<String>| text.as_ref().map(|text| self.style.code(&text.replace('`', "")));
        Facts::default()
            .with("kind", change.kind.key())
            .with("aspect", change.aspect.as_str())
            .with("promise", code(&change.promise))
            .with("alert", code(&change.alert))
            .with("from", code(&change.from))
            .with("to", code(&change.to))
    }

    pub fn meaning(&self, change: &Change, meaning: &Meaning) -> Result<String, TemplateError> {
        let promise = |id: &str| Fact::Text(id.to_owned());
        let own = change.promise.as_deref().unwrap_or_default();
        // Every fact is there, or a template that asks for one would fail.
        let nothing = MEANINGS.iter().fold(Facts::default(), |facts, name| facts.with(name, Fact::Absent));
        let facts = match meaning {
            Meaning::Budget { promise: id, before, after } => {
                allowance(allowance(Facts::default(), "before", before), "after", after)
                    .with("sort", "budget")
                    .with("promise", promise(id))
            }
            Meaning::Allows(after) => allowance(Facts::default(), "after", after)
                .with("sort", "allows")
                .with("promise", promise(own)),
            Meaning::Runs { count, first, last } => Facts::default()
                .with("sort", "runs")
                .with("promise", promise(own))
                .with("runs", *count)
                .with("first", first.as_str())
                .with("last", last.as_str()),
            Meaning::DataDays { count, first, last } => Facts::default()
                .with("sort", "dataDays")
                .with("promise", promise(own))
                .with("runs", *count)
                .with("first", first.as_str())
                .with("last", last.as_str()),
            Meaning::NewHistory { judged, days } => Facts::default()
                .with("sort", "newHistory")
                .with("promise", promise(own))
                .with("runs", *judged)
                .with("days", *days),
            Meaning::SameHistory { has_rise } => {
                let facts = Facts::default().with("sort", "sameHistory").with("promise", promise(own));
                facts.with("rise", *has_rise)
            }
            Meaning::NewColumn { days } => {
                Facts::default().with("sort", "newColumn").with("promise", promise(own)).with("days", *days)
            }
            Meaning::Holds(holds) => Facts::default()
                .with("sort", "holds")
                .with("promise", promise(own))
                .with("specs", holds.specs as u64)
                .with("objectives", holds.objectives as u64)
                .with("pages", holds.pages as u64)
                .with("tickets", holds.tickets as u64),
            Meaning::UsedBy(users) => Facts::default()
                .with("sort", "usedBy")
                .with("promise", promise(own))
                .with("specs", users.specs as u64)
                .with("pages", users.pages as u64)
                .with("tickets", users.tickets as u64),
            Meaning::ReplacesAll => {
                Facts::default().with("sort", "replacesAll").with("promise", promise(own))
            }
            Meaning::MovesState => Facts::default().with("sort", "movesState").with("promise", promise(own)),
            Meaning::LeavesDashboards => {
                Facts::default().with("sort", "leavesDashboards").with("promise", promise(own))
            }
        };
        let facts = nothing.and(&facts).with("kind", change.kind.key());
        self.texts.line("plan/meaning.md", &facts)
    }
}

/// What `plan/meaning.md` may use, where it is known.
const MEANINGS: [&str; 15] = [
    "allowed_before",
    "allowed_after",
    "events_before",
    "events_after",
    "window_before",
    "window_after",
    "runs",
    "first",
    "last",
    "specs",
    "objectives",
    "pages",
    "tickets",
    "days",
    "rise",
];

fn allowance(facts: Facts, side: &str, allowance: &Allowance) -> Facts {
    let Allowance { allowed, events, window } = *allowance;
    match side {
        "before" => {
            facts.with("allowed_before", allowed).with("events_before", events).with("window_before", window)
        }
        _ => facts.with("allowed_after", allowed).with("events_after", events).with("window_after", window),
    }
}
