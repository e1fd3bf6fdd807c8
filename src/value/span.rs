//! A length of time, as people write it: `90s`, `10m`, `1h 30m`, `500ms`.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The units, largest first, with their milliseconds.
const UNITS: [(&str, u64); 5] =
    [("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1)];

/// A length of time with millisecond precision, at most 366 days.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(try_from = "String", into = "String")]
#[schemars(with = "String", extend("format" = "duration-text", "pattern" = Span::PATTERN))]
pub struct Span(Duration);

impl Span {
    /// The pattern of a written span, as the JSON Schema shows it.
    pub const PATTERN: &str = r"^[0-9]+(ms|s|m|h|d)( ?[0-9]+(ms|s|m|h|d))*$";

    /// The longest span anyone may ask for.
    pub const MAX: Self = Self(Duration::from_hours(366 * 24));

    /// That many milliseconds.
    #[must_use]
    pub const fn from_millis(millis: u64) -> Self {
        Self(Duration::from_millis(millis))
    }

    /// That many seconds.
    #[must_use]
    pub const fn from_secs(secs: u64) -> Self {
        Self(Duration::from_secs(secs))
    }

    /// The span cut to whole milliseconds, which is what a journal can hold.
    #[must_use]
    pub fn of(duration: Duration) -> Self {
        Self::from_millis(u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)).min(Self::MAX)
    }

    /// As the standard library's type, for timers.
    #[must_use]
    pub const fn duration(self) -> Duration {
        self.0
    }

    /// Whole milliseconds.
    #[must_use]
    pub fn millis(self) -> u64 {
        u64::try_from(self.0.as_millis()).expect("at most 366 days")
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let millis = self.millis();
        if millis == 0 {
            return f.write_str("0s");
        }
        let mut rest = millis;
        let mut first = true;
        for (unit, size) in UNITS {
            let count = rest / size;
            rest %= size;
            if count > 0 {
                let gap = if first { "" } else { " " };
                write!(f, "{gap}{count}{unit}")?;
                first = false;
            }
        }
        Ok(())
    }
}

impl From<Span> for String {
    fn from(span: Span) -> Self {
        span.to_string()
    }
}

/// A text is not a length of time.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error(
    "`{0}` is not a length of time of at most 366 days: write it like `90s`, `10m` or `1h 30m`"
)]
pub struct NotASpan(pub String);

impl FromStr for Span {
    type Err = NotASpan;

    fn from_str(text: &str) -> Result<Self, NotASpan> {
        let millis = millis_of(text).ok_or_else(|| NotASpan(text.to_owned()))?;
        let span = Self::from_millis(millis);
        if span > Self::MAX { Err(NotASpan(text.to_owned())) } else { Ok(span) }
    }
}

/// `1h 30m` as milliseconds: numbers with units, with at most one space between the pairs.
fn millis_of(text: &str) -> Option<u64> {
    let mut total: u64 = 0;
    let mut rest = text;
    loop {
        let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let (number, after) = rest.split_at(digits);
        let letters =
            after.len() - after.trim_start_matches(|c: char| c.is_ascii_lowercase()).len();
        let (unit, after) = after.split_at(letters);
        let (_, size) = UNITS.iter().find(|(name, _)| *name == unit)?;
        total = total.checked_add(number.parse::<u64>().ok()?.checked_mul(*size)?)?;
        if after.is_empty() {
            return Some(total);
        }
        rest = after.strip_prefix(' ').unwrap_or(after);
    }
}

impl TryFrom<String> for Span {
    type Error = NotASpan;

    fn try_from(text: String) -> Result<Self, NotASpan> {
        text.parse()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_people_write_and_writes_it_back() {
        for (text, millis) in [
            ("500ms", 500),
            ("90s", 90_000),
            ("10m", 600_000),
            ("1h 30m", 5_400_000),
            ("1h30m", 5_400_000),
            ("24h", 86_400_000),
            ("2d", 172_800_000),
            ("0s", 0),
        ] {
            let span: Span = text.parse().unwrap();
            assert_eq!(span.millis(), millis, "{text}");
            assert_eq!(span.to_string().parse(), Ok(span));
        }
    }

    #[test]
    fn refuses_what_is_no_length_of_time() {
        for text in ["", "10", "-5s", "5 apples", "1y", "400d", "99999999999999999999s", "PT5S"] {
            assert!(text.parse::<Span>().is_err(), "{text}");
        }
    }
}
