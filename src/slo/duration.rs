//! Lengths of time in whole seconds.

use std::fmt;

/// A length of time in whole seconds, written `90s`, `15m`, `6h`, `28d` or `1h30m`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Duration {
    seconds: u64,
}

const UNITS: [(char, u64); 4] = [('d', 86_400), ('h', 3_600), ('m', 60), ('s', 1)];

impl Duration {
    /// A length in seconds.
    pub const fn seconds(seconds: u64) -> Duration {
        Duration { seconds }
    }

    /// A length in minutes.
    pub const fn minutes(minutes: u64) -> Duration {
        Duration { seconds: minutes * 60 }
    }

    /// A length in hours.
    pub const fn hours(hours: u64) -> Duration {
        Duration { seconds: hours * 3_600 }
    }

    /// A length in days of 24 hours.
    pub const fn days(days: u64) -> Duration {
        Duration { seconds: days * 86_400 }
    }

    /// This and another.
    #[must_use]
    pub const fn plus(self, other: Duration) -> Duration {
        Duration { seconds: self.seconds.saturating_add(other.seconds) }
    }

    /// What is left of it, and nothing where the other is longer.
    #[must_use]
    pub const fn less(self, other: Duration) -> Duration {
        Duration { seconds: self.seconds.saturating_sub(other.seconds) }
    }

    /// The length in seconds.
    pub const fn as_seconds(self) -> u64 {
        self.seconds
    }

    /// The length in days, if it is a whole number of them.
    pub const fn as_whole_days(self) -> Option<u64> {
        if self.seconds.is_multiple_of(86_400) { Some(self.seconds / 86_400) } else { None }
    }

    /// Reads the written form: units from large to small, each at most once.
    pub fn parse(text: &str) -> Option<Duration> {
        let mut seconds: u64 = 0;
        let mut rest = text;
        let mut units = UNITS.iter();
        while !rest.is_empty() {
            let digits = rest.find(|c: char| !c.is_ascii_digit())?;
            let (number, tail) = rest.split_at_checked(digits)?;
            let unit = tail.chars().next()?;
            let (_, length) = units.find(|(letter, _)| *letter == unit)?;
            seconds = seconds.checked_add(number.parse::<u64>().ok()?.checked_mul(*length)?)?;
            rest = tail.get(unit.len_utf8()..)?;
        }
        (!text.is_empty()).then_some(Duration { seconds })
    }
}

impl fmt::Display for Duration {
    /// The shortest written form, such as `28d`, `36h` or `1h30m`; a day and a half stays `36h`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some((unit, length)) = UNITS.iter().find(|(_, length)| self.seconds.is_multiple_of(*length)) {
            let short = self.seconds / length;
            // `90m` is as exact as `1h30m`, but reads worse from two hours on.
            if *unit != 'm' || short < 120 {
                return write!(f, "{short}{unit}");
            }
        }
        let mut rest = self.seconds;
        for (unit, length) in UNITS {
            if rest >= length {
                write!(f, "{}{unit}", rest / length)?;
                rest %= length;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::Duration;

    #[test]
    fn the_written_form_reads_back() {
        for (text, seconds) in
            [("90s", 90), ("15m", 900), ("6h", 21_600), ("28d", 2_419_200), ("1h30m", 5_400)]
        {
            let duration = Duration::parse(text).unwrap();
            assert_eq!(duration.as_seconds(), seconds);
            assert_eq!(Duration::parse(&duration.to_string()), Some(duration));
        }
    }

    #[test]
    fn what_is_ambiguous_is_refused() {
        for text in ["", "5", "1 hour", "PT1H", "1h1h", "30m1h", "h", "-1h", "1.5h", "99999999999999999999d"]
        {
            assert_eq!(Duration::parse(text), None, "{text:?}");
        }
    }

    #[test]
    fn lengths_are_written_as_people_say_them() {
        let written = |seconds| Duration::seconds(seconds).to_string();
        assert_eq!(
            [90, 900, 5_400, 129_600, 2_419_200, 9_000].map(written),
            ["90s", "15m", "90m", "36h", "28d", "2h30m"]
        );
    }
}
