//! Paths of URLs: their segments, and the form that HTTP takes.

use http::Uri;
use url::Url;

use infinium_core::{Error, ErrorKind, OptionId, Result};

/// The maximum length in bytes of an id that becomes a segment of a path. Percent-encoded it still fits into what
/// HTTP libraries accept as a URL.
pub(crate) const MAX_SEGMENT: usize = 8_192;

/// `base` with more segments, each percent-encoded.
pub(crate) fn join(base: &Url, segments: &[&str]) -> Url {
    let mut url = base.clone();
    // Only URLs without a host have no segments, and the configuration refuses those.
    if let Ok(mut path) = url.path_segments_mut() {
        path.pop_if_empty().extend(segments);
    }
    url
}

/// A URL as the transport takes it.
///
/// # Errors
/// `Configuration` of `baseUrl`, if it has characters that HTTP does not allow.
pub(crate) fn to_uri(url: &Url) -> Result<Uri> {
    Uri::try_from(url.as_str()).map_err(|error| {
        Error::misconfigured(
            OptionId::BaseUrl,
            format!("cannot be used in HTTP: {error}"),
        )
    })
}

/// Checks an argument that becomes a segment of a path, and removes the spaces around it.
///
/// # Errors
/// `Validation` of `field`.
pub(crate) fn check_segment<'a>(field: &str, value: &'a str) -> Result<&'a str> {
    let trimmed = value.trim();
    // The last two mean other directories, however they are encoded.
    let is_no_name = matches!(trimmed, "" | "." | "..");
    // URLs lose some control characters.
    let problem = if is_no_name || trimmed.chars().any(char::is_control) {
        format!("must be an id (got {trimmed:?})")
    } else if trimmed.len() > MAX_SEGMENT {
        format!(
            "must be an id of at most {MAX_SEGMENT} bytes (got {})",
            trimmed.len()
        )
    } else {
        return Ok(trimmed);
    };
    let message = format!("{field} {problem}");
    Err(Error::of_field(ErrorKind::Validation, field, message))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodes_an_id_as_one_segment() {
        let url = |base: &str, id: &str| join(&Url::parse(base).unwrap(), &["agents", id, "trace"]);
        assert_eq!(
            url("http://h/api/v1", "a b/c?d#e%f\\g").path(),
            "/api/v1/agents/a%20b%2Fc%3Fd%23e%25f%5Cg/trace"
        );
        assert_eq!(url("http://h", "abc").as_str(), "http://h/agents/abc/trace");
    }
}
