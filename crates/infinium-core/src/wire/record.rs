//! Encodes objects of documented types: checks, renames and copies each field.

use std::{borrow::Cow, ops::Range};

use super::{
    Cursor,
    cursor::{Quoted, Skipped, Token},
    fault::Fault,
    string,
    undocumented::{self, Unknown, Written},
};
use crate::{
    datetime,
    redact::Search,
    schema::{Field, Kind, Schema},
};

/// The key of a member.
enum Key {
    /// The index of a documented field.
    Known(usize),
    /// The name of an undocumented member, as the caller spells it.
    Unknown(String),
}

/// Whether a JSON text has to be repaired.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Text {
    Sound,
    /// It has escaped surrogates, perhaps without their other half.
    HasSurrogates,
}

impl Text {
    fn of(surrogates: bool) -> Self {
        if surrogates {
            Self::HasSurrogates
        } else {
            Self::Sound
        }
    }
}

/// Reads the input and writes the output.
///
/// Writes every member as `"name":value,`. Closing an object removes the last comma.
pub(crate) struct Encoder<'a> {
    pub(crate) cursor: Cursor<'a>,
    pub(crate) out: Vec<u8>,
    /// The time for a task without `currentDatetime`.
    pub(crate) now: Option<&'a str>,
    /// Finds what is redacted. `None` if nothing is.
    pub(crate) search: Option<Search<'a>>,
    /// The field that is being written.
    pub(crate) field: Option<&'static Field>,
}

impl Encoder<'_> {
    /// Writes the members of the next object, undocumented members last. Returns the range of the undocumented
    /// members.
    ///
    /// Stores the range of each known field in `spans`, if `spans` is long enough.
    pub(crate) fn members(
        &mut self,
        schema: &'static Schema,
        spans: &mut [Range<usize>],
    ) -> Result<Range<usize>, Fault> {
        self.cursor.expect(b'{')?;
        let mut seen = 0_u64;
        let mut empty = 0_u64;
        let mut unknown = Vec::new();
        let mut first = true;
        // Callers usually write fields in the documented order.
        let mut likely = 0;
        while self.cursor.more(&mut first, b'}')? {
            let index = match self.key(schema, likely)? {
                Key::Known(index) => index,
                Key::Unknown(spelling) => {
                    let value = self.cursor.skip()?;
                    let redacted = self.redact_member(&spelling, value.span.clone());
                    unknown.push(Unknown {
                        spelling,
                        value,
                        redacted,
                    });
                    continue;
                }
            };
            likely = index + 1;
            let start = self.out.len();
            let field = &schema.fields[index];
            let name = || field.caller_name();
            if self.field(field).map_err(|fault| fault.under(name()))? {
                if seen & (1 << index) != 0 {
                    return Err(Fault::here("appears twice").under(name()));
                }
                seen |= 1 << index;
                if let Some(span) = spans.get_mut(index) {
                    *span = start..self.out.len();
                }
            } else {
                empty |= 1 << index;
                self.out.truncate(start);
            }
        }
        let given = seen;
        for (index, field) in schema.fields.iter().enumerate() {
            if seen & (1 << index) != 0 {
                continue;
            }
            let filler = match (field.kind, self.now) {
                (Kind::DateTime, Some(now)) => format!("\"{now}\""),
                (Kind::TextsOrNull, _) => "null".to_owned(),
                _ if field.required => {
                    let problem = match empty & (1 << index) {
                        0 => "is required",
                        _ => "is required (got null, which NaN, Infinity and invalid dates become)",
                    };
                    return Err(Fault::here(problem).under(field.caller_name()));
                }
                _ => continue,
            };
            seen |= 1 << index;
            let start = self.out.len();
            self.out
                .extend_from_slice(format!("{}{filler},", field.key).as_bytes());
            if let Some(span) = spans.get_mut(index) {
                *span = start..self.out.len();
            }
        }
        let start = self.out.len();
        let names = undocumented::wire_names(schema, Written { seen, given }, &unknown)?;
        for (
            name,
            Unknown {
                value, redacted, ..
            },
        ) in names.into_iter().zip(unknown)
        {
            // A JSON string: writing one to memory cannot fail.
            let key = serde_json::Value::from(name).to_string();
            self.out.extend_from_slice(key.as_bytes());
            self.out.push(b':');
            match redacted {
                Some(redacted) => string::push_repaired(&mut self.out, &redacted),
                None => self.raw(value.span, Text::of(value.surrogates)),
            }
            self.out.push(b',');
        }
        Ok(start..self.out.len())
    }

    /// Reads the key of a member, and its colon.
    fn key(&mut self, schema: &Schema, likely: usize) -> Result<Key, Fault> {
        // Keys as `JSON.stringify` writes them need no decoding.
        let here = |index: &usize| self.cursor.take_text(schema.fields[*index].caller_key);
        let mut fields = (likely..schema.fields.len()).chain(0..likely);
        if let Some(index) = fields.find(here) {
            return Ok(Key::Known(index));
        }
        let quoted = self.cursor.string()?;
        self.cursor.expect(b':')?;
        let raw = self.cursor.slice(quoted.span);
        let name = match quoted.escaped {
            true => string::decode(raw),
            false => Cow::Borrowed(&raw[1..raw.len() - 1]),
        };
        let known = |field: &Field| field.caller_name() == name;
        Ok(match schema.fields.iter().position(known) {
            Some(index) => Key::Known(index),
            None => Key::Unknown(name.into_owned()),
        })
    }

    /// Writes one known field. Returns false if the field is omitted.
    fn field(&mut self, field: &'static Field) -> Result<bool, Fault> {
        self.out.extend_from_slice(field.key.as_bytes());
        let start = self.out.len();
        self.field = Some(field);
        let mut written = self.value(field.kind)?;
        if self.search.is_some() {
            written = written && self.hide(field, start);
        }
        self.out.push(b',');
        Ok(written)
    }

    fn value(&mut self, kind: Kind) -> Result<bool, Fault> {
        let token = self.cursor.token()?;
        match (kind, token) {
            (_, Token::Null) => {
                self.cursor.literal("null")?;
                return Ok(false);
            }
            (
                Kind::Text | Kind::TextOrTexts | Kind::TextOrMap | Kind::TextOrNumber,
                Token::String,
            ) => {
                self.text()?;
            }
            (Kind::Title(max), Token::String) => {
                let start = self.out.len();
                let quoted = self.text()?;
                check_title(self.cursor.slice(quoted.span), max)?;
                if self.search.is_some() {
                    self.fit(start, max)?;
                }
            }
            (Kind::DateTime, Token::String) => {
                let quoted = self.text()?;
                check_datetime(self.cursor.slice(quoted.span), kind)?;
            }
            (Kind::Number | Kind::TextOrNumber, Token::Number) => {
                let number = self.cursor.number()?;
                self.out.extend_from_slice(number.as_bytes());
            }
            (Kind::Seconds, Token::Number) => {
                let number = self.cursor.number()?;
                if !number
                    .parse()
                    .is_ok_and(|seconds: f64| (0.0..=86_400.0).contains(&seconds))
                {
                    let problem = format!("must be {} (got {number})", kind.expectation());
                    return Err(Fault::here(problem));
                }
                self.out.extend_from_slice(number.as_bytes());
            }
            (Kind::Flag, Token::True) => {
                self.cursor.literal("true")?;
                self.out.extend_from_slice(b"true");
            }
            (Kind::Flag, Token::False) => {
                self.cursor.literal("false")?;
                self.out.extend_from_slice(b"false");
            }
            (Kind::Texts | Kind::TextsOrNull | Kind::TextOrTexts, Token::Array) => {
                return self.array(|encoder| match encoder.cursor.token()? {
                    Token::String => encoder.text().map(drop),
                    other => Err(Fault::wrong_type(Kind::Text, other)),
                });
            }
            (Kind::Map | Kind::TextOrMap, Token::Object) => {
                let Skipped { span, surrogates } = self.cursor.skip()?;
                match self.redact_map(span.clone()) {
                    Some(redacted) => string::push_repaired(&mut self.out, &redacted),
                    None => self.raw(span, Text::of(surrogates)),
                }
            }
            (Kind::Record(schema) | Kind::Section(schema), Token::Object) => {
                return self.record(schema);
            }
            (Kind::Records(schema), Token::Array) => {
                return self.array(|encoder| match encoder.cursor.token()? {
                    Token::Object => encoder.record(schema).map(drop),
                    other => Err(Fault::wrong_type(Kind::Record(schema), other)),
                });
            }
            (_, found) => return Err(Fault::wrong_type(kind, found)),
        }
        Ok(true)
    }

    /// Writes an object. Returns false if it is empty.
    fn record(&mut self, schema: &'static Schema) -> Result<bool, Fault> {
        self.out.push(b'{');
        let start = self.out.len();
        self.members(schema, &mut [])?;
        let written = self.out.len() > start;
        close(&mut self.out, b'}');
        Ok(written)
    }

    /// Writes an array. Returns false if it is empty.
    fn array(
        &mut self,
        mut element: impl FnMut(&mut Self) -> Result<(), Fault>,
    ) -> Result<bool, Fault> {
        self.cursor.expect(b'[')?;
        self.out.push(b'[');
        let mut first = true;
        let mut count = 0;
        while self.cursor.more(&mut first, b']')? {
            element(self).map_err(|fault| fault.at_index(count))?;
            self.out.push(b',');
            count += 1;
        }
        close(&mut self.out, b']');
        Ok(count > 0)
    }

    fn text(&mut self) -> Result<Quoted, Fault> {
        let quoted = self.cursor.string()?;
        if let Some(redacted) = self.redact_text(&quoted.span) {
            string::push_repaired(&mut self.out, &redacted);
            return Ok(quoted);
        }
        let surrogates =
            quoted.escaped && string::has_surrogate(self.cursor.slice(quoted.span.clone()));
        self.raw(quoted.span.clone(), Text::of(surrogates));
        Ok(quoted)
    }

    fn raw(&mut self, span: Range<usize>, text: Text) {
        let json = self.cursor.slice(span);
        if text == Text::HasSurrogates {
            string::push_repaired(&mut self.out, json);
        } else {
            self.out.extend_from_slice(json.as_bytes());
        }
    }
}

/// Closes an object or array, replacing the comma after its last member.
pub(crate) fn close(out: &mut Vec<u8>, byte: u8) {
    if out.last() == Some(&b',') {
        out.pop();
    }
    out.push(byte);
}

fn check_title(quoted: &str, max: usize) -> Result<(), Fault> {
    // JavaScript treats a byte order mark as white space, unlike Unicode.
    if string::chars(quoted).all(|c| c.is_whitespace() || c == '\u{feff}') {
        return Err(Fault::here("must not be blank"));
    }
    // Every character has at least one byte, so most texts need no counting.
    if quoted.len() - 2 > max {
        let length = string::chars(quoted).count();
        if length > max {
            return Err(Fault::here(format!(
                "must be at most {max} characters (got {length})"
            )));
        }
    }
    Ok(())
}

fn check_datetime(quoted: &str, kind: Kind) -> Result<(), Fault> {
    let text = string::decode(quoted);
    datetime::check(&text).map_err(|problem| {
        let shown: String = text.chars().take(40).collect();
        Fault::here(format!(
            "must be {} {problem} (got '{shown}')",
            kind.expectation()
        ))
    })
}
