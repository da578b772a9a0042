//! Shares of time slices: fresh data, a short lag, few errors, enough data.

use super::super::{identifier, retention};
use super::{Job, Settings, findings, states};
use crate::diagnostics::Diagnostic;
use crate::gcp::metrics::dataflow::{
    BYTES_PRODUCED, DATA_WATERMARK_AGE, ELAPSED_TIME, ERRORS, LOG_ENTRIES, STAGE_DATA_WATERMARK_AGE,
    STAGE_SYSTEM_LAG, SYSTEM_LAG,
};
use crate::monitoring::select::SliceRule;
use crate::monitoring::shapes::dataflow::{BadSlices, slices};
use crate::monitoring::stack::{Alert, AlertPolicy, Measure, Measured, Objective, Promise, Signal};
use crate::monitoring::{Decision, Strategy, choose_slices};
use crate::promql::Selector;
use crate::slo::{Budget, Duration, Ratio, Slices};
use crate::spec::{
    AlertSettings, DataflowObjectives, FewErrors, MissingData, Mode, Severity, Step, Throughput, Under,
};
use crate::templates::{Facts, TemplateError, markdown};

pub(super) fn lower(job: Job<'_>, findings: &mut Vec<Diagnostic>) -> Result<Vec<Promise>, TemplateError> {
    let mut promises = Vec::new();
    for mut share in shares(job) {
        findings.extend(share.see_whole(job));
        promises.extend(share.lower(job, findings)?);
    }
    Ok(promises)
}

/// A share of time slices that must be good.
pub(super) struct Share<'a> {
    pub alert: Alert,
    /// Where it stands in the document.
    pub path: Vec<String>,
    pub step: Option<&'a Step>,
    pub target: Ratio,
    pub window: Duration,
    /// How long a slice is; of a gauge, the distance between two of its points.
    pub slice: Duration,
    kind: Of<'a>,
}

/// What makes a slice good.
enum Of<'a> {
    Under(&'a Under),
    Errors(&'a FewErrors),
    Throughput(&'a Throughput),
}

/// All that a document promises, those of the whole job first.
pub(super) fn shares(job: Job<'_>) -> Vec<Share<'_>> {
    let spec = &job.document.spec;
    let DataflowObjectives { errors, freshness, lag } = &spec.objectives;
    let whole = Level { path: vec!["spec".to_owned(), "objectives".to_owned()], step: None };
    let mut shares = whole.shares(freshness.as_ref(), lag.as_ref(), errors.as_ref(), None);
    for (index, step) in spec.steps.iter().enumerate() {
        let path = ["spec", "steps", &index.to_string()].map(str::to_owned).into();
        let Step { errors, throughput, freshness, lag, .. } = step;
        let level = Level { path, step: Some(step) };
        shares.extend(level.shares(freshness.as_ref(), lag.as_ref(), errors.as_ref(), throughput.as_ref()));
    }
    shares
}

/// The whole job, or one of its steps.
struct Level<'a> {
    path: Vec<String>,
    step: Option<&'a Step>,
}

impl<'a> Level<'a> {
    fn shares(
        &self,
        freshness: Option<&'a Under>,
        lag: Option<&'a Under>,
        errors: Option<&'a FewErrors>,
        throughput: Option<&'a Throughput>,
    ) -> Vec<Share<'a>> {
        let under = |alert, under: &'a Under| {
            self.share(alert, Of::Under(under), (under.target, under.window), Duration::minutes(1))
        };
        let few = |errors: &'a FewErrors| {
            self.share(Alert::Errors, Of::Errors(errors), (errors.target, errors.window), errors.per)
        };
        let enough = |least: &'a Throughput| {
            self.share(Alert::Throughput, Of::Throughput(least), (least.target, least.window), least.per)
        };
        let gauges = freshness.map(|one| under(Alert::Freshness, one)).into_iter();
        let gauges = gauges.chain(lag.map(|one| under(Alert::Lag, one)));
        gauges.chain(errors.map(few)).chain(throughput.map(enough)).collect()
    }

    fn share(
        &self,
        alert: Alert,
        kind: Of<'a>,
        (target, window): (Ratio, Duration),
        slice: Duration,
    ) -> Share<'a> {
        let path = self.path.iter().cloned().chain([alert.key().to_owned()]).collect();
        Share { alert, path, step: self.step, target, window, slice, kind }
    }
}

/// The alerts that may call somebody, from the one that says most of what users see.
const CALLING: [(Alert, bool); 7] = [
    (Alert::Freshness, false),
    (Alert::Lag, false),
    (Alert::Freshness, true),
    (Alert::Lag, true),
    (Alert::Errors, false),
    (Alert::Errors, true),
    (Alert::Throughput, true),
];

/// One failure, one call: the first of these that is promised. A batch job calls when it fails, or does not run.
fn calling(job: Job<'_>) -> Option<(Alert, bool)> {
    let shares = shares(job);
    let promised = |(alert, step): &(Alert, bool)| {
        shares.iter().any(|share| share.alert == *alert && share.step.is_some() == *step)
    };
    CALLING.into_iter().find(promised).filter(|_| job.document.spec.job.mode == Mode::Streaming)
}

impl Share<'_> {
    /// Keeps of the window what can be counted, and warns where that is not all of it.
    fn see_whole(&mut self, job: Job<'_>) -> Option<Diagnostic> {
        let metric = if matches!(self.kind, Of::Errors(_)) { &LOG_ENTRIES } else { &ELAPSED_TIME };
        let path: Vec<&str> = self.path.iter().map(String::as_str).chain(["window"]).collect();
        let kept = job.alerting.context.kept(metric);
        let (window, forgotten) = retention::counted(self.window, kept, job.effective, &path);
        self.window = window;
        forgotten
    }

    fn lower(&self, job: Job<'_>, findings: &mut Vec<Diagnostic>) -> Result<Option<Promise>, TemplateError> {
        let mistakes = findings::mistakes(job, self);
        if !mistakes.is_empty() {
            findings.extend(mistakes);
            return Ok(None);
        }
        let due = Slices { length: self.slice, hours: job.clock.hours.clone() };
        let events = due.occurrences(self.window).in_windows_of(self.window);
        let budget = Budget::new(self.target, self.window, events);
        findings.extend(findings::no_bad_slice_allowed(job.effective, self, &budget));
        let bad = self.bad(job);
        let hold = job.settings(self.alert, Severity::Page).written.after.unwrap_or(Duration::seconds(0));
        let looks = |window| bad.may_look_at(window, hold);
        let Some(decision) = choose_slices(&budget, &due, self.without_slo(), looks) else {
            findings.push(findings::slices_too_long(job, self));
            return Ok(None);
        };
        let (statement, facts) = job.promised(&self.template(), self.facts(&budget))?;
        let mut policies = self.policies(job, &bad, &decision, &facts)?;
        if let (Of::Under(_), MissingData::Alert) = (&self.kind, job.document.spec.missing_data) {
            policies.extend(states::gauge_missing(job, self.instance(), self.series(job), &facts)?);
        }
        Ok(Some(Promise {
            id: self.id(),
            statement,
            objective: Some(Objective {
                budget,
                target_span: self.place(job, "target"),
                window_span: self.place(job, "window"),
            }),
            decision,
            slo: None,
            policies,
            log_metric: self.asks_log_metric().then_some(job.log_metric.id),
            signal: Signal::Measured(Box::new(self.measure(job, &bad))),
            span: self.place(job, ""),
        }))
    }

    pub(super) fn place(&self, job: Job<'_>, key: &str) -> crate::source::Span {
        let path: Vec<&str> =
            self.path.iter().map(String::as_str).chain((!key.is_empty()).then_some(key)).collect();
        job.effective.span(&path)
    }

    /// The promise's stable name: its key, or that of a step's.
    const fn id(&self) -> &'static str {
        match (&self.kind, self.alert, self.step.is_some()) {
            (Of::Under(_), Alert::Freshness, false) => "freshness",
            (Of::Under(_), Alert::Freshness, true) => "step_freshness",
            (Of::Under(_), _, false) => "lag",
            (Of::Under(_), _, true) => "step_lag",
            (Of::Errors(_), _, false) => "errors",
            (Of::Errors(_), _, true) => "step_errors",
            (Of::Throughput(_), ..) => "step_throughput",
        }
    }

    fn template(&self) -> String {
        format!("dataflow-slo/promise-{}.md", self.alert.slug().replace('_', "-"))
    }

    fn asks_log_metric(&self) -> bool {
        matches!(self.kind, Of::Errors(_)) && self.step.is_some()
    }

    /// Which of several alerts of a kind: that of a step.
    fn instance(&self) -> Option<String> {
        self.step.map(|step| format!("step_{}", identifier(step.step.as_str())))
    }

    /// The gauge, or the count, that decides.
    fn series(&self, job: Job<'_>) -> Selector {
        match (&self.kind, self.step) {
            (Of::Under(_), None) if self.alert == Alert::Freshness => job.job.selector(&DATA_WATERMARK_AGE),
            (Of::Under(_), None) => job.job.selector(&SYSTEM_LAG),
            (Of::Under(_), Some(step)) => {
                let metric = if self.alert == Alert::Freshness {
                    &STAGE_DATA_WATERMARK_AGE
                } else {
                    &STAGE_SYSTEM_LAG
                };
                let mut series = job.job.selector(metric);
                series.labels.extend(step.stage.iter().map(|stage| ("stage", stage.to_string())));
                series
            }
            (Of::Errors(_), None) => job.job.errors(),
            (Of::Errors(_), Some(step)) => job.job.errors_of_step(&job.log_metric.name, step.step.as_str()),
            (Of::Throughput(_), step) => {
                let series = job.job.selector(&BYTES_PRODUCED);
                step.map_or(series.clone(), |step| series.at_or_below("ptransform", step.step.as_str()))
            }
        }
    }

    fn bad(&self, job: Job<'_>) -> BadSlices {
        let (series, clock, spec) = (self.series(job), job.clock, &job.document.spec);
        // A batch job has no time to catch up.
        let startup = match spec.job.mode {
            Mode::Streaming => spec.startup,
            Mode::Batch => Duration::seconds(0),
        };
        match self.kind {
            Of::Under(under) => {
                let bad = BadSlices::above(job.job, series, under.under, startup, clock);
                match (self.step, self.alert) {
                    (Some(_), _) => bad,
                    (None, Alert::Freshness) => bad.named_by(job.job, &STAGE_DATA_WATERMARK_AGE),
                    (None, _) => bad.named_by(job.job, &STAGE_SYSTEM_LAG),
                }
            }
            Of::Errors(errors) => BadSlices::more_than(series, errors.at_most, self.slice, clock),
            Of::Throughput(throughput) => {
                let least = throughput.at_least.as_bytes();
                BadSlices::less_than(job.job, series, least, self.slice, startup, clock)
            }
        }
    }

    const fn without_slo(&self) -> &'static str {
        match self.kind {
            Of::Under(_) => {
                "an SLO in Cloud Monitoring takes the mean of several series, and here the worst one counts"
            }
            Of::Errors(_) => {
                "an SLO in Cloud Monitoring judges time slices by gauges or ratios, and this is a count"
            }
            Of::Throughput(_) => {
                "an SLO in Cloud Monitoring judges time slices by gauges or ratios, and this is an amount"
            }
        }
    }

    fn facts(&self, budget: &Budget) -> Facts {
        let Budget { target, window, events, allowed } = *budget;
        let (under, at_most, at_least) = match &self.kind {
            Of::Under(under) => (Some(under.under), None, None),
            Of::Errors(errors) => (None, Some(errors.at_most), None),
            Of::Throughput(throughput) => (None, None, Some(throughput.at_least.to_string())),
        };
        Facts::default()
            .with("target", target)
            .with("window", window)
            .with("fewest", events.fewest)
            .with("allowed", allowed)
            .with("slice", self.slice)
            .with("under", under)
            .with("at_most", at_most)
            .with("at_least", at_least)
            .with("step", self.step.map(|step| step.step.to_string()))
            .with("step_text", self.step.map(|step| markdown(step.step.as_str())))
            .with("stage", self.step.and_then(|step| Some(step.stage.as_ref()?.to_string())))
    }

    /// A page on what goes fast, and a ticket on what goes slowly. Where nothing pages, the ticket is enough.
    fn policies(
        &self,
        job: Job<'_>,
        bad: &BadSlices,
        decision: &Decision,
        facts: &Facts,
    ) -> Result<Vec<AlertPolicy>, TemplateError> {
        let Strategy::Slices { fast, slow } = decision.strategy else { return Ok(Vec::new()) };
        let calls = calling(job) == Some((self.alert, self.step.is_some()));
        let settings = job.settings(self.alert, if calls { Severity::Page } else { Severity::Ticket });
        let settings = Settings { instance: self.instance(), ..settings };
        let wanted = settings.written.severity.unwrap_or(settings.default);
        let policy = |settings: &Settings, rule: &SliceRule, slow: bool| {
            let facts = facts.clone().with("slow", slow);
            job.policy(settings, slices(bad, rule), &facts)
        };
        if wanted.min(job.alerting.environment.max_severity) != Severity::Page {
            let rule = slow.unwrap_or(fast);
            return Ok(policy(&settings, &rule, slow.is_some())?.into_iter().collect());
        }
        let mut policies = Vec::from_iter(policy(&settings, &fast, false)?);
        if let Some(slow) = slow {
            let instance = self.instance().map_or("slow".to_owned(), |instance| format!("slow_{instance}"));
            let written = AlertSettings { severity: None, renotify: None, ..settings.written.clone() };
            let settings =
                Settings { instance: Some(instance), default: Severity::Ticket, written, ..settings };
            policies.extend(policy(&settings, &slow, true)?);
        }
        Ok(policies)
    }

    /// What a dashboard shows of it; of the whole job each stage, as the worst one decides.
    fn measure(&self, job: Job<'_>, bad: &BadSlices) -> Measure {
        let fresh = self.alert == Alert::Freshness;
        let by_stage = if fresh { &STAGE_DATA_WATERMARK_AGE } else { &STAGE_SYSTEM_LAG };
        let stage = self.step.and_then(|step| step.stage.as_ref());
        #[expect(clippy::cast_precision_loss, reason = "limits are far below 2^53")]
        let (of, filter, limit) = match (&self.kind, self.step) {
            (Of::Under(under), _) => {
                let of = if fresh { Measured::WatermarkAge } else { Measured::SystemLag };
                let filter = job.job.filter(by_stage);
                let filter = match stage {
                    Some(stage) => filter.metric_label("stage", stage.as_str()),
                    None => filter,
                };
                (of, filter, under.under.as_seconds() as f64)
            }
            (Of::Errors(errors), None) => {
                let filter = job.job.filter(&LOG_ENTRIES).metric_label_one_of("severity", &ERRORS);
                (Measured::Errors, filter, f64::from(errors.at_most))
            }
            (Of::Errors(errors), Some(step)) => {
                let filter = job.job.errors_of_step_filter(&job.log_metric.name, step.step.as_str());
                (Measured::Errors, filter, f64::from(errors.at_most))
            }
            (Of::Throughput(throughput), step) => {
                let filter = job.job.filter(&BYTES_PRODUCED);
                let filter = match step {
                    Some(step) => filter.metric_label_at_or_below("ptransform", step.step.as_str()),
                    None => filter,
                };
                (Measured::Bytes, filter, throughput.at_least.as_bytes() as f64)
            }
        };
        Measure {
            of,
            filter,
            by: bad.named_by.as_ref().map(|_| "metric.label.stage"),
            bad: Some(bad.counted(self.window)),
            slice: self.slice,
            limit,
        }
    }
}
