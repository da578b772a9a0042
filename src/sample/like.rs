//! LIKE.

/// Whether a text is like a pattern, in which `%` is any text, `_` any letter, and `\` makes the next letter itself.
pub(super) fn is_like(text: &str, pattern: &str) -> bool {
    let text: Vec<char> = text.chars().collect();
    let pattern = parts(pattern);
    // Where to go on when a letter does not fit: after the last `%`, one letter later than before.
    let mut retry: Option<(usize, usize)> = None;
    let (mut at, mut part) = (0, 0);
    while let Some(letter) = text.get(at) {
        match pattern.get(part) {
            Some(Part::Any) => {
                retry = Some((part + 1, at));
                part += 1;
            }
            Some(Part::One) => (at, part) = (at + 1, part + 1),
            Some(Part::Letter(wanted)) if wanted == letter => (at, part) = (at + 1, part + 1),
            _ => match retry {
                Some((after, from)) => {
                    retry = Some((after, from + 1));
                    (at, part) = (from + 1, after);
                }
                None => return false,
            },
        }
    }
    pattern.iter().skip(part).all(|part| *part == Part::Any)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Any,
    One,
    Letter(char),
}

fn parts(pattern: &str) -> Vec<Part> {
    let mut letters = pattern.chars();
    let mut parts = Vec::new();
    while let Some(letter) = letters.next() {
        parts.push(match letter {
            '%' => Part::Any,
            '_' => Part::One,
            '\\' => Part::Letter(letters.next().unwrap_or('\\')),
            other => Part::Letter(other),
        });
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::is_like;

    #[test]
    fn patterns_are_those_of_sql() {
        for (text, pattern) in [
            ("", ""),
            ("", "%"),
            ("abc", "abc"),
            ("abc", "a%"),
            ("abc", "%c"),
            ("abc", "_b_"),
            ("aXbXc", "a%b%c"),
            ("abab", "%ab"),
            ("100%", "100\\%"),
            ("東京都", "東__"),
            ("a\nb", "a%b"),
        ] {
            assert!(is_like(text, pattern), "{text} LIKE {pattern}");
        }
        for (text, pattern) in
            [("abc", "ab"), ("abc", "bc"), ("abc", "ABC"), ("", "_"), ("1000", "100\\%"), ("ab", "a_c")]
        {
            assert!(!is_like(text, pattern), "{text} LIKE {pattern}");
        }
        // Quick where a pattern could be tried in very many ways.
        assert!(!is_like(&"a".repeat(5_000), &"a%".repeat(200).replace("a%a%", "a%b%")));
    }
}
