//! What can be found, and the names under which users choose it.

/// A set of kinds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kinds(u16);

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident = $bit:literal $($preset:literal)?;)+) => {
        impl Kinds {
            $($(#[$doc])* pub const $name: Self = Self(1 << $bit);)+

            /// The kinds that users can choose, with their names.
            pub const PRESETS: &[(&'static str, Self)] = &[$($(($preset, Self::$name),)?)+];
        }
    };
}

kinds! {
    /// Addresses of e-mail.
    EMAIL = 0 "email";
    /// Phone numbers in an international format, or in a usual national one.
    PHONE = 1 "phone";
    /// Numbers of payment cards, by issuer, length and checksum.
    CREDIT_CARD = 2 "creditCard";
    /// International bank account numbers, by country, length and checksum.
    IBAN = 3 "iban";
    /// Addresses of IPv4 and IPv6.
    IP = 4 "ip";
    /// JSON Web Tokens.
    JWT = 5 "jwt";
    /// Keys and tokens with a published prefix.
    API_KEY = 6 "apiKey";
    /// Private keys in PEM.
    PRIVATE_KEY = 7 "privateKey";
    /// User and password in URLs, and secret parameters of URLs.
    URL_CREDENTIALS = 8 "urlCredentials";
    /// Values of `Authorization` and similar headers, and of the schemes Basic and Bearer anywhere.
    AUTHORIZATION = 9;
    /// Values of `Cookie` and `Set-Cookie` headers.
    COOKIE = 10;
    /// Passwords and keys in connection strings.
    CONNECTION_STRING = 11;
    /// Values of variables, members, headers and flags with the names of secrets.
    NAMED = 12;
}

impl Kinds {
    /// Nothing.
    pub const NONE: Self = Self(0);

    /// Everything that gives access to something, and no personal data.
    pub const SECRETS: Self = Self(
        Self::JWT.0
            | Self::API_KEY.0
            | Self::PRIVATE_KEY.0
            | Self::URL_CREDENTIALS.0
            | Self::AUTHORIZATION.0
            | Self::COOKIE.0
            | Self::CONNECTION_STRING.0
            | Self::NAMED.0,
    );

    /// Returns the kind with this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        let mut presets = Self::PRESETS.iter();
        presets
            .find(|(preset, _)| *preset == name)
            .map(|(_, kind)| *kind)
    }

    /// Returns both sets together.
    #[must_use]
    pub const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether any kind of `other` is in this set.
    #[must_use]
    pub const fn has(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }
}

#[cfg(test)]
mod tests {
    use super::Kinds;

    #[test]
    fn knows_its_presets_by_name() {
        let names: Vec<_> = Kinds::PRESETS.iter().map(|(name, _)| *name).collect();
        assert_eq!(
            names,
            [
                "email",
                "phone",
                "creditCard",
                "iban",
                "ip",
                "jwt",
                "apiKey",
                "privateKey",
                "urlCredentials"
            ]
        );
        assert_eq!(Kinds::named("iban"), Some(Kinds::IBAN));
        assert_eq!(Kinds::named("IBAN"), None);
        assert!(!Kinds::SECRETS.has(Kinds::EMAIL));
    }
}
