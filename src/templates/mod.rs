//! The texts that people read, as minijinja templates. Built-ins are compiled in; a project overrides them by name.
//!
//! What machines read is never made from a template. Code gives [`Facts`]; every word stands in a template, in
//! `templates/LANGUAGE/`. To add an alert: write its template, name it in `built_in.rs`, give it its facts.

mod built_in;
mod facts;
mod markdown;

use crate::slo::Duration;
use minijinja::syntax::SyntaxConfig;
use minijinja::{Environment, Error, State, UndefinedBehavior};

pub use built_in::NAMES;
pub use facts::{Fact, Facts};
pub use markdown::markdown;

/// The layout of every alert's text.
const LAYOUT: &str = "alert.md";

/// What stands before the name of a built-in template that a project has overridden, for an override that changes a
/// part of it: `{% extends "built-in/en/alert.md" %}`.
const BUILT_IN: &str = "built-in/";

/// Steps that a template may take, far above what a built-in needs.
const FUEL: u64 = 100_000;

/// A language that there are templates in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "languages")]
pub enum Language {
    En,
}

impl Language {
    /// Every language.
    pub const ALL: [Language; 1] = [Language::En];

    /// The folder of its templates.
    pub const fn folder(self) -> &'static str {
        match self {
            Language::En => "en",
        }
    }

    /// A length of time as texts write it.
    fn duration(self, duration: Duration) -> String {
        match self {
            Language::En => duration.to_string(),
        }
    }
}

/// A set of templates.
#[derive(Debug)]
pub struct Templates {
    environment: Environment<'static>,
}

/// A template that cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("template `{name}`: {reason}")]
pub struct TemplateError {
    /// The template's name, with its language.
    pub name: String,
    /// What is wrong, with the line where it is known.
    pub reason: String,
}

impl TemplateError {
    /// An error of minijinja, which may lie in a template that the named one extends or includes. It does not name what
    /// is undefined, so the line is shown.
    fn new(environment: &Environment<'_>, name: &str, error: &Error) -> TemplateError {
        let name = error.name().unwrap_or(name);
        let template = environment.get_template(name);
        let line = error.line().zip(template.as_ref().ok());
        let line = line.and_then(|(line, template)| template.source().lines().nth(line.checked_sub(1)?));
        let reason = match line {
            Some(line) => format!("{error}: `{}`", line.trim()),
            None => error.to_string(),
        };
        TemplateError { name: name.to_owned(), reason }
    }
}

/// Everything that an alert says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AlertText {
    /// What is broken, to follow the pipeline's name.
    pub title: String,
    /// The titles of the conditions.
    pub conditions: Vec<String>,
    /// Markdown for the person on call.
    pub content: String,
    /// When it fires, and how soon.
    pub fires: String,
    /// When it does not.
    pub quiet: String,
    /// When it resolves.
    pub resolves: String,
}

impl Templates {
    /// The built-in templates, with those of a project in their place.
    ///
    /// # Errors
    /// An override that does not parse, or whose name no built-in has.
    pub fn new(overrides: Vec<(String, String)>) -> Result<Templates, TemplateError> {
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.set_fuel(Some(FUEL));
        // A tag may have a line of its own.
        let syntax = SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build();
        environment
            .set_syntax(syntax.map_err(|error| TemplateError::new(&Environment::new(), LAYOUT, &error))?);
        environment.add_filter("line", |text: &str| line(text));
        for language in Language::ALL {
            for (name, text) in built_in::texts(language) {
                let name = format!("{}/{name}", language.folder());
                let overridden = overrides.iter().any(|(other, _)| *other == name);
                let name = if overridden { format!("{BUILT_IN}{name}") } else { name };
                add(&mut environment, name, (*text).to_owned())?;
            }
        }
        for (name, text) in overrides {
            if environment.get_template(&format!("{BUILT_IN}{name}")).is_err() {
                let reason = "there is no such template; docs/templates.md lists them".to_owned();
                return Err(TemplateError { name, reason });
            }
            add(&mut environment, name, text)?;
        }
        Ok(Templates { environment })
    }

    /// The texts in a language.
    pub fn texts(&self, language: Language) -> Texts<'_> {
        Texts { templates: self, language }
    }
}

fn add(environment: &mut Environment<'_>, name: String, text: String) -> Result<(), TemplateError> {
    let added = environment.add_template_owned(name.clone(), text);
    added.map_err(|error| TemplateError::new(environment, &name, &error))
}

/// The texts in a language.
#[derive(Clone, Copy, Debug)]
pub struct Texts<'a> {
    templates: &'a Templates,
    language: Language,
}

impl Texts<'_> {
    /// A mistake in a template that its user finds.
    pub fn error(&self, template: &str, reason: String) -> TemplateError {
        TemplateError { name: format!("{}/{template}", self.language.folder()), reason }
    }

    /// A template of one line.
    ///
    /// # Errors
    /// An override that uses what the facts do not hold, or does not end.
    pub fn line(&self, template: &str, facts: &Facts) -> Result<String, TemplateError> {
        let name = format!("{}/{template}", self.language.folder());
        let template = self.templates.environment.get_template(&name);
        let text = template.and_then(|template| template.render(facts.in_language(self.language)));
        text.map(|text| line(&text))
            .map_err(|error| TemplateError::new(&self.templates.environment, &name, &error))
    }

    /// What an alert says: its template with the layout around it.
    ///
    /// # Errors
    /// An override that uses what the facts do not hold, does not end, or lacks a block.
    pub fn alert(&self, template: &str, facts: &Facts) -> Result<AlertText, TemplateError> {
        let name = format!("{}/{template}", self.language.folder());
        let rendered = || {
            let template = self.templates.environment.get_template(&name)?;
            let mut rendered = template.render_captured(facts.in_language(self.language))?;
            let content = rendered.output().trim().to_owned();
            rendered.with_state_mut(|state| {
                Ok(AlertText {
                    title: block(state, "title")?,
                    conditions: state
                        .render_block("conditions")?
                        .lines()
                        .map(line)
                        .filter(|line| !line.is_empty())
                        .collect(),
                    content,
                    fires: block(state, "fires")?,
                    quiet: block(state, "quiet")?,
                    resolves: block(state, "resolves")?,
                })
            })
        };
        rendered().map_err(|error: Error| TemplateError::new(&self.templates.environment, &name, &error))
    }
}

/// A block of one line.
fn block(state: &mut State<'_, '_>, name: &str) -> Result<String, Error> {
    state.render_block(name).map(|text| line(&text))
}

/// A text on one line, whatever lines its template has.
fn line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests;
