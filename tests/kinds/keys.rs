//! The tables of keys, made of the schemas that specs are judged by.

use genkai::spec::{Kind, wanted};
use serde_json::Value as Json;
use std::collections::BTreeMap;

/// A row for each key that documents of a kind have, below those at the top that are chosen.
pub fn table(kind: Kind, chosen: impl Fn(&str) -> bool) -> String {
    let mut table = Table { kind, text: String::new() };
    table.row(["key", "required or default", "how it is written", "what it means"].map(str::to_owned));
    table.text += "|---|---|---|---|\n";
    let document = kind.form().schema();
    for (key, schema) in properties(document).filter(|(key, _)| chosen(key)) {
        table.key(key, key, schema, document);
    }
    table.text
}

/// A row for each form that values are written in.
pub fn values() -> String {
    let mut forms = BTreeMap::new();
    for kind in Kind::ALL {
        collect_forms(kind.form().schema(), &mut forms);
    }
    let rows = forms.values().map(|(noun, help)| format!("| {} | {} |\n", cell(noun), cell(help)));
    format!("| value | how to write it |\n|---|---|\n{}", rows.collect::<String>())
}

/// What a kind is, in the words of the schema.
pub fn meaning(kind: Kind) -> &'static str {
    let schema = &kind.form().schema()["properties"]["kind"];
    let at = texts(&schema["enum"]).position(|name| name == kind.name()).unwrap();
    schema["enumDescriptions"][at].as_str().unwrap()
}

struct Table {
    kind: Kind,
    text: String,
}

impl Table {
    fn row(&mut self, cells: [String; 4]) {
        self.text += &format!("| {} |\n", cells.map(|text| cell(&text)).join(" | "));
    }

    /// The row of a key, and those of the keys below it.
    fn key(&mut self, path: &str, key: &str, schema: &Json, parent: &Json) {
        let text = schema["description"].as_str().expect(path).replace('\n', " ");
        let (meaning, otherwise) = match text.split_once("; by default ") {
            Some((meaning, otherwise)) => (format!("{meaning}."), Some(otherwise.trim_end_matches('.'))),
            None => (text.clone(), None),
        };
        self.row([
            format!("`{path}`"),
            self.default(path, key, schema, parent, otherwise),
            written(schema, &meaning),
            meaning,
        ]);
        self.below(path, schema);
    }

    /// What holds when a key is left out.
    fn default(
        &self,
        path: &str,
        key: &str,
        schema: &Json,
        parent: &Json,
        otherwise: Option<&str>,
    ) -> String {
        let constant = match &schema["default"] {
            Json::String(text) => Some(format!("`{text}`")),
            Json::Number(number) => Some(format!("`{number}`")),
            _ => None,
        };
        let is_here = |place: &[&str]| place.join(".").replace(".*", "[]") == path;
        if texts(&parent["required"]).any(|name| name == key) {
            "required".to_owned()
        } else if let Some((name, _)) = self.kind.defaults().iter().find(|(_, place)| is_here(place)) {
            let constant = constant.map(|text| format!(", else {text}")).unwrap_or_default();
            format!("the Project's `defaults.{name}`{constant}")
        } else if let Some(words) = otherwise {
            words.to_owned()
        } else {
            constant.or_else(|| alternatives(key, parent)).unwrap_or_else(|| "optional".to_owned())
        }
    }

    fn below(&mut self, path: &str, schema: &Json) {
        if let Some((name, value)) = named(schema) {
            self.below(&format!("{path}.<{}>", without_article(wanted(&name).0)), value);
        }
        if let Some(items) = schema.get("items") {
            self.below(&format!("{path}[]"), items);
        }
        let alike = alike(schema);
        for (key, value) in properties(schema) {
            let path = format!("{path}.{key}");
            match alike {
                None => self.key(&path, key, value, schema),
                // Their keys follow once, for all of them.
                Some(_) => {
                    let mut alone = value.clone();
                    alone.as_object_mut().unwrap().shift_remove("properties");
                    self.key(&path, key, &alone, schema);
                }
            }
        }
        if let Some(value) = alike {
            self.below(&format!("{path}.*"), value);
        }
    }
}

/// The first of several mappings with the same keys, if that is all there is.
fn alike(schema: &Json) -> Option<&Json> {
    let (_, first) = properties(schema).next()?;
    let same = |value: &Json| value.get("properties") == first.get("properties");
    let all = properties(schema).count() > 1 && properties(schema).all(|(_, value)| same(value));
    (all && first.get("properties").is_some()).then_some(first)
}

/// How a value is written. What each of several values means is told unless the key's description has done so.
fn written(schema: &Json, meaning: &str) -> String {
    let options = quoted(texts(&schema["enum"]));
    if !options.is_empty() {
        let told = options.iter().all(|option| meaning.contains(option));
        let meanings: Vec<&str> = texts(&schema["enumDescriptions"]).collect();
        return match meanings.as_slice() {
            // What many values mean, their names say.
            _ if told || options.len() > 3 => listed(&options, "or"),
            [] | [_] => listed(&options, "or"),
            _ => {
                let pairs = options.iter().zip(meanings);
                pairs.map(|(option, text)| format!("{option}: {text}")).collect::<Vec<_>>().join("<br>")
            }
        };
    }
    let noun = wanted(schema).0;
    if let Some((name, value)) = named(schema) {
        let not_empty = if schema.get("minProperties").is_some() { ", not empty" } else { "" };
        return format!("{noun} from {} to {}{not_empty}", wanted(&name).0, wanted(value).0);
    }
    if let Some(items) = schema.get("items") {
        let not_empty = if schema.get("minItems").is_some() { ", not empty" } else { "" };
        let options = quoted(texts(&items["enum"]));
        let item = if options.is_empty() { wanted(items).0.to_owned() } else { listed(&options, "or") };
        return format!("{noun}{not_empty}; each item: {item}");
    }
    match (schema.get("minimum"), schema.get("maximum"), schema["examples"][0].as_str()) {
        (Some(least), Some(most), _) => format!("{noun} from {least} to {most}"),
        (_, _, Some(example)) => format!("{noun}, such as `{example}`"),
        _ if schema.get("minProperties").is_some() => format!("{noun}, not empty"),
        _ => noun.to_owned(),
    }
}

/// What is said about a key of which its mapping needs one, or at least one.
fn alternatives(key: &str, parent: &Json) -> Option<String> {
    let keys = |keyword: &str| {
        let branches = parent[keyword].as_array().into_iter().flatten();
        quoted(branches.map(|branch| branch["required"][0].as_str().unwrap()))
    };
    let has = |keys: &Vec<String>| keys.contains(&format!("`{key}`"));
    let exactly = Some(keys("oneOf")).filter(has).map(|keys| format!("one of {}", listed(&keys, "and")));
    exactly
        .or_else(|| Some(keys("anyOf")).filter(has).map(|keys| format!("{}, or both", listed(&keys, "or"))))
}

fn quoted<'a>(names: impl Iterator<Item = &'a str>) -> Vec<String> {
    names.map(|name| format!("`{name}`")).collect()
}

/// "a, b or c"
fn listed(names: &[String], last: &str) -> String {
    match names.split_last() {
        Some((end, rest)) if !rest.is_empty() => format!("{} {last} {end}", rest.join(", ")),
        _ => names.concat(),
    }
}

fn collect_forms(schema: &Json, forms: &mut BTreeMap<String, (&'static str, &'static str)>) {
    if let Some((name, value)) = named(schema) {
        collect_forms(&name, forms);
        collect_forms(value, forms);
    }
    if schema.get("pattern").is_some() {
        let (noun, help) = wanted(schema);
        forms.insert(without_article(noun).to_lowercase(), (noun, help));
    }
    let below = properties(schema).map(|(_, value)| value).chain(schema.get("items"));
    below.for_each(|schema| collect_forms(schema, forms));
}

/// How keys of the author's own are written, and what is below them.
fn named(schema: &Json) -> Option<(Json, &Json)> {
    let (pattern, value) = schema.get("patternProperties")?.as_object()?.iter().next()?;
    Some((serde_json::json!({ "type": "string", "pattern": pattern }), value))
}

fn properties(schema: &Json) -> impl Iterator<Item = (&String, &Json)> {
    schema.get("properties").and_then(Json::as_object).into_iter().flatten()
}

fn texts(list: &Json) -> impl Iterator<Item = &str> {
    list.as_array().into_iter().flatten().filter_map(Json::as_str)
}

fn without_article(noun: &str) -> &str {
    ["a ", "an ", "the "].iter().find_map(|article| noun.strip_prefix(article)).unwrap_or(noun)
}

/// A text that cannot end its cell.
fn cell(text: &str) -> String {
    assert!(!text.contains('\n'), "{text}");
    text.replace('|', "\\|")
}
