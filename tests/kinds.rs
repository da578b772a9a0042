//! The pages about the kinds: one for each, whose tables of keys come from the schemas and whose example is one of the
//! repository's specs. `UPDATE_DOCS=1 cargo test --test fast kinds::` writes both.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test stops at the first surprise, and reads and writes the docs"
)]

mod keys;

use genkai::spec::Kind;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

const INDEX: &str = "docs/kinds.md";

/// Where the examples are: the worked example.
const EXAMPLES: &str = "slo-specs";

/// The name of the document that a kind's page shows.
const fn example_of(kind: Kind) -> &'static str {
    match kind {
        Kind::Project => "bigfoot",
        Kind::Calendar => "jp-business-days",
        Kind::DagSlo => "sales-daily",
        Kind::DataflowSlo => "ingest-events",
        Kind::NullRatioCheck => "orders-nulls",
    }
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn page_of(kind: Kind) -> String {
    format!("docs/kinds/{}.md", kind.name())
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The specs below a folder, in order.
fn specs(folder: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let files = paths.into_iter().flat_map(|path| if path.is_dir() { specs(&path) } else { vec![path] });
    files.filter(|path| path.extension().is_some_and(|end| end == "yaml")).collect()
}

/// The document that a kind's page shows, and where it is from.
fn example(kind: Kind) -> String {
    let name = example_of(kind);
    for path in specs(&root().join(EXAMPLES)) {
        let text = fs::read_to_string(&path).unwrap();
        for document in text.split("\n---\n") {
            let Ok(read) = serde_yaml::from_str::<serde_yaml::Value>(document) else { continue };
            if read["kind"] != kind.name() || read["metadata"]["name"] != name {
                continue;
            }
            let path = path.strip_prefix(root()).unwrap().to_string_lossy().replace('\\', "/");
            // The comment above it explains it.
            let yaml = document.trim_end();
            return format!("From [`{path}`](../../{path}):\n\n```yaml\n{yaml}\n```\n");
        }
    }
    panic!("{EXAMPLES} has no {kind:?} `{name}`; name another one in `example_of`")
}

/// The table of the index.
fn kinds() -> String {
    let mut table = "| kind | what it is | may differ by environment |\n|---|---|---|\n".to_owned();
    for kind in Kind::ALL {
        let yes = |is| if is { "yes" } else { "no" };
        table += &format!(
            "| [{name}](kinds/{name}.md) | {} | {} |\n",
            keys::meaning(kind),
            yes(kind.has_environments()),
            name = kind.name(),
        );
    }
    table
}

/// Whether the index explains a key at the top of documents: all kinds have it in common, the Project's `metadata` aside.
fn is_shared(key: &str) -> bool {
    key != "spec"
}

/// Checks what stands between `<!-- name -->` and `<!-- /name -->` in a page, or writes it.
fn check(page: &str, name: &str, current: &str) {
    let text = read(page);
    let (begin, end) = (format!("<!-- {name} -->\n"), format!("<!-- /{name} -->\n"));
    let (before, rest) = text.split_once(&begin).unwrap_or_else(|| panic!("{page} has no {begin}"));
    let (written, after) = rest.split_once(&end).unwrap_or_else(|| panic!("{page} has no {end}"));
    if std::env::var_os("UPDATE_DOCS").is_some() {
        fs::write(root().join(page), format!("{before}{begin}{current}{end}{after}")).unwrap();
    } else {
        assert!(
            written == current,
            "`{name}` in {page} is out of date: run `UPDATE_DOCS=1 cargo test --test fast kinds::` and commit it"
        );
    }
}

#[test]
fn the_pages_say_what_the_code_does() {
    for kind in Kind::ALL {
        let page = page_of(kind);
        check(&page, "example", &example(kind));
        // What a Project has in its `metadata` is its own.
        let keys = keys::table(kind, |key| !is_shared(key) || (kind == Kind::Project && key == "metadata"));
        check(&page, "keys", &keys);
    }
    check(INDEX, "kinds", &kinds());
    check(INDEX, "keys", &keys::table(Kind::DagSlo, is_shared));
    check(INDEX, "values", &keys::values());
}

#[test]
fn the_index_explains_what_the_pages_leave_to_it() {
    let top = |kind: Kind| &kind.form().schema()["properties"];
    for kind in Kind::ALL.into_iter().filter(|kind| *kind != Kind::Project) {
        for (key, schema) in top(kind).as_object().unwrap().iter().filter(|(key, _)| is_shared(key)) {
            assert_eq!(schema, &top(Kind::DagSlo)[key], "`{key}` of a {kind:?} is not that of a DagSlo");
        }
    }
    assert!(
        read(INDEX).contains("\n## What differs in an environment\n"),
        "`overrides` are no key of a form"
    );
}

#[test]
fn every_kind_has_one_page_of_the_same_form() {
    for kind in Kind::ALL {
        let page = read(&page_of(kind));
        assert_eq!(page.lines().next(), Some(format!("# {}", kind.name()).as_str()));
        let headings: Vec<&str> = page.lines().filter_map(|line| line.strip_prefix("## ")).collect();
        assert_eq!(headings, ["What it promises", "What it compiles to", "Example", "Keys"], "{kind:?}");
    }
    let names: BTreeSet<String> = Kind::ALL.iter().map(|kind| format!("{}.md", kind.name())).collect();
    let files = fs::read_dir(root().join("docs/kinds")).unwrap();
    let files: BTreeSet<String> =
        files.map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
    assert_eq!(files, names, "one page for each kind, and nothing else");
}

#[test]
fn every_row_has_the_cells_of_its_table_and_every_link_leads_somewhere() {
    for page in Kind::ALL.map(page_of).iter().map(String::as_str).chain([INDEX]) {
        let mut columns = None;
        for line in read(page).lines() {
            let cells = line.replace("\\|", "").matches('|').count();
            columns = line.starts_with('|').then(|| columns.unwrap_or(cells));
            assert!(columns.is_none_or(|columns| columns == cells), "{page} breaks its table: {line}");
            assert!(
                line.replace("```", "").matches('`').count() % 2 == 0,
                "{page} opens code and does not close it: {line}"
            );
            for rest in line.split("](").skip(1).filter(|rest| !rest.starts_with("https://")) {
                let target = rest.split([')', '#']).next().unwrap();
                let found = root().join(page).parent().unwrap().join(target).exists();
                assert!(found, "{page} links to `{target}`, which does not exist");
            }
        }
    }
}
