//! Parts of the language that this version reads and checks, but does not compile.

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::de::{Deserialize, Deserializer};
use serde_json::Value as Json;
use std::borrow::Cow;

/// The keyword of a schema whose values are refused with "not supported yet", so that they are never silently dropped.
const KEYWORD: &str = "x-not-supported-yet";

/// A value that this version does not compile. Take the wrapper away when it does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotYet<T>(pub T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for NotYet<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        T::deserialize(deserializer).map(NotYet)
    }
}

impl<T: JsonSchema> JsonSchema for NotYet<T> {
    fn schema_name() -> Cow<'static, str> {
        format!("NotYet{}", T::schema_name()).into()
    }
    fn inline_schema() -> bool {
        true
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let mut schema = T::json_schema(generator);
        schema.insert(KEYWORD.into(), true.into());
        // Editors strike the key out, say why, and do not offer it.
        schema.insert(
            "deprecationMessage".into(),
            "not supported yet: this version does not compile it".into(),
        );
        schema
    }
}

/// Whether the values of a schema are not compiled.
pub(super) fn is_not_yet(schema: &Json) -> bool {
    schema.get(KEYWORD).is_some()
}
