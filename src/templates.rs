//! The texts that people read, as minijinja templates. Built-ins are compiled in; a project overrides them by name.
//!
//! What machines read is never made from a template.

use minijinja::value::Serde;
use minijinja::{Environment, UndefinedBehavior};
use serde::Serialize;

/// The name of the template for the documentation of an alert.
pub const ALERT: &str = "alert.md";

/// The built-in templates, by name.
const BUILT_IN: [(&str, &str); 1] = [(ALERT, include_str!("../templates/alert.md"))];

/// Steps that a template may take, far above what a built-in needs.
const FUEL: u64 = 100_000;

/// A set of templates.
#[derive(Debug)]
pub struct Templates {
    environment: Environment<'static>,
}

/// A template that cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("template `{name}`: {reason}")]
pub struct TemplateError {
    /// The template's name.
    pub name: String,
    /// What is wrong, with the line where it is known.
    pub reason: String,
}

/// What `alert.md` may use. Texts from a spec are escaped for Markdown already.
#[derive(Debug, Serialize)]
pub struct AlertContext {
    /// What the alert means, in a sentence.
    pub happened: String,
    /// The promise in words.
    pub promise: String,
    /// The contract: when it resolves.
    pub resolves: String,
    /// How its threshold was derived, and how long the budget lasts at it.
    pub derivation: String,
    /// What to look at first, in order.
    pub checks: Vec<String>,
    /// The pipeline's name for people.
    pub name: String,
    /// What the pipeline is.
    pub description: Option<String>,
    /// Who answers for it.
    pub owner: String,
    /// The environment.
    pub environment: String,
    /// The kind and name of the spec.
    pub spec: String,
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
        let built_in = BUILT_IN.map(|(name, text)| (name.to_owned(), text.to_owned()));
        for (name, text) in built_in.into_iter().chain(overrides) {
            if !BUILT_IN.iter().any(|(known, _)| *known == name) {
                let known = BUILT_IN.map(|(name, _)| format!("`{name}`")).join(", ");
                return Err(TemplateError {
                    name,
                    reason: format!("there is no such template; there is {known}"),
                });
            }
            environment
                .add_template_owned(name.clone(), text)
                .map_err(|error| TemplateError { name, reason: error.to_string() })?;
        }
        Ok(Templates { environment })
    }

    /// The documentation of an alert, without space at its ends.
    ///
    /// # Errors
    /// An override that uses what the context does not hold, or does not end.
    pub fn alert(&self, context: &AlertContext) -> Result<String, TemplateError> {
        self.environment
            .get_template(ALERT)
            .and_then(|template| template.render(Serde(context)))
            .map(|text| text.trim().to_owned())
            .map_err(|error| TemplateError { name: ALERT.to_owned(), reason: error.to_string() })
    }
}

/// A text from a spec as it stands in Markdown: no markup, and no variable of Cloud Monitoring (`${…}`).
pub fn markdown(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    let mut in_word = false;
    let mut letters = text.trim().chars().peekable();
    while let Some(letter) = letters.next() {
        // Within a word an underscore is no markup, and names are full of them.
        let joins = letter == '_' && in_word && letters.peek().is_some_and(|next| next.is_alphanumeric());
        match letter {
            '\\' | '`' | '*' | '_' | '{' | '}' | '[' | ']' | '<' | '>' | '#' | '|' | '!' | '~' if !joins => {
                escaped.extend(['\\', letter]);
            }
            letter if letter.is_control() => escaped.push(' '),
            letter => escaped.push(letter),
        }
        in_word = letter.is_alphanumeric();
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    fn context() -> AlertContext {
        AlertContext {
            happened: "A run failed.".into(),
            promise: "95% of runs succeed.".into(),
            resolves: "the next run succeeds".into(),
            derivation: "1 may fail.".into(),
            checks: vec!["The task.".into(), "Its log.".into()],
            name: "Daily sales".into(),
            description: None,
            owner: "data".into(),
            environment: "production".into(),
            spec: "DagSlo/sales".into(),
        }
    }

    #[test]
    fn the_built_in_text_of_an_alert() {
        insta::assert_snapshot!(Templates::new(Vec::new()).unwrap().alert(&context()).unwrap());
    }

    #[test]
    fn a_project_overrides_by_name_and_mistakes_are_errors() {
        let with = |name: &str, text: &str| Templates::new(vec![(name.into(), text.into())]);
        assert_eq!(with("alert.md", "{{ owner }}!").unwrap().alert(&context()).unwrap(), "data!");
        assert!(with("alarm.md", "").unwrap_err().to_string().contains("there is `alert.md`"));
        assert!(with("alert.md", "{{ oops").is_err());
        assert!(with("alert.md", "{{ ownr }}").unwrap().alert(&context()).is_err());
        let endless = "{% for i in range(9999) %}{% for j in range(9999) %}x{% endfor %}{% endfor %}";
        assert!(with("alert.md", endless).unwrap().alert(&context()).is_err());
    }

    #[test]
    fn text_stays_text() {
        assert_eq!(markdown("daily_report _is_ *late*"), "daily_report \\_is\\_ \\*late\\*");
        assert_eq!(markdown("${policy.name} <b> [x](y)\n# z"), "$\\{policy.name\\} \\<b\\> \\[x\\](y) \\# z");
    }
}
