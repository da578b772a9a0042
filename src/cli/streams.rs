//! Everything that goes to a terminal or a log goes through here.
//!
//! A log of CI is read by its runner, which takes commands from it: GitHub's `::…` and `##[…`, Azure's `##vso[…`, TeamCity's
//! `##teamcity[…`. Texts come from files that anybody may have written, so no line says any of that unless Genkai itself does.
//! Nor does a terminal get anything but letters, line breaks and colours.

use crate::diagnostics::is_hidden;
use anstream::stream::{AsLockedWrite, RawStream};
use anstream::{AutoStream, ColorChoice};
use std::io::{self, Write};
use std::sync::atomic::{AtomicBool, Ordering};

/// What a text is to its reader.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// Lines for people.
    Text,
    /// One document for programs; what is hostile in its strings is escaped as JSON escapes it.
    Json,
    /// Commands for GitHub, each of Genkai's own making, on lines of their own.
    Commands,
}

/// Whether something could not be written.
static FAILED: AtomicBool = AtomicBool::new(false);

/// Writes data to stdout.
pub(super) fn out(shape: Shape, text: &str) {
    write(AutoStream::auto(io::stdout()), shape, text);
}

/// Shows people a text as it is, on stderr.
pub(super) fn show(text: &str) {
    write(AutoStream::auto(io::stderr()), Shape::Text, text);
}

/// Says a line to people, on stderr.
pub(super) fn say(line: &str) {
    show(&format!("{line}\n"));
}

/// Clears the terminal of who watches.
pub(super) fn clear() {
    let _ = io::stderr().write_all(b"\x1b[2J\x1b[3J\x1b[H");
}

/// Whether everything was written. Nobody is left to hear of what was not.
pub(super) fn are_whole() -> bool {
    !FAILED.load(Ordering::Relaxed)
}

fn write<S: RawStream + AsLockedWrite>(mut stream: AutoStream<S>, shape: Shape, text: &str) {
    let mut text = harmless(shape, text);
    if stream.current_choice() == ColorChoice::Never {
        // Whoever takes the colours out as he writes makes a system call of each piece between them. What they kept apart may
        // be a command.
        text = harmless(shape, &anstream::adapter::strip_str(&text).to_string());
    }
    let written = stream.write_all(text.as_bytes()).and_then(|()| stream.flush());
    // Who closes a pipe has read enough.
    if written.is_err_and(|error| error.kind() != io::ErrorKind::BrokenPipe) {
        FAILED.store(true, Ordering::Relaxed);
    }
}

/// What begins a command, wherever in a line it stands.
const MARKERS: [&str; 3] = ["##[", "##vso[", "##teamcity["];

/// The text, with nothing in it that a runner obeys or a terminal does.
fn harmless(shape: Shape, text: &str) -> String {
    let mut harmless = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        let start = harmless.len();
        letters(shape, line, &mut harmless);
        let markers = MARKERS.iter().any(|marker| contains(&harmless, start, marker));
        if markers {
            let line = harmless.split_off(start);
            let apart = if shape == Shape::Json { "#\\u0023" } else { "# #" };
            harmless
                .push_str(&MARKERS.iter().fold(line, |line, marker| replace_marker(&line, marker, apart)));
        }
        let is_command = harmless.get(start..).is_some_and(|line| line.trim_start().starts_with("::"));
        if is_command && shape == Shape::Text {
            let line = harmless.split_off(start);
            harmless.push_str(&line.replacen("::", ": :", 1));
        }
    }
    harmless
}

fn contains(text: &str, start: usize, marker: &str) -> bool {
    text.get(start..).is_some_and(|line| line.to_ascii_lowercase().contains(marker))
}

/// Takes the two signs of a marker apart, in whatever case it is written.
fn replace_marker(line: &str, marker: &str, apart: &str) -> String {
    let mut replaced = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(at) = rest.to_ascii_lowercase().find(marker) {
        let (before, found) = rest.split_at_checked(at).unwrap_or((rest, ""));
        replaced.push_str(before);
        replaced.push_str(apart);
        rest = found.get(2..).unwrap_or_default();
    }
    replaced + rest
}

/// Letters that do not show, spelt out; colours and line breaks of our own stay.
fn letters(shape: Shape, line: &str, harmless: &mut String) {
    let mut rest = line;
    while let Some(letter) = rest.chars().next() {
        let after = rest.get(letter.len_utf8()..).unwrap_or_default();
        match letter {
            '\n' | '\t' => harmless.push(letter),
            '\r' if after == "\n" => harmless.push(letter),
            '\u{1b}' if shape == Shape::Text && colour(after).is_some() => {
                let length = colour(after).unwrap_or_default();
                harmless.push(letter);
                harmless.push_str(after.get(..length).unwrap_or_default());
                rest = after.get(length..).unwrap_or_default();
                continue;
            }
            letter if is_hidden(letter) => match shape {
                Shape::Json => {
                    let mut units = [0; 2];
                    letter.encode_utf16(&mut units).iter().for_each(|unit| {
                        harmless.push_str(&format!("\\u{unit:04x}"));
                    });
                }
                Shape::Text | Shape::Commands => harmless.extend(letter.escape_unicode()),
            },
            letter => harmless.push(letter),
        }
        rest = after;
    }
}

/// The length of a sequence that sets a colour or weight of the sixteen that our own texts use. None of them hides a text.
fn colour(after: &str) -> Option<usize> {
    let (codes, _) = after.strip_prefix('[')?.split_once('m')?;
    let is_ours = |code: &str| {
        matches!(code, "" | "0" | "1" | "2" | "3" | "4" | "22")
            || code.parse::<u8>().is_ok_and(|code| (31..=37).contains(&code) || (90..=97).contains(&code))
    };
    let extended = codes
        .strip_prefix("38;5;")
        .is_some_and(|code| code.parse::<u8>().is_ok_and(|code| (1..=15).contains(&code)));
    (extended || codes.split(';').all(is_ours)).then_some(codes.len() + 2)
}

#[cfg(test)]
mod tests {
    use super::{Shape, harmless};

    #[test]
    fn no_line_is_a_command() {
        let text = "::error::x\n  ::set-output\na ##[stop-commands]b\n##vso[task]\n#\u{1b}#[x]\n##[[x\n###[y\n##VSO[x\n";
        let cleaned = harmless(Shape::Text, text);
        let stripped = anstream::adapter::strip_str(&cleaned).to_string();
        for line in stripped.lines() {
            assert!(!line.trim_start().starts_with("::"), "{line}");
            let line = line.to_lowercase();
            assert!(!line.contains("##[") && !line.contains("##vso["), "{line}");
        }
        assert_eq!(harmless(Shape::Commands, "::error::##[x]\n"), "::error::# #[x]\n");
    }

    #[test]
    fn json_says_the_same_in_other_words() {
        let text = "a ##[x] ##vso[y] \u{9b}31m \u{202e} \u{e0001} \u{7f} \u{2028} 日本";
        let printed = harmless(Shape::Json, &serde_json::to_string(text).unwrap());
        assert_eq!(serde_json::from_str::<String>(&printed).unwrap(), text);
        assert!(!printed.contains("##") && printed.contains("日本"), "{printed}");
        assert!(!printed.contains(|letter: char| letter.is_control() || letter == '\u{202e}'));
    }

    #[test]
    fn only_colours_reach_a_terminal() {
        let ours = "\u{1b}[1m\u{1b}[91merror\u{1b}[0m: \u{1b}[38;5;12m-->\u{1b}[0m\n";
        assert_eq!(harmless(Shape::Text, ours), ours);
        let theirs = "\u{1b}]0;title\u{7}\u{1b}[2J\u{1b}[8mhidden\u{9b}2J\u{202e}\r\u{85}";
        let cleaned = harmless(Shape::Text, theirs);
        assert!(!cleaned.contains(|letter: char| letter.is_control() || letter == '\u{202e}'), "{cleaned:?}");
    }
}
