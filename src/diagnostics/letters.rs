//! Letters that only look like the ones that the language knows: they come with text from documents, chats and other
//! keyboards, and cannot be seen.

use unicode_normalization::UnicodeNormalization as _;

/// Letters of other scripts that look like those of ASCII.
const LOOK_ALIKES: [(&str, &str); 2] = [
    ("аеорсухіјѕԁһԛԝАВЕКМНОРСТХІЈЅ", "aeopcyxijsdhqwABEKMHOPCTXIJS"),
    ("οΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "oABEZHIKMNOPTYX"),
];

/// What an author meant who wrote a letter that is not ASCII: another letter, or nothing where it cannot be seen.
fn meant(letter: char) -> Option<Option<char>> {
    let found = match letter {
        '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' => return Some(None),
        '“' | '”' | '„' | '«' | '»' => '"',
        '‘' | '’' | '‚' => '\'',
        '‐' | '‑' | '‒' | '–' | '—' | '−' => '-',
        '、' => ',',
        space if space.is_whitespace() && !space.is_ascii() => ' ',
        other if !other.is_ascii() => {
            let by_shape = LOOK_ALIKES.iter().find_map(|(theirs, ours)| {
                theirs.chars().zip(ours.chars()).find(|(theirs, _)| *theirs == other).map(|(_, ours)| ours)
            });
            let compatible = || std::iter::once(other).nfkc().next().filter(char::is_ascii);
            by_shape.or_else(compatible)?
        }
        _ => return None,
    };
    Some(Some(found))
}

/// The text as it was meant, without letters that only look right.
pub fn plain(text: &str) -> String {
    text.chars().filter_map(|letter| meant(letter).unwrap_or(Some(letter))).collect()
}

/// Names the first letter that only looks right; empty when there is none.
pub fn look_alike(text: &str) -> String {
    let Some((letter, meant)) = text.chars().find_map(|letter| meant(letter).map(|meant| (letter, meant)))
    else {
        return String::new();
    };
    let code = format!("U+{:04X}", u32::from(letter));
    match meant {
        None => format!("holds an invisible {code}"),
        Some(' ') => format!("the space is {code}, not an ordinary one"),
        Some(ascii) => format!("`{letter}` ({code}) is not `{ascii}`"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_only_looks_right_is_named_and_replaced() {
        for (text, meant, named) in [
            ("window", "window", ""),
            ("売上", "売上", ""),
            ("tаrget", "target", "`а` (U+0430) is not `a`"),
            ("９５％", "95%", "`９` (U+FF19) is not `9`"),
            ("“0 4 * * *”", "\"0 4 * * *\"", "`“` (U+201C) is not `\"`"),
            ("gold\u{200b}", "gold", "holds an invisible U+200B"),
            ("a\u{a0}b", "a b", "the space is U+00A0, not an ordinary one"),
        ] {
            assert_eq!((plain(text).as_str(), look_alike(text).as_str()), (meant, named));
        }
    }

    #[test]
    fn the_tables_are_of_one_length() {
        for (theirs, ours) in LOOK_ALIKES {
            assert_eq!(theirs.chars().count(), ours.len());
        }
    }
}
