//! What somebody else's `.tf.json` file declares. Terraform's JSON syntax has a mapping for each label of a block, and a
//! list wherever blocks repeat.

use super::addresses::{Address, Lines, Unreadable};
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;
use std::fmt;

/// As [`addresses`](super::addresses()), for a file in the JSON syntax.
///
/// # Errors
///
/// When the text is not JSON.
pub fn json_addresses(text: &str) -> Result<Vec<Address>, Unreadable> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let file: &RawValue = serde_json::from_str(text)
        .map_err(|error| Unreadable { line: error.line(), reason: error.to_string() })?;
    let mut lines = Lines::of_text(text);
    let declared = members(file).into_iter().flat_map(|(kind, value)| declared(&kind, value));
    Ok(declared
        .map(|(name, at)| Address {
            name,
            line: lines.of((at.get().as_ptr() as usize).saturating_sub(text.as_ptr() as usize)),
        })
        .collect())
}

/// What the blocks of a kind declare, and where.
fn declared<'a>(kind: &str, value: &'a RawValue) -> Vec<(String, &'a RawValue)> {
    let named = |prefix: &str, value: &'a RawValue| {
        let names = members(value).into_iter();
        names.map(|(name, at)| (format!("{prefix}.{name}"), at)).collect::<Vec<_>>()
    };
    let of_types =
        |value| members(value).into_iter().flat_map(|(of, blocks)| named(&of, blocks)).collect::<Vec<_>>();
    match kind {
        "resource" => of_types(value),
        "data" | "ephemeral" => {
            of_types(value).into_iter().map(|(name, at)| (format!("{kind}.{name}"), at)).collect()
        }
        "module" | "output" | "check" => named(kind, value),
        "variable" => named("var", value),
        "locals" => named("local", value),
        "provider" => {
            members(value).into_iter().flat_map(|(name, blocks)| providers(&name, blocks)).collect()
        }
        "terraform" => {
            let mut once = named(kind, value);
            once.retain(|(name, _)| name == "terraform.required_providers");
            once
        }
        _ => Vec::new(),
    }
}

/// The configurations of one provider, told apart by their aliases.
fn providers<'a>(name: &str, blocks: &'a RawValue) -> Vec<(String, &'a RawValue)> {
    let alias = |object: Object<'a>| {
        let alias = object.into_iter().find(|(key, _)| key == "alias")?.1;
        serde_json::from_str::<String>(alias.get()).ok()
    };
    let declared = |object| match alias(object) {
        Some(alias) => (format!("provider.{name}.{alias}"), blocks),
        None => (format!("provider.{name}"), blocks),
    };
    objects(blocks).into_iter().map(declared).collect()
}

/// The members of an object, or of all objects in a list. `//` is a comment.
fn members(value: &RawValue) -> Object<'_> {
    objects(value).into_iter().flatten().filter(|(key, _)| key != "//").collect()
}

fn objects(value: &RawValue) -> Vec<Object<'_>> {
    serde_json::from_str(value.get()).map(|Objects(objects)| objects).unwrap_or_default()
}

type Object<'a> = Vec<(String, &'a RawValue)>;

/// An object, or the objects of a list; anything else has none.
struct Objects<'a>(Vec<Object<'a>>);

impl<'de> Deserialize<'de> for Objects<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Objects<'de>, D::Error> {
        deserializer.deserialize_any(ObjectsVisitor)
    }
}

struct ObjectsVisitor;

impl<'de> Visitor<'de> for ObjectsVisitor {
    type Value = Objects<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object or a list of objects")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Objects<'de>, A::Error> {
        let mut members = Vec::new();
        while let Some(member) = map.next_entry()? {
            members.push(member);
        }
        Ok(Objects(vec![members]))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Objects<'de>, A::Error> {
        let mut objects = Vec::new();
        while let Some(Objects(more)) = list.next_element()? {
            objects.extend(more);
        }
        Ok(Objects(objects))
    }
}
