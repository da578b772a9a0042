//! What other people's files declare, and files that nobody should send.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a failing test may panic")]

use genkai::terraform::addresses;
use proptest::prelude::*;

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

proptest! {
    #[test]
    fn no_text_stops_the_reader(pieces in prop::collection::vec(prop::sample::select(PIECES), 0..20)) {
        let _ = addresses(&pieces.concat());
    }
}
