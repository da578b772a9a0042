//! Whole runs of the program against what they cannot be faster than: one thread that parses the specs with the same
//! parser, and plain reads and writes of the same bytes. Warm cache, interleaved, best of five. `plan`, with ten specs
//! changed, is measured against `generate` instead.
//!
//!     cargo bench --bench whole_runs -- 100 1000 10000
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a bench stops at the first surprise, touches files and prints a table"
)]

#[path = "support/corpus.rs"]
mod corpus;

use genkai::source::FileId;
use genkai::source::reader::{Limits, read};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const ROUNDS: usize = 5;

fn main() {
    let sizes: Vec<usize> = std::env::args().filter_map(|argument| argument.parse().ok()).collect();
    let sizes = if sizes.is_empty() { vec![100, 1_000] } else { sizes };
    println!("| specs | run | limit | time | times the limit | peak memory | (2 × output + 8 × input) |");
    println!("|---|---|---|---|---|---|---|");
    // Nothing is removed before the end: after that, ext4 makes files several times as slowly for half a minute.
    let mut folders = Vec::new();
    for specs in sizes {
        let folder = tempfile::tempdir().unwrap();
        measure(specs, folder.path());
        folders.push(folder);
    }
}

/// The best time of a run and of its limit.
struct Best {
    run: Duration,
    limit: Duration,
}

fn measure(specs: usize, folder: &Path) {
    let project = folder.join("project");
    for (path, text) in corpus::corpus(specs) {
        let path = project.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    let specs_of = files(&project.join("slo-specs"));
    let base = folder.join("base");
    let changed = change_ten(&specs_of, &project, &base);
    assert_eq!(changed, 10, "so many specs change");
    let generated = project.join("generated");
    genkai(&project, &["generate"]);
    let output: Vec<(PathBuf, Vec<u8>)> = files(&generated)
        .into_iter()
        .map(|path| (path.strip_prefix(&generated).unwrap().to_owned(), fs::read(&path).unwrap()))
        .collect();
    let size = |files: &[PathBuf]| files.iter().map(|path| fs::metadata(path).unwrap().len()).sum::<u64>();
    let input_size = size(&specs_of);
    let output_size: u64 = output.iter().map(|(_, bytes)| bytes.len() as u64).sum();
    let memory = 2 * output_size + 8 * input_size;

    let put_aside = |round: usize| {
        fs::rename(&generated, folder.join(format!("generated-{round}"))).unwrap();
    };
    let base = base.to_str().unwrap();
    let plan = format!("plan --base {base}");
    let mut runs =
        [("validate", None), ("generate", None), ("generate --check", None), (plan.as_str(), None)];
    for round in 0..ROUNDS {
        for (run, best) in &mut runs {
            let is_plan = run.starts_with("plan");
            if is_plan {
                put_aside(100 + round);
            }
            let limit = timed(|| {
                if is_plan {
                    return genkai(&project, &["generate"]);
                }
                parse(&specs_of);
                match *run {
                    "generate" => write(&folder.join(format!("plain-{round}")), &output),
                    "generate --check" => {
                        files(&generated).iter().for_each(|path| drop(fs::read(path).unwrap()))
                    }
                    _ => {}
                }
            });
            if *run == "generate" {
                put_aside(round);
            }
            let arguments: Vec<&str> = run.split(' ').collect();
            let time = timed(|| genkai(&project, &arguments));
            let best: &mut Best = best.get_or_insert(Best { run: time, limit });
            *best = Best { run: best.run.min(time), limit: best.limit.min(limit) };
        }
    }
    for (run, best) in runs {
        let Best { run: time, limit } = best.unwrap();
        if run == "generate" {
            put_aside(ROUNDS);
        }
        let peak = peak_memory(&project, &run.split(' ').collect::<Vec<_>>());
        let run = if run.starts_with("plan") { "plan (limit: generate)" } else { run };
        println!(
            "| {specs} | {run} | {:.1} ms | {:.1} ms | {:.2} | {} | {} |",
            limit.as_secs_f64() * 1e3,
            time.as_secs_f64() * 1e3,
            time.as_secs_f64() / limit.as_secs_f64(),
            peak.map_or("?".to_owned(), mebibytes),
            mebibytes(memory),
        );
    }
}

/// Copies the specs to another project, and changes the target of ten of them in the first.
fn change_ten(specs: &[PathBuf], project: &Path, base: &Path) -> usize {
    let mut changed = 0;
    for path in specs {
        let text = fs::read_to_string(path).unwrap();
        let copy = base.join(path.strip_prefix(project).unwrap());
        fs::create_dir_all(copy.parent().unwrap()).unwrap();
        fs::write(copy, &text).unwrap();
        if changed < 10 && text.contains("target: 9") {
            fs::write(path, text.replace("target: 9", "target: 8")).unwrap();
            changed += 1;
        }
    }
    changed
}

fn mebibytes(bytes: u64) -> String {
    #[expect(clippy::cast_precision_loss, reason = "shown with one decimal")]
    let mebibytes = bytes as f64 / f64::from(1 << 20);
    format!("{mebibytes:.1} MiB")
}

fn timed(work: impl FnOnce()) -> Duration {
    let start = Instant::now();
    work();
    start.elapsed()
}

fn genkai(project: &Path, arguments: &[&str]) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_genkai"));
    let command = command.arg("-C").arg(project).args(arguments);
    let status = command.stdout(Stdio::null()).stderr(Stdio::null()).status().unwrap();
    // A plan ends with 2 when something changes.
    assert!(status.success() || status.code() == Some(2), "{arguments:?}: {status}");
}

/// The most memory that a run held, as GNU time tells it; none where that is not installed.
fn peak_memory(project: &Path, arguments: &[&str]) -> Option<u64> {
    let mut command = Command::new("/usr/bin/time");
    let command = command.args(["-f", "%M", env!("CARGO_BIN_EXE_genkai"), "-C"]).arg(project).args(arguments);
    let output = command.stdout(Stdio::null()).stderr(Stdio::piped()).output().ok()?;
    let told = String::from_utf8(output.stderr).ok()?;
    told.lines().last()?.parse::<u64>().ok().map(|kibibytes| kibibytes * 1024)
}

fn parse(specs: &[PathBuf]) {
    for path in specs {
        let text = fs::read_to_string(path).unwrap();
        let reading = read(FileId(0), &text, &Limits::default());
        assert_eq!(std::hint::black_box(reading).findings.len(), 0);
    }
}

fn write(folder: &Path, output: &[(PathBuf, Vec<u8>)]) {
    let mut made = std::collections::BTreeSet::new();
    for (path, bytes) in output {
        let path = folder.join(path);
        let parent = path.parent().unwrap();
        if made.insert(parent.to_owned()) {
            fs::create_dir_all(parent).unwrap();
        }
        fs::write(&path, bytes).unwrap();
    }
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found.sort();
    found
}
