//! The panels of promises that are no share of events: deadlines, durations.

use super::pipeline::{Layout, Words, alerts, panel, statement};
use super::{CloudMonitoringQuery, Color, Step, Unit, Visual};
use crate::gcp::limits::GRAFANA_COLUMNS;
use crate::monitoring::{Pipeline, Promise, Signal};
use crate::slo::Duration;
use crate::templates::{Fact, Facts, TemplateError, Texts, markdown};

/// Deadlines in words, as no metric shows a run that did not come; then what metrics show.
pub(super) fn draw(pipeline: &Pipeline, texts: Texts<'_>, layout: &mut Layout) -> Result<(), TemplateError> {
    let others: Vec<&Promise> = pipeline.promises.iter().filter(|promise| !has_panels(promise)).collect();
    if others.is_empty() {
        return Ok(());
    }
    let promises = others.iter().map(|promise| {
        Facts::default().with("statement", statement(promise)).with("alerts", alerts(promise))
    });
    let facts = Facts::default()
        .with("promises", Fact::List(promises.collect()))
        .with("of", pipeline.subject.slug('-'))
        .with("owner", markdown(&pipeline.owner))
        .with("runbook", pipeline.runbook.is_some());
    let mut blocks = texts.blocks("dashboard/other-promises.md", &facts)?;
    let text = Visual::Text(blocks.text("text")?);
    let words = panel(blocks.line("title")?, blocks.line("description")?, text, Vec::new());
    layout.row(5 + 2 * u32::try_from(others.len()).unwrap_or(1), vec![(GRAFANA_COLUMNS, words)]);
    for promise in others {
        if let Signal::Values { filter, highest } = &promise.signal {
            let facts = Facts::default().with("under", Duration::seconds(*highest));
            let words = Words::of(texts, "durations", &facts, 1)?;
            let query = CloudMonitoringQuery::Highest { filter: filter.clone(), by: None };
            layout.row(
                8,
                vec![(
                    GRAFANA_COLUMNS,
                    words.panel(|empty| durations(*highest, empty), vec![(query, Color::Blue)]),
                )],
            );
        }
    }
    Ok(())
}

/// Whether its own panels say what is promised.
fn has_panels(promise: &Promise) -> bool {
    matches!(promise.signal, Signal::Outcomes(_))
        || (promise.objective.is_some()
            && matches!(promise.signal, Signal::Measured(_) | Signal::NullRatios { .. }))
}

fn durations(highest: u64, empty: String) -> Visual {
    #[expect(clippy::cast_precision_loss, reason = "durations are far below 2^53 seconds")]
    let highest = highest as f64;
    let lines =
        vec![Step { from: None, color: Color::Green }, Step { from: Some(highest), color: Color::Red }];
    Visual::TimeSeries { unit: Unit::Seconds, bars: true, lines, axis: (0.0, highest * 1.1), empty }
}
