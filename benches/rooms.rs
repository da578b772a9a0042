//! The rooms of the pipeline, one by one, on projects of 100 and 1,000 specs.
//!
//!     cargo bench --bench rooms
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a bench stops at the first surprise")]

#[path = "support/corpus.rs"]
mod corpus;

use divan::Bencher;
use genkai::compile::{compile, validate};
use genkai::resolve::resolve;
use genkai::source::reader::{Limits, read};
use genkai::source::{FileId, Sources};
use genkai::templates::Templates;
use jiff::civil::{Date, date};

const SIZES: [usize; 2] = [100, 1_000];
const TODAY: Date = date(2026, 1, 1);

fn main() {
    divan::main();
}

fn sources(specs: usize) -> Sources {
    let mut sources = Sources::default();
    for (path, text) in corpus::corpus(specs) {
        sources.add(path, text);
    }
    sources
}

#[divan::bench(args = SIZES)]
fn parse(bencher: Bencher, specs: usize) {
    let files = corpus::corpus(specs);
    bencher.bench(|| {
        files.iter().map(|(_, text)| read(FileId(0), text, &Limits::default()).documents.len()).sum::<usize>()
    });
}

#[divan::bench(args = SIZES)]
fn resolve_documents(bencher: Bencher, specs: usize) {
    let sources = sources(specs);
    let readings = sources.iter().map(|(file, source)| read(file, &source.text, &Limits::default()));
    let documents: Vec<_> = readings.flat_map(|reading| reading.documents).collect();
    bencher.bench(|| resolve(&documents, true));
}

#[divan::bench(args = SIZES)]
fn validate_all(bencher: Bencher, specs: usize) {
    let (sources, templates) = (sources(specs), Templates::new(Vec::new()).unwrap());
    bencher.bench(|| validate(&sources, Vec::new(), &templates, TODAY));
}

#[divan::bench(args = SIZES)]
fn compile_all(bencher: Bencher, specs: usize) {
    let (sources, templates) = (sources(specs), Templates::new(Vec::new()).unwrap());
    bencher.bench(|| compile(&sources, Vec::new(), &templates, TODAY));
}
