//! The dashboard of a pipeline: what is promised, whether it holds, what happened.

use super::{Color, Dashboard, Grid, Panel, Reduce, SloSelector, Step, Target, TargetQuery, Unit, Visual};
use crate::gcp::Filter;
use crate::monitoring::{
    AlertPolicy, Combiner, Environment, NativeSlo, Objective, Pipeline, Promise, Signal, Strategy, Urgency,
    Windows,
};
use crate::slo::{Budget, Duration, Ratio};
use crate::templates::markdown;
use std::cmp::Reverse;

/// The dashboard of a pipeline in an environment, if it has one.
pub fn dashboard(environment: &Environment, pipeline: &Pipeline) -> Option<Dashboard> {
    let uid = pipeline.dashboard_uid.as_ref()?;
    let mut layout = Layout::default();
    for promise in &pipeline.promises {
        layout.promise(pipeline, promise);
    }
    let windows =
        pipeline.promises.iter().filter_map(|promise| Some(promise.objective.as_ref()?.budget.window));
    let mut links: Vec<(String, String)> = Vec::new();
    links.extend(pipeline.runbook.iter().map(|url| ("Runbook".to_owned(), url.clone())));
    let incidents =
        format!("https://console.cloud.google.com/monitoring/alerting?project={}", environment.project_id);
    links.push(("Incidents".to_owned(), incidents));
    Some(Dashboard {
        uid: uid.to_owned(),
        title: format!("{} ({})", pipeline.display_name, environment.name),
        description: format!(
            "Does {} keep its promises? From {}.",
            pipeline.display_name,
            pipeline.reference()
        ),
        tags: vec![
            "genkai".to_owned(),
            environment.name.clone(),
            pipeline.subject.slug('-'),
            pipeline.owner.clone(),
        ],
        project_id: environment.project_id.clone(),
        range: windows.max().unwrap_or(Duration::days(28)),
        links,
        panels: layout.panels,
    })
}

/// Places panels from the top down.
#[derive(Default)]
struct Layout {
    panels: Vec<Panel>,
    bottom: u32,
}

impl Layout {
    /// A row of panels of one height, with their widths.
    fn row(&mut self, height: u32, panels: Vec<(u32, Panel)>) {
        let mut x = 0;
        for (width, panel) in panels {
            self.panels.push(Panel { grid: Grid { x, y: self.bottom, w: width, h: height }, ..panel });
            x += width;
        }
        self.bottom += height;
    }

    /// From what is asked first to what is asked last: is it kept, what failed when, how did it come to that?
    fn promise(&mut self, pipeline: &Pipeline, promise: &Promise) {
        match (&promise.signal, &promise.objective) {
            (Signal::Outcomes(events), Some(objective)) => {
                self.outcomes(pipeline, promise, objective, events);
            }
            (Signal::Outcomes(_) | Signal::Values { .. } | Signal::Deadline, _) => {}
        }
    }

    fn outcomes(&mut self, pipeline: &Pipeline, promise: &Promise, objective: &Objective, events: &Filter) {
        let mut first = Vec::new();
        if let Some(slo) = &promise.slo {
            first.push((4, compliance(pipeline, slo)));
            first.push((4, budget_left(pipeline, &objective.budget, slo)));
        }
        first.push((4, failed(&objective.budget, events)));
        let taken: u32 = first.iter().map(|(width, _)| width).sum();
        first.push((24 - taken, about(pipeline, promise, &objective.budget)));
        self.row(7, first);
        self.row(8, vec![(24, outcomes(events))]);
        if let Some(slo) = &promise.slo {
            match &promise.decision.strategy {
                Strategy::BurnRates { fast, slow } => {
                    let burn_rates = burn_rates(pipeline, slo, fast, slow);
                    self.row(8, vec![(12, budget_history(pipeline, slo)), (12, burn_rates)]);
                }
                _ => self.row(8, vec![(24, budget_history(pipeline, slo))]),
            }
        }
    }
}

fn panel(title: &str, description: &str, visual: Visual, targets: Vec<Target>) -> Panel {
    let grid = Grid { x: 0, y: 0, w: 24, h: 8 };
    Panel { title: title.to_owned(), description: description.to_owned(), grid, visual, targets }
}

fn about(pipeline: &Pipeline, promise: &Promise, budget: &Budget) -> Panel {
    let mut text = format!(
        "**{}.** {} are due in {}, of which **{}** may fail.\n",
        promise.statement, budget.events, budget.window, budget.allowed
    );
    let mut policies: Vec<&AlertPolicy> = promise.policies.iter().collect();
    policies.sort_by_key(|policy| Reverse(policy.urgency));
    text.extend(policies.into_iter().map(alert));
    if promise.policies.is_empty() {
        text.push_str("\nNo alert watches it here.");
    }
    text.push_str(&format!("\n\nOwner: {}.", markdown(&pipeline.owner)));
    if pipeline.runbook.is_some() {
        text.push_str(" What to do: the runbook, linked above.");
    }
    if let Some(description) = &pipeline.description {
        text.push_str(&format!("\n\n{}", markdown(description)));
    }
    let description =
        format!("What is promised, and what alerts. How it is watched: {}.", promise.decision.reason);
    panel("The promise", &description, Visual::Text(text), Vec::new())
}

/// An item of a list: "Page: Burn rate over 6h above 5.6 and burn rate over 30m above 5.6"
fn alert(policy: &AlertPolicy) -> String {
    let urgency = match policy.urgency {
        Urgency::Page => "Page",
        Urgency::Ticket => "Ticket",
    };
    let joint = match policy.combiner {
        Combiner::And => " and ",
        Combiner::Or => " or ",
    };
    let titles = policy.conditions.iter().map(|condition| condition.display_name.clone());
    let conditions: Vec<String> = titles
        .enumerate()
        .map(|(index, title)| if index == 0 { title } else { uncapitalized(&title) })
        .collect();
    format!("\n- {urgency}: {}", conditions.join(joint))
}

fn uncapitalized(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().into_iter().flat_map(char::to_lowercase).chain(letters).collect()
}

fn slo_target(
    pipeline: &Pipeline,
    slo: &NativeSlo,
    selector: SloSelector,
    alias: &str,
    color: Color,
) -> Target {
    let (service, id) = (pipeline.service_id(), slo.id.to_owned());
    let query = TargetQuery::Slo { service, slo: id, selector, goal: slo.goal };
    Target { alias: alias.to_owned(), color, query }
}

/// What panels say that have nothing to show.
const NO_RUNS: &str = "no runs";

fn compliance(pipeline: &Pipeline, slo: &NativeSlo) -> Panel {
    let steps = vec![
        Step { from: None, color: Color::Red },
        Step { from: Some(slo.goal.as_fraction()), color: Color::Green },
    ];
    let unit = Unit::Share { decimals: Some(decimals(slo.goal) + 1) };
    let visual = Visual::Stat { unit, value: Reduce::Last, steps, empty: NO_RUNS };
    let target = slo_target(pipeline, slo, SloSelector::Compliance, "good", Color::Blue);
    let description = format!(
        "Share of the runs of the last {} that succeeded; green while the promise is kept.",
        slo.rolling_period
    );
    panel(&format!("Good runs (goal {})", slo.goal), &description, visual, vec![target])
}

/// The decimal places that a share is written with.
fn decimals(share: Ratio) -> usize {
    share.to_string().trim_end_matches('%').split_once('.').map_or(0, |(_, places)| places.len())
}

fn budget_left(pipeline: &Pipeline, budget: &Budget, slo: &NativeSlo) -> Panel {
    let steps = vec![
        Step { from: None, color: Color::Red },
        Step { from: Some(0.0), color: Color::Orange },
        Step { from: Some(0.25), color: Color::Green },
    ];
    let unit = Unit::Share { decimals: Some(0) };
    let visual = Visual::Stat { unit, value: Reduce::Last, steps, empty: NO_RUNS };
    let target = slo_target(pipeline, slo, SloSelector::BudgetFraction, "left", Color::Blue);
    let description = format!(
        "What is left of the error budget of {}; below 0% the promise is broken. It counts the runs that took place, \
         and each failed attempt by itself; the alerts count {} as due.",
        slo.rolling_period, budget.events
    );
    panel("Budget left", &description, visual, vec![target])
}

fn failed(budget: &Budget, events: &Filter) -> Panel {
    #[expect(clippy::cast_precision_loss, reason = "budgets are far below 2^53 events")]
    let beyond = (budget.allowed + 1) as f64;
    let mut steps = vec![Step { from: None, color: Color::Green }];
    if budget.allowed > 0 {
        steps.push(Step { from: Some(1.0), color: Color::Orange });
    }
    steps.push(Step { from: Some(beyond), color: Color::Red });
    let visual = Visual::Stat { unit: Unit::Count, value: Reduce::Sum, steps, empty: "none" };
    let description = "Failed runs in the time that the dashboard shows, each failed attempt by itself; red beyond what \
                       the budget allows.";
    let title = format!("Failed runs ({} allowed in {})", budget.allowed, budget.window);
    panel(&title, description, visual, vec![ended(events, "failed", None, Color::Red)])
}

/// Counts the runs that ended in a state.
fn ended(events: &Filter, state: &str, by: Option<&'static str>, color: Color) -> Target {
    let filter = events.clone().metric_label("state", state);
    Target { alias: state.to_owned(), color, query: TargetQuery::Events { filter, by } }
}

fn outcomes(events: &Filter) -> Panel {
    let visual = Visual::TimeSeries {
        unit: Unit::Count,
        bars: true,
        lines: Vec::new(),
        axis: (0.0, 1.0),
        empty: NO_RUNS,
    };
    // Failures stand on the axis, where a single one among many successes is seen.
    let targets = [("failed", Color::Red), ("success", Color::Green)]
        .map(|(state, color)| ended(events, state, Some("metric.label.state"), color));
    panel(
        "Runs by outcome",
        "Runs by the time of their end. A gap means that none ended.",
        visual,
        targets.into(),
    )
}

fn budget_history(pipeline: &Pipeline, slo: &NativeSlo) -> Panel {
    let lines = vec![Step { from: None, color: Color::Green }, Step { from: Some(0.0), color: Color::Red }];
    let unit = Unit::Share { decimals: None };
    let visual = Visual::TimeSeries { unit, bars: false, lines, axis: (0.0, 1.0), empty: NO_RUNS };
    let target = slo_target(pipeline, slo, SloSelector::BudgetFraction, "budget left", Color::Blue);
    let description = format!(
        "What was left of the error budget of {}. Below the dashed line the promise is broken.",
        slo.rolling_period
    );
    panel("Budget over time", &description, visual, vec![target])
}

fn burn_rates(pipeline: &Pipeline, slo: &NativeSlo, fast: &Windows, slow: &Windows) -> Panel {
    // The last is drawn on top: what pages above what does not, and of each the long window, which decides.
    let burns =
        [("slow", slow, Color::Orange, Color::PaleOrange), ("fast", fast, Color::Red, Color::PaleRed)];
    let mut rates = burns.map(|(_, windows, color, _)| (windows.rate, color));
    rates.sort_by_key(|(rate, _)| *rate);
    let mut lines = vec![Step { from: None, color: Color::Green }];
    lines.extend(rates.map(|(rate, color)| Step { from: Some(rate.as_number()), color }));
    let highest = rates.map(|(rate, _)| rate.as_number()).into_iter().fold(1.0, f64::max);
    let visual = Visual::TimeSeries {
        unit: Unit::Rate,
        bars: false,
        lines,
        axis: (0.0, (highest * 1.1).ceil()),
        empty: NO_RUNS,
    };
    let target = |name: &str, lookback, color| {
        let alias = format!("{name} burn, {lookback}");
        slo_target(pipeline, slo, SloSelector::BurnRate(lookback), &alias, color)
    };
    let targets = burns.iter().flat_map(|(name, windows, color, pale)| {
        [target(name, windows.short, *pale), target(name, windows.long, *color)]
    });
    let description = format!(
        "How fast the budget is spent: at 1 it lasts exactly {}. An alert fires once both windows of a colour are above \
         the dashed line of that colour, red at {} and orange at {}. A gap means that no run ended.",
        slo.rolling_period, fast.rate, slow.rate
    );
    panel("Burn rate", &description, visual, targets.collect())
}
