//! Secret parameters in the query or fragment of URLs, and in the bodies of forms.

use std::ops::Range;

use super::{
    bytes::{NAME, SPACE, is, is_at, is_before, run_start},
    kinds::Kinds,
    named::is_literal,
    names::normalize,
    scan::Scan,
    secret_names::{Secrecy, secrecy},
};

/// In bytes. Longer names are not looked at.
pub(super) const MAX_NAME: usize = 60;

/// Normalized and sorted.
const SECRET: [&str; 43] = [
    "accesskey",
    "accesskeyid",
    "accesstoken",
    "apikey",
    "apitoken",
    "appkey",
    "assertion",
    "auth",
    "authkey",
    "authorization",
    "authtoken",
    "awsaccesskeyid",
    "bearer",
    "bearertoken",
    "clientassertion",
    "clientsecret",
    "code",
    "codeverifier",
    "csrftoken",
    "idtoken",
    "jwt",
    "key",
    "oauthtoken",
    "otp",
    "pass",
    "passphrase",
    "passwd",
    "password",
    "privatekey",
    "pwd",
    "refreshtoken",
    "samlresponse",
    "sas",
    "secret",
    "secretkey",
    "sessionid",
    "sessiontoken",
    "sig",
    "signature",
    "subscriptionkey",
    "token",
    "userpassword",
    "userpwd",
];

impl Scan<'_> {
    /// The value of a parameter, if its name is that of a secret.
    pub(super) fn parameter(&self, equals: usize, floor: usize) -> Option<Range<usize>> {
        let bytes = self.bytes;
        if !self.has(Kinds::URL_CREDENTIALS) {
            return None;
        }
        let end = name_end(&bytes[..equals]);
        if end <= floor || !is_before(bytes, end, NAME) {
            return None;
        }
        let from = floor.max(end.saturating_sub(MAX_NAME));
        let mut start = run_start(bytes, end, from, NAME);
        // `user[password]` and `user%5Bpassword%5D` are members of an object.
        let mut name_start = start;
        if end < equals {
            (start, name_start) = object_start(bytes, start, from);
        }
        let mut separator = start.checked_sub(1).map(|at| bytes[at]);
        // Some writers of JSON escape the ampersand.
        if separator == Some(b'\\') && bytes[start..end].starts_with(b"u0026") {
            name_start = name_start.max(start + 5);
            separator = Some(b'&');
        }
        let is_first = matches!(separator, None | Some(b'"' | b'\'' | b'\n' | b' '));
        let is_entity = separator == Some(b';') && bytes[..start].ends_with(b"&amp;");
        let in_query = matches!(separator, Some(b'?' | b'&' | b'#')) || is_entity;
        if !(in_query || is_first) || bytes[start] == b'.' {
            return None;
        }
        let name = secret_name(&self.text[name_start..end])?;
        let value = equals + 1..self.parameter_end(equals + 1);
        // The first parameter of a form is followed by another one.
        let is_form = || bytes.get(value.end) == Some(&b'&') && is_at(bytes, value.end + 1, NAME);
        if !in_query && !is_form() {
            return None;
        }
        let is_harmless = is_harmless(&name, &bytes[value.clone()]);
        (!is_harmless && !self.is_placeholder(value.clone())).then_some(value)
    }

    pub(super) fn parameter_end(&self, start: usize) -> usize {
        self.parameter_end_within(start, self.bytes.len())
    }

    pub(super) fn parameter_end_within(&self, start: usize, limit: usize) -> usize {
        let rest = &self.bytes[start..limit];
        let stops =
            |byte: u8| is(byte, SPACE) || byte < b' ' || b"&#\"'`<>\\;)]}|^".contains(&byte);
        let length = rest.iter().position(|&byte| stops(byte));
        let mut end = start + length.unwrap_or(rest.len());
        // The end of a sentence, or of a text that was cut.
        while end > start && b".,:!?".contains(&self.bytes[end - 1]) {
            end -= 1;
        }
        end
    }
}

/// Returns the name in a spelling that all have in common, if it is that of a secret.
pub(super) fn secret_name(name: &str) -> Option<String> {
    let plain = normalize(name);
    let is_secret =
        SECRET.binary_search(&&*plain).is_ok() || secrecy(plain.as_bytes()) != Secrecy::None;
    is_secret.then_some(plain)
}

/// The end of a name before `=`, without the brackets of a list or of a member: `token[]`, `user[password]`.
fn name_end(before: &[u8]) -> usize {
    let mut rest = before;
    for bracket in [&b"]"[..], b"%5D", b"%5d", b"[", b"%5B", b"%5b"] {
        rest = rest.strip_suffix(bracket).unwrap_or(rest);
    }
    rest.len()
}

/// The start of the object whose member begins at a position, and that of the member.
fn object_start(bytes: &[u8], member: usize, floor: usize) -> (usize, usize) {
    let before = &bytes[floor..member];
    let is_encoded = bytes[member..]
        .get(..2)
        .is_some_and(|code| code.eq_ignore_ascii_case(b"5B"));
    let (object, name) = match before.last() {
        Some(b'[') => (member - 1, member),
        Some(b'%') if is_encoded => (member - 1, member + 2),
        _ => return (member, member),
    };
    (run_start(bytes, object, floor, NAME), name)
}

/// Whether a value is too short for a secret, or a status or a language, which are called `code`, too.
pub(super) fn is_harmless(name: &str, value: &[u8]) -> bool {
    let is_common = matches!(name, "code" | "key" | "auth" | "pass");
    value.first() == Some(&b'=')
        || is_literal(value)
        || (name.ends_with("tokens") && value.iter().all(u8::is_ascii_digit))
        || (is_common && value.len() < 3)
        || (name == "code" && value.len() < 5 && value.iter().all(u8::is_ascii_digit))
        || (name == "code" && value.len() == 5 && matches!(value[2], b'-' | b'_'))
}

#[cfg(test)]
mod tests {
    use super::{SECRET, secret_name};
    use crate::redact::{Kinds, Redactor};

    fn redact(text: &str) -> String {
        Redactor::new(Kinds::URL_CREDENTIALS, &[""; 0], "***")
            .redact(text)
            .into_owned()
    }

    #[test]
    fn hides_secret_parameters() {
        for (text, expected) in [
            ("https://h/p?token=abc&x=1", "https://h/p?token=***&x=1"),
            (
                "https://h/cb#access_token=abc&state=1",
                "https://h/cb#access_token=***&state=1",
            ),
            (
                "GET /cb?code=4%2F0Abc&state=x HTTP/1.1",
                "GET /cb?code=***&state=x HTTP/1.1",
            ),
            (
                "https://b.s3.example/k?X-Amz-Credential=AKIA%2F2026&X-Amz-Date=2026&X-Amz-Security-Token=Fwo&X-Amz-Signature=ab",
                "https://b.s3.example/k?X-Amz-Credential=***&X-Amz-Date=2026&X-Amz-Security-Token=***&X-Amz-Signature=***",
            ),
            (
                "?AWSAccessKeyId=AKIA&Expires=1&Signature=a+b/c=",
                "?AWSAccessKeyId=***&Expires=1&Signature=***",
            ),
            (
                "https://x.blob.example/c?sv=2026&sig=a%3D&se=1",
                "https://x.blob.example/c?sv=2026&sig=***&se=1",
            ),
            (
                "https://maps.example/api?key=abcdef",
                "https://maps.example/api?key=***",
            ),
            (
                "jdbc:mysql://h/d?user=root&password=s3cret",
                "jdbc:mysql://h/d?user=root&password=***",
            ),
            (
                "(see https://h/?sig=abc). Or https://h/?api_key=d.",
                "(see https://h/?sig=***). Or https://h/?api_key=***.",
            ),
            (
                r#"{"url":"https:\/\/h\/?token=a\nb"}"#,
                r#"{"url":"https:\/\/h\/?token=***\nb"}"#,
            ),
            (
                r#"{"url":"https://h/?a=1\u0026token=x"}"#,
                r#"{"url":"https://h/?a=1\u0026token=***"}"#,
            ),
            (
                "<a href='/x?a=1&amp;token=b'>",
                "<a href='/x?a=1&amp;token=***'>",
            ),
            ("password=hunter2&user=ada", "password=***&user=ada"),
            ("https://h/?token=abc...", "https://h/?token=***..."),
            ("/x?key=a@b.c&pwd=d", "/x?key=***&pwd=***"),
            (
                "/x?user[password]=a&tokens[]=b&user%5Bpassword%5D=c&token%5B%5D=d",
                "/x?user[password]=***&tokens[]=***&user%5Bpassword%5D=***&token%5B%5D=***",
            ),
            (
                "/x?reset_token=a&private-token=b&hmac=c&x.oauth_verifier=d",
                "/x?reset_token=***&private-token=***&hmac=***&x.oauth_verifier=***",
            ),
        ] {
            assert_eq!(redact(text), expected);
            assert_eq!(redact(expected), expected);
        }
    }

    #[test]
    fn leaves_other_parameters_and_code() {
        for text in [
            "https://h/?page_token=2&next_token=abc&author=a&filter[name]=b&a[]=c",
            "https://h/?q=token&page=2&sort_key=name&country_code=DE&max_tokens=5&monkey=1",
            "https://h/?session=2&auth=none&ticket=5&token=null&credentials=include",
            "https://h/errors?code=404 https://h/?code=en-US https://h/?key=1",
            "https://h/?token=${token}&key=<key>&sig={sig}&code=$CODE",
            "const token = read(); let password=input.value; if (a&&token==b) {}",
            "user?.password=x; f(key=value, code=200)",
            "token=abc and key=value",
            "https://h/?token=&key=&a=b",
            "npm install --registry=https://h/ --key=x",
        ] {
            assert_eq!(redact(text), text);
        }
    }

    #[test]
    fn keeps_its_names_sorted() {
        assert!(SECRET.is_sorted());
        assert!(SECRET.iter().all(|name| secret_name(name).is_some()));
    }
}
