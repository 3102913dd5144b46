//! One text that is searched, stage by stage.

use std::{cell::Cell, ops::Range};

use super::{
    anchors::{Anchors, MAX_NEEDLES},
    kinds::Kinds,
    rules::Rules,
};

/// The steps of a redaction, in this order: each sees what the ones before it have left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// Whole values of members with a secret name.
    Members,
    /// What is recognized at a byte such as `=` or `@`.
    Anchored,
    /// Long runs of letters and digits.
    Tokens,
    /// Runs of digits.
    Numbers,
}

impl Stage {
    pub(super) const ALL: [Self; 4] = [Self::Members, Self::Anchored, Self::Tokens, Self::Numbers];
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
        match stage {
            Stage::Members if self.rules.names.is_empty() => None,
            Stage::Members => Anchors::new(self.bytes, floor, [b':'; MAX_NEEDLES])
                .find_map(|colon| self.member(colon, floor)),
            Stage::Anchored => {
                let needles = self.rules.needles?;
                Anchors::new(self.bytes, floor, needles).find_map(|at| self.anchored(at, floor))
            }
            Stage::Tokens if self.has(Kinds::JWT.with(Kinds::API_KEY)) => self.token(floor),
            Stage::Numbers if self.has(NUMBERS) => self.number(floor),
            Stage::Tokens | Stage::Numbers => None,
        }
    }

    fn anchored(&self, at: usize, floor: usize) -> Option<Found> {
        let range = match self.bytes[at] {
            b':' => self
                .user_info(at, floor)
                .or_else(|| self.header(at, floor))
                .or_else(|| self.ipv6(at, floor)),
            b'=' => self
                .parameter(at, floor)
                .or_else(|| self.connection_password(at, floor)),
            b'@' => self.email(at, floor),
            _ => self
                .private_key(at, floor)
                .or_else(|| self.authorization(at, floor)),
        }?;
        Some(Found::within(range))
    }

    /// Whether a value is a replacement already, or a placeholder that someone else will fill in: `${TOKEN}`, `<token>`
    /// or `***`.
    pub(super) fn is_placeholder(&self, value: Range<usize>) -> bool {
        let text = &self.text[value];
        let first = text.as_bytes().first();
        text.is_empty()
            || self.rules.is_replaced(text)
            || matches!(first, Some(b'[' | b'<' | b'{' | b'*'))
            || text.starts_with("${")
            || text.starts_with("$(")
            || text.starts_with("%s")
            || text.bytes().all(|byte| byte == b'.')
            || is_variable(text.as_bytes())
    }
}

/// Whether a text is a variable of a shell, such as `$TOKEN`.
fn is_variable(text: &[u8]) -> bool {
    let name = text.strip_prefix(b"$").unwrap_or_default();
    !name.is_empty() && name.iter().all(|byte| matches!(byte, b'A'..=b'Z' | b'_'))
}

const NUMBERS: Kinds = Kinds::PHONE
    .with(Kinds::CREDIT_CARD)
    .with(Kinds::IBAN)
    .with(Kinds::IP);
