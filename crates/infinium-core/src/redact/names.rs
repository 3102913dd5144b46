//! Names of members, whatever their spelling: `apiKey`, `api_key`, `API-KEY` and `Api Key` are the same.

/// A set of names.
#[derive(Clone, Debug, Default)]
pub(super) struct Names {
    /// Normalized and sorted.
    names: Vec<String>,
    /// One bit for the last byte of each name, modulo 128. Most other names are told apart by it.
    last_bytes: u128,
}

impl Names {
    pub(super) fn new<T: AsRef<str>>(names: &[T]) -> Self {
        let mut names: Vec<_> = names.iter().map(|name| normalize(name.as_ref())).collect();
        names.sort();
        names.dedup();
        let bits = names.iter().filter_map(|name| name.bytes().last()).map(bit);
        Self {
            last_bytes: bits.fold(0, |all, bit| all | bit),
            names,
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    pub(super) fn contains(&self, name: &str) -> bool {
        let mut bytes = name.bytes().rev();
        let Some(last) = bytes.find(|byte| byte.is_ascii_alphanumeric() || !byte.is_ascii()) else {
            return false;
        };
        // Lower case changes the bytes of other alphabets.
        if last.is_ascii() && self.last_bytes & bit(last.to_ascii_lowercase()) == 0 {
            return false;
        }
        self.names.binary_search(&normalize(name)).is_ok()
    }
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
            "x-API",
            "passWord",
            "_password_",
            "CléPrivée",
            "Line 2",
        ] {
            assert_eq!(names.contains(same), same != "x-API", "{same}");
        }
        for other in ["apiKeys", "key", "", "_", "line", "cle privee"] {
            assert!(!names.contains(other), "{other}");
        }
        assert!(!Names::default().contains("password"));
    }
}
