//! Tables of documented types, and the macro that declares one.

use std::ops::Range;

/// A documented object type.
#[derive(Debug)]
pub(crate) struct Schema {
    /// In wire order. At most 64 fields, because the encoder marks seen fields in one 64-bit word.
    pub(crate) fields: &'static [Field],
    /// The fields of kind [`Kind::Section`]. They are contiguous.
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

    /// Whether a field of this type, or of one within it, has such a name on the wire.
    pub(crate) fn has_field(&self, is_wanted: &dyn Fn(&str) -> bool) -> bool {
        self.fields.iter().any(|field| {
            let within = match field.kind {
                Kind::Record(schema) | Kind::Section(schema) | Kind::Records(schema) => {
                    schema.has_field(is_wanted)
                }
                _ => false,
            };
            within || is_wanted(field.name())
        })
    }
}

/// A documented field.
#[derive(Debug)]
pub(crate) struct Field {
    /// Its key on the wire, in snake_case, with quotes and colon.
    pub(crate) key: &'static str,
    /// The caller's key: the same name in camelCase.
    pub(crate) caller_key: &'static str,
    pub(crate) required: bool,
    pub(crate) kind: Kind,
}

impl Field {
    /// The name on the wire.
    pub(crate) fn name(&self) -> &'static str {
        bare(self.key)
    }

    /// The name that the caller uses.
    pub(crate) fn caller_name(&self) -> &'static str {
        bare(self.caller_key)
    }
}

fn bare(key: &'static str) -> &'static str {
    // Without the quote at the beginning, and the quote and colon at the end.
    &key[1..key.len() - 2]
}

/// The type of a field.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Kind {
    Text,
    /// Text that is not blank, of at most this many code points.
    Title(usize),
    /// An ISO 8601 date and time.
    DateTime,
    Number,
    /// A number of seconds, up to one day.
    Seconds,
    Flag,
    Texts,
    /// Like `Texts`, but null is kept: it stands for a missing value.
    TextsOrNull,
    TextOrTexts,
    TextOrNumber,
    /// An object with arbitrary keys.
    Map,
    TextOrMap,
    Record(&'static Schema),
    /// A record that is written into the object `sections`.
    Section(&'static Schema),
    Records(&'static Schema),
}

impl Kind {
    /// Describes the expected value in a message.
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

/// Declares the [`Schema`] of a documented type, in wire order: `name: Kind` for each field, with `@required` before
/// required fields.
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
