//! Every text states the number that the query keeps: the promise, its explanation, the comment in the Terraform, the alert, and
//! the arithmetic of the query, judged at the instants around the starts that are due.
//!
//! For the worked example, for every case of `tests/cases/`, and for 200 random schedules, or as many as `GENKAI_SCHEDULES` says.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stderr,
    clippy::disallowed_methods,
    reason = "a test stops at the first surprise, and says how many schedules fit"
)]

mod arithmetic;
mod random;

use arithmetic::{Query, read};
use genkai::compile::{Insight, inspect_with_files};
use genkai::diagnostics::Severity;
use genkai::explain::{explain, json, text};
use genkai::monitoring::shapes::{dataflow, deadline};
use genkai::monitoring::{self, Pipeline, Promise, Strategy};
use genkai::output::Artifacts;
use genkai::resolve::{Effective, Spec};
use genkai::slo::{Deadline, Due, Duration, KNOWN, Schedules, TimeOfDay};
use genkai::source::{Sources, disk};
use genkai::spec::{OnClosed, Schedule, Timing, idle_days};
use genkai::templates::Templates;
use jiff::civil::{Date, date};
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::path::Path;
use std::sync::Arc;

const TODAY: Date = date(2026, 1, 1);

/// What a promise states about time.
#[derive(Clone, Copy, Debug)]
enum Stated {
    /// Something follows each start by then.
    After(Deadline),
    /// Something happens at least so often.
    Every(Duration),
}

/// Reads it from the promise's own words, such as "A run ends within 4h of every scheduled start".
fn stated(statement: &str) -> (Stated, &str) {
    let word_after = |phrase: &str| {
        let rest = statement.rsplit_once(phrase)?.1;
        Some(rest.split([' ', ',']).next().unwrap())
    };
    let length = |word: &str| Duration::parse(word).unwrap_or_else(|| panic!("{word} in {statement}"));
    if let Some(word) = word_after(" at least every ") {
        return (Stated::Every(length(word)), word);
    }
    if let Some(word) = word_after(" within ") {
        return (Stated::After(Deadline::Within(length(word))), word);
    }
    let word = word_after(" by ").unwrap_or_else(|| panic!("no number in {statement}"));
    (Stated::After(Deadline::By(TimeOfDay::parse(word).unwrap())), word)
}

/// A project with all that it comes to, in English.
struct Project {
    sources: Sources,
    insight: Insight,
    files: Artifacts,
}

impl Project {
    fn new(sources: Sources) -> Project {
        let templates = Templates::new(Vec::new()).unwrap();
        let (insight, files) = inspect_with_files(&sources, Vec::new(), &templates, TODAY);
        Project { sources, insight, files }
    }

    fn of_folder(folder: &Path) -> Project {
        let mut sources = Sources::default();
        for (_, file) in disk::load(folder).0.iter() {
            sources.add(file.path.clone(), file.text.replace("language: ja", "language: en"));
        }
        Project::new(sources)
    }

    /// The comments of a pipeline's Terraform; some names make other names of files.
    fn comments(&self, environment: &str, pipeline: &Pipeline) -> String {
        let beginning = format!("{environment}/terraform/{}_{}", pipeline.subject.slug('-'), pipeline.name);
        let files = self.files.iter().filter(|file| file.path.starts_with(&beginning));
        files.map(|file| file.contents.replace("\n# ", " ")).collect()
    }

    fn has_errors(&self) -> bool {
        self.insight.findings.iter().any(|finding| finding.severity == Severity::Error)
    }

    /// Compares every promise about the time of runs. How many there were; none where nothing is generated.
    fn judge(&self) -> usize {
        let mut judged = 0;
        if self.has_errors() {
            return judged;
        }
        for stack in &self.insight.stacks {
            let environment = stack.environment.name.to_string();
            for pipeline in &stack.pipelines {
                for promise in &pipeline.promises {
                    if matches!(promise.id, "landing" | "missed_run" | "task") {
                        judged += usize::from(self.judge_promise(&environment, pipeline, promise));
                    }
                }
            }
        }
        judged
    }

    /// Whether it is about each run: of what something else triggers, runs are counted.
    fn judge_promise(&self, environment: &str, pipeline: &Pipeline, promise: &Promise) -> bool {
        let Some(subject) = self.subject(environment, pipeline) else { return false };
        if matches!(subject.schedule.timing, Timing::Triggered(_)) {
            return false;
        }
        let (stated, number) = stated(&promise.statement);
        self.texts_agree(environment, pipeline, promise, number);
        for policy in &promise.policies {
            let query = |condition: &monitoring::Condition| match &condition.query {
                monitoring::Query::PromQl { query, .. } => read(&query.pretty()),
                other => panic!("{other:?}"),
            };
            let queries: Vec<Query> = policy.conditions.iter().map(query).collect();
            match (&subject.schedule.timing, stated) {
                (Timing::Cron(_), Stated::After(deadline)) => {
                    assert_eq!(promise.decision.strategy, Strategy::LatestStart, "{}", promise.statement);
                    let forgets = forgets(&policy.contract.resolves);
                    subject.keeps_deadline(&queries, deadline, forgets, &promise.statement);
                }
                (Timing::Cron(_), Stated::Every(longest)) => {
                    subject.keeps_longest(&queries, longest, &promise.statement);
                }
                // From one start, which no clock knows, to the end of the grace after the next.
                (Timing::Every(distance), Stated::After(Deadline::Within(grace))) => {
                    subject.keeps_longest(&queries, distance.plus(grace), &promise.statement);
                }
                (Timing::Every(_), Stated::Every(distance)) => {
                    let grace = grace(&policy.contract.fires);
                    subject.keeps_longest(&queries, distance.plus(grace), &promise.statement);
                }
                (timing, stated) => panic!("{stated:?} of {timing:?}"),
            }
        }
        true
    }

    fn texts_agree(&self, environment: &str, pipeline: &Pipeline, promise: &Promise, number: &str) {
        let statement = &promise.statement;
        let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        let explanation =
            explain(&self.insight, &self.sources, &pipeline.reference(), Some(environment), TODAY).unwrap();
        assert!(words(&text::render(&explanation, 80, false)).contains(&words(statement)), "{statement}");
        assert!(json::render(&explanation).contains(statement), "{statement}");
        let comments = self.comments(environment, pipeline);
        assert!(comments.contains(&format!("The promise: {statement}.")), "{statement}: {comments}");
        for policy in &promise.policies {
            let content = policy.documentation.content.replace('\\', "");
            assert!(content.contains(statement), "{statement}: {content}");
            let happened = content.lines().next().unwrap();
            assert!(happened.contains(number), "{number}: {happened}");
            if promise.id == "missed_run" {
                assert!(policy.contract.fires.contains(number), "{number}: {}", policy.contract.fires);
            }
        }
    }

    /// What the spec of a pipeline says is due in an environment.
    fn subject(&self, environment: &str, pipeline: &Pipeline) -> Option<Subject> {
        let resolved = &self.insight.resolved;
        let is_meant = |document: &&Effective| {
            document.text(&["metadata", "name"]) == Some(&pipeline.name)
                && document.kind.name() == pipeline.subject.name()
                && document.environments.iter().any(|name| name.as_str() == environment)
        };
        let document = resolved.documents.iter().find(is_meant)?;
        let (schedule, from, suspend, delay) = match document.spec.as_ref()? {
            Spec::DagSlo(dag) => (&dag.spec.schedule, dag.spec.from, &dag.spec.suspend, deadline::DELAY),
            Spec::DataflowSlo(job) => {
                (job.spec.schedule.as_ref()?, job.spec.from, &job.spec.suspend, dataflow::DELAY)
            }
            _ => return None,
        };
        let calendars = resolved
            .calendars()
            .map(|(_, calendar)| (calendar.metadata.name.to_string(), Arc::new(calendar.spec.calendar())));
        let due = due(schedule, idle_days(from, suspend), calendars.collect());
        Some(Subject { schedule: schedule.clone(), due, delay: seconds(delay) })
    }
}

/// "within 5m of the end of 6h and 1h in which no run ended": the second is the grace.
fn grace(fires: &str) -> Duration {
    let words: Vec<&str> = fires.split(' ').collect();
    let and = words.windows(2).rfind(|pair| pair[0] == "and").unwrap_or_else(|| panic!("{fires}"));
    Duration::parse(and[1]).unwrap()
}

/// How long after a missed start an alert says that it resolves: "or 40d after the missed start".
fn forgets(resolves: &str) -> Option<i64> {
    let word = resolves.split_once(" after the missed ")?.0.rsplit(' ').next()?;
    Some(seconds(Duration::parse(word).unwrap_or_else(|| panic!("{word} in {resolves}"))))
}

fn seconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_seconds()).unwrap()
}

fn due(
    schedule: &Schedule,
    idle: Vec<RangeInclusive<genkai::slo::Date>>,
    calendars: BTreeMap<String, Arc<genkai::slo::Calendar>>,
) -> Due {
    let schedules = Schedules::with_calendars(calendars);
    let closed = schedule.calendar.as_ref().filter(|_| schedule.on_closed == OnClosed::NoRun);
    let due = match &schedule.timing {
        Timing::Cron(cron) => Due::scheduled(
            match closed {
                Some(name) => schedules.get_with_calendar(cron, &schedule.timezone, name.as_str()),
                None => schedules.get(cron, &schedule.timezone),
            }
            .unwrap(),
        ),
        Timing::Every(distance) => Due::every(*distance),
        Timing::Triggered(runs) => Due::triggered(u64::from(runs.at_least), runs.per),
    };
    due.suspended(idle)
}

/// What is due, and how late its metric is.
struct Subject {
    schedule: Schedule,
    due: Due,
    delay: i64,
}

impl Subject {
    /// Nothing seen since a start fires from its deadline on, until the next start is the one that counts, or the alert says that
    /// it forgets; something seen since does not.
    fn keeps_deadline(&self, queries: &[Query], deadline: Deadline, forgets: Option<i64>, statement: &str) {
        let mut missed: Vec<(i64, i64)> = Vec::new();
        for start in self.due.due_starts(KNOWN).unwrap() {
            let at = self.due.deadline(start, deadline).unwrap() + self.delay;
            while missed.last().is_some_and(|(earlier, _)| *earlier >= at) {
                missed.pop();
            }
            missed.push((at, start));
        }
        let pairs: Vec<_> = missed.windows(2).map(|pair| (pair[0], pair[1].0)).collect();
        let mut longest: Vec<_> = (0..pairs.len()).collect();
        longest.sort_by_key(|index| pairs[*index].0.0 - pairs[*index].1);
        let evenly = (0..pairs.len()).step_by((pairs.len() / 30).max(1));
        for index in evenly.chain(longest.into_iter().take(30)) {
            let ((from, start), until) = pairs[index];
            for (at, seen) in [(from, start - 1), (from, start), (until - 1, start - 1), (until - 1, start)] {
                let fires = queries.iter().any(|query| query.fires(at, seen));
                let expected = seen < start && forgets.is_none_or(|forgets| at - start < forgets);
                assert_eq!(fires, expected, "{statement}: {:?} at {at}, seen {seen}", self.schedule);
            }
        }
    }

    /// Nothing seen for longer fires, and not before.
    fn keeps_longest(&self, queries: &[Query], longest: Duration, statement: &str) {
        let longest = seconds(longest) + self.delay;
        let pauses = self.due.pauses(&self.schedule.timezone);
        let is_paused = |at: &i64| pauses.iter().any(|pause| (pause.start..pause.end + longest).contains(at));
        for at in (KNOWN.start..KNOWN.end).step_by(86_400 * 37 + 4_321).filter(|at| !is_paused(at)) {
            for (seen, expected) in [(at - longest, false), (at - longest - 1, true)] {
                let fires = queries.iter().any(|query| query.fires(at, seen));
                assert_eq!(fires, expected, "{statement}: {:?} at {at}, seen {seen}", self.schedule);
            }
        }
    }
}

#[test]
fn the_worked_example_and_all_cases_state_what_their_queries_keep() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let cases = root.join("tests/cases").read_dir().unwrap().map(|case| case.unwrap().path());
    let folders: Vec<_> = cases.chain([root.to_path_buf()]).collect();
    let judged: usize = folders.par_iter().map(|folder| Project::of_folder(folder).judge()).sum();
    assert!(judged > 40, "{judged}");
}

#[test]
fn random_schedules_state_what_their_queries_keep() {
    let count = std::env::var("GENKAI_SCHEDULES").ok().and_then(|count| count.parse().ok()).unwrap_or(200);
    let told: Vec<(usize, usize, usize)> = (0..count).into_par_iter().map(judge_random).collect();
    let sum = |of: fn(&(usize, usize, usize)) -> usize| told.iter().map(of).sum::<usize>();
    let (kept, longer, refused) = (sum(|one| one.0), sum(|one| one.1), sum(|one| one.2));
    eprintln!("{kept} promises kept, {longer} of them by the longest time; {refused} refused");
    assert!(longer > 0 && refused > 0, "some do not fit");
    assert!(kept * 2 > told.len(), "most schedules fit: {kept} of {}", told.len());
}

/// How many promises hold of a random schedule, how many of them state the longest time, and how many are refused.
fn judge_random(seed: u64) -> (usize, usize, usize) {
    let mut sources = Sources::default();
    sources.add("slo-specs/project.yaml", include_str!("../src/cli/example/project.yaml"));
    sources.add("slo-specs/spec.yaml", random::spec(seed));
    let project = Project::new(sources);
    let codes: Vec<&str> = project.insight.findings.iter().map(|finding| finding.code.name()).collect();
    if project.has_errors() {
        let is_about_time = |code: &&str| matches!(*code, "GK204" | "GK208" | "GK507" | "GK508");
        assert!(codes.iter().any(is_about_time), "{codes:?}: {}", random::spec(seed));
        return (0, 0, 1);
    }
    let kept = project.judge();
    // What may be forgotten before it is missed has no alert, which says so.
    let made = usize::from(!codes.contains(&"GK411"));
    assert_eq!(kept, made, "{}", random::spec(seed));
    let promises = project.insight.stacks.iter().flat_map(|stack| &stack.pipelines);
    let mut promises = promises.flat_map(|pipeline| &pipeline.promises);
    let longer = promises.any(|promise| promise.statement.contains(" at least every "));
    // The same code tells of rows of failures, which the schedule also makes.
    let mut findings = project.insight.findings.iter();
    let warned = findings
        .any(|finding| finding.code.name() == "GK410" && finding.message.contains("a missed run is found"));
    assert_eq!(longer, warned, "a longer time is stated with a warning, and only then");
    (kept, usize::from(longer), 0)
}
