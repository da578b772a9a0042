//! Terraform values as msgpack, and places inside them.

use rmpv::Value;

use crate::protocol::{AttributePath, DynamicValue, PathStep, Selector};

/// The value that Terraform shows as `(known after apply)`: extension type 0.
pub fn unknown() -> Value {
    Value::Ext(0, vec![0])
}

pub fn is_unknown(value: &Value) -> bool {
    matches!(value, Value::Ext(..))
}

/// A member of an object; null when the object is null, or has no such member.
pub fn member<'a>(object: &'a Value, name: &str) -> &'a Value {
    static NULL: Value = Value::Nil;
    let members = object.as_map().map_or(&[][..], Vec::as_slice);
    members.iter().find(|(key, _)| key.as_str() == Some(name)).map_or(&NULL, |(_, value)| value)
}

/// As [`member`], to change it; `None` if there is none.
pub fn member_mut<'a>(object: &'a mut Value, name: &str) -> Option<&'a mut Value> {
    let Value::Map(members) = object else { return None };
    members.iter_mut().find(|(key, _)| key.as_str() == Some(name)).map(|(_, value)| value)
}

/// Whether the configuration says anything here: an absent block is an empty list.
pub fn is_set(value: &Value) -> bool {
    !value.is_nil() && value.as_array().is_none_or(|items| !items.is_empty())
}

/// What the provider SDK cannot tell from an absent value.
pub fn is_zero(value: &Value) -> bool {
    match value {
        Value::Nil => true,
        Value::Boolean(flag) => !flag,
        Value::String(text) => text.as_bytes().is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Map(members) => members.is_empty(),
        Value::Ext(..) => false,
        _ => number(value) == Some(0.0),
    }
}

/// A number; Terraform sends one that no machine number holds exactly, such as 0.1, as its digits.
pub fn number(value: &Value) -> Option<f64> {
    value.as_f64().or_else(|| value.as_str()?.parse().ok())
}

pub fn from_json(json: &serde_json::Value) -> Value {
    match json {
        serde_json::Value::Bool(flag) => (*flag).into(),
        serde_json::Value::String(text) => text.as_str().into(),
        serde_json::Value::Number(number) => match number.as_i64() {
            Some(whole) => whole.into(),
            None => number.as_f64().map_or(Value::Nil, Value::from),
        },
        _ => Value::Nil,
    }
}

pub fn decode(message: Option<&DynamicValue>) -> Result<Value, String> {
    let bytes = &message.ok_or("the request holds no value")?.msgpack;
    rmpv::decode::read_value(&mut bytes.as_slice()).map_err(|error| error.to_string())
}

pub fn encode(value: &Value) -> Option<DynamicValue> {
    let mut msgpack = Vec::new();
    rmpv::encode::write_value(&mut msgpack, value).expect("writing to memory succeeds");
    Some(DynamicValue { msgpack, ..DynamicValue::default() })
}

#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    Member(String),
    Item(usize),
}

/// Where a value stands in a resource.
#[derive(Clone, Debug, Default)]
pub struct Place {
    pub steps: Vec<Step>,
    /// How many of the steps lead to the set around this place, if there is one. Items of a set have no position of
    /// their own, so nothing below one can be found again or pointed at.
    pub set: Option<usize>,
}

impl Place {
    /// The name of the last member.
    pub fn name(&self) -> &str {
        self.members().last().unwrap_or_default()
    }

    /// The set around this place.
    pub fn surrounding_set(&self) -> Option<Self> {
        let steps = self.steps.get(..self.set?)?.to_vec();
        Some(Self { steps, set: None })
    }

    /// The names alone, `conditions.condition_threshold.duration`: the way the tables of rules name an argument.
    pub fn path(&self) -> String {
        self.members().collect::<Vec<_>>().join(".")
    }

    /// The value at this place of another state of the same resource; null if there is none.
    pub fn find<'a>(&self, root: &'a Value) -> &'a Value {
        static NULL: Value = Value::Nil;
        self.steps.iter().fold(root, |value, step| match step {
            Step::Member(name) => member(value, name),
            Step::Item(at) => value.as_array().and_then(|items| items.get(*at)).unwrap_or(&NULL),
        })
    }

    pub fn to_message(&self) -> AttributePath {
        let selector = |step: &Step| match step {
            Step::Member(name) => Selector::AttributeName(name.clone()),
            Step::Item(at) => Selector::ElementKeyInt(i64::try_from(*at).unwrap_or_default()),
        };
        let steps = self.steps.iter().map(|step| PathStep { selector: Some(selector(step)) });
        AttributePath { steps: steps.collect() }
    }

    fn members(&self) -> impl Iterator<Item = &str> {
        self.steps.iter().filter_map(|step| match step {
            Step::Member(name) => Some(name.as_str()),
            Step::Item(_) => None,
        })
    }
}

/// The value at a rule's path, in the first item of each block on the way, as the SDK looks it up.
pub fn first_at<'a>(root: &'a Value, path: &str) -> &'a Value {
    path.split('.').fold(root, |value, name| {
        let object = value.as_array().and_then(|items| items.first()).unwrap_or(value);
        if is_unknown(object) { object } else { member(object, name) }
    })
}
