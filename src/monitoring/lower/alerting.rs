//! From a shape to an alert policy: severity, channels, reminders and texts, the same for every kind.

use super::Context;
use crate::monitoring::shapes::Shape;
use crate::monitoring::stack::{
    Alert, AlertPolicy, Condition, Contract, Documentation, Link, Pipeline, PolicyPlaces, Query, Urgency,
    in_environment,
};
use crate::resolve::place;
use crate::slo::Duration;
use crate::source::Span;
use crate::spec::{AlertSettings, Environment, Name, Owner, Severity};
use crate::templates::{Facts, TemplateError, markdown};

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

/// What a spec says about an alert.
pub(super) struct Settings {
    pub alert: Alert,
    pub default: Severity,
    /// Which of several alerts of its kind.
    pub instance: Option<String>,
    pub written: AlertSettings,
    /// Where they are written, or what is around them.
    pub place: Span,
    /// Where it is written how long its conditions must hold.
    pub hold_place: Span,
    /// Where it is written how often the alert reminds.
    pub renotify_place: Span,
    /// Where the name of what it watches is written.
    pub watched: Span,
}

impl Alerting<'_> {
    /// An alert policy, unless its severity is `none` here. Its texts are those of the template that has the alert's name.
    pub fn policy(
        &self,
        settings: &Settings,
        shape: Shape,
        facts: &Facts,
    ) -> Result<Option<AlertPolicy>, TemplateError> {
        let wanted = settings.written.severity.unwrap_or(settings.default);
        let severity = wanted.min(self.environment.max_severity);
        let urgency = match severity {
            Severity::None => return Ok(None),
            Severity::Ticket => Urgency::Ticket,
            Severity::Page => Urgency::Page,
        };
        let name =
            format!("{}/{}.md", self.pipeline.subject.slug('-'), settings.alert.slug().replace('_', "-"));
        // What has happened cannot hold.
        let is_event = shape.auto_close.is_some();
        let hold = shape.hold.max(settings.written.after).filter(|_| !is_event);
        let within = shape.within(hold);
        let facts = self.facts().and(facts).and(&shape.facts).with("hold", hold).with("within", within);
        // The API takes no reminders of what a log says.
        let of_logs = shape.conditions.iter().any(Query::is_of_logs);
        let text = self.context.texts.alert(&name, &facts, shape.conditions.len())?;
        let titled = shape.conditions.into_iter().zip(text.conditions);
        let display_name = format!("{}: {}", self.pipeline.display_name, text.title);
        Ok(Some(AlertPolicy {
            alert: settings.alert,
            instance: settings.instance.clone(),
            hold,
            written_hold: settings.written.after,
            documentation: self.documentation(&display_name, text.content)?,
            display_name,
            urgency,
            capped: severity < wanted,
            combiner: shape.combiner,
            conditions: titled.map(|(query, display_name)| Condition { display_name, query }).collect(),
            twin: shape.twin,
            contract: Contract { fires: text.fires, quiet: text.quiet, resolves: text.resolves },
            within,
            channels: self.channels(urgency),
            renotify: settings
                .written
                .renotify
                .or((urgency == Urgency::Page).then_some(RENOTIFY))
                .filter(|_| !of_logs),
            auto_close: shape.auto_close,
            places: self.places(settings, urgency),
        }))
    }

    fn places(&self, settings: &Settings, urgency: Urgency) -> PolicyPlaces {
        let list = if urgency == Urgency::Page { "page" } else { "ticket" };
        let owner = self.pipeline.owner.as_str();
        PolicyPlaces {
            settings: settings.place,
            hold: settings.hold_place,
            renotify: settings.renotify_place,
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

    /// What the texts of every alert may use.
    fn facts(&self) -> Facts {
        let pipeline = self.pipeline;
        let description = pipeline.description.as_deref().map(markdown).filter(|text| !text.is_empty());
        Facts::default()
            .with("name", markdown(&pipeline.display_name))
            .with("description", description)
            .with("owner", markdown(&pipeline.owner))
            .with("environment", self.environment_name.as_str())
            .with("spec", pipeline.reference())
    }

    fn documentation(&self, title: &str, content: String) -> Result<Documentation, TemplateError> {
        let subject = in_environment(title, self.environment_name.as_str());
        // A subject is no Markdown, so its text is kept from being a variable in another way.
        Ok(Documentation { subject: subject.replace("${", "$ {"), content, links: self.links()? })
    }

    fn links(&self) -> Result<Vec<Link>, TemplateError> {
        let name = |template| self.context.texts.line(template, &Facts::default());
        let grafana = self.context.project.project.spec.grafana.as_ref();
        let dashboard =
            grafana.and_then(|grafana| grafana.url.as_ref()).zip(self.pipeline.dashboard_uid.as_ref());
        let mut links = Vec::new();
        if let Some(url) = &self.pipeline.runbook {
            links.push(Link { name: name("link/runbook.md")?, url: url.clone() });
        }
        if let Some(url) = &self.pipeline.airflow {
            links.push(Link { name: name("link/airflow.md")?, url: url.clone() });
        }
        if let Some((url, uid)) = dashboard {
            let url = format!("{}/d/{uid}", url.as_str().trim_end_matches('/'));
            links.push(Link { name: name("link/dashboard.md")?, url });
        }
        Ok(links)
    }
}
