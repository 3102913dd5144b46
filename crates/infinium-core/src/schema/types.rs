//! Tables of documented types, and the macro that declares one.

use std::ops::Range;

/// A documented object type.
#[derive(Debug)]
pub(crate) struct Schema {
    /// In the order of the wire. At most 64, because the encoder marks those that it has seen in one word.
    pub(crate) fields: &'static [Field],
    /// The fields of [`Kind::Section`]. They stand together.
    pub(crate) sections: Range<usize>,
}

impl Schema {
    pub(crate) const fn new(fields: &'static [Field]) -> Self {
        let (mut start, mut end, mut index) = (0, 0, 0);
        while index < fields.len() {
            if matches!(fields[index].kind, Kind::Section(_)) {
                if end == 0 {
                    start = index;
                }
                end = index + 1;
            }
            index += 1;
        }
        Self {
            fields,
            sections: start..end,
        }
    }
}

/// A documented field.
#[derive(Debug)]
pub(crate) struct Field {
    /// Its key on the wire, in snake_case, with quotes and colon.
    pub(crate) key: &'static str,
    /// The caller's key for it: the same in camelCase.
    pub(crate) caller_key: &'static str,
    pub(crate) required: bool,
    pub(crate) kind: Kind,
}

impl Field {
    /// Its name on the wire.
    pub(crate) fn name(&self) -> &'static str {
        bare(self.key)
    }

    /// The caller's name for it.
    pub(crate) fn caller_name(&self) -> &'static str {
        bare(self.caller_key)
    }
}

fn bare(key: &str) -> &str {
    key.trim_matches(['"', ':'])
}

/// What a field may hold.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Kind {
    Text,
    /// Text that is not blank, of at most this many code points.
    Title(usize),
    /// An ISO 8601 date and time.
    DateTime,
    Number,
    /// A number of seconds within a day.
    Seconds,
    Flag,
    Texts,
    /// Like `Texts`, but null means something: it stands for what is missing.
    TextsOrNull,
    TextOrTexts,
    TextOrNumber,
    /// An object whose keys are the user's own.
    Map,
    TextOrMap,
    Record(&'static Schema),
    /// A record that goes into the object `sections`.
    Section(&'static Schema),
    Records(&'static Schema),
}

impl Kind {
    /// How a message names it.
    pub(crate) fn expectation(self) -> &'static str {
        match self {
            Kind::Text | Kind::Title(_) => "a string",
            Kind::DateTime => "an ISO 8601 date-time such as 2026-01-31T09:30:00.000Z",
            Kind::Number => "a number",
            Kind::Seconds => "a finite number of seconds from 0 to 86400",
            Kind::Flag => "a boolean",
            Kind::Texts => "an array of strings",
            Kind::TextsOrNull => "an array of strings or null",
            Kind::TextOrTexts => "a string or an array of strings",
            Kind::TextOrNumber => "a string or a number",
            Kind::Map | Kind::Record(_) | Kind::Section(_) => "an object",
            Kind::TextOrMap => "a string or an object",
            Kind::Records(_) => "an array of objects",
        }
    }
}

/// Declares the [`Schema`] of a documented type, in the order of the wire: `name: Kind` for each field, with
/// `@required` before those that must be there.
macro_rules! schema {
    ($(#[$doc:meta])* $name:ident { $($(@$required:ident)? $field:ident: $kind:expr,)* }) => {
        $(#[$doc])*
        pub(crate) const $name: $crate::schema::types::Schema = {
            const FIELDS: &[$crate::schema::types::Field] = &[
                $($crate::schema::types::Field {
                    key: concat!("\"", stringify!($field), "\":"),
                    caller_key: {
                        const SNAKE: &str = concat!("\"", stringify!($field), "\":");
                        const CAMEL: [u8; $crate::case::camel_length(SNAKE)] = $crate::case::camel_case(SNAKE);
                        match std::str::from_utf8(&CAMEL) {
                            Ok(camel) => camel,
                            Err(_) => SNAKE,
                        }
                    },
                    required: $crate::schema::types::schema!(@is $($required)?),
                    kind: $kind,
                },)*
            ];
            $crate::schema::types::Schema::new(FIELDS)
        };
    };
    (@is) => {
        false
    };
    (@is required) => {
        true
    };
}

pub(crate) use schema;
