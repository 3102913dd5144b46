//! Reads single members of the platform's answer with JavaScript's rules: lone surrogates, duplicate members and any
//! depth are allowed.

use std::borrow::Cow;

use super::{Cursor, string};

/// Returns the raw value of a member of the object `json`. The last member with this name counts.
pub fn member<'a>(json: &'a str, name: &str) -> Option<&'a str> {
    let mut cursor = Cursor::new(json);
    cursor.expect(b'{').ok()?;
    let mut first = true;
    let mut found = None;
    while cursor.more(&mut first, b'}').ok()? {
        let key = cursor.string().ok()?;
        cursor.expect(b':').ok()?;
        let value = cursor.skip().ok()?;
        if string::decode(cursor.slice(key.span)) == name {
            found = Some(cursor.slice(value.span));
        }
    }
    found
}

/// Decodes a JSON string. Returns `None` for any other value.
pub fn text(json: &str) -> Option<Cow<'_, str>> {
    json.starts_with('"').then(|| string::decode(json))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_members_as_javascript_would() {
        let json =
            r#" {"a":1, "m\u0065ssage" : "x\ud800" ,"b":{"message":"deep"},"message":"y\n" } "#;
        assert_eq!(member(json, "message"), Some(r#""y\n""#));
        assert_eq!(member(json, "b"), Some(r#"{"message":"deep"}"#));
        assert_eq!(member(json, "c"), None);
        for other in ["", "[]", "1", "null", "\"message\"", "{\"message\":"] {
            assert_eq!(member(other, "message"), None, "{other}");
        }
        assert_eq!(text(r#""x\ud800\u00e9""#).as_deref(), Some("x\u{fffd}é"));
        assert_eq!(text("1"), None);
    }
}
