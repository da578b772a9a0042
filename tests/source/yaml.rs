//! Generated YAML: the same trees in many styles.

use proptest::prelude::*;

/// A value to write; what has no anchor to use yet falls back to something that stands alone.
#[derive(Clone, Debug)]
pub enum Sample {
    Plain(usize),
    Single(String),
    Double(String),
    /// The lines of a block text, folded or literal, with a chomping indicator.
    Block(Vec<String>, bool, &'static str),
    Sequence(Vec<Sample>, bool),
    /// Keys by number, merges by number of an anchor.
    Mapping(Vec<(usize, Sample)>, Vec<usize>, bool),
    Alias(usize),
    Anchored(Box<Sample>),
}

const PLAIN: &[&str] = &[
    "null",
    "~",
    "Null",
    "true",
    "False",
    "TRUE",
    "no",
    "on",
    "yes",
    "y",
    "017",
    "-017",
    "1_000",
    "0x1F",
    "0o17",
    "0b11",
    "-12",
    "+3",
    "0",
    "-0",
    "00",
    "1.5",
    "-1e3",
    ".5",
    "5.",
    "+.5e-2",
    "1e400",
    "0x",
    "0o8",
    "12:30",
    "2026-01-01",
    "95%",
    "a b",
    "日本語",
    "🦀 crab",
    "-x",
    "a#b",
    "a:b",
    "inf",
    "nan",
    "18446744073709551615",
    "-9223372036854775808",
    "x  y",
    "=",
    "é",
    "1.2.3",
    "+",
    "--1",
    "+-1",
    "0x-1",
    "Infinity",
    ".",
    "..",
    "1e",
    "e1",
];

const KEYS: &[&str] =
    &["a", "two words", "名前", "🦀", "on", "'it''s'", "\"tab\\t\"", "x-y.z", "\"<\"", "a#b", "'# no'"];

pub fn samples() -> impl Strategy<Value = Sample> {
    let text = "[a-z0-9 :#,'\"{}\\[\\]日🦀é_-]{0,12}";
    let leaf = prop_oneof![
        4 => (0..PLAIN.len()).prop_map(Sample::Plain),
        1 => text.prop_map(Sample::Single),
        1 => "[a-z0-9 :#,'\"{}\\[\\]日🦀é\\\\\n\t\r\u{1}_-]{0,12}".prop_map(Sample::Double),
        1 => (proptest::collection::vec("[a-z日🦀:#]( ?[a-z日🦀:#-]){0,6}|", 1..4), any::<bool>(), prop_oneof![Just(""), Just("-"), Just("+")])
            .prop_map(|(lines, folded, chomping)| Sample::Block(lines, folded, chomping)),
        2 => (0..8usize).prop_map(Sample::Alias),
    ];
    leaf.prop_recursive(4, 40, 5, |inner| {
        let merges = proptest::collection::vec(0..8usize, 0..3);
        prop_oneof![
            2 => (proptest::collection::vec(inner.clone(), 0..4), any::<bool>()).prop_map(|(items, flow)| Sample::Sequence(items, flow)),
            4 => (proptest::collection::vec((0..KEYS.len(), inner.clone()), 0..5), merges, any::<bool>())
                .prop_map(|(entries, merges, flow)| Sample::Mapping(entries, merges, flow)),
            2 => inner.prop_map(|inner| Sample::Anchored(Box::new(inner))),
        ]
    })
}

/// Anchored mappings that every document starts with: they share keys with each other and with what is generated, so that
/// the order of merging matters.
const BASES: &str = "base 0: &a0 {a0: zero, a1: zero, '名前0': zero}
base 1: &a1
  a1: one  # shared with both others
  on2: one
  a0: one
base 2: &a2 {<<: *a1, a2: two, a0: two, on0: two}
";

/// Writes a document; a seed decides where comments and empty lines stand.
pub fn document(sample: &Sample, seed: u64) -> String {
    let mut writer =
        Writer { out: BASES.to_owned(), seed, anchors: 3, finished: vec![(0, true), (1, true), (2, true)] };
    match sample {
        Sample::Mapping(entries, merges, false) => writer.mapping(entries, merges, 0),
        other => {
            writer.out += "rest:";
            writer.value(other, 0);
        }
    }
    writer.out
}

struct Writer {
    out: String,
    seed: u64,
    anchors: usize,
    /// The finished anchors, and whether they name mappings.
    finished: Vec<(usize, bool)>,
}

impl Writer {
    fn chance(&mut self, one_in: u64) -> bool {
        self.seed = self.seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.seed >> 33).is_multiple_of(one_in)
    }

    fn end_line(&mut self) {
        if self.chance(6) {
            self.out += "  # 注 comment: [";
        }
        self.out.push('\n');
        if self.chance(8) {
            self.out += "\n      # between\n";
        }
    }

    fn alias(&self, number: usize, mappings: bool) -> Option<String> {
        let usable: Vec<usize> =
            self.finished.iter().filter(|(_, mapping)| *mapping || !mappings).map(|(id, _)| *id).collect();
        usable.get(number % usable.len().max(1)).map(|id| format!("*a{id}"))
    }

    fn merged(&self, merges: &[usize]) -> Option<String> {
        let mut aliases: Vec<String> = merges.iter().filter_map(|number| self.alias(*number, true)).collect();
        match aliases.len() {
            0 => None,
            1 => aliases.pop(),
            _ => Some(format!("[{}, {{a0: inline}}]", aliases.join(", "))),
        }
    }

    fn mapping(&mut self, entries: &[(usize, Sample)], merges: &[usize], indent: usize) {
        let merged = self.merged(merges);
        for (position, (key, value)) in entries.iter().enumerate() {
            self.out += &format!("{:indent$}{}:", "", key_text(*key, position));
            self.value(value, indent);
            if let Some(merged) = merged.as_ref().filter(|_| position == 0) {
                self.out += &format!("{:indent$}<<: {merged}", "");
                self.end_line();
            }
        }
    }

    fn sequence(&mut self, items: &[Sample], indent: usize) {
        for item in items {
            self.out += &format!("{:indent$}-", "");
            self.value(item, indent);
        }
    }

    /// A value behind `key:` or `-`, to the end of its last line.
    fn value(&mut self, sample: &Sample, indent: usize) {
        match sample {
            Sample::Anchored(inner) => {
                let id = self.anchors;
                self.anchors += 1;
                let inner = if matches!(**inner, Sample::Alias(_) | Sample::Anchored(_)) {
                    &Sample::Plain(0)
                } else {
                    inner
                };
                self.out += &format!(" &a{id}");
                self.value(inner, indent);
                self.finished.push((id, matches!(inner, Sample::Mapping(..))));
            }
            Sample::Block(lines, folded, chomping) if lines.iter().any(|line| !line.is_empty()) => {
                self.out += if *folded { " >" } else { " |" };
                self.out += &format!("{chomping}\n");
                // The first line with content fixes the indentation.
                for line in lines {
                    let indent = if line.is_empty() { 0 } else { indent + 2 };
                    self.out += &format!("{:indent$}{line}\n", "");
                }
            }
            Sample::Mapping(entries, merges, false) if !entries.is_empty() => {
                self.out.push('\n');
                self.mapping(entries, merges, indent + 2);
            }
            Sample::Sequence(items, false) if !items.is_empty() => {
                self.out.push('\n');
                self.sequence(items, indent + 2);
            }
            Sample::Plain(n) if n % 11 == 10 => self.end_line(),
            flow => {
                let text = self.flow(flow);
                self.out += &format!(" {text}");
                self.end_line();
            }
        }
    }

    fn flow(&mut self, sample: &Sample) -> String {
        match sample {
            Sample::Plain(n) => PLAIN[*n].to_owned(),
            Sample::Single(text) => format!("'{}'", text.replace('\'', "''")),
            Sample::Double(text) => serde_json::to_string(text).unwrap(),
            Sample::Block(lines, ..) => serde_json::to_string(&lines.join("\n")).unwrap(),
            Sample::Sequence(items, _) => {
                let items: Vec<String> = items.iter().map(|item| self.flow(item)).collect();
                format!("[{}]", items.join(", "))
            }
            Sample::Mapping(entries, merges, _) => {
                let merged = self.merged(merges).map(|merged| format!("<<: {merged}"));
                let written: Vec<String> = entries
                    .iter()
                    .enumerate()
                    .map(|(position, (key, value))| {
                        format!("{}: {}", key_text(*key, position), self.flow(value))
                    })
                    .collect();
                format!("{{{}}}", merged.into_iter().chain(written).collect::<Vec<_>>().join(", "))
            }
            Sample::Alias(number) => self.alias(*number, false).unwrap_or_else(|| "none".to_owned()),
            Sample::Anchored(inner) => {
                let id = self.anchors;
                self.anchors += 1;
                let inner = if matches!(**inner, Sample::Alias(_) | Sample::Anchored(_)) {
                    &Sample::Plain(0)
                } else {
                    inner
                };
                let text = format!("&a{id} {}", self.flow(inner));
                self.finished.push((id, matches!(inner, Sample::Mapping(..))));
                text
            }
        }
    }
}

/// A key that occurs once in its mapping: its position is part of it, so merged mappings share some keys.
fn key_text(key: usize, position: usize) -> String {
    match KEYS[key] {
        quoted if quoted.ends_with(['\'', '"']) => {
            let (body, quote) = quoted.split_at(quoted.len() - 1);
            format!("{body}{position}{quote}")
        }
        plain => format!("{plain}{position}"),
    }
}
