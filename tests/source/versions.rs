//! PyYAML is the oracle of what YAML 1.1 reads: where it differs from us, we say so, and hardly anywhere else.

use super::reading;
use crate::support;
use genkai::diagnostics::{Code, has_errors};
use serde_json::Value as Json;
use std::io::Write;
use std::process::{Command, Stdio};

/// Prints what PyYAML reads, as `[kind, value]`, for each text of a list.
const PROGRAM: &str = r#"
import datetime, json, math, sys, yaml
def read(text):
    try:
        value = yaml.safe_load("- " + text + "\n")[0]
    except Exception:
        return ["error", None]
    if isinstance(value, bool): return ["truth", value]
    if isinstance(value, (int, float)): return ["number", float(value)] if math.isfinite(value) else ["error", None]
    if isinstance(value, str): return ["text", value]
    if value is None: return ["null", None]
    return ["other", None]
json.dump([read(text) for text in json.load(sys.stdin)], sys.stdout)
"#;

/// Texts that look like numbers, all up to a length, and those that people write.
fn samples() -> Vec<String> {
    let mut samples: Vec<String> = [
        "y yes n no on off true false null Y Yes YES yES N No NO nO On ON oN Off OFF oFF True TRUE tRUE False FALSE ~ = ok none",
        "12 +12 -12 012 -012 0o17 0o8 017 018 08 1_000 -1_000 1_0.5 0b11 0b12 -0b1 0x1F 0X1F -0x1F 0x_1 0xfg 1e3 1E3 1e+3",
        "1.5e3 1.5e+3 1.5E-3 .5e+1 .5 +.5 -.5 5. 1.2.3 1._5 1.5_ 06:30 6:30 16:30 26:00 16:60 1:2:3 190:20:30.15 -1:30 1:30.",
        "01:30.5 1:300 1:_3 95% 28d 1h30m a:b 2026 2026_01 18446744073709551615 18446744073709551616 123456789012345678901234567890",
        "0777777777777777777777777 1e400 00 007 0.0 -0 0_0 inf nan Infinity 1,000 1.000.000 ٣ 1٣",
    ]
    .iter()
    .flat_map(|line| line.split(' ').map(str::to_owned))
    .collect();
    let mut words = vec![String::new()];
    for _ in 0..4 {
        words = words
            .iter()
            .flat_map(|word| "018_:.+-ex".chars().map(move |letter| format!("{word}{letter}")))
            .collect();
        samples.extend(words.iter().cloned());
    }
    samples
}

/// What is told although PyYAML agrees with us, since others do not.
fn only_others_differ(text: &str) -> bool {
    let digits = text.trim_start_matches(['-', '+']);
    // Go and Ruby take the letters for truth values, as YAML 1.1 says; Ruby and older readers base 60 after a zero, too.
    matches!(text, "y" | "Y" | "n" | "N" ) || (digits.starts_with('0') && digits.contains(':'))
        // The core schema of YAML 1.2 has no binary numbers and no signs before a prefix, and ignores leading zeros.
        || digits.starts_with("0b")
        || (digits.len() < text.len() && (digits.starts_with("0x") || digits.starts_with("0o")))
        || (digits.starts_with('0') && digits.parse::<f64>().is_ok())
        || text == "1e400"
}

#[test]
fn whatever_pyyaml_reads_differently_is_told() {
    let Some(python) = support::python_oracle("yaml") else { return };
    let samples = samples();
    let mut child = Command::new(python)
        .args(["-c", PROGRAM])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let asked = serde_json::to_vec(&samples).unwrap();
    child.stdin.take().unwrap().write_all(&asked).unwrap();
    let output = child.wait_with_output().unwrap();
    let answers: Vec<(String, Json)> = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(answers.len(), samples.len());

    let mut compared = 0;
    for (text, (kind, value)) in samples.iter().zip(answers) {
        let reading = reading(&format!("- {text}\n"));
        let ours =
            reading.documents.first().and_then(|document| document.root.at(["0"])).map(|node| node.to_json());
        // What is no plain scalar, or no value of ours, is reported otherwise; PyYAML stumbles over its own `0x_`.
        let Some(ours) = ours.filter(|ours| !ours.is_object() && !ours.is_array()) else { continue };
        if has_errors(&reading.findings) || ["error", "other"].contains(&kind.as_str()) {
            continue;
        }
        compared += 1;
        let same = match (kind.as_str(), &ours) {
            ("number", Json::Number(number)) => number.as_f64() == value.as_f64(),
            _ => ours == value,
        };
        let told = reading.findings.iter().find(|finding| finding.code == Code::Ambiguous);
        match told {
            None => assert!(same, "`{text}` is {ours} here and {value} to PyYAML"),
            Some(finding) if same => assert!(only_others_differ(text), "`{text}`: {}", finding.message),
            Some(finding) => {
                let expected = match kind.as_str() {
                    "truth" => format!("but `{value}` to"),
                    "number" if text.contains(':') => "but a number in base 60 to".to_owned(),
                    "number" => format!("but the number {} to", value.as_f64().unwrap() + 0.0),
                    _ => "but text to".to_owned(),
                };
                assert!(finding.message.contains(&expected), "{expected}: {}", finding.message);
            }
        }
    }
    assert!(compared > 7000, "{compared}");
}

#[test]
fn only_plain_scalars_are_ambiguous() {
    let told =
        |text: &str| reading(text).findings.iter().filter(|finding| finding.code == Code::Ambiguous).count();
    for text in [
        "a: 'no'",
        "a: \"06:30\"",
        "a: |\n  no\n",
        "# no\na: b",
        "a: no way",
        "a: 2026-12-29",
        "a: [true, null, 1]",
    ] {
        assert_eq!(told(text), 0, "{text}");
    }
    for text in
        ["a: no", "on: a", "1: a", "{y: 1}", "a: [06:30]", "? off\n: 1", "&a no: b", "a: &x no\nb: *x"]
    {
        assert_eq!(told(text), 1, "{text}");
    }
    // A tag is a finding of its own.
    assert_eq!(told("a: !!str no"), 0);
    assert_eq!(reading("a: no").documents.len(), 1, "a warning loses no document");
}
