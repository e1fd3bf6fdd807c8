//! A moment in UTC with millisecond precision.
//!
//! Moments are told, never compared: order is by sequence number.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A moment, always written as 24 bytes: `2026-03-14T09:02:11.204Z`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
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

    /// A moment as a person types it: `2026-03-14T09:02Z`, with seconds or without, with a blank
    /// in place of the `T` if they like. The whole date and the `Z` must be there: who leaves
    /// them out may mean another day, or a time of their own.
    ///
    /// # Errors
    /// Where it is not written so, or there is no such day or time.
    pub fn from_typed(text: &str) -> Result<Self, NotTyped> {
        let bytes = text.trim().as_bytes();
        let is_like = |form: &str| {
            let fits = |(byte, wanted): (&u8, u8)| match wanted {
                b'0' => byte.is_ascii_digit(),
                b'T' => matches!(byte, b'T' | b' '),
                other => *byte == other,
            };
            bytes.len() == form.len() && bytes.iter().zip(form.bytes()).all(fits)
        };
        if !is_like("0000-00-00T00:00Z") && !is_like("0000-00-00T00:00:00Z") {
            return Err(NotTyped);
        }
        // A leap second is no time of a clock that we could compare with.
        if bytes.len() > 17 && &bytes[17..19] == b"60" {
            return Err(NotTyped);
        }
        let read: Timestamp = text.trim().parse().map_err(|_ignored| NotTyped)?;
        Ok(Self::from_millis(read.as_millisecond()))
    }

    /// A moment as other programs write it, by RFC 3339: with any fraction and any offset.
    #[must_use]
    pub fn from_rfc3339(text: &str) -> Option<Self> {
        let read: Timestamp = text.parse().ok()?;
        Some(Self::from_millis(read.as_millisecond()))
    }

    /// `2026-03-14`: the date in UTC.
    #[must_use]
    pub fn date(self) -> String {
        self.0.strftime("%Y-%m-%d").to_string()
    }

    /// `09:02`: the time of day in UTC as people agree on one.
    #[must_use]
    pub fn clock(self) -> String {
        self.0.strftime("%H:%M").to_string()
    }

    /// `2026-03-14 09:02 UTC`: for people, without what nobody reads.
    #[must_use]
    pub fn minute(self) -> String {
        self.0.strftime("%Y-%m-%d %H:%M UTC").to_string()
    }

    /// This much later.
    #[must_use]
    pub fn after(self, span: super::Span) -> Self {
        Self::from_millis(self.millis().saturating_add_unsigned(span.millis()))
    }

    /// This much earlier.
    #[must_use]
    pub fn before(self, span: super::Span) -> Self {
        Self::from_millis(self.millis().saturating_sub_unsigned(span.millis()))
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

impl TryFrom<String> for Moment {
    type Error = NotAMoment;

    fn try_from(text: String) -> Result<Self, NotAMoment> {
        text.parse()
    }
}

impl From<Moment> for String {
    fn from(moment: Moment) -> Self {
        moment.to_string()
    }
}

/// A text is not a moment as a person is asked for one.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("not a date and time in UTC like 2026-11-22T09:00Z")]
pub struct NotTyped;

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
    fn reads_what_a_person_types_only_where_it_can_mean_one_thing() {
        for (typed, meant) in [
            ("2026-11-22T09:00Z", "2026-11-22T09:00:00.000Z"),
            ("2026-11-22 09:00Z", "2026-11-22T09:00:00.000Z"),
            (" 2026-11-22T09:00:07Z ", "2026-11-22T09:00:07.000Z"),
            ("2028-02-29 23:59:59Z", "2028-02-29T23:59:59.000Z"),
        ] {
            let read = Moment::from_typed(typed).map(|moment| moment.to_string());
            assert_eq!(read, Ok(meant.to_owned()), "{typed}");
        }
        for typed in [
            "",
            "tomorrow",
            "09:00",
            "09:00Z",
            "2026-11-22",
            "2026-11-22Z",
            "2026-11-22T09:00",
            "2026-11-22T09:00z",
            "2026-11-22t09:00Z",
            "2026-11-22T9:00Z",
            "2026-11-22T09Z",
            "2026-11-22T09:00+01:00",
            "2026-11-22T09:00 Z",
            "2026-11-22T09:00:00.5Z",
            "2026-02-30T09:00Z",
            "2027-02-29T09:00Z",
            "2026-13-01T09:00Z",
            "2026-11-22T24:00Z",
            "2026-11-22T09:60Z",
            "2026-11-22T09:00:60Z",
            "+2026-11-22T09:00Z",
            "22-11-2026T09:00Z",
            "2026-11-22T09:00Z[UTC]",
            "٢٠٢٦-11-22T09:00Z",
            "2026-11-22\u{a0}09:00Z",
            "-026-11-22T09:00Z",
        ] {
            assert_eq!(Moment::from_typed(typed), Err(NotTyped), "{typed}");
        }
    }

    #[test]
    fn reads_what_other_programs_write() {
        let wanted = Some("2026-03-14T09:02:11.204Z".to_owned());
        for text in ["2026-03-14T09:02:11.204Z", "2026-03-14T10:02:11.204999+01:00"] {
            assert_eq!(Moment::from_rfc3339(text).map(|at| at.to_string()), wanted, "{text}");
        }
        for text in ["", "2026-03-14", "2026-03-14T09:02:11", "yesterday", "1773478931"] {
            assert_eq!(Moment::from_rfc3339(text), None, "{text}");
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
