//! Secret parameters in the query or fragment of URLs, and in the bodies of forms.

use std::ops::Range;

use super::{
    bytes::{NAME, SPACE, is, is_at, is_before, run_start},
    kinds::Kinds,
    names::normalize,
    scan::Scan,
};

/// In bytes. Longer names are not looked at.
const MAX_NAME: usize = 40;

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

/// Names end so in URLs that were signed: `X-Amz-Signature`, `reset_password_token`.
const SECRET_ENDS: [&str; 9] = [
    "amzcredential",
    "googcredential",
    "securitytoken",
    "signature",
    "accesstoken",
    "authtoken",
    "apikey",
    "password",
    "passwordtoken",
];

impl Scan<'_> {
    /// The value of a parameter, if its name is that of a secret.
    pub(super) fn parameter(&self, equals: usize, floor: usize) -> Option<Range<usize>> {
        let bytes = self.bytes;
        if !self.has(Kinds::URL_CREDENTIALS) || !is_before(bytes, equals, NAME) {
            return None;
        }
        let from = floor.max(equals.saturating_sub(MAX_NAME));
        let mut start = run_start(bytes, equals, from, NAME);
        let mut separator = start.checked_sub(1).map(|at| bytes[at]);
        // Some writers of JSON escape the ampersand.
        if separator == Some(b'\\') && bytes[start..equals].starts_with(b"u0026") {
            start += 5;
            separator = Some(b'&');
        }
        let is_first = matches!(separator, None | Some(b'"' | b'\'' | b'\n' | b' '));
        let is_entity = separator == Some(b';') && bytes[..start].ends_with(b"&amp;");
        let in_query = matches!(separator, Some(b'?' | b'&' | b'#')) || is_entity;
        if !(in_query || is_first) || bytes[start] == b'.' {
            return None;
        }
        let name = normalize(&self.text[start..equals]);
        if !is_secret(&name) {
            return None;
        }
        let value = equals + 1..self.parameter_end(equals + 1);
        // The first parameter of a form is followed by another one.
        let is_form = || bytes.get(value.end) == Some(&b'&') && is_at(bytes, value.end + 1, NAME);
        if !in_query && !is_form() {
            return None;
        }
        let is_harmless = is_harmless(&name, &bytes[value.clone()]);
        (!is_harmless && !self.is_placeholder(value.clone())).then_some(value)
    }

    fn parameter_end(&self, start: usize) -> usize {
        let rest = &self.bytes[start..];
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

fn is_secret(name: &str) -> bool {
    SECRET.binary_search(&name).is_ok() || SECRET_ENDS.iter().any(|end| name.ends_with(end))
}

/// Whether a value is too short for a secret, or a status or a language, which are called `code`, too.
fn is_harmless(name: &str, value: &[u8]) -> bool {
    let is_common = matches!(name, "code" | "key" | "auth" | "pass");
    let words: [&[u8]; 5] = [b"true", b"false", b"none", b"null", b"undefined"];
    value.first() == Some(&b'=')
        || words.contains(&value)
        || (is_common && value.len() < 3)
        || (name == "code" && value.len() < 5 && value.iter().all(u8::is_ascii_digit))
        || (name == "code" && value.len() == 5 && matches!(value[2], b'-' | b'_'))
}

#[cfg(test)]
mod tests {
    use super::{SECRET, is_secret};
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
        ] {
            assert_eq!(redact(text), expected);
            assert_eq!(redact(expected), expected);
        }
    }

    #[test]
    fn leaves_other_parameters_and_code() {
        for text in [
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
        assert!(SECRET.iter().all(|name| is_secret(name)));
    }
}
