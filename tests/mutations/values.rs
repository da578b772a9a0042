//! Mistakes in values: of the wrong type, with a wrong or no unit, none of the allowed ones, or a schedule that is none.

use super::example::{Example, Site};
use super::keys::typos;
use super::mistake::Mistake;
use genkai::source::Value;
use serde_json::Value as Json;

pub fn mistakes(example: &Example, seed: &str) -> Vec<Mistake> {
    let sites = || example.sites.iter().filter(|site| !site.path.is_empty());
    let units = sites().flat_map(|site| units(example, site));
    let words = sites().flat_map(|site| words(example, site, seed));
    let types = sites().flat_map(|site| types(example, site));
    let schedules = sites().flat_map(|site| schedules(example, site));
    units.chain(words).chain(types).chain(schedules).collect()
}

fn is_text(site: &Site) -> bool {
    matches!(*site.node.value, Value::String(_))
}

/// Durations and ratios.
fn units(example: &Example, site: &Site) -> Vec<Mistake> {
    let text = site.scalar().unwrap_or_default();
    let unit = text.trim_start_matches(|letter: char| letter.is_ascii_digit() || letter == '.');
    let number = text.strip_suffix(unit).unwrap_or_default();
    if number.is_empty() || site.rule.get("pattern").is_none() {
        return Vec::new();
    }
    let (wrong, bare, out) = match unit {
        "%" => (
            vec![
                format!("{number}pt"),
                format!("{number} percent"),
                format!("{number}％"),
                format!("{number}%%"),
            ],
            vec![number.to_owned(), "0.95".to_owned()],
            vec!["101%".to_owned(), "-5%".to_owned(), "1000%".to_owned()],
        ),
        "s" | "m" | "h" | "d" => (
            vec![
                format!("{number} {unit}"),
                format!("{number}{}", unit.to_uppercase()),
                format!("{number} days"),
                "4w".to_owned(),
                "1.5h".to_owned(),
                format!("P{number}{}", unit.to_uppercase()),
            ],
            vec![number.to_owned()],
            vec![format!("0{unit}"), format!("-{number}{unit}"), "99999d".to_owned()],
        ),
        _ => return Vec::new(),
    };
    let sorts =
        [("a wrong unit", wrong), ("a number without its unit", bare), ("a number out of range", out)];
    let each =
        sorts.into_iter().flat_map(|(sort, values)| values.into_iter().map(move |value| (sort, value)));
    each.map(|(sort, value)| Mistake::at(example, sort, site, site.value.clone(), &value)).collect()
}

/// Values of which there are only a few: kinds, severities, languages, the version.
fn words(example: &Example, site: &Site, seed: &str) -> Vec<Mistake> {
    let options = site.rule.get("enum").and_then(Json::as_array).cloned().unwrap_or_default();
    let Some(word) = site.scalar().filter(|_| !options.is_empty()) else { return Vec::new() };
    let typos = typos(&word, &[seed, &site.path.join("/")]).into_iter().map(|(_, typo)| typo);
    let wrong = typos.chain([word.to_uppercase(), "critical".to_owned()]);
    let wrong = wrong.filter(|wrong| !options.iter().any(|option| option == wrong));
    wrong
        .map(|wrong| {
            Mistake::at(example, "a value that is none of the allowed ones", site, site.value.clone(), &wrong)
        })
        .collect()
}

/// Values of another type, and no value at all.
fn types(example: &Example, site: &Site) -> Vec<Mistake> {
    let replacements: &[(&'static str, &str)] =
        match (&*site.node.value, site.rule.get("type").and_then(Json::as_str)) {
            (Value::Mapping(_), _) => &[
                ("a list for a mapping", "[a, b]"),
                ("text for a mapping", "production"),
                ("a number for a mapping", "3"),
            ],
            (Value::Sequence(_), _) => &[("text for a list", "oncall"), ("a mapping for a list", "{a: b}")],
            (Value::String(_), _) => &[
                ("a list for text", "[a]"),
                ("a mapping for text", "{a: b}"),
                ("a number for text", "12"),
                ("true for text", "true"),
            ],
            // A price may be a fraction.
            (Value::Number(_), _) if site.rule["type"] == "number" => &[("text for a number", "many")],
            (Value::Number(_), _) => &[("text for a number", "many"), ("a fraction for a number", "1.5")],
            _ => &[],
        };
    // In an override, nothing removes a value.
    let nothing = (!site.is_in_override() && site.key.is_some()).then_some(("no value", ""));
    let block = |with: &str| match example.text(site.file)[site.whole()].contains('\n') && site.key.is_some()
    {
        // What stood on the lines below goes.
        true => (site.key.clone().unwrap().end..site.value.end, format!(": {with}")),
        false => (site.value.clone(), with.to_owned()),
    };
    let replacements = replacements.iter().copied().chain(nothing);
    replacements
        .map(|(sort, with)| {
            let (part, with) = block(with);
            Mistake::at(example, sort, site, part, with.trim_end())
        })
        .collect()
}

/// Cron expressions and time zones.
fn schedules(example: &Example, site: &Site) -> Vec<Mistake> {
    let (sort, wrong): (_, &[&str]) = match (site.step(), is_text(site)) {
        ("cron", true) => (
            "a cron expression that is none",
            &[
                "60 4 * * *",
                "0 24 * * *",
                "0 4 32 * *",
                "0 4 * 13 *",
                "0 4 * * 8",
                "0 4 * *",
                "0 0 4 * * *",
                "0 4 * * mo",
                "0 4 30 2 *",
                "@dayly",
                "@reboot",
                "0 4 * * 5-1-2",
                "*/0 * * * *",
                "every day",
                "0，30 4 * * *",
            ],
        ),
        ("timezone", true) => (
            "a time zone that does not exist",
            &["Asia/Tokio", "Tokyo", "JST", "UTC+9", "+09:00", "Asia Tokyo", "Europa/Berlin", "日本"],
        ),
        _ => return Vec::new(),
    };
    wrong
        .iter()
        .map(|wrong| Mistake::at(example, sort, site, site.value.clone(), &format!("\"{wrong}\"")))
        .collect()
}
