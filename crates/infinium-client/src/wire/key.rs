//! Names: camelCase with the caller, snake_case on the wire.

/// Whether `camel` is the caller's spelling of the wire name `snake`.
pub(crate) fn is_camel_of(camel: &[u8], snake: &str) -> bool {
    let mut camel = camel.iter();
    let mut capital = false;
    for &byte in snake.as_bytes() {
        if byte == b'_' {
            capital = true;
            continue;
        }
        let expected = if std::mem::take(&mut capital) {
            byte.to_ascii_uppercase()
        } else {
            byte
        };
        if camel.next() != Some(&expected) {
            return false;
        }
    }
    camel.next().is_none()
}

/// The caller's spelling of a wire name.
pub(crate) fn camel_case(snake: &str) -> String {
    let mut out = String::with_capacity(snake.len());
    let mut capital = false;
    for c in snake.chars() {
        match c {
            '_' => capital = true,
            c if std::mem::take(&mut capital) => out.extend(c.to_uppercase()),
            c => out.push(c),
        }
    }
    out
}

/// The wire name of a field that no type documents: an underscore before every capital but the
/// first character, then lower case.
pub(crate) fn snake_case(name: &str) -> String {
    let mut out = String::with_capacity(name.len() + 4);
    for (index, c) in name.chars().enumerate() {
        if c.is_uppercase() && index > 0 {
            out.push('_');
        }
        out.extend(c.to_lowercase());
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn converts_both_ways() {
        for (camel, snake) in [
            ("name", "name"),
            ("currentDatetime", "current_datetime"),
            ("estimatedCostUsd", "estimated_cost_usd"),
            ("externalApisCalled", "external_apis_called"),
        ] {
            assert!(is_camel_of(camel.as_bytes(), snake));
            assert_eq!(camel_case(snake), camel);
            assert_eq!(snake_case(camel), snake);
        }
        for other in [
            "current_datetime",
            "CurrentDatetime",
            "currentDatetim",
            "currentDatetimes",
            "currentdatetime",
            "",
        ] {
            assert!(
                !is_camel_of(other.as_bytes(), "current_datetime"),
                "{other}"
            );
        }
    }

    #[test]
    fn turns_unknown_names_to_snake_case() {
        assert_eq!(snake_case("HTTPStatus"), "h_t_t_p_status");
        assert_eq!(snake_case("already_snake"), "already_snake");
        assert_eq!(snake_case("A"), "a");
        assert_eq!(snake_case("with space"), "with space");
        assert_eq!(snake_case(""), "");
    }
}
