//! The intermediate representation: what each environment's Cloud Monitoring shall hold, and why.

pub mod lower;
mod select;
pub mod shapes;
mod stack;
mod state;

pub use select::{
    Decision, SliceRule, Strategy, Windows, choose, choose_companion, choose_deadline, choose_duration,
    choose_event, choose_slices, choose_verdicts, missed_after,
};
pub use stack::{
    Alert, AlertPolicy, Backend, Channel, Combiner, Condition, Contract, Documentation, Environment, Grafana,
    History, Link, LogMetric, Measure, Measured, NativeSlo, Objective, Pipeline, Places, PolicyPlaces,
    Promise, Query, ScheduledQuery, Signal, Stack, Subject, Urgency, in_environment,
};
pub use state::states;
