//! Names of members, headers, variables, flags and parameters whose values are probably secret, in any spelling.
//! `lib/trace/secret-names.ts` has the same rules; `fixtures/secret-names.json` keeps them the same.

/// In bytes. Longer names are texts.
const MAX_NAME: usize = 60;

/// What names of secrets contain; and `secret` and `jwt`.
const PARTS: [&str; 32] = [
    "accesskey",
    "accountkey",
    "apikey",
    "appkey",
    "applicationkey",
    "authheader",
    "authkey",
    "authorization",
    "clientassertion",
    "clientkey",
    "codeverifier",
    "connectionstring",
    "cookie",
    "credential",
    "deploykey",
    "encryptionkey",
    "functionskey",
    "hmackey",
    "licensekey",
    "masterkey",
    "mnemonic",
    "passcode",
    "passphrase",
    "passw",
    "privatekey",
    "samlresponse",
    "seedphrase",
    "servicekey",
    "sharedkey",
    "signingkey",
    "sshkey",
    "subscriptionkey",
];

/// What they are, or begin with.
const WHOLE: [&str; 14] = [
    "auth",
    "connectsid",
    "creds",
    "cvc",
    "cvv",
    "dsn",
    "hmac",
    "jsessionid",
    "otp",
    "pass",
    "pfx",
    "pwd",
    "sas",
    "totp",
];
const STARTS: [&str; 6] = [
    "csrf",
    "mfa",
    "srf",
    "xamzsecurity",
    "xamzsignature",
    "xsrf",
];

/// What they end in; and `pwd`.
const ENDS: [&str; 23] = [
    "adminpass",
    "authentication",
    "authpass",
    "backupcode",
    "backupcodes",
    "basicauth",
    "bearer",
    "creds",
    "dbpass",
    "httpauth",
    "oauthverifier",
    "proxyauth",
    "proxypass",
    "recoverycode",
    "recoverycodes",
    "rootpass",
    "securityanswer",
    "sessid",
    "signature",
    "signature256",
    "smtppass",
    "userpass",
    "verificationcode",
];

/// Words that contain `secret` and mean something else.
const NO_SECRETS: [&str; 3] = ["secretar", "secretion", "secretiv"];

/// Tokens that are text for a model, or a place in a list.
const NO_TOKENS: [&str; 11] = [
    "bos",
    "cancellation",
    "continuation",
    "eos",
    "mask",
    "next",
    "pad",
    "page",
    "special",
    "stop",
    "unk",
];

/// What a name tells of its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Secrecy {
    /// Nothing.
    None,
    /// It is a secret, or a count, as of the tokens of a model.
    Text,
    /// It is a secret.
    Whole,
}

/// Returns what a name tells of its value.
pub(super) fn secrecy(name: &[u8]) -> Secrecy {
    let mut buffer = [0; MAX_NAME];
    let mut length = 0;
    if name.len() > MAX_NAME {
        return Secrecy::None;
    }
    for byte in name.iter().filter(|byte| byte.is_ascii_alphanumeric()) {
        buffer[length] = byte.to_ascii_lowercase();
        length += 1;
    }
    let plain = &buffer[..length];
    if is_token(plain, "tokens") {
        Secrecy::Text
    } else if is_token(plain, "token") || is_secret(plain) {
        Secrecy::Whole
    } else {
        Secrecy::None
    }
}

fn is_token(plain: &[u8], token: &str) -> bool {
    let Some(rest) = plain.strip_suffix(token.as_bytes()) else {
        return false;
    };
    rest.last().is_none_or(u8::is_ascii_lowercase)
        && !NO_TOKENS.iter().any(|word| rest.ends_with(word.as_bytes()))
}

fn is_secret(plain: &[u8]) -> bool {
    let begins = |words: &[&str], at: usize| {
        let rest = &plain[at..];
        words.iter().any(|word| rest.starts_with(word.as_bytes()))
    };
    let is_part = |at| begins(&PARTS, at) || (begins(&["secret"], at) && !begins(&NO_SECRETS, at));
    WHOLE.iter().any(|word| plain == word.as_bytes())
        || begins(&STARTS, 0)
        || plain.ends_with(b"pwd")
        || plain.windows(3).any(|part| part == b"jwt")
        || plain
            .last_chunk()
            .is_some_and(|end| is_one_of(&END_CHUNKS, end))
            && ENDS.iter().any(|end| plain.ends_with(end.as_bytes()))
        || (plain.windows(CHUNK).enumerate()).any(|(at, part)| {
            part.first_chunk()
                .is_some_and(|part| is_one_of(&PART_CHUNKS, part))
                && is_part(at)
        })
}

/// This much of a name is compared at once with that of all others. Nearly all names are told apart by it.
const CHUNK: usize = 4;

/// How parts begin, and `secret`.
const PART_CHUNKS: [u32; PARTS.len() + 1] = {
    let mut chunks = [u32::from_le_bytes(*b"secr"); PARTS.len() + 1];
    let mut at = 0;
    while at < PARTS.len() {
        chunks[at] = chunk(PARTS[at].as_bytes().first_chunk());
        at += 1;
    }
    chunks
};

/// How ends end.
const END_CHUNKS: [u32; ENDS.len()] = {
    let mut chunks = [0; ENDS.len()];
    let mut at = 0;
    while at < ENDS.len() {
        chunks[at] = chunk(ENDS[at].as_bytes().last_chunk());
        at += 1;
    }
    chunks
};

#[expect(clippy::panic, reason = "it is a compilation that fails")]
const fn chunk(bytes: Option<&[u8; CHUNK]>) -> u32 {
    match bytes {
        Some(bytes) => u32::from_le_bytes(*bytes),
        None => panic!("shorter words are not compared so"),
    }
}

/// It looks at all of them, so that compilers compare several at once.
fn is_one_of(chunks: &[u32], bytes: &[u8; CHUNK]) -> bool {
    let wanted = u32::from_le_bytes(*bytes);
    chunks
        .iter()
        .fold(false, |found, &one| found | (one == wanted))
}

#[cfg(test)]
mod tests {
    use super::{Secrecy, secrecy};

    #[test]
    fn knows_the_names_that_javascript_knows() {
        let file = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../../fixtures/secret-names.json"
        );
        let text = std::fs::read_to_string(file).unwrap();
        let names: serde_json::Value = serde_json::from_str(&text).unwrap();
        for (kind, expected) in [
            ("secret", Secrecy::Whole),
            ("secretOrCount", Secrecy::Text),
            ("harmless", Secrecy::None),
        ] {
            for name in names[kind].as_array().unwrap() {
                let name = name.as_str().unwrap();
                assert_eq!(secrecy(name.as_bytes()), expected, "{name}");
            }
        }
    }
}
