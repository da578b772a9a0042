//! What the API makes of what it is sent, as `normal-form.json` tells it.
//!
//! The state after apply, and after every read, holds the API's normal form. A configuration that says the same thing in
//! another form therefore plans a change for ever, unless the provider suppresses the difference.

use std::collections::BTreeMap;

use rmpv::Value;
use serde::Deserialize;
use serde_json::Value as Json;

use crate::schema::Block;
use crate::value::{Place, is_unknown, is_zero, member, member_mut, unknown};

#[derive(Deserialize)]
pub struct NormalForm {
    forms: Vec<Form>,
    /// By resource type (data sources begin with `data.`): computed attributes in the order in which they are filled in.
    answers: BTreeMap<String, Vec<(String, String)>>,
    /// By data source type: arguments of which a lookup needs one.
    lookups: BTreeMap<String, Vec<String>>,
    /// By resource type: what refers to such a resource, which the API then does not delete.
    held_by: BTreeMap<String, Vec<Holder>>,
}

/// A resource that refers to another, which the API therefore does not delete.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Holder {
    /// The type of the resource that refers.
    pub resource: String,
    /// The argument in which it does.
    pub argument: String,
    /// What of the other it holds.
    pub attribute: String,
    /// What the API says.
    pub refusal: String,
}

#[derive(Deserialize)]
struct Form {
    resource: String,
    /// As in the rules; `*` stands for any one name.
    paths: Vec<String>,
    form: Kind,
    /// Whether the provider keeps the difference out of the plan.
    suppressed: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    /// `google.protobuf.Duration`: seconds without needless digits.
    Duration,
    /// The API leaves this value out of its answer.
    OmittedWhen(String),
    /// The API leaves a zero out of its answer.
    OmittedWhenZero,
    /// JSON without spaces, its keys sorted, less some members at the top level.
    JsonWithout(Vec<String>),
    /// Columns with every mode and type spelt out, by name.
    TableSchema,
}

impl NormalForm {
    /// What may refer to a resource of this type.
    pub fn holders(&self, resource: &str) -> &[Holder] {
        self.held_by.get(resource).map_or(&[], Vec::as_slice)
    }

    /// Brings every value into the API's form; an error is the API's refusal.
    pub fn settle(&self, resource: &str, block: &Block, state: &mut Value) -> Result<(), String> {
        let mut refusal = None;
        block.visit(state, &mut |place, _, value| {
            let known = !value.is_nil() && !is_unknown(value);
            if let Some(form) = self.form(resource, place).filter(|_| known) {
                match form.form.normal(value) {
                    Ok(normal) => *value = normal,
                    Err(reason) => {
                        let path = place.path();
                        refusal = Some(format!("googleapi: Error 400: Invalid value at '{path}' {reason}"));
                    }
                }
            }
        });
        refusal.map_or(Ok(()), Err)
    }

    /// Whether the provider takes a planned value for what it already has.
    pub fn same(&self, resource: &str, place: &Place, prior: &Value, planned: &Value) -> bool {
        if prior == planned || (is_zero(prior) && is_zero(planned)) {
            return true;
        }
        match self.form(resource, place) {
            Some(form) if form.suppressed && !is_unknown(planned) => {
                form.form.normal(prior) == form.form.normal(planned)
            }
            _ => false,
        }
    }

    /// Fills in what the plan left to the API.
    pub fn answer(&self, resource: &str, block: &Block, state: &mut Value) -> Result<(), String> {
        let seed = format!("{resource}{state}");
        for (name, template) in self.answers.get(resource).into_iter().flatten() {
            if is_unknown(member(state, name)) {
                let answer = expand(template, state, &seed)?;
                if let Some(value) = member_mut(state, name) {
                    *value = answer.into();
                }
            }
        }
        block.visit(state, &mut |place, attribute, value| {
            if is_unknown(value) {
                *value = invented(&attribute.r#type, hash(&format!("{seed}{:?}", place.steps)));
            }
        });
        Ok(())
    }

    /// Reads a data source: whatever is looked for is found.
    pub fn look_up(&self, data_source: &str, block: &Block, config: &Value) -> Result<Value, String> {
        let needed = self.lookups.get(data_source).map_or(&[][..], Vec::as_slice);
        if !needed.is_empty() && needed.iter().all(|name| is_zero(member(config, name))) {
            return Err(format!("At least one of {} must be provided", needed.join(" or ")));
        }
        let mut found = config.clone();
        block.visit(&mut found, &mut |_, attribute, value| {
            if attribute.computed && value.is_nil() {
                *value = unknown();
            }
        });
        self.answer(&format!("data.{data_source}"), block, &mut found)?;
        Ok(found)
    }

    fn form(&self, resource: &str, place: &Place) -> Option<&Form> {
        let path = place.path();
        self.forms.iter().find(|form| {
            form.resource == resource && form.paths.iter().any(|pattern| matches(pattern, &path))
        })
    }
}

fn matches(pattern: &str, path: &str) -> bool {
    pattern.split('.').count() == path.split('.').count()
        && pattern.split('.').zip(path.split('.')).all(|(pattern, name)| pattern == "*" || pattern == name)
}

impl Kind {
    fn normal(&self, value: &Value) -> Result<Value, String> {
        let text = value.as_str();
        match self {
            Self::Duration => text.map_or(Ok(value.clone()), |text| duration(text).map(Value::from)),
            Self::OmittedWhen(omitted) if text == Some(omitted) => Ok(Value::Nil),
            Self::OmittedWhenZero if is_zero(value) => Ok(Value::Nil),
            Self::OmittedWhen(_) | Self::OmittedWhenZero => Ok(value.clone()),
            Self::JsonWithout(members) => Ok(json(value, |json| {
                if let Json::Object(object) = json {
                    object.retain(|name, _| !members.contains(name));
                }
            })),
            Self::TableSchema => Ok(json(value, normal_columns)),
        }
    }
}

/// The JSON form of a protobuf duration: an `s` at the end, and a fraction of no, three, six or nine digits.
fn duration(text: &str) -> Result<String, String> {
    let refused =
        "(type.googleapis.com/google.protobuf.Duration), Illegal duration format; duration must end with 's'";
    let number = text.strip_suffix('s').ok_or(refused)?;
    let (seconds, fraction) = number.split_once('.').unwrap_or((number, ""));
    let seconds: i64 = seconds.parse().map_err(|_| refused)?;
    if fraction.len() > 9 || !fraction.bytes().all(|digit| digit.is_ascii_digit()) {
        return Err(refused.into());
    }
    let significant = fraction.trim_end_matches('0');
    let width = significant.len().next_multiple_of(3);
    Ok(if width == 0 { format!("{seconds}s") } else { format!("{seconds}.{significant:0<width$}s") })
}

fn json(value: &Value, change: impl FnOnce(&mut Json)) -> Value {
    match value.as_str().and_then(|text| serde_json::from_str(text).ok()) {
        Some(mut json) => {
            change(&mut json);
            json.to_string().into()
        }
        None => value.clone(),
    }
}

fn normal_columns(columns: &mut Json) {
    let Json::Array(columns) = columns else { return };
    for column in columns.iter_mut().filter_map(Json::as_object_mut) {
        let upper = |value: Option<&Json>| value.and_then(Json::as_str).map(str::to_uppercase);
        let mode = upper(column.get("mode")).unwrap_or_else(|| "NULLABLE".into());
        column.insert("mode".into(), mode.into());
        if let Some(kind) = upper(column.get("type")) {
            let kind = match kind.as_str() {
                "INT64" => "INTEGER",
                "FLOAT64" => "FLOAT",
                "BOOL" => "BOOLEAN",
                other => other,
            };
            column.insert("type".into(), kind.into());
        }
        if column.get("description").and_then(Json::as_str) == Some("") {
            column.remove("description");
        }
        if let Some(fields) = column.get_mut("fields") {
            normal_columns(fields);
        }
    }
    columns.sort_by_key(|column| column["name"].to_string());
}

/// Fills the holes of a template: `{project}` is an argument, `{config_json#uid}` a member of a JSON argument, and
/// `{number}` and `{uuid}` are invented.
fn expand(template: &str, state: &Value, seed: &str) -> Result<String, String> {
    let invented = hash(seed);
    let mut text = String::new();
    let mut rest = template;
    while let Some((before, (hole, after))) =
        rest.split_once('{').and_then(|(before, rest)| Some((before, rest.split_once('}')?)))
    {
        text.push_str(before);
        text.push_str(&match (hole, hole.split_once('#')) {
            ("number", _) => invented.to_string(),
            ("uuid", _) => format!("{invented:016x}"),
            (_, Some((argument, inside))) => {
                json_member(member(state, argument), inside).unwrap_or_else(|| format!("{invented:016x}"))
            }
            _ => match member(state, hole).as_str() {
                Some(value) => value.to_owned(),
                // The one argument that the API never makes up.
                None if hole == "project" => return Err("project: required field is not set".into()),
                None => format!("{invented:016x}"),
            },
        });
        rest = after;
    }
    Ok(text + rest)
}

/// A string member of a value that is JSON.
pub fn json_member(value: &Value, name: &str) -> Option<String> {
    let json: Json = serde_json::from_str(value.as_str()?).ok()?;
    Some(json.get(name)?.as_str()?.to_owned())
}

fn invented(kind: &Json, hash: u64) -> Value {
    match kind.as_str() {
        Some("string") => format!("replayed-{hash:016x}").into(),
        Some("number") => 0.into(),
        Some("bool") => false.into(),
        _ if kind[0] == "map" => Value::Map(vec![]),
        _ => Value::Array(vec![]),
    }
}

/// FNV-1a: the same resource gets the same number on every machine.
fn hash(text: &str) -> u64 {
    text.bytes()
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_lose_needless_digits() {
        for (sent, answered) in [
            ("0s", "0s"),
            ("3600s", "3600s"),
            ("3600.0s", "3600s"),
            ("007s", "7s"),
            ("1.5s", "1.500s"),
            ("1.500s", "1.500s"),
            ("0.0001s", "0.000100s"),
            ("1.000000001s", "1.000000001s"),
        ] {
            assert_eq!(duration(sent).as_deref(), Ok(answered), "{sent}");
        }
        for refused in ["", "s", "1h", "60", "60m", "1.5.5s", "1.0000000001s", "one s"] {
            assert!(duration(refused).is_err(), "{refused}");
        }
    }

    #[test]
    fn equal_columns_have_one_form() {
        let form = |text: &str| Kind::TableSchema.normal(&text.into()).unwrap();
        let spelt_out = r#"[{"name":"a","type":"INTEGER","mode":"NULLABLE"},{"name":"b","type":"STRING","mode":"REQUIRED"}]"#;
        let terse = r#"[{"type":"string","name":"b","mode":"required"},{"name":"a","type":"INT64","description":""}]"#;
        assert_eq!(form(spelt_out), form(terse));
        assert_ne!(form(spelt_out), form(r#"[{"name":"a","type":"INTEGER"}]"#));
    }

    #[test]
    fn a_star_stands_for_one_name() {
        assert!(matches("conditions.*.duration", "conditions.condition_absent.duration"));
        assert!(!matches("conditions.*.duration", "conditions.condition_absent.trigger.duration"));
        assert!(!matches("conditions.*.duration", "conditions.duration"));
    }
}
