//! What a template may use: values by name, without a word of any language in them.

use super::Language;
use crate::slo::{BurnRate, Duration, Events, Ratio};
use minijinja::Value;
use std::collections::BTreeMap;

/// What a template may use, by name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts(BTreeMap<&'static str, Fact>);

impl Facts {
    /// One more fact; the last of a name counts. Texts from a spec are escaped with [`super::markdown`] before they get
    /// here, except identifiers, which stand in code spans.
    #[must_use]
    pub fn with(mut self, name: &'static str, fact: impl Into<Fact>) -> Facts {
        self.0.insert(name, fact.into());
        self
    }

    /// The facts of both.
    #[must_use]
    pub fn and(mut self, others: &Facts) -> Facts {
        self.0.extend(others.0.iter().map(|(name, fact)| (*name, fact.clone())));
        self
    }

    /// The length of time of a name.
    pub fn duration(&self, name: &str) -> Option<Duration> {
        match self.0.get(name)? {
            Fact::Duration(duration) => Some(*duration),
            _ => None,
        }
    }

    /// As minijinja takes them.
    pub(super) fn in_language(&self, language: Language) -> Value {
        let values = self.0.iter().map(|(name, fact)| (*name, fact.in_language(language)));
        Value::from(values.collect::<BTreeMap<&str, Value>>())
    }
}

/// Something that a template may use.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "types")]
pub enum Fact {
    Text(String),
    Number(u64),
    Flag(bool),
    Duration(Duration),
    Events(Events),
    Texts(Vec<String>),
    List(Vec<Facts>),
    /// What is not there; false in a condition.
    Absent,
}

impl Fact {
    fn in_language(&self, language: Language) -> Value {
        match self {
            Fact::Text(text) => Value::from(text),
            Fact::Number(number) => Value::from(*number),
            Fact::Flag(flag) => Value::from(*flag),
            Fact::Duration(duration) => Value::from(language.duration(*duration)),
            Fact::Events(events) => Value::from(language.events(*events)),
            Fact::Texts(texts) => Value::from(texts.clone()),
            Fact::List(items) => {
                Value::from(items.iter().map(|item| item.in_language(language)).collect::<Vec<Value>>())
            }
            Fact::Absent => Value::from(()),
        }
    }
}

impl From<&str> for Fact {
    fn from(text: &str) -> Fact {
        Fact::Text(text.to_owned())
    }
}

impl From<String> for Fact {
    fn from(text: String) -> Fact {
        Fact::Text(text)
    }
}

impl From<u64> for Fact {
    fn from(number: u64) -> Fact {
        Fact::Number(number)
    }
}

impl From<u32> for Fact {
    fn from(number: u32) -> Fact {
        Fact::Number(number.into())
    }
}

impl From<bool> for Fact {
    fn from(flag: bool) -> Fact {
        Fact::Flag(flag)
    }
}

impl From<Duration> for Fact {
    fn from(duration: Duration) -> Fact {
        Fact::Duration(duration)
    }
}

impl From<Events> for Fact {
    fn from(events: Events) -> Fact {
        Fact::Events(events)
    }
}

impl From<Ratio> for Fact {
    fn from(ratio: Ratio) -> Fact {
        Fact::Text(ratio.to_string())
    }
}

impl From<BurnRate> for Fact {
    fn from(rate: BurnRate) -> Fact {
        Fact::Text(rate.to_string())
    }
}

impl From<Vec<String>> for Fact {
    fn from(texts: Vec<String>) -> Fact {
        Fact::Texts(texts)
    }
}

impl From<Vec<Facts>> for Fact {
    fn from(items: Vec<Facts>) -> Fact {
        Fact::List(items)
    }
}

impl<T: Into<Fact>> From<Option<T>> for Fact {
    fn from(fact: Option<T>) -> Fact {
        fact.map_or(Fact::Absent, Into::into)
    }
}
