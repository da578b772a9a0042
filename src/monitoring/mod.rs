//! The intermediate representation: what each environment's Cloud Monitoring shall hold, and why.

pub mod lower;
mod select;
pub mod shapes;
mod stack;

pub use select::{
    Decision, Strategy, Windows, choose, choose_companion, choose_deadline, choose_duration, missed_after,
};
pub use stack::{
    Alert, AlertPolicy, Backend, Channel, Combiner, Condition, Contract, Documentation, Environment, Grafana,
    Link, NativeSlo, Objective, Pipeline, Places, PolicyPlaces, Promise, Query, Signal, Stack, Subject,
    Urgency,
};
