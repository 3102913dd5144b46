//! One text that is searched, stage by stage.

use std::{cell::Cell, ops::Range};

use super::{
    anchors::{Anchor, find_anchor},
    blocks::{Initial, Wanted},
    bytes::{HEX, NAME, QUOTE, SPACE, before, is},
    kinds::Kinds,
    rules::Rules,
};

/// The steps of a redaction: each sees what the ones before it have left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// Whole values of members with a secret name.
    Members,
    /// What is recognized at a byte such as `=` or `@`.
    Signs,
    /// Long runs of letters and digits.
    Tokens,
    /// Runs of digits.
    Numbers,
    /// What no sign tells, such as flags of programs and encoded URLs.
    Rare,
    /// All of them at once, to find out whether there is anything.
    Search,
}

impl Stage {
    /// What a redaction does, in this order.
    pub(super) const ALL: [Self; 5] = [
        Self::Members,
        Self::Signs,
        Self::Tokens,
        Self::Numbers,
        Self::Rare,
    ];
}

/// What is to be replaced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) range: Range<usize>,
    /// The level of the quotes that the replacement needs, if it takes the place of a value of JSON that is no string.
    pub(super) quotes: Option<u32>,
}

impl Found {
    /// A part of a string.
    pub(super) fn within(range: Range<usize>) -> Self {
        Self {
            range,
            quotes: None,
        }
    }
}

/// What a pass over a text searches for at signs, and where it begins.
#[derive(Clone, Copy)]
struct Visit {
    members: bool,
    signs: bool,
    floor: usize,
}

/// A text, and what is known about it.
pub(super) struct Scan<'a> {
    pub(super) rules: &'a Rules,
    pub(super) text: &'a str,
    pub(super) bytes: &'a [u8],
    /// How often the text is escaped: 1 for what is inside a string of a JSON text. Quotes of lower levels are around
    /// it, not in it.
    pub(super) level: u32,
    /// The name of the member that holds the text, if known.
    pub(super) label: &'a str,
    /// A position, and whether it is inside a string. Later ones are found from here.
    pub(super) in_string: Cell<(usize, bool)>,
}

impl<'a> Scan<'a> {
    pub(super) fn new(rules: &'a Rules, text: &'a str, level: u32, label: &'a str) -> Self {
        Self {
            rules,
            text,
            bytes: text.as_bytes(),
            level,
            label,
            in_string: Cell::new((0, false)),
        }
    }

    pub(super) fn has(&self, kinds: Kinds) -> bool {
        self.rules.kinds.has(kinds)
    }

    /// Finds the first thing that a stage replaces. Nothing before `floor` is part of it.
    pub(super) fn first(&self, stage: Stage, floor: usize) -> Option<Found> {
        let found = self.first_anchored(stage, floor);
        if !matches!(stage, Stage::Rare | Stage::Search) {
            return found;
        }
        // No further than what was found, so that repeated searches take no longer than one.
        let limit = |found: &Option<Found>| {
            found
                .as_ref()
                .map_or(self.bytes.len(), |found| found.range.start)
        };
        let encoded = self.encoded(floor, limit(&found)).map(Found::within);
        let found = encoded.or(found);
        let flag = self.flag(floor, limit(&found)).map(Found::within);
        flag.or(found)
    }

    fn first_anchored(&self, stage: Stage, floor: usize) -> Option<Found> {
        let is_in = |one: Stage| stage == one || stage == Stage::Search;
        let has_names = !self.rules.names.is_empty() || self.has(Kinds::NAMED);
        let members = is_in(Stage::Members) && has_names;
        let signs = is_in(Stage::Signs) && self.has(SIGNS);
        let tokens = is_in(Stage::Tokens) && self.has(TOKENS);
        let numbers = is_in(Stage::Numbers) && self.has(NUMBERS);
        if !(members || signs || tokens || numbers) {
            return None;
        }
        let wanted = Wanted {
            signs: members || signs,
            tokens,
            numbers,
            // Names of members and headers. Within strings, quotes are escaped.
            after_quotes: self.level == 0 && (members || self.has(HEADERS)),
            initial: if self.has(Kinds::AUTHORIZATION) {
                Initial::AnyCase
            } else {
                Initial::Capital
            },
        };
        let visit = Visit {
            members,
            signs,
            floor,
        };
        find_anchor(self.bytes, floor, wanted, |at, anchor| {
            self.visit(at, anchor, visit)
        })
    }

    /// What is recognized at this anchor. It is no part of the loop that searches, which stays small.
    #[inline(never)]
    fn visit(&self, at: usize, anchor: Anchor, visit: Visit) -> Option<Found> {
        let Visit {
            members,
            signs,
            floor,
        } = visit;
        match anchor {
            // Nearly all that is found in ordinary texts is left behind here.
            Anchor::Sign if !self.may_matter(at, members) => None,
            Anchor::Sign => {
                let is_member = members && self.bytes[at] == b':';
                let member = if is_member {
                    self.member(at, floor)
                } else {
                    None
                };
                member.or_else(|| {
                    let sign = if signs { self.sign(at, floor) } else { None };
                    sign.map(Found::within)
                })
            }
            Anchor::Token => self.token(at, floor).map(Found::within),
            Anchor::Number => self.number(at, floor),
        }
    }

    /// Whether a sign may be more than one of ordinary text.
    #[inline(always)]
    fn may_matter(&self, at: usize, members: bool) -> bool {
        let bytes = self.bytes;
        let next = bytes.get(at + 1).copied().unwrap_or_default();
        let previous = before(bytes, at).unwrap_or_default();
        let named = self.has(Kinds::NAMED);
        let ends_header = |last: u8| matches!(last | 0x20, b'n' | b'e' | b'y') && self.has(HEADERS);
        match bytes[at] {
            b':' if previous == b'"' => {
                let last = before(bytes, at - 1).unwrap_or_default();
                last == b'\\'
                    || (members && self.level == 0 && (named || self.rules.names.may_end_in(last)))
                    || ends_header(last)
            }
            b':' => {
                matches!(next, b'/' | b':' | b'\\')
                    || is(previous, HEX | SPACE | QUOTE)
                    || previous == b':'
                    || (named && is(previous, NAME))
                    || ends_header(previous)
            }
            b'=' => is(previous, NAME | SPACE) || previous == b']',
            b'@' => true,
            b'>' => named && next != b' ',
            b'b' | b'B' => matches!(next | 0x20, b'e' | b'a'),
            _ => false,
        }
    }

    /// What is recognized at this byte.
    fn sign(&self, at: usize, floor: usize) -> Option<Range<usize>> {
        match self.bytes[at] {
            // The first colon of a string is not looked at by itself: see `Wanted::after_quotes`.
            b':' if self.bytes[..at].ends_with(b"\":") => self.ipv6(at - 1, floor),
            b':' => self
                .user_info(at, floor)
                .or_else(|| self.webhook(at))
                .or_else(|| self.header(at, floor))
                .or_else(|| self.named(at, floor))
                .or_else(|| self.ipv6(at, floor)),
            b'=' => self
                .parameter(at, floor)
                .or_else(|| self.connection_password(at, floor))
                .or_else(|| self.assigned(at, floor)),
            b'@' => self.email(at, floor),
            b'>' if self.has(Kinds::NAMED) => self.element(at, floor),
            b'B' | b'b' => self
                .private_key(at, floor)
                .or_else(|| self.authorization(at, floor)),
            _ => None,
        }
    }

    /// Whether a value is a replacement already, or a placeholder that someone else will fill in: `${TOKEN}`, `<token>`
    /// or `***`.
    pub(super) fn is_placeholder(&self, value: Range<usize>) -> bool {
        let text = &self.text[value];
        text.is_empty()
            || self.rules.is_replaced(text)
            || is_bracketed(text.as_bytes())
            || text.starts_with("${")
            || text.starts_with("{{")
            || text.starts_with("$(")
            || text.starts_with("%s")
            || text.bytes().all(|byte| byte == b'.')
            || is_variable(text.as_bytes())
    }
}

/// Whether a text is something like `[redacted]`, `<token>`, `{token}` or `***`. A password may begin so, too.
fn is_bracketed(text: &[u8]) -> bool {
    match text {
        [b'*', rest @ ..] => rest.iter().all(|&byte| byte == b'*'),
        [b'[' | b'<' | b'{', rest @ ..] => !rest.iter().any(u8::is_ascii_digit),
        _ => false,
    }
}

/// Whether a text is a variable of a shell, such as `$TOKEN`.
fn is_variable(text: &[u8]) -> bool {
    let name = text.strip_prefix(b"$").unwrap_or_default();
    !name.is_empty() && name.iter().all(|byte| matches!(byte, b'A'..=b'Z' | b'_'))
}

const HEADERS: Kinds = Kinds::AUTHORIZATION.with(Kinds::COOKIE);

const SIGNS: Kinds = HEADERS
    .with(Kinds::EMAIL)
    .with(Kinds::IP)
    .with(Kinds::PRIVATE_KEY)
    .with(Kinds::URL_CREDENTIALS)
    .with(Kinds::CONNECTION_STRING)
    .with(Kinds::NAMED);

const TOKENS: Kinds = Kinds::JWT.with(Kinds::API_KEY);

const NUMBERS: Kinds = Kinds::PHONE
    .with(Kinds::CREDIT_CARD)
    .with(Kinds::IBAN)
    .with(Kinds::IP);
