//! Addresses of IPv4 and IPv6.

use std::{net::Ipv6Addr, ops::Range};

use super::{
    bytes::{
        ALPHA, DIGIT, HEX, SPACE, WORD, before, ends_word, is, is_at, is_before, run_end,
        run_start, starts_word,
    },
    kinds::Kinds,
    scan::Scan,
};

/// In bytes: `ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255`.
const MAX_IPV6: usize = 45;

/// Four numbers after these words are no address.
const VERSIONS: [&[u8]; 11] = [
    b"version",
    b"versions",
    b"ver",
    b"v",
    b"release",
    b"build",
    b"section",
    b"chapter",
    b"figure",
    b"table",
    b"clause",
];

impl Scan<'_> {
    /// The address of IPv6 in which this is the first colon.
    pub(super) fn ipv6(&self, colon: usize, floor: usize) -> Option<Range<usize>> {
        let bytes = self.bytes;
        let is_address = is_at(bytes, colon + 1, HEX) || bytes.get(colon + 1) == Some(&b':');
        if !is_address || !self.has(Kinds::IP) || before(bytes, colon) == Some(b':') {
            return None;
        }
        let mut start = run_start(bytes, colon, floor, HEX);
        // The end of an escape may look like a digit: `\b`, `\f`.
        if before(bytes, start) == Some(b'\\') {
            start += 1;
        }
        let is_short = bytes.get(colon + 1) == Some(&b':');
        if colon.checked_sub(start)? > 4
            || (start == colon && !is_short)
            || !starts_word(bytes, start)
            || matches!(before(bytes, start), Some(b':' | b'.'))
        {
            return None;
        }
        let fits = |byte: &&u8| is(**byte, HEX) || matches!(byte, b':' | b'.');
        let length = bytes[start..]
            .iter()
            .take(MAX_IPV6 + 2)
            .take_while(fits)
            .count();
        let mut token = &self.text[start..start + length];
        token = token.trim_end_matches('.');
        if !token.ends_with("::") {
            token = token.trim_end_matches(':');
        }
        let end = start + token.len();
        if token.bytes().filter(|&byte| byte == b':').count() < 2 {
            return None;
        }
        let address: Ipv6Addr = token.parse().ok()?;
        let digits = token.bytes().filter(|&byte| is(byte, HEX)).count();
        let has_digit = token.bytes().any(|byte| is(byte, DIGIT));
        let is_index = before(bytes, start) == Some(b'[')
            && !matches!(before(bytes, start - 1), Some(b'/' | b'@'));
        let is_plausible = has_digit && (digits >= 5 || (address.is_loopback() && !is_index));
        (ends_word(bytes, end) && is_plausible).then_some(start..end)
    }

    /// The address of IPv4 that begins at a position.
    pub(super) fn ipv4(&self, start: usize) -> Option<Range<usize>> {
        let bytes = self.bytes;
        if !starts_word(bytes, start)
            || (before(bytes, start) == Some(b'.'))
            || (before(bytes, start) == Some(b'-') && is_before(bytes, start - 1, WORD))
        {
            return None;
        }
        let (mut at, mut last) = (start, [0_u32; 2]);
        for index in 0..4 {
            if index > 0 {
                if bytes.get(at) != Some(&b'.') {
                    return None;
                }
                at += 1;
            }
            let end = run_end(bytes, at, DIGIT);
            let digits = &bytes[at..end];
            let is_padded = digits.len() > 1 && digits[0] == b'0';
            if digits.is_empty() || digits.len() > 3 || is_padded {
                return None;
            }
            let number = digits
                .iter()
                .fold(0, |number, digit| number * 10 + u32::from(digit - b'0'));
            if number > 255 {
                return None;
            }
            last = [last[1], number];
            at = end;
        }
        let goes_on = match bytes.get(at) {
            Some(b'.') => is_at(bytes, at + 1, WORD),
            Some(b'-') => is_at(bytes, at + 1, ALPHA),
            _ => !ends_word(bytes, at),
        };
        // `Chrome/120.0.0.0`
        let is_product = last == [0, 0]
            && before(bytes, start) == Some(b'/')
            && is_before(bytes, start - 1, ALPHA);
        (!goes_on && !is_product && !self.follows_version(start)).then_some(start..at)
    }

    /// Whether the word before a position says that a version follows.
    fn follows_version(&self, start: usize) -> bool {
        let bytes = self.bytes;
        let from = start.saturating_sub(4);
        let between = bytes[from..start].iter().rev();
        let between = between.take_while(|&&byte| is(byte, SPACE) || b":=\"'\\#".contains(&byte));
        let end = start - between.count();
        let word = run_start(bytes, end, end.saturating_sub(24), ALPHA);
        let word = if end == 0 && word == 0 {
            self.label.as_bytes()
        } else {
            &bytes[word..end]
        };
        let is_version = |version: &&[u8]| {
            let tail = word.len().checked_sub(version.len()).map(|at| &word[at..]);
            let whole = word.len() == version.len() || version.len() >= 5;
            whole && tail.is_some_and(|tail| tail.eq_ignore_ascii_case(version))
        };
        VERSIONS.iter().any(is_version)
    }
}

#[cfg(test)]
mod tests {
    use crate::redact::{Kinds, Redactor};

    fn redact(text: &str) -> String {
        Redactor::new(Kinds::IP, &[""; 0], "***")
            .redact(text)
            .into_owned()
    }

    #[test]
    fn finds_addresses() {
        for (text, expected) in [
            ("10.0.0.1", "***"),
            ("from 192.168.1.254:8080, 8.8.8.8.", "from ***:8080, ***."),
            (
                "http://10.0.0.1/a http://[2001:db8::1]:80/ 10.1.0.0/16",
                "http://***/a http://[***]:80/ ***/16",
            ),
            ("db.example/93.184.216.34", "db.example/***"),
            ("fe80::1ff:fe23:4567:890a%eth0", "***%eth0"),
            (
                "2001:0db8:85a3:0000:0000:8a2e:0370:7334 and ::ffff:10.0.0.1.",
                "*** and ***.",
            ),
            (
                r#"{"ip":"10.0.0.1","v6":"::1","w":"\n2001:db8::\n"}"#,
                r#"{"ip":"***","v6":"***","w":"\n***\n"}"#,
            ),
            ("addr: 2001:db8::5: unreachable", "addr: ***: unreachable"),
            ("10.0.0.1-10.0.0.9", "***-***"),
            ("1.2.3.4 5.6.7.8", "*** ***"),
        ] {
            assert_eq!(redact(text), expected);
            assert_eq!(redact(expected), expected);
        }
    }

    #[test]
    fn leaves_versions_times_and_code() {
        for text in [
            "Chrome/120.0.0.0 Safari/537.36 Edg/120.0.2210.91",
            "version 1.2.3.4, v1.2.3.4, Version: 1.0.0.0 FileVersion=2.0.1.9 1.2.3.4-beta section 4.3.2.1",
            "1.2.3 1.2.3.4.5 1.3.6.1.4.1 256.1.1.1 01.2.3.4 1.2.3.x a1.2.3.4 10.5 3.14",
            "12:30:45 2026-11-23T09:30:00Z 00:1A:2B:3C:4D:5E a::b std::vec::Vec dead::beef Face::Add",
            "a[::2] a[1::2, ::3] x ? y : z {\"a\":1,\"b\":2} :: ::before abc::def1g",
            "5e884898:da28047:151d0e5:6f8dc62:927360:3d0d6aa:bbdd62a:11ef721d15",
        ] {
            assert_eq!(redact(text), text);
        }
    }
}
