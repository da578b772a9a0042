//! The dashboard of a pipeline: what is promised, whether it holds, what happened.

use super::{Color, Dashboard, Grid, Panel, Reduce, SloSelector, Step, Target, TargetQuery, Unit, Visual};
use crate::monitoring::{Environment, NativeSlo, Pipeline, Promise, Strategy};
use crate::slo::Duration;
use crate::templates::markdown;

/// The dashboard of a pipeline in an environment.
pub fn dashboard(environment: &Environment, pipeline: &Pipeline) -> Dashboard {
    let mut layout = Layout::default();
    for promise in &pipeline.promises {
        layout.promise(pipeline, promise);
    }
    let windows = pipeline.promises.iter().map(|promise| promise.numbers.budget.window);
    let mut links: Vec<(String, String)> = Vec::new();
    links.extend(pipeline.runbook.iter().map(|url| ("Runbook".to_owned(), url.clone())));
    Dashboard {
        uid: pipeline.dashboard_uid.clone(),
        title: format!("{} ({})", pipeline.display_name, environment.name),
        description: format!(
            "Does {} keep its promises? From {}/{}.",
            pipeline.display_name,
            pipeline.kind.name(),
            pipeline.name
        ),
        tags: vec![
            "genkai".to_owned(),
            environment.name.clone(),
            pipeline.kind.slug('-'),
            pipeline.owner.clone(),
        ],
        project_id: environment.project_id.clone(),
        range: windows.max().unwrap_or(Duration::days(28)),
        links,
        panels: layout.panels,
    }
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

    fn promise(&mut self, pipeline: &Pipeline, promise: &Promise) {
        let mut stats = vec![(12, about(pipeline, promise))];
        if let Some(slo) = &promise.slo {
            stats.push((4, compliance(pipeline, slo)));
            stats.push((4, budget_left(pipeline, promise, slo)));
        }
        stats.push((4, failed(promise)));
        self.row(6, stats);
        self.row(8, vec![(24, outcomes(promise))]);
        if let Some(slo) = &promise.slo {
            let mut history = vec![(12, budget_history(pipeline, slo))];
            if let Strategy::BurnRates { fast, slow } = &promise.decision.strategy {
                let windows = [(fast, Color::Red), (slow, Color::Orange)];
                history.push((12, burn_rates(pipeline, slo, &windows)));
            } else if let Some((width, _)) = history.first_mut() {
                *width = 24;
            }
            self.row(8, history);
        }
    }
}

fn panel(title: &str, description: &str, visual: Visual, targets: Vec<Target>) -> Panel {
    let grid = Grid { x: 0, y: 0, w: 24, h: 8 };
    Panel { title: title.to_owned(), description: description.to_owned(), grid, visual, targets }
}

fn about(pipeline: &Pipeline, promise: &Promise) -> Panel {
    let budget = promise.numbers.budget;
    let mut text = format!(
        "**{}.**\n\n{} are due in {}; the budget allows **{}** bad.\n\nHow it is watched: {}.\n\nOwner: {}",
        promise.statement,
        budget.events,
        budget.window,
        budget.allowed,
        promise.decision.reason,
        markdown(&pipeline.owner)
    );
    if let Some(description) = &pipeline.description {
        text = format!("{}\n\n{text}", markdown(description));
    }
    panel("The promise", "What is promised, and how it is watched.", Visual::Text(text), Vec::new())
}

fn slo_target(pipeline: &Pipeline, slo: &NativeSlo, selector: SloSelector, alias: &str) -> Target {
    let (service, id) = (pipeline.service_id(), slo.id.to_owned());
    Target { alias: alias.to_owned(), query: TargetQuery::Slo { service, slo: id, selector, goal: slo.goal } }
}

fn compliance(pipeline: &Pipeline, slo: &NativeSlo) -> Panel {
    let steps = vec![
        Step { from: None, color: Color::Red },
        Step { from: Some(slo.goal.as_fraction()), color: Color::Green },
    ];
    let visual = Visual::Stat { unit: Unit::Share, value: Reduce::Last, steps };
    let target = slo_target(pipeline, slo, SloSelector::Compliance, "good");
    let description = format!(
        "Share of good events over the last {}. Empty until the first one has ended.",
        slo.rolling_period
    );
    panel("Kept so far", &description, visual, vec![target])
}

fn budget_left(pipeline: &Pipeline, promise: &Promise, slo: &NativeSlo) -> Panel {
    let steps = vec![
        Step { from: None, color: Color::Red },
        Step { from: Some(0.0), color: Color::Orange },
        Step { from: Some(0.25), color: Color::Green },
    ];
    let visual = Visual::Stat { unit: Unit::Share, value: Reduce::Last, steps };
    let target = slo_target(pipeline, slo, SloSelector::BudgetFraction, "left");
    let description = format!(
        "What is left of the error budget of {}; below 0% the promise is broken. It counts the events that took place, \
         and each failed attempt by itself; the alerts count {} as due.",
        slo.rolling_period, promise.numbers.budget.events
    );
    panel("Budget left", &description, visual, vec![target])
}

fn failed(promise: &Promise) -> Panel {
    let allowed = promise.numbers.budget.allowed;
    #[expect(clippy::cast_precision_loss, reason = "budgets are far below 2^53 events")]
    let beyond = (allowed + 1) as f64;
    let mut steps = vec![Step { from: None, color: Color::Green }];
    if allowed > 0 {
        steps.push(Step { from: Some(1.0), color: Color::Orange });
    }
    steps.push(Step { from: Some(beyond), color: Color::Red });
    let filter = promise.events.clone().metric_label("state", "failed");
    let target = Target { alias: "failed".to_owned(), query: TargetQuery::Events { filter, by: None } };
    let visual = Visual::Stat { unit: Unit::Count, value: Reduce::Sum, steps };
    panel(
        "Failed",
        "Failed runs in the time that the dashboard shows. Empty means none.",
        visual,
        vec![target],
    )
}

fn outcomes(promise: &Promise) -> Panel {
    let colors = vec![("success", Color::Green), ("failed", Color::Red)];
    let visual = Visual::TimeSeries { unit: Unit::Count, bars: true, lines: Vec::new(), colors };
    let targets = ["success", "failed"].map(|state| {
        let filter = promise.events.clone().metric_label("state", state);
        Target {
            alias: state.to_owned(),
            query: TargetQuery::Events { filter, by: Some("metric.label.state") },
        }
    });
    panel("Runs by outcome", "Runs that ended. A gap means that none did.", visual, targets.into())
}

fn budget_history(pipeline: &Pipeline, slo: &NativeSlo) -> Panel {
    let lines = vec![Step { from: None, color: Color::Green }, Step { from: Some(0.0), color: Color::Red }];
    let visual = Visual::TimeSeries { unit: Unit::Share, bars: false, lines, colors: Vec::new() };
    let target = slo_target(pipeline, slo, SloSelector::BudgetFraction, "budget left");
    panel("Budget over time", "Below the dashed line the promise is broken.", visual, vec![target])
}

fn burn_rates(pipeline: &Pipeline, slo: &NativeSlo, tiers: &[(&crate::monitoring::Windows, Color)]) -> Panel {
    let mut lines = vec![Step { from: None, color: Color::Green }];
    let mut rates: Vec<Step> =
        tiers.iter().map(|(tier, color)| Step { from: Some(tier.rate.as_number()), color: *color }).collect();
    rates.sort_by(|a, b| a.from.partial_cmp(&b.from).unwrap_or(std::cmp::Ordering::Equal));
    lines.extend(rates);
    let visual = Visual::TimeSeries { unit: Unit::Count, bars: false, lines, colors: Vec::new() };
    let lookbacks = tiers.iter().flat_map(|(tier, _)| [tier.long, tier.short]);
    let targets = lookbacks
        .map(|lookback| {
            slo_target(pipeline, slo, SloSelector::BurnRate(lookback), &format!("over {lookback}"))
        })
        .collect();
    let description = "How fast the budget is spent; at 1 it lasts exactly its window. The dashed lines are where an alert \
                       fires, once the long and the short window are both above.";
    panel("Burn rate", description, visual, targets)
}
