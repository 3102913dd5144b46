//! URL paths: their segments, and their form in HTTP.

use http::Uri;
use url::Url;

use infinium_core::{Error, ErrorKind, MAX_SEGMENT_LENGTH, OptionId, Result};

/// Appends segments to `base`, each percent-encoded.
pub(crate) fn join(base: &Url, segments: &[&str]) -> Url {
    let mut url = base.clone();
    // Only URLs without a host have no segments, and the configuration check rejects those.
    if let Ok(mut path) = url.path_segments_mut() {
        path.pop_if_empty().extend(segments);
    }
    url
}

/// Converts a URL to the transport's type.
///
/// # Errors
/// `Configuration` of `baseUrl`, if it contains characters that HTTP does not allow.
pub(crate) fn to_uri(url: &Url) -> Result<Uri> {
    Uri::try_from(url.as_str()).map_err(|error| {
        Error::misconfigured(
            OptionId::BaseUrl,
            format!("cannot be used in HTTP: {error}"),
        )
    })
}

/// Checks an argument that becomes a path segment, and trims it.
///
/// # Errors
/// `Validation` of `field`.
pub(crate) fn check_segment<'a>(field: &str, value: &'a str) -> Result<&'a str> {
    let trimmed = value.trim();
    let problem = if trimmed.is_empty() {
        format!("must be a non-empty string (got {value:?})")
    // Both mean other directories, however they are encoded. URLs lose some control characters.
    } else if matches!(trimmed, "." | "..") || trimmed.chars().any(char::is_control) {
        format!("must be an id without control characters, and not '.' or '..' (got {trimmed:?})")
    } else if trimmed.len() > MAX_SEGMENT_LENGTH {
        let length = trimmed.len();
        format!("must be at most {MAX_SEGMENT_LENGTH} bytes (got {length})")
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
