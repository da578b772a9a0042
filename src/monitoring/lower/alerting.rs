//! From a shape to an alert policy: severity, channels, reminders and texts, the same for every kind.

use super::Context;
use crate::monitoring::shapes::Shape;
use crate::monitoring::stack::{Alert, AlertPolicy, Documentation, Link, Pipeline, PolicyPlaces, Urgency};
use crate::resolve::{Effective, place};
use crate::slo::Duration;
use crate::source::Span;
use crate::spec::{AlertSettings, Environment, Name, Owner, Severity};
use crate::templates::{AlertContext, TemplateError, markdown};

/// How often a page reminds.
const RENOTIFY: Duration = Duration::hours(4);

/// Makes the alert policies of one pipeline in one environment.
#[derive(Clone, Copy)]
pub(super) struct Alerting<'a> {
    pub context: Context<'a>,
    pub environment_name: &'a Name,
    pub environment: &'a Environment,
    pub pipeline: &'a Pipeline,
}

/// What an alert says beside what its shape knows. All but the title is Markdown.
pub(super) struct Words {
    /// What is broken, to follow the pipeline's name.
    pub title: &'static str,
    /// The same in a sentence.
    pub happened: String,
    /// The promise in a sentence.
    pub promise: String,
    /// How the threshold was derived.
    pub derivation: String,
    /// What to look at first, in order.
    pub checks: Vec<String>,
}

/// What a spec says about an alert.
pub(super) struct Settings<'a> {
    pub alert: Alert,
    pub default: Severity,
    pub written: &'a AlertSettings,
    /// Where the name of what it watches is written.
    pub watched: Span,
}

impl Alerting<'_> {
    /// An alert policy, unless its severity is `none` here.
    pub fn policy(
        &self,
        document: &Effective,
        settings: &Settings<'_>,
        shape: Shape,
        words: &Words,
    ) -> Result<Option<AlertPolicy>, TemplateError> {
        let severity =
            settings.written.severity.unwrap_or(settings.default).min(self.environment.max_severity);
        let urgency = match severity {
            Severity::None => return Ok(None),
            Severity::Ticket => Urgency::Ticket,
            Severity::Page => Urgency::Page,
        };
        let documentation = self.documentation(words, &shape)?;
        Ok(Some(AlertPolicy {
            alert: settings.alert,
            display_name: format!("{}: {}", self.pipeline.display_name, words.title),
            urgency,
            combiner: shape.combiner,
            conditions: shape.conditions,
            twin: shape.twin,
            contract: shape.contract,
            channels: self.channels(urgency),
            renotify: settings.written.renotify.or((urgency == Urgency::Page).then_some(RENOTIFY)),
            auto_close: shape.auto_close,
            documentation,
            places: self.places(document, settings, urgency),
        }))
    }

    fn places(&self, document: &Effective, settings: &Settings<'_>, urgency: Urgency) -> PolicyPlaces {
        let list = if urgency == Urgency::Page { "page" } else { "ticket" };
        let owner = self.pipeline.owner.as_str();
        PolicyPlaces {
            settings: document.span(&["spec", "alerts", settings.alert.key()]),
            renotify: document.span(&["spec", "alerts", settings.alert.key(), "renotify"]),
            channels: place(&self.context.project.tree, &["spec", "owners", owner, list]),
            watched: settings.watched,
        }
    }

    fn owner(&self) -> Option<&Owner> {
        self.context.project.project.spec.owners.get(&Name(self.pipeline.owner.clone()))
    }

    fn channels(&self, urgency: Urgency) -> Vec<String> {
        let lists = self.owner().map(|owner| match urgency {
            Urgency::Page => &owner.page,
            Urgency::Ticket => &owner.ticket,
        });
        lists.into_iter().flatten().map(ToString::to_string).collect()
    }

    fn documentation(&self, words: &Words, shape: &Shape) -> Result<Documentation, TemplateError> {
        let pipeline = self.pipeline;
        let content = self.context.templates.alert(&AlertContext {
            happened: words.happened.clone(),
            promise: words.promise.clone(),
            resolves: shape.contract.resolves.clone(),
            derivation: words.derivation.clone(),
            checks: words.checks.clone(),
            name: markdown(&pipeline.display_name),
            description: pipeline.description.as_deref().map(markdown).filter(|text| !text.is_empty()),
            owner: markdown(&pipeline.owner),
            environment: self.environment_name.to_string(),
            spec: pipeline.reference(),
        })?;
        let subject = format!("{}: {} ({})", pipeline.display_name, words.title, self.environment_name);
        // A subject is no Markdown, so its text is kept from being a variable in another way.
        Ok(Documentation { subject: subject.replace("${", "$ {"), content, links: self.links() })
    }

    fn links(&self) -> Vec<Link> {
        let runbook = self.pipeline.runbook.clone().map(|url| Link { name: "Runbook".to_owned(), url });
        let grafana =
            self.context.project.project.spec.grafana.as_ref().and_then(|grafana| grafana.url.as_ref());
        let dashboard = grafana.zip(self.pipeline.dashboard_uid.as_ref()).map(|(url, uid)| Link {
            name: "Dashboard with the live budget".to_owned(),
            url: format!("{}/d/{uid}", url.as_str().trim_end_matches('/')),
        });
        runbook.into_iter().chain(dashboard).collect()
    }
}
