//! Findings that comments accept: what a comment covers, and what the day changes.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test may fail loudly")]

use genkai::compile::{Compilation, compile};
use genkai::diagnostics::Code;
use genkai::source::Sources;
use genkai::templates::Templates;
use jiff::civil::{Date, date};

const PROJECT: &str = "apiVersion: genkai.dev/v1
kind: Project
metadata: {name: bigfoot}
spec:
  environments:
    production:
      projectId: bigfoot-prod
      composerEnvironments: [composer]
      channels: {team: {email: team@example.com}}
  owners:
    data: {page: [team], ticket: [team]}
  defaults: {owner: data, timezone: Asia/Tokyo}
";

/// A daily DAG, for which no `fastBurn` is made.
const DAG: &str = "apiVersion: genkai.dev/v1
kind: DagSlo
metadata: {name: sales}
spec:
  dag: sales
  schedule: {cron: '0 4 * * *'}
  objectives: {success: {target: 95%}}
  alerts:
    fastBurn: {severity: ticket}
";

const TODAY: Date = date(2026, 1, 1);

fn compiled(project: &str, dag: &str, today: Date) -> Compilation {
    let mut sources = Sources::default();
    sources.add("slo-specs/dag.yaml", dag);
    sources.add("slo-specs/project.yaml", project);
    compile(&sources, Vec::new(), &Templates::new(Vec::new()).unwrap(), today)
}

/// The codes that are left, and those that are accepted.
fn codes(compilation: &Compilation) -> (Vec<Code>, Vec<Code>) {
    let left = compilation.findings.iter().map(|finding| finding.code);
    let accepted = compilation.accepted.iter().map(|accepted| accepted.finding.code);
    (left.collect(), accepted.collect())
}

/// The DAG with a part of its text replaced.
fn with(from: &str, to: &str) -> (Vec<Code>, Vec<Code>) {
    assert!(DAG.contains(from));
    codes(&compiled(PROJECT, &DAG.replace(from, to), TODAY))
}

/// Nothing is left, and one is accepted.
fn accepted(code: Code) -> (Vec<Code>, Vec<Code>) {
    (Vec::new(), vec![code])
}

const ALLOW: &str = "# genkai: allow GK402 until 2026-03-31: why";

#[test]
fn lines_end_as_they_like() {
    let above = DAG.replace("    fastBurn", &format!("    {ALLOW}\n    fastBurn"));
    let behind = DAG.replace("ticket}\n", &format!("ticket}} {ALLOW}\n"));
    for text in [&above, &behind] {
        for ending in ["\n", "\r\n", "\r"] {
            let compilation = compiled(PROJECT, &text.replace('\n', ending), TODAY);
            assert_eq!(codes(&compilation), accepted(Code::AlertNotMade), "{ending:?}");
            assert_eq!(compilation.accepted.first().unwrap().reason, "why");
        }
    }
}

#[test]
fn a_finding_belongs_to_where_it_is_written() {
    let text = |above_anchor: &str, above_alias: &str| {
        let document = DAG.replace("  alerts:\n    fastBurn: {severity: ticket}\n", "");
        format!(
            "{document}  alerts:\n    {above_anchor}\n    fastBurn: &quiet {{severity: ticket}}\n    {above_alias}\n    slowBurn: *quiet\n"
        )
    };
    let both = codes(&compiled(PROJECT, &text(ALLOW, ALLOW), TODAY));
    assert_eq!(both, (Vec::new(), vec![Code::AlertNotMade, Code::AlertNotMade]));
    let first = codes(&compiled(PROJECT, &text(ALLOW, "#"), TODAY));
    assert_eq!(first, (vec![Code::AlertNotMade], vec![Code::AlertNotMade]));
}

#[test]
fn the_last_day_is_included() {
    let text = DAG.replace("    fastBurn", &format!("    {ALLOW}\n    fastBurn"));
    let on = |day| codes(&compiled(PROJECT, &text, day));
    assert_eq!(on(date(2026, 3, 31)), accepted(Code::AlertNotMade));
    assert_eq!(on(date(2026, 4, 1)), (vec![Code::ExpiredAllow, Code::AlertNotMade], Vec::new()));
}

#[test]
fn no_day_and_no_comment_changes_what_is_generated() {
    let text = DAG.replace("    fastBurn", &format!("    {ALLOW}\n    fastBurn"));
    let files = |text: &str, day| {
        let artifacts = compiled(PROJECT, text, day).artifacts;
        let files = artifacts.iter().map(|artifact| (artifact.path.clone(), artifact.contents.clone()));
        files.collect::<Vec<_>>()
    };
    let expected = files(DAG, TODAY);
    assert!(!expected.is_empty());
    assert_eq!(files(&text, TODAY), expected);
    assert_eq!(files(&text, date(2100, 1, 1)), expected);
}

#[test]
fn a_file_of_comments_accepts_nothing() {
    let compilation = compiled(PROJECT, &format!("{ALLOW}\n# genkai: alow\n"), TODAY);
    assert_eq!(codes(&compilation), (vec![Code::UnusedAllow, Code::NotUnderstood], Vec::new()));
}

/// `GK202` is found where the default is written, in the Project, though only a document makes it matter.
#[test]
fn a_default_belongs_to_the_project() {
    let project = PROJECT.replace("Asia/Tokyo", "Asia/Tokio");
    let allow = "# genkai: allow GK202 until 2026-03-31: why";
    let in_project = compiled(&format!("{allow}\n{project}"), DAG, TODAY);
    assert!(codes(&in_project).0.contains(&Code::ErrorAllowed), "{:?}", in_project.findings);
    let in_document = compiled(&project, &format!("{allow}\n{DAG}"), TODAY);
    assert!(!codes(&in_document).0.contains(&Code::ErrorAllowed), "{:?}", in_document.findings);
}

#[test]
fn all_comments_that_cover_a_finding_are_of_use() {
    let found = with("  alerts:\n", &format!("  {ALLOW}\n  alerts: {ALLOW}\n    {ALLOW}\n"));
    // The one behind `alerts:` covers that line alone.
    assert_eq!(found, (vec![Code::UnusedAllow], vec![Code::AlertNotMade]));
}

/// So many comments that complaining about all of them would take minutes.
#[test]
fn a_flood_of_comments_is_survived() {
    let text = format!("{}{DAG}", "# genkai: alow\n".repeat(50_000));
    assert_eq!(compiled(PROJECT, &text, TODAY).findings.len(), 1001);
}

/// Wherever a comment stands, and however it is indented, a finding is either shown or accepted, and the output is the same.
#[test]
fn no_comment_loses_a_finding() {
    let expected = compiled(PROJECT, DAG, TODAY);
    let lines: Vec<&str> = DAG.lines().collect();
    let mut numbers = [0, 0];
    for at in 0..=lines.len() {
        let own_lines = (0..9).map(|indentation| format!("{:indentation$}{ALLOW}\n", ""));
        let behind = lines.get(at).map(|line| format!("{line} {ALLOW}\n"));
        for (comment, next) in own_lines.map(|line| (line, at)).chain(behind.map(|line| (line, at + 1))) {
            let part = |lines: Option<&[&str]>| {
                lines.unwrap_or_default().iter().map(|line| format!("{line}\n")).collect()
            };
            let text = [part(lines.get(..at)), comment, part(lines.get(next..))].concat();
            let compilation = compiled(PROJECT, &text, TODAY);
            let found = match codes(&compilation) {
                (left, accepted) if left.is_empty() => accepted,
                (left, accepted) => {
                    assert_eq!((left.len(), accepted.len()), (2, 0), "{text}");
                    left.into_iter().filter(|code| *code != Code::UnusedAllow).collect()
                }
            };
            assert_eq!(found, [Code::AlertNotMade], "{text}");
            numbers[compilation.accepted.len()] += 1;
            let files = |compilation: &Compilation| {
                let artifacts = compilation.artifacts.iter();
                artifacts.map(|artifact| artifact.contents.clone()).collect::<Vec<_>>()
            };
            assert_eq!(files(&compilation), files(&expected), "{text}");
        }
    }
    // Above the document, `spec:`, `alerts:` and the key itself, not indented deeper than they are; and behind the key.
    assert_eq!(numbers, [99 - 11, 1 + 1 + 3 + 5 + 1]);
}
