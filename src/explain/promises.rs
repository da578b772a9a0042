//! From Stacks to what is promised: what several environments share is said once.

use super::model::{
    Alert, Asks, BadEvents, Channel, Condition, Detection, Needs, Objective, Place, Promise, Query, Route,
    Severity,
};
use super::places::Places;
use crate::monitoring::{self, AlertPolicy, Combiner, Pipeline, Stack, Urgency};
use crate::resolve::{ResolvedProject, place};
use crate::slo::{Budget, Duration, Events};

/// One pipeline in one environment.
#[derive(Clone, Copy)]
struct Here<'a> {
    places: Places<'a>,
    project: &'a ResolvedProject,
    stack: &'a Stack,
    pipeline: &'a Pipeline,
}

/// The promises of a document in some environments.
pub(super) fn promises(
    places: Places<'_>,
    project: &ResolvedProject,
    stacks: &[Stack],
    reference: &str,
    environments: &[String],
) -> Vec<Promise> {
    let mut promises: Vec<Promise> = Vec::new();
    for stack in stacks.iter().filter(|stack| environments.contains(&stack.environment.name)) {
        let pipelines = stack.pipelines.iter().filter(|pipeline| pipeline.reference() == reference);
        for pipeline in pipelines {
            let here = Here { places, project, stack, pipeline };
            for promise in &pipeline.promises {
                here.join(&mut promises, promise);
            }
        }
    }
    promises
}

impl Here<'_> {
    fn environment(self) -> String {
        self.stack.environment.name.clone()
    }

    /// Adds a promise, or its environment to one with the same numbers.
    fn join(self, promises: &mut Vec<Promise>, promise: &monitoring::Promise) {
        let alerts = promise.policies.iter().map(|policy| self.alert(promise, policy));
        let new = Promise {
            environments: vec![self.environment()],
            id: promise.id,
            statement: promise.statement.clone(),
            place: self.places.of(promise.span),
            objective: promise.objective.as_ref().map(|objective| Objective::of(&objective.budget)),
            strategy: promise.decision.strategy.name(),
            reason: promise.decision.reason.clone(),
            without_slo: promise.decision.without_slo.clone(),
            alerts: Vec::new(),
        };
        let index = promises.iter().position(|old| old.is_same(&new)).unwrap_or_else(|| {
            // Those with other numbers elsewhere stand together.
            let same_id = promises.iter().rposition(|old| old.id == new.id);
            let index = same_id.map_or(promises.len(), |index| index + 1);
            promises.insert(index, Promise { environments: Vec::new(), ..new });
            index
        });
        if let Some(joined) = promises.get_mut(index) {
            joined.environments.push(self.environment());
            for alert in alerts {
                joined.add(alert);
            }
        }
    }

    fn alert(self, promise: &monitoring::Promise, policy: &AlertPolicy) -> Alert {
        let slo = promise.slo.as_ref().map_or(promise.id, |slo| slo.id);
        let conditions = policy.conditions.iter().map(|condition| Condition {
            title: condition.display_name.clone(),
            query: Query::of(&condition.query, &self.pipeline.service_id, slo),
        });
        Alert {
            environments: vec![self.environment()],
            alert: policy.alert.key(),
            instance: policy.instance.clone(),
            title: policy.display_name.clone(),
            contract: policy.contract.clone(),
            within: policy.within,
            hold: policy.hold,
            detection: detection(promise, policy),
            auto_close: policy.auto_close,
            routes: vec![self.route(policy)],
            asks: vec![Asks {
                environments: vec![self.environment()],
                needs: match policy.combiner {
                    Combiner::And => Needs::All,
                    Combiner::Or => Needs::Any,
                },
                conditions: conditions.collect(),
                promql: policy.twin.pretty(),
            }],
        }
    }

    fn route(self, policy: &AlertPolicy) -> Route {
        let channels = policy.channels.iter().filter_map(|name| {
            let (channel_type, target) = match self.stack.channels.get(name)? {
                monitoring::Channel::Id(id) => ("id", id),
                monitoring::Channel::Email { address, .. } => ("email", address),
                monitoring::Channel::Lookup { channel_type, display_name } => {
                    (channel_type.as_str(), display_name)
                }
            };
            let channel_type = channel_type.to_owned();
            Some(Channel { name: name.clone(), channel_type, target: target.clone() })
        });
        Route {
            environments: vec![self.environment()],
            severity: match policy.urgency {
                Urgency::Page => Severity::Page,
                Urgency::Ticket => Severity::Ticket,
            },
            capped: if policy.capped { self.cap() } else { None },
            channels: channels.collect(),
            renotify: policy.renotify,
        }
    }

    /// Where the Project says that nothing here pages.
    fn cap(self) -> Option<Place> {
        let name = self.stack.environment.name.as_str();
        self.places.of(place(&self.project.tree, &["spec", "environments", name, "maxSeverity"]))
    }
}

impl Promise {
    fn is_same(&self, other: &Promise) -> bool {
        let key = |promise: &Promise| {
            let Promise { id, statement, objective, strategy, reason, without_slo, .. } = promise.clone();
            (id, statement, objective, strategy, reason, without_slo)
        };
        key(self) == key(other)
    }

    /// Adds an alert, or its environment and route to one that is made in the same way.
    fn add(&mut self, new: Alert) {
        let same = |old: &&mut Alert| {
            (old.alert, &old.instance, &old.contract, old.hold, &old.detection)
                == (new.alert, &new.instance, &new.contract, new.hold, &new.detection)
        };
        match self.alerts.iter_mut().find(same) {
            Some(old) => {
                old.environments.extend(new.environments);
                new.routes.into_iter().for_each(|route| old.tell(route));
                new.asks.into_iter().for_each(|asks| old.ask(asks));
            }
            None => {
                let same_key = self.alerts.iter().rposition(|old| old.alert == new.alert);
                let index = same_key.map_or(self.alerts.len(), |index| index + 1);
                self.alerts.insert(index, new);
            }
        }
    }
}

impl Alert {
    fn ask(&mut self, new: Asks) {
        let same = |old: &&mut Asks| (old.needs, &old.conditions) == (new.needs, &new.conditions);
        match self.asks.iter_mut().find(same) {
            Some(old) => old.environments.extend(new.environments),
            None => self.asks.push(new),
        }
    }

    fn tell(&mut self, new: Route) {
        let same = |old: &&mut Route| {
            (old.severity, &old.capped, &old.channels, old.renotify)
                == (new.severity, &new.capped, &new.channels, new.renotify)
        };
        match self.routes.iter_mut().find(same) {
            Some(old) => old.environments.extend(new.environments),
            None => self.routes.push(new),
        }
    }
}

impl Objective {
    fn of(budget: &Budget) -> Objective {
        let Budget { target, window, events, allowed } = *budget;
        Objective {
            target,
            window,
            fewest: events.fewest,
            most: (events.most != Events::UNBOUNDED).then_some(events.most),
            allowed,
            highest_burn_rate: budget.highest_burn_rate(),
        }
    }
}

impl Query {
    fn of(query: &monitoring::Query, service: &str, slo: &str) -> Query {
        match query {
            monitoring::Query::Count { filter, period, above } => {
                Query::Count { filter: filter.to_string(), lookback: *period, above: *above }
            }
            monitoring::Query::TooFew { filter, period, least, held, .. } => {
                Query::TooFew { filter: filter.to_string(), lookback: *period, least: *least, held: *held }
            }
            monitoring::Query::Highest { filter, period, above } => {
                Query::Highest { filter: filter.to_string(), lookback: *period, above: *above }
            }
            monitoring::Query::BurnRate { lookback, above } => Query::BurnRate {
                selector: format!(
                    "select_slo_burn_rate(\"projects/PROJECT/services/{service}/serviceLevelObjectives/{slo}\", \"{}s\")",
                    lookback.as_seconds()
                ),
                lookback: *lookback,
                above: *above,
            },
            monitoring::Query::PromQl { query, every } => {
                Query::Promql { expression: query.pretty(), lookback: query.lookback(), every: *every }
            }
            monitoring::Query::MatchedLog { filter, labels, rate_limit } => Query::MatchedLog {
                filter: filter.to_string(),
                labels: labels.iter().map(|(name, value)| (*name, value.to_string())).collect(),
                rate_limit: *rate_limit,
            },
        }
    }
}

/// What it takes for burn rates to be above their thresholds: `rate * (1 - target)` is a share of bad events.
fn detection(promise: &monitoring::Promise, policy: &AlertPolicy) -> Option<Detection> {
    let Budget { target, window, events, .. } = promise.objective.as_ref()?.budget;
    let takes = policy.conditions.iter().map(|condition| match condition.query {
        monitoring::Query::BurnRate { lookback, above } => {
            let expected = u128::from(events.fewest) * u128::from(lookback.as_seconds());
            let of = u64::try_from(expected.checked_div(u128::from(window.as_seconds()))?).ok()?;
            let share = u128::from(above.hundredths) * u128::from(target.complement().as_millionths());
            let bad = u64::try_from(share * u128::from(of) / 100_000_000 + 1).ok()?;
            Some(BadEvents { bad, of, lookback })
        }
        _ => None,
    });
    let takes = takes.collect::<Option<Vec<_>>>()?;
    let most = takes.iter().map(|one| one.bad).max()?;
    let minutes = window.as_seconds().saturating_mul(most).checked_div(events.fewest)?.div_ceil(60);
    Some(Detection { takes, all_bad: Duration::minutes(minutes) })
}
