//! Ratios, held exactly.

use std::fmt;

/// A share from 0 % to 100 %, exact to a ten-thousandth of a percent, written `99%` or `99.95%`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ratio {
    /// In millionths.
    millionths: u32,
}

/// 100 % in millionths.
const WHOLE: u32 = 1_000_000;

impl Ratio {
    /// 100 %.
    pub const WHOLE: Ratio = Ratio { millionths: WHOLE };

    /// A ratio in millionths; more than 100 % is cut to it.
    pub const fn millionths(millionths: u32) -> Ratio {
        Ratio { millionths: if millionths > WHOLE { WHOLE } else { millionths } }
    }

    /// The ratio in millionths.
    pub const fn as_millionths(self) -> u32 {
        self.millionths
    }

    /// The ratio as a number from 0 to 1, the nearest that a `f64` holds.
    pub fn as_fraction(self) -> f64 {
        f64::from(self.millionths) / f64::from(WHOLE)
    }

    /// What is missing to 100 %.
    pub const fn complement(self) -> Ratio {
        Ratio { millionths: WHOLE - self.millionths }
    }

    /// This share of a count, rounded down.
    pub fn floor_of(self, count: u64) -> u64 {
        let share = u128::from(count) * u128::from(self.millionths) / u128::from(WHOLE);
        u64::try_from(share).unwrap_or(u64::MAX)
    }

    /// Reads the written form.
    pub fn parse(text: &str) -> Option<Ratio> {
        let (whole, fraction) = match text.strip_suffix('%')?.split_once('.') {
            None => (text.strip_suffix('%')?, ""),
            Some((_, "")) => return None,
            Some(parts) => parts,
        };
        let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if !digits(whole) || !digits(fraction) || whole.len() > 3 || fraction.len() > 4 {
            return None;
        }
        let millionths = format!("{whole}{fraction:0<4}").parse::<u32>().ok()?;
        (!whole.is_empty() && millionths <= WHOLE).then_some(Ratio { millionths })
    }
}

impl fmt::Display for Ratio {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = format!("{}.{:04}", self.millionths / 10_000, self.millionths % 10_000);
        write!(f, "{}%", digits.trim_end_matches('0').trim_end_matches('.'))
    }
}

#[cfg(test)]
mod tests {
    use super::Ratio;

    #[test]
    fn the_written_form_reads_back() {
        for text in ["0%", "0.5%", "95%", "99.95%", "99.9999%", "100%"] {
            assert_eq!(Ratio::parse(text).unwrap().to_string(), text);
        }
        for text in
            ["", "%", "99", "0.99", "100.1%", "101%", "99.%", ".5%", "9 %", "-1%", "1e2%", "99.99999%"]
        {
            assert_eq!(Ratio::parse(text), None, "{text:?}");
        }
    }

    #[test]
    fn shares_are_exact_where_floating_point_is_not() {
        // In f64, (1 - 0.9) * 10 is 0.9999999999999998 and its floor 0.
        assert_eq!(Ratio::parse("90%").unwrap().complement().floor_of(10), 1);
        assert_eq!(Ratio::parse("95%").unwrap().complement().floor_of(28), 1);
        assert_eq!(Ratio::parse("95%").unwrap().complement().floor_of(19), 0);
        assert_eq!(Ratio::parse("95%").unwrap().complement().floor_of(20), 1);
    }
}
