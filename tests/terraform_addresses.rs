//! What other people's files declare, and files that nobody should send.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a failing test may panic, and asks Terraform"
)]

use genkai::terraform::{addresses, json_addresses};
use proptest::prelude::*;
use std::collections::BTreeSet;

const PIECES: &[&str] = &[
    "resource",
    "locals",
    "terraform",
    " ",
    "\"a\"",
    "\"",
    "{",
    "}",
    "{\n",
    "}\n",
    "a",
    "=",
    " = ",
    "[",
    "]",
    "(",
    ")",
    "<<-EOT\n",
    "\nEOT\n",
    "${",
    "%{",
    "\\",
    "\\u",
    "#",
    "/*",
    "*/",
    "\n",
    "\r\n",
    "\r",
    "日本",
    "\u{feff}",
    "\u{0}",
    "1",
    "1e999",
    ".",
    "-",
    "?",
    ":",
    "for",
    "in",
];

#[test]
fn every_declaration_is_found_with_its_line() {
    let text = "\u{feff}# ours? no
terraform {
  required_providers {
    google = { source = \"hashicorp/google\" }
  }
}
provider google {}
provider \"google\" {
  alias = \"tokyo\"
}
variable \"project\" {}\r
locals {
  a = <<-EOT
    resource \"not\" \"this\" {
  EOT
  b = { c = [for x in var.y : x if x != null]... }
}
resource \"google_monitoring_slo\" \"x\" { /* one line */ }
data \"google_project\" \"this\" {}
module \"m\" {
  source = \"./m\"
}
output \"o\" {
  value = \"${local.a}-%{ if true }x%{ endif }\"
}
check \"c\" {}
moved {
  from = a.b
  to   = a.c
}
";
    let text = text.replace("]...", "]");
    let found: Vec<String> =
        addresses(&text).unwrap().iter().map(|a| format!("{} {}", a.line, a.name)).collect();
    assert_eq!(
        found,
        [
            "3 terraform.required_providers",
            "7 provider.google",
            "8 provider.google.tokyo",
            "11 var.project",
            "13 local.a",
            "16 local.b",
            "18 google_monitoring_slo.x",
            "19 data.google_project.this",
            "20 module.m",
            "23 output.o",
            "26 check.c",
        ]
    );
}

#[test]
fn what_is_not_hcl_is_refused_with_its_line() {
    let error = addresses("locals {}\nresource \"a\" {\n  b = = 1\n}\n").unwrap_err();
    assert_eq!(error.line, 3);
    assert!(error.to_string().starts_with("invalid expression; expected "), "{error}");
}

/// What opens and what closes a level, after a beginning.
const LEVELS: &[(&str, &str, &str)] = &[
    ("a = ", "[", "]"),
    ("a = ", "(", ")"),
    ("a = ", "((", ") )"),
    ("a = ", "f(", ")"),
    ("a = ", "f([", "])"),
    ("a = ", "{a=", "}"),
    ("a = ", "{(", ") = 1}"),
    ("a = x", "[", "]"),
    ("a = ", "\"${", "}\""),
    ("a = ", "\"%{if x}", "%{endif}\""),
    ("a = <<E\n", "${<<E\n", "\nE\n}"),
    ("a = ", "[for x in ", ": x]"),
    ("a = ", "{for x in ", ": x => x}"),
    ("a = ", "x?", ":y"),
    ("a = ", "x ? y : ", ""),
    ("a = 1", "+1", ""),
    ("a = ", "!", ""),
    ("a = ", "-", ""),
    ("", "a {\n", "}\n"),
];

/// On a stack of one megabyte, as on the main thread of Windows.
#[test]
fn nesting_is_refused_before_it_overflows_the_stack() {
    let refused = || {
        for (before, open, close) in LEVELS {
            for (count, close) in [60, 100_000].into_iter().flat_map(|count| [(count, *close), (count, "")]) {
                let text = format!("{before}{}1{}\n", open.repeat(count), close.repeat(count));
                let found = addresses(&text);
                assert!(found.is_err() || count == 60, "{before}{open} {count} times");
            }
        }
    };
    std::thread::Builder::new().stack_size(1 << 20).spawn(refused).unwrap().join().unwrap();
}

#[test]
fn what_is_long_but_flat_is_read() {
    for (before, more) in [("a = x", ".y"), ("a = x", "[0]"), ("a = x", "[*]"), ("a = [", "1,"), ("# ", "#")]
    {
        let end = if before.ends_with('[') { "]" } else { "" };
        assert_eq!(
            addresses(&format!("{before}{}{end}\n", more.repeat(100_000))),
            Ok(vec![]),
            "{before}{more}"
        );
    }
}

const JSON: &str = r#"[
  {"//": "ours? no", "terraform": [{"required_providers": {"google": {}}}, {"backend": {"local": {}}}]},
  {
    "provider": {"google": [{}, {"alias": "tokyo"}]},
    "variable": {"project": {}, "region": {"default": "a"}},
    "locals": [{"a": 1, "//": "no"}, {"b": {"c": 2}}],
    "resource": {"terraform_data": [{"x": {}},
      {"y": [{}], "z": {}}]},
    "data": {"terraform_remote_state": {"s": {"backend": "local"}}},
    "module": {"m": {"source": "./m"}},
    "output": {"o": {"value": "${local.a}"}},
    "check": {"c": {}},
    "moved": [{"from": "terraform_data.q", "to": "terraform_data.x"}]
  }
]"#;

#[test]
fn every_declaration_in_json_is_found_with_its_line() {
    let found: Vec<String> =
        json_addresses(JSON).unwrap().iter().map(|a| format!("{} {}", a.line, a.name)).collect();
    assert_eq!(
        found,
        [
            "2 terraform.required_providers",
            "4 provider.google",
            "4 provider.google.tokyo",
            "5 var.project",
            "5 var.region",
            "6 local.a",
            "6 local.b",
            "7 terraform_data.x",
            "8 terraform_data.y",
            "8 terraform_data.z",
            "9 data.terraform_remote_state.s",
            "10 module.m",
            "11 output.o",
            "12 check.c",
        ]
    );
    assert_eq!(json_addresses("\u{feff}{}"), Ok(vec![]));
}

/// What a file in HCL declares too, Terraform refuses: on the lines that we name, and in no override file.
#[test]
fn terraform_reads_json_alike() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    write(
        "ours.tf",
        "variable \"project\" {}\nlocals {\n  a = 1\n  b = 2\n}\nresource \"terraform_data\" \"x\" {}\n\
         resource \"terraform_data\" \"y\" {}\noutput \"o\" {\n  value = 1\n}\nresource \"terraform_data\" \"changed\" {}\n",
    );
    write("theirs.tf.json", JSON);
    write("their_override.tf.json", r#"{"resource": {"terraform_data": {"changed": {"input": 1}}}}"#);
    write(".hidden.tf.json", r#"{"resource": {"terraform_data": {"changed": {"input": 1}}}}"#);
    let Some(validated) = crate::support::bare_terraform::terraform(folder.path(), &["validate", "-json"])
    else {
        return;
    };
    let report: serde_json::Value = serde_json::from_slice(&validated.stdout).unwrap();
    let refused: BTreeSet<u64> = report["diagnostics"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|finding| finding["summary"].as_str().unwrap().starts_with("Duplicate"))
        .map(|finding| {
            assert_eq!(finding["range"]["filename"], "theirs.tf.json", "{finding}");
            finding["range"]["start"]["line"].as_u64().unwrap()
        })
        .collect();
    let ours = addresses(&std::fs::read_to_string(folder.path().join("ours.tf")).unwrap()).unwrap();
    let shared: BTreeSet<u64> = json_addresses(JSON)
        .unwrap()
        .into_iter()
        .filter(|theirs| ours.iter().any(|ours| ours.name == theirs.name))
        .map(|theirs| theirs.line as u64)
        .collect();
    assert_eq!(refused, shared);
}

#[test]
fn what_is_not_json_is_refused_with_its_line_and_other_json_declares_nothing() {
    assert_eq!(json_addresses("{\n  \"resource\": ]\n}").unwrap_err().line, 2);
    for text in ["null", "1", "\"resource\"", "{\"resource\": null}", "{\"resource\": {\"a\": 1}}", "[[]]"] {
        assert_eq!(json_addresses(text), Ok(vec![]), "{text}");
    }
    for (open, close) in [("[", "]"), ("{\"resource\":", "}"), ("{\"resource\":[", "]}")] {
        let _ = json_addresses(&format!("{}1{}", open.repeat(100_000), close.repeat(100_000)));
        let _ = json_addresses(&open.repeat(100_000));
    }
}

const JSON_PIECES: &[&str] = &[
    "{",
    "}",
    "[",
    "]",
    ":",
    ",",
    "\"resource\"",
    "\"provider\"",
    "\"alias\"",
    "\"\\u00e9\"",
    "1",
    "null",
    "\n",
    "日",
];

proptest! {
    #[test]
    fn no_text_stops_the_reader(pieces in prop::collection::vec(prop::sample::select(PIECES), 0..20)) {
        let _ = addresses(&pieces.concat());
    }

    #[test]
    fn no_text_stops_the_reader_of_json(pieces in prop::collection::vec(prop::sample::select(JSON_PIECES), 0..20)) {
        let _ = json_addresses(&pieces.concat());
    }
}
