//! The texts that people read, as minijinja templates. Built-ins are compiled in; a project overrides them by name.
//!
//! What machines read is never made from a template. Code gives [`Facts`]; every word stands in a template, in
//! `templates/LANGUAGE/`. To add an alert: write its template, name it in `built_in.rs`, give it its facts.

mod built_in;
mod facts;
mod language;
mod markdown;

use language::line;
use minijinja::syntax::SyntaxConfig;
use minijinja::{Captured, Environment, Error, UndefinedBehavior};

pub use built_in::NAMES;
pub use facts::{Fact, Facts};
pub use language::Language;
pub use markdown::markdown;

/// The layout of every alert's text.
const LAYOUT: &str = "alert.md";

/// What stands before the name of a built-in template that a project has overridden, for an override that changes a
/// part of it: `{% extends "built-in/en/alert.md" %}`.
const BUILT_IN: &str = "built-in/";

/// Steps that a template may take, far above what a built-in needs.
const FUEL: u64 = 100_000;

/// A set of templates.
#[derive(Debug)]
pub struct Templates {
    environment: Environment<'static>,
    overridden: bool,
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
        let overridden = !overrides.is_empty();
        for (name, text) in overrides {
            if environment.get_template(&format!("{BUILT_IN}{name}")).is_err() {
                let reason = "there is no such template; docs/templates.md lists them".to_owned();
                return Err(TemplateError { name, reason });
            }
            add(&mut environment, name, text)?;
        }
        Ok(Templates { environment, overridden })
    }

    /// Whether a project has templates of its own, which may be wrong where the built-in ones are not.
    pub fn are_overridden(&self) -> bool {
        self.overridden
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

impl<'a> Texts<'a> {
    fn name(&self, template: &str) -> String {
        format!("{}/{template}", self.language.folder())
    }

    /// A template of one line.
    ///
    /// # Errors
    /// An override that uses what the facts do not hold, or does not end.
    pub fn line(&self, template: &str, facts: &Facts) -> Result<String, TemplateError> {
        let environment = &self.templates.environment;
        let name = self.name(template);
        let template = environment.get_template(&name);
        let text = template.and_then(|template| template.render(facts.in_language(self.language)));
        text.map(|text| line(&text)).map_err(|error| TemplateError::new(environment, &name, &error))
    }

    /// A template of several lines, as it is.
    ///
    /// # Errors
    /// An override that uses what the facts do not hold, or does not end.
    pub fn text(&self, template: &str, facts: &Facts) -> Result<String, TemplateError> {
        let environment = &self.templates.environment;
        let name = self.name(template);
        let template = environment.get_template(&name);
        let text = template.and_then(|template| template.render(facts.in_language(self.language)));
        text.map_err(|error| TemplateError::new(environment, &name, &error))
    }

    /// A template of which blocks are asked for, and what is outside of them.
    ///
    /// # Errors
    /// An override that uses what the facts do not hold, or does not end.
    pub fn blocks(&self, template: &str, facts: &Facts) -> Result<Blocks<'a>, TemplateError> {
        let environment = &self.templates.environment;
        let name = self.name(template);
        let rendered = environment
            .get_template(&name)
            .and_then(|template| template.render_captured(facts.in_language(self.language)));
        match rendered {
            Ok(captured) => Ok(Blocks { environment, name, captured }),
            Err(error) => Err(TemplateError::new(environment, &name, &error)),
        }
    }

    /// What an alert with so many conditions says: its template with the layout around it.
    ///
    /// # Errors
    /// As [`Texts::blocks`] and [`Blocks`].
    pub fn alert(
        &self,
        template: &str,
        facts: &Facts,
        conditions: usize,
    ) -> Result<AlertText, TemplateError> {
        let mut blocks = self.blocks(template, facts)?;
        Ok(AlertText {
            title: blocks.line("title")?,
            conditions: blocks.lines("conditions", conditions)?,
            content: blocks.captured.output().trim().to_owned(),
            fires: blocks.line("fires")?,
            quiet: blocks.line("quiet")?,
            resolves: blocks.line("resolves")?,
        })
    }
}

/// The blocks of a template. All of them fail with an override that lacks the block, or uses what the facts do not hold.
#[derive(Debug)]
pub struct Blocks<'a> {
    environment: &'a Environment<'static>,
    name: String,
    captured: Captured<'a>,
}

impl Blocks<'_> {
    /// A block as it is, without space at its ends.
    ///
    /// # Errors
    /// See [`Blocks`].
    pub fn text(&mut self, block: &str) -> Result<String, TemplateError> {
        let rendered = self.captured.with_state_mut(|state| state.render_block(block));
        rendered
            .map(|text| text.trim().to_owned())
            .map_err(|error| TemplateError::new(self.environment, &self.name, &error))
    }

    /// A block of one line.
    ///
    /// # Errors
    /// See [`Blocks`].
    pub fn line(&mut self, block: &str) -> Result<String, TemplateError> {
        self.text(block).map(|text| line(&text))
    }

    /// A block with a line for each of so many things. Where there is but one line, it is numbered.
    ///
    /// # Errors
    /// See [`Blocks`], and another number of lines.
    pub fn lines(&mut self, block: &str, count: usize) -> Result<Vec<String>, TemplateError> {
        let text = self.text(block)?;
        let lines: Vec<String> = text.lines().map(line).filter(|line| !line.is_empty()).collect();
        match lines.as_slice() {
            [only] if count > 1 => Ok((1..=count).map(|number| format!("{only} ({number})")).collect()),
            lines if lines.len() == count => Ok(lines.to_vec()),
            lines => {
                let reason =
                    format!("the block `{block}` must have lines for {count}, and has {}", lines.len());
                Err(TemplateError { name: self.name.clone(), reason })
            }
        }
    }
}

#[cfg(test)]
mod tests;
