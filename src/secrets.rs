//! Hides secrets in texts, for the summaries of `lib/trace/`.

use std::borrow::Cow;

use infinium_client::hide_secrets as hide;
use napi_derive::napi;

/// Replaces the secrets in a text. Returns null if it has none.
#[napi(catch_unwind)]
pub fn hide_secrets(text: String) -> Option<String> {
    match hide(&text) {
        Cow::Borrowed(_) => None,
        Cow::Owned(hidden) => Some(hidden),
    }
}
