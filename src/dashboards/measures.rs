//! The panels of values over time: what is promised, how many slices were bad, and the values themselves.

use super::pipeline::{Layout, Words, about, facts};
use super::{CloudMonitoringQuery, Color, Panel, Reduce, Step, Unit, Visual};
use crate::monitoring::{Measure, Measured, Objective, Pipeline, Promise, Signal};
use crate::slo::Duration;
use crate::templates::{Facts, TemplateError, Texts};

/// From what is asked first to what is asked last: is it kept, and what happened when?
pub(super) fn draw(pipeline: &Pipeline, texts: Texts<'_>, layout: &mut Layout) -> Result<(), TemplateError> {
    for promise in &pipeline.promises {
        let Signal::Measured(measure) = &promise.signal else { continue };
        if let (Some(objective), Some(bad)) = (&promise.objective, &measure.bad) {
            let facts = facts(&objective.budget).with("slice", measure.slice);
            let bad = bad_slices(objective, bad.one_line(), &facts, texts)?;
            layout.row(7, vec![(6, bad), (18, about(pipeline, promise, &facts, texts)?)]);
        }
        layout.row(8, vec![(24, values(promise, measure, texts)?)]);
    }
    Ok(())
}

/// A query over the whole window is a lot of work: it is asked for now alone.
const NOW: Duration = Duration::hours(1);

fn bad_slices(
    objective: &Objective,
    expression: String,
    facts: &Facts,
    texts: Texts<'_>,
) -> Result<Panel, TemplateError> {
    let words = Words::of(texts, "bad-slices", facts, 1)?;
    let allowed = objective.budget.allowed;
    #[expect(clippy::cast_precision_loss, reason = "budgets are far below 2^53 slices")]
    let share = |of: u64| (allowed.saturating_mul(of) / 4 + 1) as f64;
    let mut steps = vec![Step { from: None, color: Color::Green }];
    if allowed > 3 {
        steps.push(Step { from: Some(share(3)), color: Color::Orange });
    }
    steps.push(Step { from: Some(share(4)), color: Color::Red });
    let visual = |empty| Visual::Stat { unit: Unit::Count, value: Reduce::Last, steps, empty };
    let asked = vec![(CloudMonitoringQuery::PromQl { expression, step: NOW }, Color::Red)];
    Ok(Panel { range: Some(NOW), ..words.panel(visual, asked) })
}

/// The values; those of a gauge with its limit. What is counted depends on the step of the axis, so it has none.
fn values(promise: &Promise, measure: &Measure, texts: Texts<'_>) -> Result<Panel, TemplateError> {
    let Measure { of, filter, by, limit, .. } = measure;
    let (template, unit, is_gauge) = match of {
        Measured::WatermarkAge => ("watermark-age", Unit::Seconds, true),
        Measured::SystemLag => ("system-lag", Unit::Seconds, true),
        Measured::Messages => ("dead-letters", Unit::Count, true),
        Measured::Errors => ("logged-errors", Unit::Count, false),
        Measured::Bytes => ("throughput", Unit::Bytes, false),
    };
    let facts = Facts::default().with("statement", promise.statement.as_str());
    let mut words = Words::of(texts, template, &facts, 1)?;
    let query = match is_gauge {
        true => CloudMonitoringQuery::Highest { filter: filter.clone(), by: *by },
        false => CloudMonitoringQuery::Events { filter: filter.clone(), by: None },
    };
    words.name_by(*by);
    let mut lines = vec![Step { from: None, color: Color::Green }];
    let axis = match is_gauge {
        true => {
            lines.push(Step { from: Some(*limit), color: Color::Red });
            (0.0, limit * 1.1)
        }
        false => (0.0, 1.0),
    };
    let visual = |empty| Visual::TimeSeries { unit, bars: !is_gauge, lines, axis, empty };
    let color = if *of == Measured::Errors { Color::Red } else { Color::Blue };
    Ok(words.panel(visual, vec![(query, color)]))
}
