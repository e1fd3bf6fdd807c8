//! A moment in UTC with millisecond precision.
//!
//! Moments are told, never compared: order is by sequence number.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use serde::Serialize;

/// A moment, always written as 24 bytes: `2026-03-14T09:02:11.204Z`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(into = "String")]
pub struct Moment(Timestamp);

impl Moment {
    /// The moment that many milliseconds after 1970 began, clamped to the years that fit 24 bytes.
    #[must_use]
    pub fn from_millis(millis: i64) -> Self {
        const YEAR_0: i64 = -62_167_219_200_000;
        const YEAR_9999_END: i64 = 253_402_207_199_999;
        let clamped = millis.clamp(YEAR_0, YEAR_9999_END);
        Self(Timestamp::from_millisecond(clamped).expect("clamped to the years jiff knows"))
    }

    /// Milliseconds since 1970 began.
    #[must_use]
    pub fn millis(self) -> i64 {
        self.0.as_millisecond()
    }

    /// `2026-03-14`: the date in UTC.
    #[must_use]
    pub fn date(self) -> String {
        self.0.strftime("%Y-%m-%d").to_string()
    }

    /// `09:02:11`: the time of day in UTC.
    #[must_use]
    pub fn time_of_day(self) -> String {
        self.0.strftime("%H:%M:%S").to_string()
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.3}", self.0)
    }
}

impl From<Moment> for String {
    fn from(moment: Moment) -> Self {
        moment.to_string()
    }
}

/// A text is not a moment in the one form that is written.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("not a UTC time like 2026-03-14T09:02:11.204Z")]
pub struct NotAMoment;

impl FromStr for Moment {
    type Err = NotAMoment;

    fn from_str(text: &str) -> Result<Self, NotAMoment> {
        let read: Timestamp = text.parse().map_err(|_ignored| NotAMoment)?;
        let moment = Self::from_millis(read.as_millisecond());
        if moment.to_string() == text { Ok(moment) } else { Err(NotAMoment) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn has_one_form() {
        let text = "2026-03-14T09:02:11.204Z";
        assert_eq!(text.parse::<Moment>().unwrap().to_string(), text);
        for other in ["2026-03-14T09:02:11Z", "2026-03-14T09:02:11.204+00:00", "2026-03-14", ""] {
            assert_eq!(other.parse::<Moment>(), Err(NotAMoment), "{other}");
        }
    }

    #[test]
    fn stays_24_bytes_at_the_ends_of_time() {
        for millis in [i64::MIN, -1, 0, 999, i64::MAX] {
            let moment = Moment::from_millis(millis);
            assert_eq!(moment.to_string().len(), 24, "{moment}");
            assert_eq!(moment.to_string().parse(), Ok(moment));
        }
    }
}
