//! The dashboard of a pipeline: what is promised, whether it holds, what happened. The words stand in
//! `templates/LANGUAGE/dashboard/`, a template for each panel.

use super::{
    CloudMonitoringQuery, Color, Column, Dashboard, Grid, Panel, Reduce, SloSelector, Step, Target,
    TargetQuery, Unit, Visual, measures, null_ratios, others,
};
use crate::gcp::{Filter, limits::GRAFANA_COLUMNS};
use crate::monitoring::{
    AlertPolicy, Combiner, Environment, NativeSlo, Objective, Pipeline, Promise, Signal, Strategy, Urgency,
    Windows, in_environment,
};
use crate::slo::{Budget, Duration, Ratio};
use crate::sql::Query;
use crate::templates::{Fact, Facts, TemplateError, Texts, markdown};
use std::cmp::Reverse;

/// The dashboard of a pipeline in an environment, if it has one.
///
/// # Errors
/// A template that cannot be rendered.
pub fn dashboard(
    environment: &Environment,
    pipeline: &Pipeline,
    texts: Texts<'_>,
) -> Result<Option<Dashboard>, TemplateError> {
    let Some(uid) = &pipeline.dashboard_uid else { return Ok(None) };
    let mut layout = Layout::default();
    for promise in &pipeline.promises {
        if let (Signal::Outcomes(events), Some(objective)) = (&promise.signal, &promise.objective) {
            let facts = facts(&objective.budget);
            Outcomes { pipeline, promise, objective, events, texts, facts }.draw(&mut layout)?;
        }
    }
    measures::draw(pipeline, texts, &mut layout)?;
    null_ratios::draw(pipeline, texts, &mut layout)?;
    others::draw(pipeline, texts, &mut layout)?;
    let asks_bigquery = pipeline.scheduled_query.is_some();
    let windows =
        pipeline.promises.iter().filter_map(|promise| Some(promise.objective.as_ref()?.budget.window));
    let facts = Facts::default()
        .with("name", pipeline.display_name.as_str())
        .with("spec", pipeline.reference())
        .with("environment", environment.name.as_str());
    Ok(Some(Dashboard {
        uid: uid.to_owned(),
        title: in_environment(&pipeline.display_name, &environment.name),
        description: texts.line("dashboard/description.md", &facts)?,
        tags: vec![
            "genkai".to_owned(),
            environment.name.clone(),
            pipeline.subject.slug('-'),
            pipeline.owner.clone(),
        ],
        project_id: environment.project_id.clone(),
        asks_bigquery,
        range: windows.max().unwrap_or(Duration::days(28)),
        // Each query of BigQuery is paid for, and has news once a run.
        refresh: if asks_bigquery { Duration::hours(1) } else { Duration::minutes(5) },
        links: links(environment, pipeline, texts)?,
        panels: layout.panels,
    }))
}

fn links(
    environment: &Environment,
    pipeline: &Pipeline,
    texts: Texts<'_>,
) -> Result<Vec<(String, String)>, TemplateError> {
    let name = |template| texts.line(template, &Facts::default());
    let mut links = Vec::new();
    if let Some(url) = &pipeline.runbook {
        links.push((name("link/runbook.md")?, url.clone()));
    }
    let incidents =
        format!("https://console.cloud.google.com/monitoring/alerting?project={}", environment.project_id);
    links.push((name("link/incidents.md")?, incidents));
    Ok(links)
}

/// Places panels from the top down.
#[derive(Default)]
pub(super) struct Layout {
    panels: Vec<Panel>,
    bottom: u32,
}

impl Layout {
    /// A row of panels of one height, with their widths.
    pub(super) fn row(&mut self, height: u32, panels: Vec<(u32, Panel)>) {
        let mut x = 0;
        for (width, panel) in panels {
            self.panels.push(Panel { grid: Grid { x, y: self.bottom, w: width, h: height }, ..panel });
            x += width;
        }
        self.bottom += height;
    }
}

/// What the texts of every panel may use.
pub(super) fn facts(budget: &Budget) -> Facts {
    Facts::default()
        .with("target", budget.target)
        .with("window", budget.window)
        .with("events", budget.events)
        .with("fewest", budget.events.fewest)
        .with("allowed", budget.allowed)
}

/// What a panel asks, and the colour of its answer.
pub(super) type Asked = (CloudMonitoringQuery, Color);

/// The words of a panel with series.
pub(super) struct Words {
    title: String,
    description: String,
    series: Vec<String>,
    empty: String,
}

impl Words {
    pub(super) fn of(
        texts: Texts<'_>,
        template: &str,
        facts: &Facts,
        series: usize,
    ) -> Result<Words, TemplateError> {
        let mut blocks = texts.blocks(&format!("dashboard/{template}.md"), facts)?;
        Ok(Words {
            title: blocks.line("title")?,
            description: blocks.line("description")?,
            // A number alone has no name.
            series: if series > 0 { blocks.lines("series", series)? } else { Vec::new() },
            empty: blocks.line("empty")?,
        })
    }

    /// Names the series by a label, where there is one.
    pub(super) fn name_by(&mut self, label: Option<&str>) {
        if let Some(label) = label {
            self.series = vec![format!("{{{{{label}}}}}")];
        }
    }

    /// Shows columns of one query, each of which is a series with a name.
    pub(super) fn of_columns(
        self,
        visual: impl FnOnce(String) -> Visual,
        (query, location): (Query, &str),
        columns: &[(&'static str, Color, Option<&'static str>)],
    ) -> Panel {
        let columns = self.series.into_iter().zip(columns);
        let columns =
            columns.map(|(alias, &(name, color, fills_to))| Column { name, alias, color, fills_to });
        let query = TargetQuery::Sql { query, location: location.to_owned(), columns: columns.collect() };
        // The series have the names of their columns.
        let target = Target { alias: String::new(), color: Color::Blue, query };
        panel(self.title, self.description, visual(self.empty), vec![target])
    }

    pub(super) fn panel(self, visual: impl FnOnce(String) -> Visual, asked: Vec<Asked>) -> Panel {
        let named = self.series.into_iter().zip(asked);
        let target =
            |(alias, (query, color))| Target { alias, color, query: TargetQuery::CloudMonitoring(query) };
        let targets = named.map(target).collect();
        panel(self.title, self.description, visual(self.empty), targets)
    }
}

pub(super) fn panel(title: String, description: String, visual: Visual, targets: Vec<Target>) -> Panel {
    let grid = Grid { x: 0, y: 0, w: GRAFANA_COLUMNS, h: 8 };
    Panel { title, description, grid, range: None, visual, targets }
}

/// The panels of a promise about events, each good or bad.
struct Outcomes<'a> {
    pipeline: &'a Pipeline,
    promise: &'a Promise,
    objective: &'a Objective,
    events: &'a Filter,
    texts: Texts<'a>,
    facts: Facts,
}

impl Outcomes<'_> {
    /// From what is asked first to what is asked last: is it kept, what failed when, how did it come to that?
    fn draw(&self, layout: &mut Layout) -> Result<(), TemplateError> {
        let mut first = Vec::new();
        if let Some(slo) = &self.promise.slo {
            first.push((4, self.compliance(slo)?));
            first.push((4, self.budget_left(slo)?));
        }
        first.push((4, self.failed()?));
        let taken: u32 = first.iter().map(|(width, _)| width).sum();
        first.push((GRAFANA_COLUMNS - taken, self.about()?));
        layout.row(7, first);
        layout.row(8, vec![(GRAFANA_COLUMNS, self.outcomes()?)]);
        if let Some(slo) = &self.promise.slo {
            let history = self.budget_history(slo)?;
            match &self.promise.decision.strategy {
                Strategy::BurnRates { fast, slow } => {
                    layout.row(8, vec![(12, history), (12, self.burn_rates(slo, fast, slow)?)]);
                }
                _ => layout.row(8, vec![(GRAFANA_COLUMNS, history)]),
            }
        }
        Ok(())
    }

    fn words(&self, template: &str, facts: &Facts, series: usize) -> Result<Words, TemplateError> {
        Words::of(self.texts, template, facts, series)
    }

    fn about(&self) -> Result<Panel, TemplateError> {
        about(self.pipeline, self.promise, &self.facts, self.texts)
    }

    fn slo(&self, slo: &NativeSlo, selector: SloSelector) -> CloudMonitoringQuery {
        let (service, id) = (self.pipeline.service_id.clone(), slo.id.to_owned());
        CloudMonitoringQuery::Slo { service, slo: id, selector, goal: slo.goal }
    }

    fn compliance(&self, slo: &NativeSlo) -> Result<Panel, TemplateError> {
        let words = self.words("good-runs", &self.facts, 1)?;
        let visual = |empty| share_of_good(slo.goal, empty);
        Ok(words.panel(visual, vec![(self.slo(slo, SloSelector::Compliance), Color::Blue)]))
    }

    fn budget_left(&self, slo: &NativeSlo) -> Result<Panel, TemplateError> {
        let words = self.words("budget-left", &self.facts, 1)?;
        let steps = vec![
            Step { from: None, color: Color::Red },
            Step { from: Some(0.0), color: Color::Orange },
            Step { from: Some(0.25), color: Color::Green },
        ];
        let unit = Unit::Share { decimals: Some(0) };
        let visual = |empty| Visual::Stat { unit, value: Reduce::Last, steps, empty };
        Ok(words.panel(visual, vec![(self.slo(slo, SloSelector::BudgetFraction), Color::Blue)]))
    }

    fn failed(&self) -> Result<Panel, TemplateError> {
        let words = self.words("failed-runs", &self.facts, 1)?;
        let steps = failures(self.objective.budget.allowed);
        let visual = |empty| Visual::Stat { unit: Unit::Count, value: Reduce::Sum, steps, empty };
        Ok(words.panel(visual, vec![(self.ended("failed", None), Color::Red)]))
    }

    /// Counts the runs that ended in a state.
    fn ended(&self, state: &str, by: Option<&'static str>) -> CloudMonitoringQuery {
        CloudMonitoringQuery::Events { filter: self.events.clone().metric_label("state", state), by }
    }

    fn outcomes(&self) -> Result<Panel, TemplateError> {
        let words = self.words("runs-by-outcome", &self.facts, 2)?;
        let visual = |empty| Visual::TimeSeries {
            unit: Unit::Count,
            bars: true,
            lines: Vec::new(),
            axis: (0.0, 1.0),
            empty,
        };
        // Failures stand on the axis, where a single one among many successes is seen.
        let asked = [("failed", Color::Red), ("success", Color::Green)]
            .map(|(state, color)| (self.ended(state, Some("metric.label.state")), color));
        Ok(words.panel(visual, asked.into()))
    }

    fn budget_history(&self, slo: &NativeSlo) -> Result<Panel, TemplateError> {
        let words = self.words("budget-over-time", &self.facts, 1)?;
        let lines =
            vec![Step { from: None, color: Color::Green }, Step { from: Some(0.0), color: Color::Red }];
        let unit = Unit::Share { decimals: None };
        let visual = |empty| Visual::TimeSeries { unit, bars: false, lines, axis: (0.0, 1.0), empty };
        Ok(words.panel(visual, vec![(self.slo(slo, SloSelector::BudgetFraction), Color::Blue)]))
    }

    fn burn_rates(&self, slo: &NativeSlo, fast: &Windows, slow: &Windows) -> Result<Panel, TemplateError> {
        let facts = self
            .facts
            .clone()
            .with("fast_rate", fast.rate)
            .with("fast_long", fast.long)
            .with("fast_short", fast.short)
            .with("slow_rate", slow.rate)
            .with("slow_long", slow.long)
            .with("slow_short", slow.short);
        // The last is drawn on top: what pages above what does not, and of each the long window, which decides.
        let burns = [(slow, Color::Orange, Color::PaleOrange), (fast, Color::Red, Color::PaleRed)];
        let mut rates = burns.map(|(windows, color, _)| (windows.rate, color));
        rates.sort_by_key(|(rate, _)| *rate);
        let mut lines = vec![Step { from: None, color: Color::Green }];
        lines.extend(rates.map(|(rate, color)| Step { from: Some(rate.as_number()), color }));
        let highest = rates.map(|(rate, _)| rate.as_number()).into_iter().fold(1.0, f64::max);
        let axis = (0.0, (highest * 1.1).ceil());
        let visual = |empty| Visual::TimeSeries { unit: Unit::Rate, bars: false, lines, axis, empty };
        let asked: Vec<Asked> = burns
            .iter()
            .flat_map(|(windows, color, pale)| [(windows.short, *pale), (windows.long, *color)])
            .map(|(lookback, color)| (self.slo(slo, SloSelector::BurnRate(lookback)), color))
            .collect();
        Ok(self.words("burn-rate", &facts, asked.len())?.panel(visual, asked))
    }
}

/// The share of what was good, green while a goal is reached.
pub(super) fn share_of_good(goal: Ratio, empty: String) -> Visual {
    let steps = vec![
        Step { from: None, color: Color::Red },
        Step { from: Some(goal.as_fraction()), color: Color::Green },
    ];
    let unit = Unit::Share { decimals: Some(decimals(goal) + 1) };
    Visual::Stat { unit, value: Reduce::Last, steps, empty }
}

/// The colours of a number of failures: red from the first on that is not allowed.
pub(super) fn failures(allowed: u64) -> Vec<Step> {
    #[expect(clippy::cast_precision_loss, reason = "budgets are far below 2^53 events")]
    let beyond = (allowed + 1) as f64;
    let mut steps = vec![Step { from: None, color: Color::Green }];
    if allowed > 0 {
        steps.push(Step { from: Some(1.0), color: Color::Orange });
    }
    steps.push(Step { from: Some(beyond), color: Color::Red });
    steps
}

/// A promise in words. Those of a DAG hold identifiers alone, those of a step any letter.
pub(super) fn statement(promise: &Promise) -> String {
    match promise.signal {
        Signal::Measured(_) => markdown(&promise.statement),
        _ => promise.statement.clone(),
    }
}

/// A promise in words, and its alerts.
pub(super) fn about(
    pipeline: &Pipeline,
    promise: &Promise,
    facts: &Facts,
    texts: Texts<'_>,
) -> Result<Panel, TemplateError> {
    let facts = facts
        .clone()
        .with("slices", matches!(promise.signal, Signal::Measured(_)))
        .with("promise", statement(promise))
        .with("burn_rates", matches!(promise.decision.strategy, Strategy::BurnRates { .. }))
        .with("reason", promise.decision.reason.as_str())
        .with("alerts", alerts(promise))
        .with("owner", markdown(&pipeline.owner))
        .with("runbook", pipeline.runbook.is_some())
        .with("description", pipeline.description.as_deref().map(markdown));
    let mut blocks = texts.blocks("dashboard/promise.md", &facts)?;
    let text = Visual::Text(blocks.text("text")?);
    Ok(panel(blocks.line("title")?, blocks.line("description")?, text, Vec::new()))
}

/// The alerts of a promise, those that page first.
pub(super) fn alerts(promise: &Promise) -> Fact {
    let mut policies: Vec<&AlertPolicy> = promise.policies.iter().collect();
    policies.sort_by_key(|policy| Reverse(policy.urgency));
    Fact::List(policies.into_iter().map(alert).collect())
}

/// An alert in a list: its urgency, its conditions, and whether all of them must hold.
fn alert(policy: &AlertPolicy) -> Facts {
    let titles = policy.conditions.iter().map(|condition| condition.display_name.clone());
    let conditions: Vec<String> = titles
        .enumerate()
        .map(|(index, title)| if index == 0 { title } else { uncapitalized(&title) })
        .collect();
    Facts::default()
        .with("page", policy.urgency == Urgency::Page)
        .with("all", policy.combiner == Combiner::And)
        .with("conditions", conditions)
}

fn uncapitalized(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().into_iter().flat_map(char::to_lowercase).chain(letters).collect()
}

/// The decimal places that a share is written with.
fn decimals(share: Ratio) -> usize {
    share.to_string().trim_end_matches('%').split_once('.').map_or(0, |(_, places)| places.len())
}
