//! What is replaced, and by what.

use std::{borrow::Cow, sync::LazyLock};

use super::{
    bytes::slashes,
    kinds::Kinds,
    rules::{HIDDEN, Rules},
    scan::{Scan, Stage},
};

/// What is replaced may make something visible that was part of a longer word. More rounds than this find nothing new.
const MAX_ROUNDS: usize = 4;

/// Replaces some kinds of secrets and personal data in texts.
///
/// ```
/// use infinium_core::redact::{Kinds, Redactor};
///
/// let redactor = Redactor::new(Kinds::EMAIL.with(Kinds::IBAN), &["password"], "[redacted]");
/// assert_eq!(redactor.redact("write to ada@example.org"), "write to [redacted]");
/// assert_eq!(redactor.redact(r#"{"password":"x","n":1}"#), r#"{"password":"[redacted]","n":1}"#);
/// ```
#[derive(Clone, Debug)]
pub struct Redactor {
    pub(super) rules: Rules,
}

impl Redactor {
    /// Creates a redactor for these kinds, and for the values of members with these names, in any spelling.
    ///
    /// `replacement` must contain no quotes, backslashes or control characters, because it is written into JSON texts.
    /// [`RedactOptions`](super::RedactOptions) check this.
    pub fn new<T: AsRef<str>>(kinds: Kinds, names: &[T], replacement: &str) -> Self {
        let rules = Rules::new(kinds, names, replacement);
        Self { rules }
    }

    /// Returns the text with everything replaced; borrowed if there was nothing.
    #[must_use]
    pub fn redact<'a>(&self, text: &'a str) -> Cow<'a, str> {
        self.replace(text, 0, "")
            .map_or(Cow::Borrowed(text), Cow::Owned)
    }

    /// Whether there is anything to replace. A cheap answer: nothing is copied.
    pub(super) fn finds(&self, scan: &Scan<'_>) -> bool {
        scan.first(Stage::Search, 0).is_some()
    }

    /// Replaces everything in a text at this level: see [`Scan::level`] and [`Scan::label`]. `None` if there is
    /// nothing.
    pub(super) fn replace(&self, text: &str, level: u32, label: &str) -> Option<String> {
        if !self.finds(&Scan::new(&self.rules, text, level, label)) {
            return None;
        }
        let mut redacted = Cow::Borrowed(text);
        for _ in 0..MAX_ROUNDS {
            let mut changed = false;
            for stage in Stage::ALL {
                let scan = Scan::new(&self.rules, &redacted, level, label);
                if let Some(text) = self.apply(stage, &scan) {
                    redacted = Cow::Owned(text);
                    changed = true;
                }
            }
            if !changed {
                break;
            }
        }
        Some(redacted.into_owned())
    }

    fn apply(&self, stage: Stage, scan: &Scan<'_>) -> Option<String> {
        let mut next = scan.first(stage, 0)?;
        let mut out = String::with_capacity(scan.text.len());
        let mut done = 0;
        loop {
            out.push_str(&scan.text[done..next.range.start]);
            let quote = |out: &mut String| {
                if let Some(level) = next.quotes {
                    out.extend(std::iter::repeat_n('\\', slashes(level)));
                    out.push('"');
                }
            };
            quote(&mut out);
            out.push_str(&self.rules.replacement);
            quote(&mut out);
            // What is found is never empty, so this ends.
            done = next.range.end;
            let Some(found) = scan.first(stage, done) else {
                break;
            };
            next = found;
        }
        out.push_str(&scan.text[done..]);
        Some(out)
    }
}

static SECRETS: LazyLock<Redactor> = LazyLock::new(|| {
    let headers = [
        "authorization",
        "proxy-authorization",
        "cookie",
        "set-cookie",
    ];
    Redactor::new(Kinds::SECRETS, &headers, HIDDEN)
});

/// Returns the text with everything hidden that gives access to something: keys, tokens, passwords in URLs,
/// connection strings, cookies, private keys, and values with the names of secrets. Borrowed if there was nothing.
///
/// ```
/// use infinium_core::redact::hide_secrets;
///
/// assert_eq!(hide_secrets("redis://:pa55@cache:6379/0"), "redis://[Hidden]@cache:6379/0");
/// ```
#[must_use]
pub fn hide_secrets(text: &str) -> Cow<'_, str> {
    SECRETS.redact(text)
}
