//! One declaration for a Rust type and for what the encoder knows of it.

/// Declares a documented object type: the struct that Rust programs fill in, and its
/// [`Schema`](crate::wire::Schema), in the order of the wire.
///
/// A field stands in `@required` or is optional, and of a kind: `Text`, `Title(max)`, `DateTime`, `Number`,
/// `Seconds`, `Flag`, `Texts`, `TextsOrNull`, `TextOrTexts`, `TextOrNumber`, `Map`, `TextOrMap`, `Record(Type)`,
/// `Records(Type)`.
macro_rules! record {
    (
        $(#[$about:meta])*
        $type:ident $(sections $from:literal to $to:literal)? {
            $(@required { $($(#[$needed_doc:meta])* $needed:ident: $needed_kind:ident $(($needed_of:tt))?,)* })?
            $($(#[$doc:meta])* $field:ident: $kind:ident $(($of:tt))?,)*
        }
    ) => {
        $(#[$about])*
        #[derive(Clone, Debug, PartialEq, serde::Serialize)]
        #[serde(rename_all = "camelCase")]
        #[non_exhaustive]
        pub struct $type {
            $($($(#[$needed_doc])* pub $needed: $crate::model::record::rust!($needed_kind $(($needed_of))?),)*)?
            $(
                $(#[$doc])*
                #[serde(skip_serializing_if = "Option::is_none")]
                pub $field: Option<$crate::model::record::rust!($kind $(($of))?)>,
            )*
        }

        impl $type {
            pub(crate) const SCHEMA: $crate::wire::Schema = $crate::wire::Schema {
                fields: &[
                    $($($crate::wire::Field {
                        key: concat!("\"", stringify!($needed), "\":"),
                        caller_key: $crate::model::record::caller_key!($needed),
                        required: true,
                        kind: $crate::model::record::kind!($needed_kind $(($needed_of))?),
                    },)*)?
                    $($crate::wire::Field {
                        key: concat!("\"", stringify!($field), "\":"),
                        caller_key: $crate::model::record::caller_key!($field),
                        required: false,
                        kind: $crate::model::record::kind!($kind $(($of))?),
                    },)*
                ],
                sections: $crate::model::record::sections!($($from $to)?),
            };
        }

        $crate::model::record::constructor! {
            $type [$($($needed: ($needed_kind $(($needed_of))?),)*)?] [$($field)*]
        }
    };
}

/// How one comes into being: with what is required, or empty.
macro_rules! constructor {
    ($type:ident [] [$($field:ident)*]) => {
        impl $type {
            /// Makes one with nothing in it.
            #[must_use]
            pub fn new() -> Self {
                Self { $($field: None,)* }
            }
        }

        impl Default for $type {
            fn default() -> Self {
                Self::new()
            }
        }
    };
    ($type:ident [$($needed:ident: ($($kind:tt)*),)*] [$($field:ident)*]) => {
        impl $type {
            /// Makes one that has what is required, and nothing else.
            #[must_use]
            pub fn new($($needed: impl Into<$crate::model::record::rust!($($kind)*)>,)*) -> Self {
                Self { $($needed: $needed.into(),)* $($field: None,)* }
            }
        }
    };
}

/// The Rust type of a kind of field.
macro_rules! rust {
    (Text) => { String };
    (Title($max:tt)) => { String };
    (DateTime) => { String };
    (Number) => { $crate::model::Number };
    (Seconds) => { $crate::model::Number };
    (Flag) => { bool };
    (Texts) => { Vec<String> };
    (TextsOrNull) => { Vec<String> };
    (TextOrTexts) => { $crate::model::TextOrTexts };
    (TextOrNumber) => { $crate::model::TextOrNumber };
    (Map) => { serde_json::Map<String, serde_json::Value> };
    (TextOrMap) => { $crate::model::TextOrMap };
    (Record($of:tt)) => { $of };
    (Records($of:tt)) => { Vec<$of> };
}

/// What the encoder knows of a kind of field.
macro_rules! kind {
    (Title($max:tt)) => {
        $crate::wire::Kind::Title($crate::$max)
    };
    (Record($of:tt)) => {
        $crate::wire::Kind::Record(&$of::SCHEMA)
    };
    (Records($of:tt)) => {
        $crate::wire::Kind::Records(&$of::SCHEMA)
    };
    ($kind:ident) => {
        $crate::wire::Kind::$kind
    };
}

/// How callers write the key of a field, made while this is compiled.
macro_rules! caller_key {
    ($field:ident) => {{
        const SNAKE: &str = concat!("\"", stringify!($field), "\":");
        const CAMEL: [u8; $crate::wire::camel_length(SNAKE)] = $crate::wire::camel_case(SNAKE);
        match std::str::from_utf8(&CAMEL) {
            Ok(camel) => camel,
            Err(_) => SNAKE,
        }
    }};
}

macro_rules! sections {
    () => {
        0..0
    };
    ($from:literal $to:literal) => {
        $from..$to
    };
}

pub(crate) use {caller_key, constructor, kind, record, rust, sections};
