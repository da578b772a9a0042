//! One mistake: what is changed where, and which lines an error may name.

use super::example::{Example, Site};
use genkai::source::FileId;
use std::collections::BTreeSet;
use std::ops::Range;

/// The example with one mistake in it.
#[derive(Clone)]
pub struct Mistake {
    /// What sort of mistake it is.
    pub sort: &'static str,
    /// The file that is changed, and its text with the mistake.
    pub file: FileId,
    pub text: String,
    /// The lines that are right for an error, from 1, in the changed text. One of them must be named.
    pub lines: BTreeSet<(FileId, usize)>,
    /// The lines of aliases whose anchor the change takes away: they are right, too.
    pub orphans: BTreeSet<(FileId, usize)>,
    /// How many errors one mistake of this sort may give.
    pub most: usize,
}

/// One mistake makes at most three errors: the wrong part itself, the required key that it no longer is, and one reference
/// to it. More would be a cascade, in which the mistake is hard to find.
const MOST: usize = 3;

impl Mistake {
    /// Replaces a part of a file. The line to be named is the one where the part starts.
    pub fn replace(
        example: &Example,
        sort: &'static str,
        file: FileId,
        part: Range<usize>,
        with: &str,
    ) -> Mistake {
        let before = example.text(file);
        let text = format!("{}{with}{}", &before[..part.start], &before[part.end..]);
        let lines = [(file, line_of(before, part.start))].into();
        let anchors =
            before[part].split('&').skip(1).map(|rest| rest.split([' ', '\n']).next().unwrap_or_default());
        let aliases = anchors.flat_map(|anchor| {
            let alias = format!(" *{anchor}");
            text.match_indices(&alias).map(|(at, _)| (file, line_of(&text, at))).collect::<Vec<_>>()
        });
        let orphans = aliases.collect();
        Mistake { sort, file, text, lines, orphans, most: MOST }
    }

    /// Whether a line is right for an error.
    pub fn is_right_at(&self, line: &(FileId, usize)) -> bool {
        self.lines.contains(line) || self.orphans.contains(line)
    }

    /// Replaces what stands at a site.
    pub fn at(example: &Example, sort: &'static str, site: &Site, part: Range<usize>, with: &str) -> Mistake {
        Mistake::replace(example, sort, site.file, part, with)
    }

    /// Names other lines of the same file than the one where the change starts.
    pub fn on_lines(mut self, lines: impl IntoIterator<Item = usize>) -> Mistake {
        self.lines = lines.into_iter().map(|line| (self.file, line)).collect();
        self
    }

    /// Names the lines of other sites that the change leaves as they are; each may have an error of its own.
    pub fn on_uses(mut self, example: &Example, uses: &[&Site]) -> Mistake {
        let of = |site: &&Site| (site.file, line_of(example.text(site.file), site.name_bytes().start));
        self.lines = uses.iter().map(of).collect();
        self.most = self.most.max(uses.len());
        self
    }
}

/// The line of an offset, from 1.
pub fn line_of(text: &str, offset: usize) -> usize {
    text[..offset].matches('\n').count() + 1
}

/// Where the line of an offset starts, and where it ends without its line break.
pub fn line_at(text: &str, offset: usize) -> Range<usize> {
    let start = text[..offset].rfind('\n').map_or(0, |at| at + 1);
    let end = text[offset..].find('\n').map_or(text.len(), |at| offset + at);
    start..end
}

/// A number that depends on texts alone (FNV-1a), so that choices stay when the example grows elsewhere.
pub fn hash(parts: &[&str]) -> u64 {
    let bytes = parts.iter().flat_map(|part| part.bytes().chain([0]));
    let mixed = bytes.fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    });
    // The last bytes reach the low bits only; this spreads them.
    (mixed ^ (mixed >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9) >> 16
}
