//! Names of members, whatever their spelling: `apiKey`, `api_key`, `API-KEY` and `Api Key` are the same.

use std::ops::RangeInclusive;

/// A set of names.
#[derive(Clone, Debug)]
pub(super) struct Names {
    /// Normalized and sorted.
    names: Vec<String>,
    /// One bit for the last byte of each name, modulo 128. Most other names are told apart by it.
    last_bytes: u128,
    /// How many bytes the normalized names have.
    lengths: RangeInclusive<usize>,
}

impl Names {
    pub(super) fn new<T: AsRef<str>>(names: &[T]) -> Self {
        let mut names: Vec<_> = names.iter().map(|name| normalize(name.as_ref())).collect();
        names.sort();
        names.dedup();
        let bits = names.iter().filter_map(|name| name.bytes().last()).map(bit);
        let lengths = || names.iter().map(String::len);
        Self {
            last_bytes: bits.fold(0, |all, bit| all | bit),
            lengths: lengths().min().unwrap_or(1)..=lengths().max().unwrap_or(0),
            names,
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// Whether a name may end in this byte.
    #[inline]
    pub(super) fn may_end_in(&self, last: u8) -> bool {
        !last.is_ascii_alphanumeric() || self.last_bytes & bit(last.to_ascii_lowercase()) != 0
    }

    pub(super) fn contains(&self, name: &str) -> bool {
        let bytes = name.as_bytes();
        let Some(&last) = bytes.last() else {
            return false;
        };
        let is_plain = last.is_ascii_alphanumeric();
        if is_plain
            && (self.last_bytes & bit(last.to_ascii_lowercase()) == 0
                || bytes.len() < *self.lengths.start())
        {
            return false;
        }
        if !bytes.is_ascii() {
            return self.names.binary_search(&normalize(name)).is_ok();
        }
        let count = bytes
            .iter()
            .filter(|byte| byte.is_ascii_alphanumeric())
            .count();
        self.lengths.contains(&count)
            && self
                .names
                .iter()
                .any(|one| one.len() == count && is_same(one, bytes))
    }
}

/// Whether the letters and digits of a name are these, in any case.
fn is_same(normalized: &str, name: &[u8]) -> bool {
    let kept = name.iter().filter(|byte| byte.is_ascii_alphanumeric());
    let kept = kept.map(u8::to_ascii_lowercase);
    kept.eq(normalized.bytes())
}

fn bit(byte: u8) -> u128 {
    1 << (byte % 128)
}

/// Returns the letters and digits of a name, in lower case.
pub(super) fn normalize(name: &str) -> String {
    let kept = name.chars().filter(|c| c.is_alphanumeric());
    kept.flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::Names;

    #[test]
    fn knows_a_name_in_any_spelling() {
        let names = Names::new(&["apiKey", "PASSWORD", "clé privée", "line2"]);
        for same in [
            "apiKey",
            "api_key",
            "API-KEY",
            "Api Key",
            "apikey",
            "passWord",
            "_password_",
            "CléPrivée",
            "Line 2",
            "apiKey ",
        ] {
            assert!(names.contains(same), "{same}");
        }
        for other in [
            "apiKeys",
            "key",
            "",
            "_",
            "line",
            "cle privee",
            "x-API",
            "apiKex",
            "apikeé",
        ] {
            assert!(!names.contains(other), "{other}");
        }
        let none: [&str; 0] = [];
        assert!(!Names::new(&none).contains("password"));
        assert!(Names::new(&none).is_empty());
    }
}
