//! The query of an address.

use percent_encoding::percent_decode_str;

/// The names and values of a query, decoded.
pub(super) fn pairs(query: Option<&str>) -> impl Iterator<Item = (String, String)> {
    let decode = |text: &str| {
        let text = text.replace('+', " ");
        percent_decode_str(&text).decode_utf8_lossy().into_owned()
    };
    query
        .unwrap_or_default()
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(move |pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decode(name), decode(value))
        })
}

/// The value of the first parameter with this name.
pub(super) fn find(query: Option<&str>, wanted: &str) -> Option<String> {
    pairs(query).find_map(|(name, value)| (name == wanted).then_some(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decodes_names_and_values() {
        let found: Vec<_> = pairs(Some("q=a+b%26%C3%BC&x&&%66=1=2&bad=%FF%")).collect();
        let expected = [
            ("q", "a b&ü"),
            ("x", ""),
            ("f", "1=2"),
            ("bad", "\u{fffd}%"),
        ];
        let expected: Vec<_> = expected
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        assert_eq!(found, expected);
        assert_eq!(find(None, "q"), None);
    }
}
