//! What every pipeline depends on, once for each environment: the Composer environments in use, and the calendars.

use super::alerting::{Alerting, Settings};
use super::{Context, airflow, scope, service_id};
use crate::monitoring::choose_companion;
use crate::monitoring::shapes::{self, Keeper, Shape};
use crate::monitoring::stack::{Alert, Pipeline, Places, Promise, Signal, Subject};
use crate::resolve::{Effective, Resolved, Spec, place};
use crate::source::Span;
use crate::spec::{self, AlertSettings, Calendar, ComposerEnvironment, Kind, Name, Severity};
use crate::templates::{Facts, TemplateError, markdown};
use std::collections::BTreeMap;

/// How long before the end of a calendar somebody should extend it: two months, with the holidays of the next year known.
const DAYS_BEFORE_THE_END: i64 = 60;

pub(super) fn lower(
    context: Context<'_>,
    resolved: &Resolved,
    name: &Name,
    environment: &spec::Environment,
) -> Result<Vec<Pipeline>, TemplateError> {
    let here: Vec<&Effective> =
        resolved.documents.iter().filter(|document| document.environments.contains(name)).collect();
    let place =
        place(&context.project.tree, &["spec", "environments", name.as_str(), "composerEnvironments"]);
    let companions = Companions { context, name, environment, place };
    let in_use = composers_in_use(&here, environment);
    let mut pipelines = Vec::new();
    for (composer, dags) in &in_use {
        pipelines.extend(companions.composer_environment(composer, *dags)?);
    }
    for (document, calendar) in resolved.calendars() {
        let users: Vec<Kind> =
            here.iter().filter(|user| follows(user, calendar)).map(|user| user.kind).collect();
        let keeper = match in_use.keys().next() {
            Some(composer) => Keeper::Dags(composer.as_str()),
            None if users.contains(&Kind::DataflowSlo) => Keeper::Jobs,
            None => Keeper::Checks,
        };
        if !users.is_empty() {
            pipelines.extend(companions.calendar(document, calendar, users.len(), keeper)?);
        }
    }
    Ok(pipelines)
}

/// The Composer environments in use, with the number of DAGs that are watched in each.
fn composers_in_use(
    documents: &[&Effective],
    environment: &spec::Environment,
) -> BTreeMap<ComposerEnvironment, usize> {
    let mut in_use = BTreeMap::new();
    for document in documents {
        let Some(Spec::DagSlo(dag)) = &document.spec else { continue };
        let composer = dag.spec.composer_environment.as_ref().or(environment.composer_environments.first());
        if let Some(composer) = composer {
            *in_use.entry(composer.clone()).or_default() += 1;
        }
    }
    in_use
}

fn follows(document: &Effective, calendar: &Calendar) -> bool {
    document.text(&["spec", "schedule", "calendar"]) == Some(calendar.metadata.name.as_str())
}

struct Companions<'a> {
    context: Context<'a>,
    name: &'a Name,
    environment: &'a spec::Environment,
    /// Where the Composer environments are named.
    place: Span,
}

impl Companions<'_> {
    fn composer_environment(
        &self,
        composer: &ComposerEnvironment,
        dags: usize,
    ) -> Result<Option<Pipeline>, TemplateError> {
        let Some(owner) = self.owner() else { return Ok(None) };
        let mut pipeline = self.pipeline(Subject::ComposerEnvironment, composer.as_str(), owner);
        pipeline.airflow = airflow(self.environment, composer);
        let facts = Facts::default().with("composer", composer.as_str()).with("dags", dags as u64);
        let scheduler = self.promise(
            &pipeline,
            Alert::SchedulerHeartbeat,
            Severity::Page,
            shapes::scheduler_heartbeat(&scope(self.environment), composer.as_str()),
            &facts,
            "without a scheduler nothing runs, and nothing fails",
        )?;
        let files = self.promise(
            &pipeline,
            Alert::ParseErrors,
            Severity::Ticket,
            shapes::parse_errors(&scope(self.environment), composer.as_str()),
            &facts,
            "a file that does not parse makes no run, and no failure",
        )?;
        pipeline.promises = vec![scheduler, files];
        Ok(Some(pipeline))
    }

    fn calendar(
        &self,
        document: &Effective,
        calendar: &Calendar,
        users: usize,
        keeper: Keeper<'_>,
    ) -> Result<Option<Pipeline>, TemplateError> {
        let owner = calendar.metadata.owner.clone().or_else(|| self.owner());
        let Some(owner) = owner else { return Ok(None) };
        let name = calendar.metadata.name.as_str();
        let mut pipeline = self.pipeline(Subject::Document(Kind::Calendar), name, owner);
        pipeline.earlier_names = calendar.metadata.renamed_from.iter().map(ToString::to_string).collect();
        pipeline.source = self.context.sources.path(document.file).to_owned();
        pipeline.display_name = self.context.titles.of_document(Kind::Calendar, &calendar.metadata);
        pipeline.description.clone_from(&calendar.metadata.description);
        let through = calendar.spec.through;
        let last_day = through.as_civil().duration_since(jiff::civil::date(1970, 1, 1)).as_secs();
        let shape = shapes::calendar_ends(
            &scope(self.environment),
            keeper,
            last_day - (DAYS_BEFORE_THE_END - 1) * 86_400,
        );
        let facts = Facts::default()
            .with("through", through.to_string())
            .with("days", DAYS_BEFORE_THE_END.unsigned_abs())
            .with("users", users as u64);
        let reason = "after its last day the plain cron applies, and holidays would be missed runs";
        let promise =
            self.promise(&pipeline, Alert::CalendarEnds, Severity::Ticket, shape, &facts, reason)?;
        pipeline.promises = vec![promise];
        Ok(Some(pipeline))
    }

    /// Who answers for what no spec declares: the default owner, or the only one.
    fn owner(&self) -> Option<Name> {
        let project = &self.context.project.project.spec;
        let mut owners = project.owners.keys();
        let only = owners.next().filter(|_| owners.next().is_none());
        project.defaults.owner.as_ref().or(only).cloned()
    }

    fn pipeline(&self, subject: Subject, name: &str, owner: Name) -> Pipeline {
        let project = &self.context.project.project;
        let runbook = project.spec.owners.get(&owner).and_then(|owner| owner.runbook.as_ref());
        let labels = [
            ("genkai-project".to_owned(), project.metadata.name.to_string()),
            ("genkai-owner".to_owned(), owner.to_string()),
        ];
        let at = self.place;
        let runbook_place = place(&self.context.project.tree, &["spec", "owners", owner.as_str(), "runbook"]);
        Pipeline {
            subject,
            name: name.to_owned(),
            earlier_names: Vec::new(),
            display_name: self.context.titles.alone(name),
            description: None,
            owner: owner.to_string(),
            runbook: runbook.map(ToString::to_string),
            airflow: None,
            labels: labels.into(),
            source: self.context.sources.path(self.context.project.tree.span().file).to_owned(),
            service_id: service_id(project.metadata.name.as_str(), self.name, subject, name),
            dashboard_uid: None,
            log_metrics: Vec::new(),
            promises: Vec::new(),
            scheduled_query: None,
            places: Places {
                name: at,
                display_name: at,
                description: at,
                runbook: runbook_place,
                labels: at,
            },
        }
    }

    fn promise(
        &self,
        pipeline: &Pipeline,
        alert: Alert,
        default: Severity,
        shape: Shape,
        facts: &Facts,
        reason: &str,
    ) -> Result<Promise, TemplateError> {
        let template =
            format!("{}/promise-{}.md", pipeline.subject.slug('-'), alert.slug().replace('_', "-"));
        let statement = self.context.texts.line(&template, facts)?;
        let facts = facts.clone().with("promise", markdown(&statement));
        let alerting = Alerting {
            context: self.context,
            environment_name: self.name,
            environment: self.environment,
            pipeline,
        };
        let place = self.place;
        let written = AlertSettings::default();
        let settings = Settings {
            alert,
            default,
            instance: None,
            written,
            place,
            hold_place: place,
            renotify_place: place,
            watched: place,
        };
        let policy = alerting.policy(&settings, shape, &facts)?;
        Ok(Promise {
            id: alert.slug(),
            statement,
            objective: None,
            decision: choose_companion(reason),
            slo: None,
            policies: policy.into_iter().collect(),
            log_metric: None,
            signal: Signal::Deadline,
            span: place,
        })
    }
}
