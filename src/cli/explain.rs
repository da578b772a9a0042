//! `genkai explain`: the page of a code.

use super::Outcome;
use crate::diagnostics::{Code, Subject, closest};

pub(super) fn explain(asked: &str) -> Outcome {
    if let Some(code) = find(asked) {
        anstream::print!("{}", code.page());
        return Outcome::Done;
    }
    if asked.contains('/') {
        anstream::eprintln!(
            "error: explaining a spec such as `{asked}` is not supported yet; a code such as GK102 is"
        );
        return Outcome::Errors;
    }
    anstream::eprintln!("error: there is no code `{asked}`\n{}", help(asked));
    Outcome::Errors
}

/// The code of a name such as `GK102`, `gk102` or `102`.
fn find(asked: &str) -> Option<Code> {
    Code::from_name(&canonical(asked))
}

fn canonical(asked: &str) -> String {
    let upper = asked.trim().to_uppercase();
    if upper.starts_with("GK") { upper } else { format!("GK{upper}") }
}

/// The codes of the range that was asked for; else the closest code, or how codes are written.
fn help(asked: &str) -> String {
    let name = canonical(asked);
    let is_code = name.len() == 5 && name.chars().skip(2).all(|digit| digit.is_ascii_digit());
    let subject = Subject::ALL.into_iter().find(|subject| is_code && name.starts_with(subject.prefix));
    if let Some(subject) = subject {
        let codes = subject.codes().map(|code| format!("\n  {code}  {}", code.title()));
        return format!("help: the codes about {} are{}", subject.name, codes.collect::<String>());
    }
    match closest(&name, Code::ALL.iter().map(|code| code.name())).filter(|_| !is_code) {
        Some(close) => format!("help: did you mean `{close}`?"),
        None => "help: a code is `GK` and three digits, such as GK102".to_owned(),
    }
}
