//! Documents in the form of `terraform providers schema -json`.

use std::collections::BTreeMap;

use rmpv::Value;
use serde::Deserialize;

use crate::protocol;
use crate::value::{Place, Step, member_mut};

#[derive(Deserialize)]
pub struct Document {
    /// By address.
    pub provider_schemas: BTreeMap<String, ProviderSchema>,
}

#[derive(Deserialize)]
pub struct ProviderSchema {
    pub provider: Schema,
    #[serde(default)]
    pub resource_schemas: BTreeMap<String, Schema>,
    #[serde(default)]
    pub data_source_schemas: BTreeMap<String, Schema>,
}

#[derive(Deserialize)]
pub struct Schema {
    #[serde(default)]
    version: i64,
    pub block: Block,
}

#[derive(Deserialize)]
pub struct Block {
    #[serde(default)]
    pub attributes: BTreeMap<String, Attribute>,
    #[serde(default)]
    pub block_types: BTreeMap<String, NestedBlock>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Attribute {
    pub r#type: serde_json::Value,
    pub required: bool,
    pub optional: bool,
    pub computed: bool,
    pub sensitive: bool,
    pub write_only: bool,
}

#[derive(Deserialize)]
pub struct NestedBlock {
    pub nesting_mode: Nesting,
    pub block: Block,
    #[serde(default)]
    min_items: i64,
    #[serde(default)]
    max_items: i64,
}

#[derive(Clone, Copy, PartialEq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Nesting {
    Single = 1,
    List = 2,
    Set = 3,
}

impl ProviderSchema {
    /// Lets another document of the same provider replace what it has; the rest stays.
    pub fn overlay(&mut self, other: ProviderSchema) {
        self.provider = other.provider;
        self.resource_schemas.extend(other.resource_schemas);
        self.data_source_schemas.extend(other.data_source_schemas);
    }

    pub fn to_message(&self) -> protocol::GetSchemaResponse {
        let messages = |schemas: &BTreeMap<String, Schema>| {
            schemas.iter().map(|(name, schema)| (name.clone(), schema.to_message())).collect()
        };
        protocol::GetSchemaResponse {
            provider: Some(self.provider.to_message()),
            resource_schemas: messages(&self.resource_schemas),
            data_source_schemas: messages(&self.data_source_schemas),
        }
    }
}

impl Schema {
    fn to_message(&self) -> protocol::Schema {
        protocol::Schema { version: self.version, block: Some(self.block.to_message()) }
    }
}

impl Block {
    fn to_message(&self) -> protocol::Block {
        let attribute = |(name, attribute): (&String, &Attribute)| protocol::Attribute {
            name: name.clone(),
            r#type: attribute.r#type.to_string().into_bytes(),
            required: attribute.required,
            optional: attribute.optional,
            computed: attribute.computed,
            sensitive: attribute.sensitive,
            write_only: attribute.write_only,
        };
        let nested = |(name, nested): (&String, &NestedBlock)| protocol::NestedBlock {
            type_name: name.clone(),
            block: Some(nested.block.to_message()),
            nesting: nested.nesting_mode as i32,
            min_items: nested.min_items,
            max_items: nested.max_items,
        };
        protocol::Block {
            attributes: self.attributes.iter().map(attribute).collect(),
            block_types: self.block_types.iter().map(nested).collect(),
        }
    }

    /// A value with every member that the schema names, all of them null or empty.
    pub fn empty_object(&self) -> Value {
        let attributes = self.attributes.keys().map(|name| (name.as_str().into(), Value::Nil));
        let blocks = self.block_types.iter().map(|(name, nested)| {
            let none = if nested.nesting_mode == Nesting::Single { Value::Nil } else { Value::Array(vec![]) };
            (name.as_str().into(), none)
        });
        Value::Map(attributes.chain(blocks).collect())
    }

    /// Calls `visit` for every attribute of a value of this block, and of the blocks inside it.
    pub fn visit(&self, value: &mut Value, visit: &mut impl FnMut(&Place, &Attribute, &mut Value)) {
        self.visit_at(value, &mut Place::default(), visit);
    }

    fn visit_at(
        &self,
        value: &mut Value,
        place: &mut Place,
        visit: &mut impl FnMut(&Place, &Attribute, &mut Value),
    ) {
        for (name, attribute) in &self.attributes {
            let Some(inner) = member_mut(value, name) else { continue };
            place.steps.push(Step::Member(name.clone()));
            visit(place, attribute, inner);
            place.steps.pop();
        }
        for (name, nested) in &self.block_types {
            // A single block is `timeouts`, about which there is nothing to say.
            let Some(Value::Array(items)) = member_mut(value, name) else { continue };
            let outside = place.set;
            place.steps.push(Step::Member(name.clone()));
            if nested.nesting_mode == Nesting::Set {
                place.set = outside.or(Some(place.steps.len()));
            }
            for (at, item) in items.iter_mut().enumerate() {
                place.steps.push(Step::Item(at));
                nested.block.visit_at(item, place, visit);
                place.steps.pop();
            }
            place.steps.pop();
            place.set = outside;
        }
    }
}
