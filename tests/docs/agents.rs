//! What agents read is made of the program's help and the docs: `skills/genkai/SKILL.md`, in part, and `llms.txt`.

use super::{Session, replay};
use std::fs;
use std::path::{Path, PathBuf};

const SKILL: &str = "skills/genkai/SKILL.md";

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Compares a file with what it should hold, or writes that.
fn keep(path: &str, current: &str) {
    if std::env::var_os("UPDATE_DOCS").is_some() {
        return fs::write(root().join(path), current).unwrap();
    }
    let written = fs::read_to_string(root().join(path)).unwrap_or_default();
    assert_eq!(written, current, "run `UPDATE_DOCS=1 cargo test --test oracles docs::`");
}

/// The pages of a folder of the docs, by name.
fn pages(folder: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(root().join(folder)).unwrap().map(|entry| entry.unwrap().path());
    let mut pages: Vec<PathBuf> =
        entries.filter(|path| path.extension().is_some_and(|it| it == "md")).collect();
    pages.sort();
    pages
}

/// The heading of a page, and the first sentence below it, without links.
fn heading_and_sentence(page: &Path) -> (String, String) {
    let text = fs::read_to_string(page).unwrap();
    let (heading, rest) = text.split_once("# ").unwrap().1.split_once('\n').unwrap();
    let is_prose = |text: &&str| {
        let text = text.trim_start_matches('\n');
        text.starts_with(|first: char| first.is_alphanumeric() || "`[*".contains(first))
    };
    let paragraph = rest.split("\n\n").find(is_prose).unwrap().trim().replace('\n', " ");
    let mut sentence = paragraph.split_inclusive(". ").next().unwrap().trim_end().to_owned();
    // Of a link its text, and of a sentence that introduces a list what stands before that.
    while let Some((before, after)) = sentence.clone().split_once("](") {
        let (outside, text) = before.rsplit_once('[').unwrap();
        sentence = format!("{outside}{text}{}", after.split_once(')').unwrap().1);
    }
    let sentence = match sentence.strip_suffix(':') {
        Some(introduction) => introduction.split("; ").next().unwrap(),
        None => sentence.trim_end_matches('.'),
    };
    (heading.to_owned(), format!("{sentence}."))
}

fn links(folder: &str, at: &str) -> String {
    let line = |page: &PathBuf| {
        let (heading, sentence) = heading_and_sentence(page);
        format!("- [{heading}]({at}{folder}/{}): {sentence}\n", page.file_name().unwrap().to_str().unwrap())
    };
    pages(folder).iter().map(line).collect()
}

/// A part of the help: what stands below a heading, without the indentation of wrapped lines.
fn listed(help: &str, heading: &str) -> String {
    let (_, rest) = help.split_once(&format!("{heading}:\n")).unwrap();
    let mut lines: Vec<String> = Vec::new();
    for line in rest.lines().take_while(|line| !line.is_empty()) {
        let (name, text) = line.trim().split_once("  ").unwrap_or(("", line.trim()));
        match lines.last_mut().filter(|_| line.starts_with("      ")) {
            Some(last) => *last += &format!(" {text}"),
            None => lines.push(format!("- `{name}`: {}", text.trim())),
        }
    }
    lines.join("\n") + "\n"
}

fn with_block(document: &str, name: &str, block: &str) -> String {
    let (before, rest) = document.split_once(&format!("<!-- {name} -->\n")).unwrap();
    let (_, after) = rest.split_once("<!-- end -->").unwrap();
    format!("{before}<!-- {name} -->\n{block}<!-- end -->{after}")
}

#[test]
fn the_skill_lists_what_the_help_and_the_docs_list() {
    let help = Session::begin().run("genkai --help");
    let mut skill = fs::read_to_string(root().join(SKILL)).unwrap();
    skill = with_block(&skill, "kinds", &links("docs/kinds", "../../"));
    for (name, heading) in [("commands", "Commands"), ("exit codes", "Exit codes")] {
        skill = with_block(&skill, name, &listed(&help, heading));
    }
    keep(SKILL, &skill);
    replay(SKILL, &mut Session::begin());
}

/// The form is that of llmstxt.org: a title, a summary, and lists of links.
#[test]
fn llms_txt_lists_the_docs() {
    let manifest: String = fs::read_to_string(root().join("Cargo.toml")).unwrap();
    let of = |key: &str| {
        let line = manifest.lines().find_map(|line| line.strip_prefix(&format!("{key} = \""))).unwrap();
        line.trim_end_matches('"').to_owned()
    };
    let at = format!("{}/main/", of("repository").replace("github.com", "raw.githubusercontent.com"));
    let (first, _) = include_str!("../../README.md").split_once("\n\n    ").unwrap();
    let about = first.split_once("\n\n").unwrap().1.replace("**", "");
    let text = format!(
        "# Genkai\n\n> {}.\n\n{about}\n\n\
         Write specs, run `genkai validate --format json`, and never write alert Terraform by hand: [the skill]({at}{SKILL}) says how.\n\n\
         ## Docs\n\n{}\n## Kinds\n\n{}\n## Schemas\n\n{}",
        of("description"),
        links("docs", &at),
        links("docs/kinds", &at),
        schemas(&at),
    );
    keep("llms.txt", &text);
}

fn schemas(at: &str) -> String {
    let entries = fs::read_dir(root().join("schemas")).unwrap().map(|entry| entry.unwrap().path());
    let mut schemas: Vec<PathBuf> = entries.collect();
    schemas.sort();
    let line = |path: &PathBuf| {
        let schema: serde_json::Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
        let name = path.file_name().unwrap().to_str().unwrap();
        let title = schema["title"].as_str().unwrap_or(name);
        format!("- [{name}]({at}schemas/{name}): {title}.\n")
    };
    schemas.iter().map(line).collect()
}
