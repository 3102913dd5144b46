//! The few parts of a certificate that are needed to say why it is not trusted (RFC 5280, section 4.1).

const SEQUENCE: u8 = 0x30;
const VERSION: u8 = 0xa0;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;

/// Parts of a certificate.
#[derive(Debug)]
pub(super) struct Parts<'a> {
    issuer: &'a [u8],
    subject: &'a [u8],
    /// In seconds since 1970.
    not_before: i64,
    not_after: i64,
}

impl<'a> Parts<'a> {
    /// Reads a certificate in DER. Returns `None` if it is not one.
    pub(super) fn read(der: &'a [u8]) -> Option<Self> {
        let mut certificate = element(&mut &*der, SEQUENCE)?;
        let mut content = element(&mut certificate, SEQUENCE)?;
        if content.first() == Some(&VERSION) {
            next(&mut content)?;
        }
        // The serial number and the algorithm.
        next(&mut content)?;
        next(&mut content)?;
        let issuer = element(&mut content, SEQUENCE)?;
        let mut validity = element(&mut content, SEQUENCE)?;
        let subject = element(&mut content, SEQUENCE)?;
        Some(Self {
            issuer,
            subject,
            not_before: time(&mut validity)?,
            not_after: time(&mut validity)?,
        })
    }

    /// Whether it names itself as its issuer.
    pub(super) fn is_self_signed(&self) -> bool {
        self.issuer == self.subject
    }

    pub(super) fn is_valid_at(&self, seconds: i64) -> bool {
        (self.not_before..=self.not_after).contains(&seconds)
    }
}

/// Takes the next element. Returns its tag and its content.
fn next<'a>(rest: &mut &'a [u8]) -> Option<(u8, &'a [u8])> {
    let [tag, length, after @ ..] = *rest else {
        return None;
    };
    let (length, after) = match length {
        0..=0x7f => (usize::from(*length), after),
        // The number of bytes of the length follows.
        0x81..=0x83 => {
            let (bytes, after) = after.split_at_checked(usize::from(length & 0x7f))?;
            let length = bytes
                .iter()
                .fold(0, |length, byte| length << 8 | usize::from(*byte));
            (length, after)
        }
        _ => return None,
    };
    let (content, after) = after.split_at_checked(length)?;
    *rest = after;
    Some((*tag, content))
}

fn element<'a>(rest: &mut &'a [u8], expected: u8) -> Option<&'a [u8]> {
    let (tag, content) = next(rest)?;
    (tag == expected).then_some(content)
}

/// Reads `YYMMDDHHMMSSZ` or `YYYYMMDDHHMMSSZ` as seconds since 1970.
fn time(rest: &mut &[u8]) -> Option<i64> {
    let (tag, content) = next(rest)?;
    let digits = std::str::from_utf8(content.strip_suffix(b"Z")?).ok()?;
    let (year, digits) = match tag {
        UTC_TIME => {
            let (year, digits) = digits.split_at_checked(2)?;
            let year: i64 = year.parse().ok()?;
            (if year < 50 { 2000 + year } else { 1900 + year }, digits)
        }
        GENERALIZED_TIME => {
            let (year, digits) = digits.split_at_checked(4)?;
            (year.parse().ok()?, digits)
        }
        _ => return None,
    };
    let part = |index: usize| digits.get(2 * index..2 * index + 2)?.parse::<i64>().ok();
    let days = days_since_1970(year, part(0)?, part(1)?);
    Some(((days * 24 + part(2)?) * 60 + part(3)?) * 60 + part(4)?)
}

/// The number of days from 1970 to a date of the Gregorian calendar.
fn days_since_1970(year: i64, month: i64, day: i64) -> i64 {
    // Years begin in March here, so that the leap day is the last.
    let (year, month) = match month {
        1 | 2 => (year - 1, month + 9),
        _ => (year, month - 3),
    };
    let leap_days = year / 4 - year / 100 + year / 400;
    365 * year + leap_days + (153 * month + 2) / 5 + day - 1 - 719_468
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rcgen::{CertificateParams, DnType, Issuer, KeyPair, date_time_ymd};

    use super::*;

    #[test]
    fn reads_what_a_certificate_says() {
        let mut params = CertificateParams::new(vec!["one.test".to_owned()]).unwrap();
        params.distinguished_name.push(DnType::CommonName, "one");
        params.not_before = date_time_ymd(2020, 2, 29);
        params.not_after = date_time_ymd(2051, 1, 1);
        let key = KeyPair::generate().unwrap();
        let own = params.self_signed(&key).unwrap();
        let parts = Parts::read(own.der()).unwrap();
        assert!(parts.is_self_signed());
        let (begin, end) = (1_582_934_400, 2_556_144_000);
        for (at, valid) in [
            (begin - 1, false),
            (begin, true),
            (end, true),
            (end + 1, false),
        ] {
            assert_eq!(parts.is_valid_at(at), valid, "{at}");
        }
        let issuer = Issuer::new(params, key);
        let other = CertificateParams::new(vec!["two.test".to_owned()]).unwrap();
        let signed = other
            .signed_by(&KeyPair::generate().unwrap(), &issuer)
            .unwrap();
        assert!(!Parts::read(signed.der()).unwrap().is_self_signed());
    }

    proptest! {
        #[test]
        fn takes_any_bytes(der in prop::collection::vec(any::<u8>(), 0..300)) {
            let _ = Parts::read(&der);
        }
    }
}
