//! The panels of a NULL-ratio check: what the history holds, and whether the check ran.

use super::pipeline::{Layout, Words, about, facts, failures, share_of_good};
use super::{CloudMonitoringQuery, Color, Panel, Reduce, Step, Unit, Visual};
use crate::gcp::Filter;
use crate::gcp::limits::GRAFANA_COLUMNS;
use crate::monitoring::{History, Objective, Pipeline, Signal};
use crate::nulls::{Check, Column};
use crate::sql::{NullRatioSeries, Query};
use crate::templates::{Facts, TemplateError, Texts};

/// From what is asked first to what is asked last: is it kept, did it run, and which column is it?
pub(super) fn draw(pipeline: &Pipeline, texts: Texts<'_>, layout: &mut Layout) -> Result<(), TemplateError> {
    for promise in &pipeline.promises {
        let Signal::NullRatios { check, history, query_runs } = &promise.signal else { continue };
        let panels = Panels { check, history, query_runs, texts };
        if let Some(objective) = &promise.objective {
            let facts = facts(&objective.budget);
            let about = about(pipeline, promise, &facts, texts)?;
            let [passed, failed] = [panels.passed(objective, &facts)?, panels.failed(objective, &facts)?];
            layout.row(7, vec![(4, passed), (4, failed), (4, panels.judged()?), (12, about)]);
            layout.row(8, vec![(16, panels.verdicts()?), (8, panels.runs()?)]);
        } else {
            layout.row(8, vec![(4, panels.judged()?), (12, panels.verdicts()?), (8, panels.runs()?)]);
        }
        for pair in check.columns.chunks(2) {
            let pair = pair.iter().map(|column| Ok((GRAFANA_COLUMNS / 2, panels.ratios(column)?)));
            layout.row(8, pair.collect::<Result<_, TemplateError>>()?);
        }
    }
    Ok(())
}

struct Panels<'a> {
    check: &'a Check,
    history: &'a History,
    query_runs: &'a Filter,
    texts: Texts<'a>,
}

impl Panels<'_> {
    fn series(&self) -> NullRatioSeries<'_> {
        NullRatioSeries { check: self.check, history: &self.history.table }
    }

    fn words(&self, template: &str, facts: &Facts, series: usize) -> Result<Words, TemplateError> {
        Words::of(self.texts, template, facts, series)
    }

    fn at_home(&self, query: Query) -> (Query, &str) {
        (query, &self.history.location)
    }

    /// Over the objective's window, whatever the dashboard shows.
    fn passed(&self, objective: &Objective, facts: &Facts) -> Result<Panel, TemplateError> {
        let words = self.words("checks-passed", facts, 0)?;
        let visual = |empty| share_of_good(objective.budget.target, empty);
        let panel = words.of_columns(visual, self.at_home(self.series().passed()), &[]);
        Ok(Panel { range: Some(objective.budget.window), ..panel })
    }

    fn failed(&self, objective: &Objective, facts: &Facts) -> Result<Panel, TemplateError> {
        let words = self.words("checks-failed", facts, 0)?;
        let steps = failures(objective.budget.allowed);
        let visual = |empty| Visual::Stat { unit: Unit::Count, value: Reduce::Last, steps, empty };
        let panel = words.of_columns(visual, self.at_home(self.series().failed()), &[]);
        Ok(Panel { range: Some(objective.budget.window), ..panel })
    }

    fn judged(&self) -> Result<Panel, TemplateError> {
        let words = self.words("last-judged", &Facts::default(), 0)?;
        let visual = |empty| Visual::Stat { unit: Unit::Ago, value: Reduce::Last, steps: Vec::new(), empty };
        Ok(words.of_columns(visual, self.at_home(self.series().judged()), &[]))
    }

    /// Failures stand on the axis, where a single one among many is seen.
    fn verdicts(&self) -> Result<Panel, TemplateError> {
        let words = self.words("columns-by-verdict", &Facts::default(), 3)?;
        let columns =
            [("failed", Color::Red, None), ("passed", Color::Green, None), ("undecided", Color::Blue, None)];
        Ok(words.of_columns(counts, self.at_home(self.series().verdicts()), &columns))
    }

    /// The runs of the scheduled query, also of those that judged nothing.
    fn runs(&self) -> Result<Panel, TemplateError> {
        let mut words = self.words("query-runs", &Facts::default(), 1)?;
        let by = "metric.label.completion_state";
        words.name_by(Some(by));
        let filter = self.query_runs.clone();
        Ok(words.panel(counts, vec![(CloudMonitoringQuery::Events { filter, by: Some(by) }, Color::Blue)]))
    }

    fn ratios(&self, column: &Column) -> Result<Panel, TemplateError> {
        let has_baseline = column.rise.is_some();
        let facts = Facts::default()
            .with("column", column.name.as_str())
            .with("limit", column.limits())
            .with("has_baseline", has_baseline);
        // What is below is drawn first.
        let mut columns = vec![("highest", Color::Red, has_baseline.then_some("baseline"))];
        columns.extend(has_baseline.then_some(("baseline", Color::Green, None)));
        columns.push(("ratio", Color::Blue, None));
        let words = self.words("null-ratio", &facts, columns.len())?;
        let visual = |empty| Visual::TimeSeries {
            unit: Unit::Share { decimals: None },
            bars: false,
            lines: Vec::new(),
            axis: (0.0, 0.01),
            empty,
        };
        let query = self.series().ratios(&column.name, has_baseline);
        Ok(words.of_columns(visual, self.at_home(query), &columns))
    }
}

fn counts(empty: String) -> Visual {
    let lines = vec![Step { from: None, color: Color::Green }];
    Visual::TimeSeries { unit: Unit::Count, bars: true, lines, axis: (0.0, 1.0), empty }
}
