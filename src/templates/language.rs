//! The languages of texts, and what differs between them beside the words.

use crate::slo::{Duration, Events};

/// A language that there are templates in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "languages")]
pub enum Language {
    En,
    Ja,
}

impl Language {
    /// Every language.
    pub const ALL: [Language; 2] = [Language::En, Language::Ja];

    /// The folder of its templates.
    pub const fn folder(self) -> &'static str {
        match self {
            Language::En => "en",
            Language::Ja => "ja",
        }
    }

    /// A length of time as texts write it: `28d`, 28日.
    pub(super) fn duration(self, duration: Duration) -> String {
        let written = duration.to_string();
        match self {
            Language::En => written,
            Language::Ja => {
                let units = [('d', "日"), ('h', "時間"), ('m', "分"), ('s', "秒")];
                units.iter().fold(written, |text, (unit, word)| text.replace(*unit, word))
            }
        }
    }

    /// How many events there are, as texts write it: `27 to 29`, 27〜29回.
    pub(super) fn events(self, events: Events) -> String {
        let Events { fewest, most } = events;
        match self {
            Language::En => events.to_string(),
            Language::Ja if most == Events::UNBOUNDED => format!("{fewest}回以上"),
            Language::Ja if most > fewest => format!("{fewest}〜{most}回"),
            Language::Ja => format!("{fewest}回"),
        }
    }
}

/// A text on one line, whatever lines its template has. Japanese has no space between sentences.
pub(super) fn line(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !(line.is_empty() || line.ends_with(['。', '、', '）'])) {
            line.push(' ');
        }
        line.push_str(word);
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_of_time_are_written_as_each_language_does() {
        let written = |seconds| Language::ALL.map(|language| language.duration(Duration::seconds(seconds)));
        assert_eq!(written(2_419_200), ["28d", "28日"]);
        assert_eq!(written(9_000), ["2h30m", "2時間30分"]);
        assert_eq!(written(90), ["90s", "90秒"]);
    }

    #[test]
    fn numbers_of_events_are_written_as_each_language_does() {
        let written = |fewest, most| Language::ALL.map(|language| language.events(Events { fewest, most }));
        assert_eq!(written(28, 28), ["28", "28回"]);
        assert_eq!(written(27, 29), ["27 to 29", "27〜29回"]);
        assert_eq!(written(28, Events::UNBOUNDED), ["28 or more", "28回以上"]);
    }

    #[test]
    fn lines_are_joined_as_each_language_does() {
        assert_eq!(line("  One.\nTwo  words.\n"), "One. Two words.");
        assert_eq!(
            line("DAG `x` の実行。\n次の文（注）\n終わり。\n"),
            "DAG `x` の実行。次の文（注）終わり。"
        );
    }
}
