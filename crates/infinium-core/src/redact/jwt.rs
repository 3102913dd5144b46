//! JSON Web Tokens: a header, a payload and a signature, each in base64.

use super::bytes::{TOKEN, run_end};

/// In bytes. The shortest header is `{"alg":"none"}`.
const MIN_HEADER: usize = 10;
const MIN_PAYLOAD: usize = 4;

/// The end of the JSON Web Token that begins at a position. A token that was cut ends with what is left of it.
pub(super) fn jwt_end(bytes: &[u8], start: usize) -> Option<usize> {
    // Base64 of `{"` and of `{ `.
    if !bytes[start..].starts_with(b"eyJ") && !bytes[start..].starts_with(b"eyA") {
        return None;
    }
    let token = &bytes[start..run_end(bytes, start, TOKEN)];
    let mut parts = token.split(|&byte| byte == b'.');
    let header = parts.next()?;
    let payload = parts.next()?;
    // Encrypted tokens may have no key in the second place.
    let is_token = header.len() >= MIN_HEADER
        && (payload.len() >= MIN_PAYLOAD
            || (payload.is_empty()
                && parts
                    .next()
                    .is_some_and(|part| part.len() >= 2 * MIN_PAYLOAD)));
    let dots = token.iter().rev().take_while(|&&byte| byte == b'.').count();
    is_token.then_some(start + token.len() - dots)
}

#[cfg(test)]
mod tests {
    use crate::redact::{Kinds, Redactor};

    fn redact(text: &str) -> String {
        Redactor::new(Kinds::JWT, &[""; 0], "***")
            .redact(text)
            .into_owned()
    }

    #[test]
    fn finds_tokens() {
        let token =
            "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
        for (before, after) in [
            ("", ""),
            ("token=", "&x"),
            (r#"{"a":"\n"#, r#"\n"}"#),
            ("%3D", " "),
            ("'", "'."),
            ("(", ")."),
        ] {
            let text = format!("{before}{token}{after}");
            assert_eq!(redact(&text), format!("{before}***{after}"));
        }
        for (text, expected) in [
            ("eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.", "***."),
            (
                "eyJhbGciOiJkaXIifQ..48V1_ALb6US04U3b.5eym8TW_c8SuK0ltJ3rpYIzOeDQz7TALvtu6UG9oMo4vpzs9tX_EFShS8iB7j6ji.XFBoMYUZodetZdvTiFvSkQ",
                "***",
            ),
            ("eyJhbGciOiJIUzI1NiJ9.eyJzdWI...", "***..."),
        ] {
            assert_eq!(redact(text), expected);
        }
    }

    #[test]
    fn leaves_other_base64() {
        for text in [
            "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9",
            "eyJhbGciOiJIUzI1NiJ9. eyJhbGciOiJIUzI1NiJ9...",
            "aGVsbG8gd29ybGQgaGVsbG8.aGVsbG8gd29ybGQgaGVsbG8.aGVsbG8",
            "xeyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc",
            "eyJa.b.c www.eyJhbG.example",
            "eyJwithout.digits.anywhere",
        ] {
            assert_eq!(redact(text), text);
        }
    }
}
