//! Prompts that are stored on the platform.

use std::collections::HashMap;

use http::{HeaderMap, HeaderName, HeaderValue};
use serde::Serialize;
use serde_json::Value;

use crate::{call::Call, pipeline::RequestClass, url_path::check_segment};
use infinium_core::{Answer, Error, ErrorKind, RequestContext, Result, Secret, wire};

const PROMPT_ID: HeaderName = HeaderName::from_static("x-prompt-id");
const PROMPT_KEY: HeaderName = HeaderName::from_static("x-prompt-key");

/// The maximum number of digits in a version: the number of digits in the largest 64-bit integer.
const MAX_DIGITS: usize = 20;

/// A prompt.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct PromptContent {
    /// Its id.
    pub prompt_id: String,
    /// Its name.
    #[serde(skip_serializing_if = "Value::is_null")]
    pub name: Value,
    /// The version of this prompt.
    pub version: Value,
    /// Its text, with placeholders such as `{{name}}`.
    pub content: String,
    /// When this version was created.
    #[serde(skip_serializing_if = "Value::is_null")]
    pub created_at: Value,
    /// Its text with placeholders replaced, if variables were given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rendered_content: Option<String>,
}

impl Call {
    /// Fetches one version of a prompt: `latest` or a positive integer. With `variables`, also replaces its
    /// placeholders.
    ///
    /// # Errors
    /// `Validation` of `promptId`, `promptKey` or `version`, or the errors of any request.
    pub async fn prompt(
        &self,
        id: &str,
        key: Secret,
        version: &str,
        variables: Option<&HashMap<String, String>>,
    ) -> Result<PromptContent> {
        let id = check_segment("promptId", id)?;
        let version = check_version(version)?;
        let mut headers = HeaderMap::new();
        headers.insert(PROMPT_ID, header("promptId", id)?);
        // HTTP removes spaces around a header value, so such a key could never match.
        let bare = key.expose().trim();
        if bare.is_empty() || bare != key.expose() {
            let problem = "must be the key of the prompt, without spaces around it";
            return Err(invalid("promptKey", problem));
        }
        let mut key_header = header("promptKey", bare)?;
        key_header.set_sensitive(true);
        headers.insert(PROMPT_KEY, key_header);
        let pipeline = self.pipeline();
        let request = pipeline
            .requests
            .read(&["prompts", id, "v", &version], headers)?;
        let resource = format!("prompt {id} in version {version}");
        let context = RequestContext {
            credentials: "the prompt id and the prompt key",
            secret: &key,
            ..pipeline.context(RequestClass::Read, &resource)
        };
        let answer = self.until_ended(self.read(&request, &context)).await?;
        let mut prompt = parse(&answer, id, &version)?;
        if let Some(variables) = variables {
            let rendered = render(&prompt.content, variables).ok_or_else(|| {
                let size = MAX_RENDERED / (1024 * 1024);
                let problem = format!("would make the prompt larger than {size} MiB");
                invalid("variables", &problem)
            })?;
            prompt.rendered_content = Some(rendered);
        }
        Ok(prompt)
    }
}

fn invalid(field: &str, problem: &str) -> Error {
    Error::of_field(ErrorKind::Validation, field, format!("{field} {problem}"))
}

fn header(field: &str, value: &str) -> Result<HeaderValue> {
    HeaderValue::from_str(value)
        .ok()
        .filter(|_| value.is_ascii())
        .ok_or_else(|| invalid(field, "must be legal in an HTTP header: printable ASCII"))
}

fn check_version(version: &str) -> Result<String> {
    if version == "latest" {
        return Ok(version.to_owned());
    }
    let digits = version.trim_start_matches('0');
    let is_number = !digits.is_empty() && version.bytes().all(|byte| byte.is_ascii_digit());
    if !is_number || digits.len() > MAX_DIGITS {
        let problem = format!("must be a positive integer or 'latest' (got '{version}')");
        return Err(invalid("version", &problem));
    }
    Ok(digits.to_owned())
}

/// Parses the answer. Its keys may be in snake_case or camelCase, at the top level or in `data` or `prompt`.
fn parse(answer: &Answer, id: &str, version: &str) -> Result<PromptContent> {
    let body = answer.body.as_deref().unwrap_or_default();
    let mut whole = Vec::with_capacity(body.len());
    wire::push_repaired(&mut whole, body);
    let json: Value = serde_json::from_slice(&whole).unwrap_or_default();
    let places = [&json, &json["data"], &json["prompt"]];
    let Some(prompt) = places
        .into_iter()
        .find(|place| place["content"].is_string())
    else {
        let message = "the platform's answer contains no prompt; check the base URL";
        return Err(Error::new(ErrorKind::Unexpected, message).with_status(answer.status));
    };
    let field = |names: &[&str], fallback: Value| {
        let found = names
            .iter()
            .map(|name| &prompt[*name])
            .find(|value| !value.is_null());
        found.cloned().unwrap_or(fallback)
    };
    Ok(PromptContent {
        prompt_id: field(&["promptId", "prompt_id"], Value::Null)
            .as_str()
            .unwrap_or(id)
            .to_owned(),
        name: field(&["name", "promptName", "prompt_name"], Value::Null),
        version: field(&["version"], version.into()),
        content: prompt["content"].as_str().unwrap_or_default().to_owned(),
        created_at: field(&["createdAt", "created_at"], Value::Null),
        rendered_content: None,
    })
}

/// The maximum size of a rendered prompt in bytes.
const MAX_RENDERED: usize = 64 * 1024 * 1024;

/// Replaces every `{{name}}` that has a value. Other placeholders stay unchanged. Returns `None` if the result would be
/// too large.
fn render(content: &str, variables: &HashMap<String, String>) -> Option<String> {
    let mut out = String::with_capacity(content.len());
    let mut rest = content;
    while let Some(start) = rest.find("{{") {
        let inside = &rest[start + 2..];
        let length = inside
            .find(|c: char| !c.is_alphanumeric() && c != '_')
            .unwrap_or(inside.len());
        let value = variables
            .get(&inside[..length])
            .filter(|_| inside[length..].starts_with("}}"));
        match value {
            Some(value) => {
                out.push_str(&rest[..start]);
                if out.len() + value.len() > MAX_RENDERED {
                    return None;
                }
                out.push_str(value);
                rest = &inside[length + 2..];
            }
            None => {
                // Skip only one brace: in `{{{name}}`, the second brace opens the placeholder.
                out.push_str(&rest[..=start]);
                rest = &rest[start + 1..];
            }
        }
    }
    out.push_str(rest);
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn renders_known_names_only() {
        let variables = HashMap::from([
            ("name".to_owned(), "Ada".to_owned()),
            ("größe_2".to_owned(), "{{name}}".to_owned()),
        ]);
        for (content, rendered) in [
            ("Hello {{name}}!", "Hello Ada!"),
            ("{{name}}{{name}}", "AdaAda"),
            ("{{größe_2}}", "{{name}}"),
            (
                "{{other}} {{ name }} {{name} {{name",
                "{{other}} {{ name }} {{name} {{name",
            ),
            ("{{{name}}}", "{Ada}"),
            ("{{}}", "{{}}"),
            ("", ""),
        ] {
            assert_eq!(render(content, &variables).as_deref(), Some(rendered));
        }
    }

    #[test]
    fn checks_versions() {
        for (version, kept) in [
            ("latest", "latest"),
            ("1", "1"),
            ("042", "42"),
            ("18446744073709551616", "18446744073709551616"),
        ] {
            assert_eq!(check_version(version).unwrap(), kept);
        }
        for version in [
            "",
            "0",
            "-1",
            "1.5",
            "+1",
            "v1",
            "Latest",
            "999999999999999999999",
            "00",
        ] {
            assert_eq!(
                check_version(version).unwrap_err().field(),
                Some("version"),
                "{version}"
            );
        }
    }

    #[test]
    fn reads_either_spelling() {
        for body in [
            r#"{"promptId":"p","name":"n","version":3,"content":"c","createdAt":"t"}"#,
            r#"{"data":{"prompt_id":"p","prompt_name":"n","version":3,"content":"c","created_at":"t"}}"#,
        ] {
            let answer = Answer {
                status: 200,
                retry_after: None,
                body: Some(body.to_owned()),
            };
            let prompt = parse(&answer, "p", "latest").unwrap();
            assert_eq!(
                serde_json::to_string(&prompt).unwrap(),
                r#"{"promptId":"p","name":"n","version":3,"content":"c","createdAt":"t"}"#
            );
        }
    }
}
