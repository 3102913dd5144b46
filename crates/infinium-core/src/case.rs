//! Field names: camelCase for the caller, snake_case on the wire.

/// Returns the length of the camelCase name for the wire name `snake`.
pub(crate) const fn camel_length(snake: &str) -> usize {
    let snake = snake.as_bytes();
    let (mut at, mut length) = (0, snake.len());
    while at < snake.len() {
        if snake[at] == b'_' {
            length -= 1;
        }
        at += 1;
    }
    length
}

/// Returns the camelCase name for the wire name `snake`. `N` is its length.
pub(crate) const fn camel_case<const N: usize>(snake: &str) -> [u8; N] {
    let snake = snake.as_bytes();
    let mut camel = [0; N];
    let (mut from, mut to) = (0, 0);
    while from < snake.len() {
        if snake[from] == b'_' {
            from += 1;
            camel[to] = snake[from].to_ascii_uppercase();
        } else {
            camel[to] = snake[from];
        }
        from += 1;
        to += 1;
    }
    camel
}

/// Returns the wire name of an unknown field: an underscore before every capital except the first character, all in
/// lower case.
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
        assert_eq!(&camel_case::<4>("name"), b"name");
        assert_eq!(&camel_case::<16>("estimated_cost_usd"), b"estimatedCostUsd");
        for (camel, snake) in [
            ("name", "name"),
            ("currentDatetime", "current_datetime"),
            ("estimatedCostUsd", "estimated_cost_usd"),
            ("externalApisCalled", "external_apis_called"),
        ] {
            assert_eq!(camel_length(snake), camel.len());
            assert_eq!(snake_case(camel), snake);
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
