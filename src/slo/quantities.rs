//! Amounts of data and changes of a ratio, held exactly.

use super::Ratio;
use std::fmt;

/// A change of a ratio in percentage points, exact to a ten-thousandth, written `5pt` or `0.5pt`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PercentagePoints(Ratio);

impl PercentagePoints {
    /// The distance between two ratios that differ by this much.
    pub const fn as_ratio(self) -> Ratio {
        self.0
    }

    /// Reads the written form.
    pub fn parse(text: &str) -> Option<PercentagePoints> {
        Ratio::parse(&format!("{}%", text.strip_suffix("pt")?)).map(PercentagePoints)
    }
}

impl fmt::Display for PercentagePoints {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}pt", self.0.to_string().trim_end_matches('%'))
    }
}

/// An amount of data in bytes, written `500B`, `1KiB`, `20MiB` or `1GiB`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ByteSize {
    bytes: u64,
}

/// Units and their lengths in bytes (IEC 80000-13), the largest first.
const UNITS: [(&str, u64); 4] = [("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10), ("B", 1)];

impl ByteSize {
    /// An amount in bytes.
    pub const fn bytes(bytes: u64) -> ByteSize {
        ByteSize { bytes }
    }

    /// The amount in bytes.
    pub const fn as_bytes(self) -> u64 {
        self.bytes
    }

    /// Reads the written form: a whole number and a unit.
    pub fn parse(text: &str) -> Option<ByteSize> {
        let (number, unit) = text.split_at_checked(text.find(|c: char| !c.is_ascii_digit())?)?;
        let (_, length) = UNITS.iter().find(|(name, _)| *name == unit)?;
        Some(ByteSize { bytes: number.parse::<u64>().ok()?.checked_mul(*length)? })
    }
}

impl fmt::Display for ByteSize {
    /// With the largest unit that leaves a whole number.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fitting = UNITS.iter().find(|(_, length)| self.bytes.is_multiple_of(*length));
        let (unit, length) = fitting.copied().unwrap_or(("B", 1));
        write!(f, "{}{unit}", self.bytes / length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_comes_back() {
        for text in ["0pt", "5pt", "0.5pt", "100pt"] {
            assert_eq!(PercentagePoints::parse(text).map(|points| points.to_string()).as_deref(), Some(text));
        }
        for text in ["1B", "500B", "1KiB", "20MiB", "3GiB"] {
            assert_eq!(ByteSize::parse(text).map(|size| size.to_string()).as_deref(), Some(text));
        }
        assert_eq!(ByteSize::parse("1024KiB").map(|size| size.to_string()).as_deref(), Some("1MiB"));
    }

    #[test]
    fn other_units_are_refused() {
        for text in ["5", "5%", "5 pt", "-5pt", "101pt", "pt", ""] {
            assert_eq!(PercentagePoints::parse(text), None, "{text}");
        }
        for text in ["1", "1KB", "1kib", "1.5MiB", "1 KiB", "-1B", "B", "99999999999GiB", ""] {
            assert_eq!(ByteSize::parse(text), None, "{text}");
        }
    }
}
