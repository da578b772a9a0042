//! From the Stack to dashboards: typed panels, one dashboard per spec. How Grafana writes them is `grafana`'s business.

mod measures;
mod null_ratios;
mod others;
mod pipeline;

use crate::gcp::Filter;
use crate::slo::{Duration, Ratio};
use crate::sql::Query;

pub use pipeline::dashboard;

/// A dashboard.
#[derive(Clone, Debug)]
pub struct Dashboard {
    /// Its unique ID, stable over renames of its title.
    pub uid: String,
    /// Its title.
    pub title: String,
    /// What it answers.
    pub description: String,
    /// For finding it.
    pub tags: Vec<String>,
    /// The Google Cloud project whose metrics it shows.
    pub project_id: String,
    /// Whether it also asks BigQuery.
    pub asks_bigquery: bool,
    /// What it shows at first: the last so long.
    pub range: Duration,
    /// How often it asks again while it is open.
    pub refresh: Duration,
    /// Where to go from here.
    pub links: Vec<(String, String)>,
    /// The panels.
    pub panels: Vec<Panel>,
}

/// A panel.
#[derive(Clone, Debug)]
pub struct Panel {
    /// Its title.
    pub title: String,
    /// What it shows, and what it means when it is empty.
    pub description: String,
    /// Where it stands.
    pub grid: Grid,
    /// What it shows: the last so long, whatever the dashboard shows; nothing where it follows the dashboard.
    pub range: Option<Duration>,
    /// How it is drawn.
    pub visual: Visual,
    /// What it asks.
    pub targets: Vec<Target>,
}

/// A place on Grafana's grid of 24 columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Grid {
    /// Column of the left edge, from 0.
    pub x: u32,
    /// Row of the upper edge, from 0.
    pub y: u32,
    /// Width in columns.
    pub w: u32,
    /// Height in rows.
    pub h: u32,
}

/// How a panel is drawn.
#[derive(Clone, Debug)]
pub enum Visual {
    /// Markdown.
    Text(String),
    /// One number.
    Stat {
        /// What the number counts.
        unit: Unit,
        /// Which of the values it is.
        value: Reduce,
        /// Colours from values on.
        steps: Vec<Step>,
        /// What it says without data.
        empty: String,
    },
    /// Values over time.
    TimeSeries {
        /// What the values count.
        unit: Unit,
        /// Bars for counts, lines for the rest.
        bars: bool,
        /// Dashed lines at these values.
        lines: Vec<Step>,
        /// The part of the axis that always shows, so that small changes look small and no line is out of sight.
        axis: (f64, f64),
        /// What it says without data.
        empty: String,
    },
}

/// A value from which on a colour holds; the first step has none.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Step {
    /// The value.
    pub from: Option<f64>,
    /// The colour.
    pub color: Color,
}

/// A colour with a meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "colours")]
pub enum Color {
    Green,
    Orange,
    PaleOrange,
    Red,
    PaleRed,
    Blue,
}

/// What values count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Things, which are whole.
    Count,
    /// Multiples.
    Rate,
    /// Seconds.
    Seconds,
    /// Amounts of data.
    Bytes,
    /// Milliseconds since 1970, shown as how long ago.
    Ago,
    /// 0 to 1, shown as 0 % to 100 %.
    Share {
        /// Decimal places of the percentage; an axis chooses its own.
        decimals: Option<usize>,
    },
}

/// Which value a stat shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reduce {
    /// The last.
    Last,
    /// The sum of all.
    Sum,
}

/// What a panel asks.
#[derive(Clone, Debug)]
pub struct Target {
    /// What the series is called.
    pub alias: String,
    /// Its colour over time; numbers take theirs from their value.
    pub color: Color,
    /// The query.
    pub query: TargetQuery,
}

/// A query, by where it is asked.
#[derive(Clone, Debug)]
pub enum TargetQuery {
    /// Cloud Monitoring.
    CloudMonitoring(CloudMonitoringQuery),
    /// Rows of BigQuery.
    Sql {
        /// The query.
        query: Query,
        /// Where BigQuery has the data.
        location: String,
        /// The columns that are shown, each a series; those of a single number need none.
        columns: Vec<Column>,
    },
}

/// A query of Cloud Monitoring.
#[derive(Clone, Debug)]
pub enum CloudMonitoringQuery {
    /// Something that Cloud Monitoring derives from an SLO.
    Slo {
        /// The ID of the service.
        service: String,
        /// The ID of the SLO.
        slo: String,
        /// What is asked.
        selector: SloSelector,
        /// The goal.
        goal: Ratio,
    },
    /// Events counted over each step of the time axis.
    Events {
        /// The events.
        filter: Filter,
        /// The label that they are told apart by.
        by: Option<&'static str>,
    },
    /// The highest value of a gauge in each step of the time axis.
    Highest {
        /// The values.
        filter: Filter,
        /// The label that they are told apart by.
        by: Option<&'static str>,
    },
    /// An expression in PromQL.
    PromQl {
        /// The expression.
        expression: String,
        /// The distance between its values.
        step: Duration,
    },
}

/// A column of rows, over time.
#[derive(Clone, Debug)]
pub struct Column {
    /// Its name in the query.
    pub name: &'static str,
    /// What the series is called.
    pub alias: String,
    /// Its colour.
    pub color: Color,
    /// The column down to which the space below it is filled.
    pub fills_to: Option<&'static str>,
}

/// What is asked about an SLO.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SloSelector {
    /// The SLI over the compliance window.
    Compliance,
    /// How much of the budget is left, from 1 down.
    BudgetFraction,
    /// How fast the budget is spent over a look-back.
    BurnRate(Duration),
}
