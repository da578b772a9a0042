//! A plan: what changes between two states of a project, as data.

use crate::output::Left;
use crate::slo::{Duration, Events};
use crate::spec::ChangeKind;
use crate::terraform::leaving::PROTECTED;
use std::collections::BTreeSet;

/// What changes between two states of a project, and what it means.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Plan {
    /// What the change is compared with, where that is a commit.
    pub compared: Option<Compared>,
    /// The changes, the most serious first.
    pub changes: Vec<Change>,
    /// Every Terraform address that changes, by environment and address.
    pub resources: Vec<ResourceChange>,
    /// Every file of `generated/` that changes, by path.
    pub files: Vec<FileChange>,
    /// The alerts that open in the first minute after the apply, unless what they wait for was seen before.
    pub opens: Vec<Opens>,
    /// What left an environment, and what must be applied for it.
    pub left: Vec<Left>,
    /// Documents that went, and others that came and look like them.
    pub likely_renames: Vec<LikelyRename>,
    /// What cannot be compared, because it does not compile in the base.
    pub unknown: Vec<Unknown>,
    /// What the base's review policy says about it.
    pub review: Verdict,
    /// Whether the review policy itself changes, which changes no file.
    pub review_changes: bool,
    /// What alerting costs in each environment.
    pub costs: Vec<super::cost::Cost>,
}

/// The commit that a change is compared with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Compared {
    /// What was asked for, such as `origin/main`.
    pub reference: String,
    /// The full name of the commit.
    pub commit: String,
    /// Whether it is the commit at which the change left the reference, which has moved on since.
    pub is_merge_base: bool,
}

/// Alerts of a document that open where nothing was seen yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opens {
    /// The document.
    pub reference: String,
    /// Its alerts, by their keys.
    pub alerts: BTreeSet<String>,
    /// The environments.
    pub environments: BTreeSet<String>,
    /// The first day on which something is due, where the spec says one.
    pub from: Option<String>,
}

/// One change, in every place that it reaches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Its kind.
    pub kind: ChangeKind,
    /// What about its subject changes, such as `target`; stable.
    pub aspect: String,
    /// The promise that it is about, by its key.
    pub promise: Option<String>,
    /// The alert that it is about, by its key.
    pub alert: Option<String>,
    /// What it was.
    pub from: Option<String>,
    /// What it becomes.
    pub to: Option<String>,
    /// The kinds of change that go with it and have no line of their own.
    pub implies: BTreeSet<ChangeKind>,
    /// What it reaches; at least one.
    pub reached: Vec<Reached>,
}

/// A document that a change reaches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reached {
    /// Its kind and name, such as `DagSlo/sales-daily`.
    pub reference: String,
    /// The environments in which it does.
    pub environments: BTreeSet<String>,
    /// Where the cause is written.
    pub place: Option<Place>,
    /// What it comes to.
    pub meaning: Option<Meaning>,
    /// The Terraform addresses that change with it.
    pub addresses: BTreeSet<String>,
}

/// A line of a spec.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The file, relative to the project.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// Whether it is a line of the base, which the work tree may no longer have.
    pub in_base: bool,
}

/// What a change comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// Another budget.
    Budget {
        /// The promise that has it.
        promise: String,
        /// What was allowed.
        before: Allowance,
        /// What is allowed.
        after: Allowance,
    },
    /// A budget comes or goes.
    Allows(Allowance),
    /// Scheduled runs for which nothing is due any longer, or something is due again.
    Runs {
        /// How many.
        count: u64,
        /// The first and the last day, as written.
        first: String,
        /// The last day.
        last: String,
    },
    /// The same of the data days that a check judges.
    DataDays {
        /// How many.
        count: u64,
        /// The first day, as written.
        first: String,
        /// The last day.
        last: String,
    },
    /// The history of a check begins anew.
    NewHistory {
        /// The days before that are judged again.
        judged: u32,
        /// The data days that must be judged before a rise is, where one is promised.
        days: Option<u32>,
    },
    /// The history of a check goes on, although something else is measured.
    SameHistory {
        /// Whether rises are compared with it.
        has_rise: bool,
    },
    /// A column whose rise is judged only after so many data days.
    NewColumn {
        /// How many.
        days: u32,
    },
    /// What comes or goes with a document or an environment.
    Holds(Holdings),
    /// The alerts that use a channel.
    UsedBy(Holdings),
    /// Everything in the environment is destroyed and made anew.
    ReplacesAll,
    /// The state of Terraform must be moved first, or everything is made a second time.
    MovesState,
    /// Terraform makes the dashboards in the other Grafana, and does not find those in the first to destroy them.
    LeavesDashboards,
}

/// Bad events that an objective allows in its window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Allowance {
    /// How many.
    pub allowed: u64,
    /// The events of the window.
    pub events: Events,
    /// The window.
    pub window: Duration,
}

/// What a document or an environment holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "each counts what it is called")]
pub struct Holdings {
    pub specs: usize,
    pub objectives: usize,
    pub pages: usize,
    pub tickets: usize,
}

/// What Terraform will do with an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResourceChange {
    /// The environment.
    pub environment: String,
    /// The address, such as `google_monitoring_slo.dag_slo_sales__success`.
    pub address: String,
    /// What happens to it.
    pub action: Action,
    /// The address that it had.
    pub moved_from: Option<String>,
    /// The arguments and blocks that change.
    pub arguments: Vec<String>,
    /// Why it is replaced: the argument that cannot change in place, or `project`.
    pub because: Option<String>,
    /// The document that it belongs to, where it belongs to one.
    pub reference: Option<String>,
}

impl ResourceChange {
    /// Whether it is something in the cloud, and no value, data source or setting of the module.
    pub fn is_managed(&self) -> bool {
        !["local.", "data.", "provider.", "terraform."].iter().any(|prefix| self.address.starts_with(prefix))
    }

    /// Whether Terraform plans what the apply cannot do: tables bear `deletion_protection`, and BigQuery deletes no dataset
    /// that holds a table.
    pub fn is_protected(&self) -> bool {
        self.action == Action::Replace && self.holds_data()
    }

    /// Whether it holds what somebody measured: nothing destroys it.
    pub fn holds_data(&self) -> bool {
        PROTECTED.iter().any(|kind| self.address.starts_with(kind))
    }
}

/// What Terraform does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Action {
    /// It is destroyed.
    Destroy,
    /// Terraform lets go of it, and it stays.
    Forget,
    /// It cannot change in place, so it is destroyed and made anew.
    Replace,
    /// It is made.
    Create,
    /// It changes in place.
    Update,
    /// Only its address changes.
    Move,
}

impl Action {
    /// All of them, the most serious first.
    pub const ALL: [Action; 6] =
        [Action::Destroy, Action::Forget, Action::Replace, Action::Create, Action::Update, Action::Move];

    /// Its stable name.
    pub const fn key(self) -> &'static str {
        match self {
            Action::Destroy => "destroy",
            Action::Forget => "forget",
            Action::Replace => "replace",
            Action::Create => "create",
            Action::Update => "update",
            Action::Move => "move",
        }
    }
}

/// A file of `generated/` that changes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, schemars::JsonSchema)]
pub struct FileChange {
    /// Relative to `generated/`.
    pub path: String,
    /// What happens to it.
    pub status: FileStatus,
}

/// What happens to a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum FileStatus {
    /// It is new.
    Added,
    /// It is gone.
    Removed,
    /// It holds something else.
    Changed,
}

/// A document that went and one that came and looks like it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LikelyRename {
    /// The kind of both.
    pub kind: String,
    /// The name that went.
    pub from: String,
    /// The name that came.
    pub to: String,
    /// Where the new name is written.
    pub place: Option<Place>,
    /// What to write beside the new name.
    pub line: String,
}

/// What cannot be compared.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Unknown {
    /// The whole project: the base has no Project that can be read.
    Everything,
    /// Perhaps more documents: some file of the base cannot be read.
    Unreadable,
    /// A document, such as `DagSlo/sales-daily`.
    Document(String),
}

/// What the base's review policy says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verdict {
    /// The kinds of change that the policy forbids and nobody acknowledged.
    pub forbidden: BTreeSet<ChangeKind>,
    /// The labels that are missing, each with the kind of change that needs it.
    pub missing_labels: BTreeSet<(String, ChangeKind)>,
    /// The kinds of change that the policy is about and somebody acknowledged.
    pub acknowledged: BTreeSet<ChangeKind>,
}

impl Verdict {
    /// Whether the policy is violated.
    pub fn is_violated(&self) -> bool {
        !self.forbidden.is_empty() || !self.missing_labels.is_empty()
    }
}

impl Plan {
    /// Whether nothing changes, as far as it is known.
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty() && self.unknown.is_empty()
    }

    /// The kinds of change that occur, those without a line of their own included.
    pub fn kinds(&self) -> BTreeSet<ChangeKind> {
        self.changes.iter().flat_map(|change| change.implies.iter().copied().chain([change.kind])).collect()
    }
}

impl Change {
    /// A change that reaches one document in one environment.
    pub fn new(
        kind: ChangeKind,
        aspect: impl Into<String>,
        reference: impl Into<String>,
        environment: &str,
    ) -> Change {
        Change {
            kind,
            aspect: aspect.into(),
            promise: None,
            alert: None,
            from: None,
            to: None,
            implies: BTreeSet::new(),
            reached: vec![Reached {
                reference: reference.into(),
                environments: BTreeSet::from([environment.to_owned()]),
                place: None,
                meaning: None,
                addresses: BTreeSet::new(),
            }],
        }
    }

    /// What it was and what it becomes.
    #[must_use]
    pub fn values(mut self, from: Option<String>, to: Option<String>) -> Change {
        self.from = from;
        self.to = to;
        self
    }

    /// The promise that it is about.
    #[must_use]
    pub fn promise(mut self, promise: &str) -> Change {
        self.promise = Some(promise.to_owned());
        self
    }

    /// The alert that it is about.
    #[must_use]
    pub fn alert(mut self, alert: &str) -> Change {
        self.alert = Some(alert.to_owned());
        self
    }

    /// Where its cause is written.
    #[must_use]
    pub fn at(mut self, place: Option<Place>) -> Change {
        self.reached.iter_mut().for_each(|reached| reached.place.clone_from(&place));
        self
    }

    /// What it comes to.
    #[must_use]
    pub fn meaning(mut self, meaning: Option<Meaning>) -> Change {
        self.reached.iter_mut().for_each(|reached| reached.meaning.clone_from(&meaning));
        self
    }

    /// The addresses that change with it.
    #[must_use]
    pub fn addresses(mut self, addresses: impl IntoIterator<Item = String>) -> Change {
        let addresses: BTreeSet<String> = addresses.into_iter().collect();
        self.reached.iter_mut().for_each(|reached| reached.addresses.extend(addresses.iter().cloned()));
        self
    }

    /// The kinds of change that go with it.
    #[must_use]
    pub fn implying(mut self, kinds: impl IntoIterator<Item = ChangeKind>) -> Change {
        self.implies.extend(kinds);
        self
    }

    /// Whether it reaches a document in an environment.
    pub fn reaches(&self, reference: &str, environment: &str) -> bool {
        self.reached
            .iter()
            .any(|reached| reached.reference == reference && reached.environments.contains(environment))
    }
}
