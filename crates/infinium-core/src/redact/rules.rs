//! What is searched for, and what is written instead.

use super::{anchors::MAX_NEEDLES, kinds::Kinds, names::Names};

/// Replaces secrets that are always hidden.
pub const HIDDEN: &str = "[Hidden]";

/// The rules of a redaction.
#[derive(Clone, Debug)]
pub(super) struct Rules {
    pub(super) kinds: Kinds,
    /// The names of members whose values are replaced.
    pub(super) names: Names,
    /// The bytes at which the kinds are recognized. `None` if there are none.
    pub(super) needles: Option<[u8; MAX_NEEDLES]>,
    pub(super) replacement: Box<str>,
}

impl Rules {
    pub(super) fn new<T: AsRef<str>>(kinds: Kinds, names: &[T], replacement: &str) -> Self {
        Self {
            kinds,
            names: Names::new(names),
            needles: needles(kinds),
            replacement: replacement.into(),
        }
    }

    /// Whether a text begins with what was written instead of a value.
    pub(super) fn is_replaced(&self, text: &str) -> bool {
        text.starts_with(&*self.replacement) || text.starts_with(HIDDEN)
    }
}

/// The bytes at which these kinds are recognized. `None` if there are none.
fn needles(kinds: Kinds) -> Option<[u8; MAX_NEEDLES]> {
    let headers = Kinds::AUTHORIZATION.with(Kinds::COOKIE);
    let parameters = Kinds::URL_CREDENTIALS.with(Kinds::CONNECTION_STRING);
    let keys = Kinds::AUTHORIZATION.with(Kinds::PRIVATE_KEY);
    let wanted = [
        (b':', Kinds::URL_CREDENTIALS.with(headers).with(Kinds::IP)),
        (b'=', parameters),
        (b'@', Kinds::EMAIL),
        (b'B', keys),
        (b'b', Kinds::AUTHORIZATION),
    ];
    let wanted = wanted.into_iter().filter(|(_, of)| kinds.has(*of));
    let mut needles: Option<[u8; MAX_NEEDLES]> = None;
    for (index, (byte, _)) in wanted.enumerate() {
        // The places that are left over repeat the first byte.
        needles.get_or_insert([byte; MAX_NEEDLES])[index] = byte;
    }
    needles
}
