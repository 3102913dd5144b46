//! The kinds of values that fields hold.

use serde::{Serialize, Serializer};

/// A number that is written the way JavaScript would write it: 120, not 120.0.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Number(Repr);

#[derive(Clone, Copy, Debug, PartialEq)]
enum Repr {
    Integer(i64),
    Real(f64),
}

impl From<f64> for Number {
    fn from(value: f64) -> Self {
        // Beyond 2^53 not every integer is an f64, and none is written as one.
        if value.fract() == 0.0 && value.abs() < 9_007_199_254_740_992.0 {
            #[expect(
                clippy::cast_possible_truncation,
                reason = "checked: an integer below 2^53"
            )]
            return Self(Repr::Integer(value as i64));
        }
        Self(Repr::Real(value))
    }
}

macro_rules! from_integer {
    ($($integer:ty)*) => {
        $(impl From<$integer> for Number {
            fn from(value: $integer) -> Self {
                Self(Repr::Integer(value.into()))
            }
        })*
    };
}
from_integer!(i64 i32 u32 i16 u16 i8 u8);

impl Serialize for Number {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Repr::Integer(value) => serializer.serialize_i64(value),
            // Not finite: null, as in JavaScript.
            Repr::Real(value) => serializer.serialize_f64(value),
        }
    }
}

/// One text or several.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum TextOrTexts {
    /// One text.
    One(String),
    /// Several; none at all is left out.
    Several(Vec<String>),
}

/// A text or a number.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum TextOrNumber {
    /// A text.
    Text(String),
    /// A number.
    Number(Number),
}

/// A text, or an object whose keys are the user's own.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum TextOrMap {
    /// A text.
    Text(String),
    /// An object; it is sent exactly as it is.
    Map(serde_json::Map<String, serde_json::Value>),
}

#[cfg(test)]
mod tests {
    use super::Number;

    #[test]
    fn writes_integers_as_integers() {
        for (number, json) in [
            (Number::from(120.0), "120"),
            (Number::from(-0.5), "-0.5"),
            (Number::from(9_007_199_254_740_991_i64), "9007199254740991"),
            (Number::from(1e300), "1e+300"),
            (Number::from(f64::NAN), "null"),
        ] {
            assert_eq!(serde_json::to_string(&number).unwrap(), json);
        }
    }
}
