//! Dates and times as the platform accepts them: ISO 8601, extended format.

const YEARS: std::ops::RangeInclusive<u32> = 1900..=2100;

/// Checks that `text` is a date and time such as `2026-01-31T09:30:00.000Z`, in the years 1900 to 2100. The offset
/// may be `Z`, numeric or missing. Seconds and their fraction may be missing.
///
/// # Errors
/// What is wrong, as a continuation of "must be an ISO 8601 date-time".
pub(crate) fn check(text: &str) -> Result<(), &'static str> {
    let mut scan = Scan(text.as_bytes());
    let date = (
        scan.number(4),
        scan.byte(b'-'),
        scan.number(2),
        scan.byte(b'-'),
        scan.number(2),
    );
    let (Some(year), true, Some(month), true, Some(day)) = date else {
        return Err("with a date like 2026-01-31");
    };
    if !scan.byte(b'T') {
        return Err("with a 'T' and a time after the date");
    }
    let (Some(hour), true, Some(minute)) = (scan.number(2), scan.byte(b':'), scan.number(2)) else {
        return Err("with a time like 09:30:00");
    };
    let mut second = 0;
    if scan.byte(b':') {
        second = scan.number(2).ok_or("with two digits of seconds")?;
        if (scan.byte(b'.') || scan.byte(b',')) && scan.digits() == 0 {
            return Err("with digits after the decimal sign");
        }
    }
    scan.zone()
        .ok_or("that ends in Z, an offset like +02:00, or nothing")?;
    if !YEARS.contains(&year) {
        return Err("in the years 1900 to 2100");
    }
    if !(1..=12).contains(&month) || day < 1 || day > days(year, month) {
        return Err("on a day of the calendar");
    }
    if hour > 23 || minute > 59 || second > 59 {
        return Err("with a time from 00:00:00 to 23:59:59");
    }
    Ok(())
}

fn days(year: u32, month: u32) -> u32 {
    match month {
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => {
            29
        }
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

struct Scan<'a>(&'a [u8]);

impl Scan<'_> {
    fn byte(&mut self, byte: u8) -> bool {
        let found = self.0.first() == Some(&byte);
        if found {
            self.0 = &self.0[1..];
        }
        found
    }

    fn digits(&mut self) -> usize {
        let count = self
            .0
            .iter()
            .take_while(|byte| byte.is_ascii_digit())
            .count();
        self.0 = &self.0[count..];
        count
    }

    fn number(&mut self, width: usize) -> Option<u32> {
        let (digits, rest) = self.0.split_at_checked(width)?;
        let mut value = 0;
        for digit in digits {
            value = value * 10 + char::from(*digit).to_digit(10)?;
        }
        self.0 = rest;
        Some(value)
    }

    /// Parses the rest as a time zone: nothing, `Z`, `+hh`, `+hhmm` or `+hh:mm`.
    fn zone(&mut self) -> Option<()> {
        if self.byte(b'Z') || self.0.is_empty() {
            return self.0.is_empty().then_some(());
        }
        if !self.byte(b'+') && !self.byte(b'-') {
            return None;
        }
        let hours = self.number(2)?;
        let colon = self.byte(b':');
        let minutes = if colon || !self.0.is_empty() {
            self.number(2)?
        } else {
            0
        };
        (self.0.is_empty() && hours <= 23 && minutes <= 59).then_some(())
    }
}

#[cfg(test)]
mod tests {
    use super::check;

    #[test]
    fn accepts_dates_with_times() {
        for text in [
            "2026-11-23T09:30:00.000Z",
            "2026-11-23T09:30:00Z",
            "2026-11-23T09:30:00",
            "2026-11-23T09:30",
            "2026-11-23T09:30:00.123456789+05:30",
            "2026-11-23T09:30:00-0800",
            "2026-11-23T09:30:00+14",
            "1900-01-01T00:00:00Z",
            "2100-12-31T23:59:59Z",
            "2024-02-29T00:00:00Z",
            "2000-02-29T00:00:00Z",
            "2026-11-23T09:30:00,5Z",
        ] {
            assert_eq!(check(text), Ok(()), "{text}");
        }
    }

    #[test]
    fn refuses_everything_else() {
        for text in [
            "",
            "yesterday",
            "2026-11-23",
            "2026-11-23T",
            "2026-11-23 09:30:00Z",
            "20261123T093000Z",
            "2026-11-23T09:30:00z",
            "2026-11-23T09:30:00.Z",
            "2026-11-23T9:30:00Z",
            "1899-12-31T23:59:59Z",
            "2101-01-01T00:00:00Z",
            "2026-02-29T00:00:00Z",
            "1900-02-29T00:00:00Z",
            "2026-13-01T00:00:00Z",
            "2026-00-01T00:00:00Z",
            "2026-04-31T00:00:00Z",
            "2026-11-00T00:00:00Z",
            "2026-11-23T24:00:00Z",
            "2026-11-23T09:60:00Z",
            "2026-11-23T09:30:60Z",
            "2026-11-23T09:30:00+24:00",
            "2026-11-23T09:30:00+05:60",
            "2026-11-23T09:30:00+05:3",
            "2026-11-23T09:30:00+05:",
            "2026-11-23T09:30:00ZZ",
            "+002026-11-23T09:30:00Z",
            "2026-11-23T09:30:00Z ",
            "２０２６-11-23T09:30:00Z",
        ] {
            assert!(check(text).is_err(), "{text}");
        }
    }
}
