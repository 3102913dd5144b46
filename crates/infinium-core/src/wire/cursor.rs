//! A validating cursor over JSON text. It copies nothing and never recurses.

use std::ops::Range;

/// Why a text is not JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Malformed {
    /// Byte offset of the first invalid byte.
    pub(crate) at: usize,
}

/// The kind of the value at a position.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Token {
    Object,
    Array,
    String,
    Number,
    True,
    False,
    Null,
}

impl Token {
    /// The kind's name in messages.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Token::Object => "an object",
            Token::Array => "an array",
            Token::String => "a string",
            Token::Number => "a number",
            Token::True | Token::False => "a boolean",
            Token::Null => "null",
        }
    }
}

/// The position of a string in the text, including its quotes.
#[derive(Debug, Clone)]
pub(crate) struct Quoted {
    pub(crate) span: Range<usize>,
    /// Whether it contains a backslash.
    pub(crate) escaped: bool,
}

/// The position of any value in the text.
#[derive(Debug, Clone)]
pub(crate) struct Skipped {
    pub(crate) span: Range<usize>,
    /// Whether a string in it escapes a surrogate, which may be a lone one.
    pub(crate) surrogates: bool,
}

/// A position in a JSON text.
#[derive(Debug, Clone)]
pub(crate) struct Cursor<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Cursor<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        Self {
            text,
            bytes: text.as_bytes(),
            at: 0,
        }
    }

    /// A cursor at a position of a text.
    pub(crate) fn starting_at(text: &'a str, at: usize) -> Self {
        Self {
            at,
            ..Self::new(text)
        }
    }

    pub(crate) fn text(&self) -> &'a str {
        self.text
    }

    /// The position in the text.
    pub(crate) fn position(&self) -> usize {
        self.at
    }

    /// Whether `text` is exactly one JSON value.
    pub(crate) fn is_json(text: &str) -> bool {
        let mut cursor = Cursor::new(text);
        cursor.skip().is_ok() && cursor.end().is_ok()
    }

    pub(crate) fn slice(&self, span: Range<usize>) -> &'a str {
        &self.text[span]
    }

    /// Returns the next token of a JSON text: white space, punctuation such as `{`, a string, or a run of other
    /// characters. All tokens together are the text. Returns `None` at the end.
    pub(crate) fn piece(&mut self) -> Option<&'a str> {
        let start = self.at;
        self.space();
        if self.at == start {
            match self.bytes.get(start)? {
                b'"' if self.string().is_ok() => {}
                b'"' | b',' | b':' | b'[' | b'{' | b']' | b'}' => self.at = start + 1,
                _ => {
                    let ends = |byte: &u8| b"\",:[{]} \n\r\t".contains(byte);
                    let rest = &self.bytes[start..];
                    self.at = start + rest.iter().position(ends).unwrap_or(rest.len());
                }
            }
        }
        Some(&self.text[start..self.at])
    }

    fn malformed<T>(&self) -> Result<T, Malformed> {
        Err(Malformed { at: self.at })
    }

    fn space(&mut self) {
        while let Some(b' ' | b'\n' | b'\r' | b'\t') = self.bytes.get(self.at) {
            self.at += 1;
        }
    }

    /// Returns the next byte that is not white space.
    fn peek(&mut self) -> Option<u8> {
        self.space();
        self.bytes.get(self.at).copied()
    }

    /// Consumes `byte` if it is next.
    pub(crate) fn take(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        if found {
            self.at += 1;
        }
        found
    }

    /// Consumes `text` if it is next, byte by byte.
    pub(crate) fn take_text(&mut self, text: &str) -> bool {
        let found = self.bytes[self.at..].starts_with(text.as_bytes());
        if found {
            self.at += text.len();
        }
        found
    }

    pub(crate) fn expect(&mut self, byte: u8) -> Result<(), Malformed> {
        if self.take(byte) {
            Ok(())
        } else {
            self.malformed()
        }
    }

    /// Checks that only white space follows.
    pub(crate) fn end(&mut self) -> Result<(), Malformed> {
        match self.peek() {
            None => Ok(()),
            Some(_) => self.malformed(),
        }
    }

    /// Returns the kind of the next value.
    pub(crate) fn token(&mut self) -> Result<Token, Malformed> {
        match self.peek() {
            Some(b'{') => Ok(Token::Object),
            Some(b'[') => Ok(Token::Array),
            Some(b'"') => Ok(Token::String),
            Some(b'-' | b'0'..=b'9') => Ok(Token::Number),
            Some(b't') => Ok(Token::True),
            Some(b'f') => Ok(Token::False),
            Some(b'n') => Ok(Token::Null),
            _ => self.malformed(),
        }
    }

    /// Moves to the next member of an object or element of an array, starting at its opening byte. Returns whether
    /// there is one more.
    pub(crate) fn more(&mut self, first: &mut bool, close: u8) -> Result<bool, Malformed> {
        if self.take(close) {
            return Ok(false);
        }
        if !std::mem::take(first) {
            self.expect(b',')?;
        }
        Ok(true)
    }

    pub(crate) fn string(&mut self) -> Result<Quoted, Malformed> {
        self.space();
        let start = self.at;
        self.expect(b'"')?;
        let mut escaped = false;
        loop {
            self.at += plain_prefix(&self.bytes[self.at..]);
            match self.bytes.get(self.at) {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(Quoted {
                        span: start..self.at,
                        escaped,
                    });
                }
                Some(b'\\') => {
                    escaped = true;
                    self.escape()?;
                }
                _ => return self.malformed(),
            }
        }
    }

    fn escape(&mut self) -> Result<(), Malformed> {
        match self.bytes.get(self.at + 1) {
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => self.at += 2,
            Some(b'u') => {
                let hex = self.bytes.get(self.at + 2..self.at + 6);
                if !hex.is_some_and(|hex| hex.iter().all(u8::is_ascii_hexdigit)) {
                    return self.malformed();
                }
                self.at += 6;
            }
            _ => return self.malformed(),
        }
        Ok(())
    }

    /// Consumes a number and returns its raw text.
    pub(crate) fn number(&mut self) -> Result<&'a str, Malformed> {
        self.space();
        let start = self.at;
        if self.bytes.get(self.at) == Some(&b'-') {
            self.at += 1;
        }
        if self.bytes.get(self.at) == Some(&b'0') {
            self.at += 1;
        } else {
            self.digits()?;
        }
        if self.bytes.get(self.at) == Some(&b'.') {
            self.at += 1;
            self.digits()?;
        }
        if let Some(b'e' | b'E') = self.bytes.get(self.at) {
            self.at += 1;
            if let Some(b'+' | b'-') = self.bytes.get(self.at) {
                self.at += 1;
            }
            self.digits()?;
        }
        Ok(self.slice(start..self.at))
    }

    fn digits(&mut self) -> Result<(), Malformed> {
        let start = self.at;
        while let Some(b'0'..=b'9') = self.bytes.get(self.at) {
            self.at += 1;
        }
        if self.at == start {
            self.malformed()
        } else {
            Ok(())
        }
    }

    pub(crate) fn literal(&mut self, word: &'static str) -> Result<(), Malformed> {
        self.space();
        if self.take_text(word) {
            Ok(())
        } else {
            self.malformed()
        }
    }

    /// Skips one complete value of any depth.
    pub(crate) fn skip(&mut self) -> Result<Skipped, Malformed> {
        self.space();
        let start = self.at;
        let mut surrogates = false;
        // The closing bytes of all open objects and arrays.
        let mut open = Vec::new();
        loop {
            let mut first = false;
            match self.token()? {
                Token::Object => {
                    self.at += 1;
                    open.push(b'}');
                    first = true;
                }
                Token::Array => {
                    self.at += 1;
                    open.push(b']');
                    first = true;
                }
                Token::String => surrogates |= self.string_with_surrogates()?,
                Token::Number => {
                    self.number()?;
                }
                Token::True => self.literal("true")?,
                Token::False => self.literal("false")?,
                Token::Null => self.literal("null")?,
            }
            loop {
                let Some(&close) = open.last() else {
                    return Ok(Skipped {
                        span: start..self.at,
                        surrogates,
                    });
                };
                if self.more(&mut first, close)? {
                    if close == b'}' {
                        surrogates |= self.string_with_surrogates()?;
                        self.expect(b':')?;
                    }
                    break;
                }
                open.pop();
                first = false;
            }
        }
    }

    fn string_with_surrogates(&mut self) -> Result<bool, Malformed> {
        let quoted = self.string()?;
        Ok(quoted.escaped && super::string::has_surrogate(self.slice(quoted.span)))
    }
}

/// Returns how many bytes at the start of `bytes` need no escape in a string.
///
/// Processes eight bytes at a time: quotes, backslashes and control characters can each be found in all bytes of a
/// word at once.
fn plain_prefix(bytes: &[u8]) -> usize {
    const ONES: u64 = u64::from_ne_bytes([1; 8]);
    const HIGHS: u64 = ONES << 7;
    const QUOTES: u64 = ONES * b'"' as u64;
    const BACKSLASHES: u64 = ONES * b'\\' as u64;
    const BLANKS: u64 = ONES * b' ' as u64;

    let mut length = 0;
    let (words, rest) = bytes.as_chunks();
    for word in words {
        let word = u64::from_le_bytes(*word);
        // The subtraction sets the high bit of every byte that is too small (and sometimes of bytes above such a
        // byte). Bytes whose high bit was already set are not ASCII.
        let special = ((word ^ QUOTES).wrapping_sub(ONES)
            | (word ^ BACKSLASHES).wrapping_sub(ONES)
            | word.wrapping_sub(BLANKS))
            & !word
            & HIGHS;
        if special != 0 {
            // The lowest mark is exact, because only bytes above a true mark can be marked wrongly.
            return length + (special.trailing_zeros() / 8) as usize;
        }
        length += 8;
    }
    length
        + rest
            .iter()
            .position(|byte| matches!(byte, b'"' | b'\\' | 0..0x20))
            .unwrap_or(rest.len())
}

#[cfg(test)]
mod tests;
