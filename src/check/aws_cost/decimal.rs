//! Amounts of money as Cost Explorer writes them: exact, since a sum of fractions is not.

/// An amount with 24 digits behind the point.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Decimal(i128);

const PLACES: usize = 24;
const CENT: i128 = 10_i128.pow(22);

impl Decimal {
    /// `12.5`, `-0.001`, `3E-7`. What lies behind the 24th digit is cut off.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (number, exponent) = match text.split_once(['e', 'E']) {
            Some((number, exponent)) => (number, exponent.parse::<i32>().ok()?),
            None => (text, 0),
        };
        let (number, sign) = match number.strip_prefix('-') {
            Some(rest) => (rest, -1),
            None => (number, 1),
        };
        let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
        let digits = format!("{whole}{fraction}");
        let plain = !whole.is_empty() && digits.chars().all(|c| c.is_ascii_digit());
        let digits: i128 = plain.then(|| digits.parse().ok()).flatten()?;
        let behind = i32::try_from(fraction.len()).ok()?.checked_sub(exponent)?;
        let shift = i32::try_from(PLACES).ok()?.checked_sub(behind)?;
        let power = 10_i128.checked_pow(shift.unsigned_abs());
        let value = match (shift >= 0, power) {
            (true, power) => digits.checked_mul(power?)?,
            (false, Some(power)) => digits / power,
            (false, None) => 0,
        };
        Some(Self(sign * value))
    }

    pub(super) fn plus(self, other: Self) -> Option<Self> {
        self.0.checked_add(other.0).map(Self)
    }

    /// To the nearest cent.
    pub(super) fn cents(self) -> String {
        let cents = (self.0.unsigned_abs() + CENT.unsigned_abs() / 2) / CENT.unsigned_abs();
        let sign = if self.0 < 0 && cents > 0 { "-" } else { "" };
        format!("{sign}{}.{:02}", cents / 100, cents % 100)
    }

    /// All of it.
    pub(super) fn exact(self) -> String {
        let unit = 10_u128.pow(24);
        let (whole, fraction) = (self.0.unsigned_abs() / unit, self.0.unsigned_abs() % unit);
        let sign = if self.0 < 0 { "-" } else { "" };
        let fraction = format!("{fraction:024}");
        let fraction = fraction.trim_end_matches('0');
        if fraction.is_empty() {
            format!("{sign}{whole}")
        } else {
            format!("{sign}{whole}.{fraction}")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_is_an_amount() {
        for (text, exact, cents) in [
            ("0", "0", "0.00"),
            ("12.345", "12.345", "12.35"),
            ("-0.001", "-0.001", "0.00"),
            ("-3.5", "-3.5", "-3.50"),
            ("3E-7", "0.0000003", "0.00"),
            ("1.5e+2", "150", "150.00"),
            ("0.1234567890123456789012345", "0.123456789012345678901234", "0.12"),
            ("1E-99", "0", "0.00"),
            ("99999999999999", "99999999999999", "99999999999999.00"),
        ] {
            let read = Decimal::parse(text).unwrap();
            assert_eq!(
                (read.exact(), read.cents()),
                (exact.to_owned(), cents.to_owned()),
                "{text}"
            );
        }
        for text in [
            "",
            "x",
            "1,5",
            "1.2.3",
            ".5",
            "--1",
            "+1",
            "1e",
            "1e99",
            "1e9999999999",
            "١",
            "NaN",
            "1 ",
        ] {
            assert_eq!(Decimal::parse(text), None, "{text}");
        }
    }

    #[test]
    fn sums_are_exact() {
        let tenth = Decimal::parse("0.1").unwrap();
        let sum = (0..10).try_fold(Decimal::default(), |sum, _| sum.plus(tenth)).unwrap();
        assert_eq!(Some(sum), Decimal::parse("1"));
        let most = Decimal(i128::MAX);
        assert_eq!(most.plus(tenth), None);
    }
}
