//! Keys and tokens with a prefix that their issuers have published.

use super::bytes::{ALPHA, DIGIT, WORD, is};

/// What follows a prefix.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Body {
    /// Letters, digits, `_` and `-`.
    Plain,
    /// The same, and dots.
    Dotted,
    /// Capital letters and digits.
    Capitals,
    /// Hexadecimal digits.
    Hex,
}

struct Prefix {
    text: &'static str,
    /// In bytes, after the prefix.
    min: usize,
    body: Body,
}

const fn prefix(text: &'static str, min: usize, body: Body) -> Prefix {
    Prefix { text, min, body }
}

use Body::{Capitals, Dotted, Hex, Plain};

/// In the order of their first bytes; within one, longer ones before those that they begin with.
const PREFIXES: &[Prefix] = &[
    prefix("A3T", 17, Capitals),
    prefix("ABIA", 16, Capitals),
    prefix("ABSK", 40, Plain),
    prefix("ACCA", 16, Capitals),
    prefix("AGE-SECRET-KEY-1", 40, Capitals),
    prefix("AIza", 30, Plain),
    prefix("AKCp", 40, Plain),
    prefix("AKIA", 16, Capitals),
    prefix("API-", 26, Capitals),
    prefix("ASIA", 16, Capitals),
    prefix("ATATT3", 40, Plain),
    prefix("ATBB", 24, Plain),
    prefix("ATCTT3", 40, Plain),
    prefix("CCIPAT_", 20, Plain),
    prefix("CFPAT-", 30, Plain),
    prefix("CLOJARS_", 30, Plain),
    prefix("EAAA", 40, Plain),
    prefix("EAAC", 60, Plain),
    prefix("EAAG", 60, Plain),
    prefix("EAAM", 60, Plain),
    prefix("EZAK", 40, Plain),
    prefix("EZTK", 40, Plain),
    prefix("FLWSECK_TEST-", 12, Plain),
    prefix("FLWSECK-", 12, Plain),
    prefix("GOCSPX-", 20, Plain),
    prefix("GR1348941", 20, Plain),
    prefix("HRKU-", 30, Plain),
    prefix("LTAI", 16, Plain),
    prefix("MTA", 60, Dotted),
    prefix("NRAK-", 20, Capitals),
    prefix("NRII-", 20, Plain),
    prefix("PMAK-", 30, Plain),
    prefix("SG.", 30, Dotted),
    prefix("SK", 32, Hex),
    prefix("aio_", 24, Plain),
    prefix("api_org_", 20, Plain),
    prefix("bedrock-api-key-", 20, Plain),
    prefix("bkua_", 30, Plain),
    prefix("cfat_", 36, Plain),
    prefix("cfk_", 36, Plain),
    prefix("cfut_", 36, Plain),
    prefix("cmVmd", 50, Plain),
    prefix("csk-", 30, Plain),
    prefix("dapi", 32, Hex),
    prefix("dckr_oat_", 20, Plain),
    prefix("dckr_pat_", 20, Plain),
    prefix("doo_v1_", 30, Plain),
    prefix("dop_v1_", 30, Plain),
    prefix("dor_v1_", 30, Plain),
    prefix("dp.", 30, Dotted),
    prefix("dt0c01.", 40, Dotted),
    prefix("duffel_live_", 30, Plain),
    prefix("duffel_test_", 30, Plain),
    prefix("e2b_", 30, Plain),
    prefix("fc-", 30, Hex),
    prefix("figd_", 30, Plain),
    prefix("fio-u-", 30, Plain),
    prefix("fm1a_", 40, Plain),
    prefix("fm1r_", 40, Plain),
    prefix("fm2_", 40, Plain),
    prefix("fo1_", 40, Plain),
    prefix("fw_", 20, Plain),
    prefix("ghp_", 16, Plain),
    prefix("gho_", 16, Plain),
    prefix("ghr_", 16, Plain),
    prefix("ghs_", 16, Dotted),
    prefix("ghu_", 16, Plain),
    prefix("github_pat_", 16, Plain),
    prefix("glagent-", 20, Plain),
    prefix("glc_", 32, Plain),
    prefix("glcbt-", 20, Plain),
    prefix("gldt-", 20, Plain),
    prefix("glffct-", 20, Plain),
    prefix("glft-", 20, Plain),
    prefix("glimt-", 20, Plain),
    prefix("gloas-", 20, Plain),
    prefix("glpat-", 16, Dotted),
    prefix("glptt-", 20, Plain),
    prefix("glrt-", 20, Dotted),
    prefix("glsa_", 30, Plain),
    prefix("glsoat-", 20, Plain),
    prefix("gsk_", 16, Plain),
    prefix("hf_", 16, Plain),
    prefix("hvb.", 40, Dotted),
    prefix("hvs.", 24, Dotted),
    prefix("ico-", 32, Plain),
    prefix("jina_", 30, Plain),
    prefix("key-", 32, Hex),
    prefix("lin_api_", 16, Plain),
    prefix("lin_oauth_", 16, Plain),
    prefix("ls__", 30, Plain),
    prefix("lsv2_pt_", 20, Plain),
    prefix("lsv2_sk_", 20, Plain),
    prefix("nfp_", 30, Plain),
    prefix("npm_", 16, Plain),
    prefix("ntn_", 30, Plain),
    prefix("nvapi-", 30, Plain),
    prefix("ops_eyJ", 40, Plain),
    prefix("pat", 79, Dotted),
    prefix("pcsk_", 20, Plain),
    prefix("phx_", 30, Plain),
    prefix("pk_live_", 16, Plain),
    prefix("pnu_", 30, Plain),
    prefix("pplx-", 20, Plain),
    prefix("pscale_oauth_", 20, Dotted),
    prefix("pscale_pw_", 20, Dotted),
    prefix("pscale_tkn_", 20, Dotted),
    prefix("pul-", 40, Hex),
    prefix("pypi-", 16, Plain),
    prefix("r8_", 30, Plain),
    prefix("rdme_", 40, Plain),
    prefix("re_", 24, Plain),
    prefix("rk_live_", 10, Plain),
    prefix("rk_test_", 10, Plain),
    prefix("rnd_", 24, Plain),
    prefix("rubygems_", 30, Plain),
    prefix("s-s4t2af-", 40, Hex),
    prefix("s-s4t2ud-", 40, Hex),
    prefix("sb_secret_", 20, Plain),
    prefix("sbp_", 30, Plain),
    prefix("secret_", 40, Plain),
    prefix("sgp_", 30, Plain),
    prefix("shippo_live_", 30, Plain),
    prefix("shippo_test_", 30, Plain),
    prefix("shpat_", 16, Plain),
    prefix("shpca_", 16, Plain),
    prefix("shppa_", 16, Plain),
    prefix("shpss_", 16, Plain),
    prefix("sk-", 16, Plain),
    prefix("sk.eyJ", 60, Dotted),
    prefix("sk_live_", 10, Plain),
    prefix("sk_prod_", 10, Plain),
    prefix("sk_test_", 10, Plain),
    prefix("sk_", 30, Plain),
    prefix("sl.", 60, Dotted),
    prefix("sntrys_", 20, Plain),
    prefix("sntryu_", 20, Plain),
    prefix("sq0atp-", 20, Plain),
    prefix("sq0csp-", 20, Plain),
    prefix("tfp_", 30, Plain),
    prefix("tgp_v1_", 20, Plain),
    prefix("tk-us-", 30, Plain),
    prefix("tskey-", 20, Plain),
    prefix("tvly-", 20, Plain),
    prefix("vck_", 20, Plain),
    prefix("vcp_", 20, Plain),
    prefix("whsec_", 16, Plain),
    prefix("xai-", 16, Plain),
    prefix("xapp-", 16, Plain),
    prefix("xkeysib-", 30, Plain),
    prefix("xoxa-", 10, Plain),
    prefix("xoxb-", 10, Plain),
    prefix("xoxc-", 10, Plain),
    prefix("xoxd-", 10, Plain),
    prefix("xoxe-", 10, Plain),
    prefix("xoxe.", 16, Dotted),
    prefix("xoxo-", 10, Plain),
    prefix("xoxp-", 10, Plain),
    prefix("xoxr-", 10, Plain),
    prefix("xoxs-", 10, Plain),
    prefix("ya29.", 20, Dotted),
];

/// Where the prefixes with each first byte begin.
const STARTS: [u8; 129] = {
    let mut starts = [0; 129];
    let (mut byte, mut at) = (0, 0);
    while byte < 129 {
        while at < PREFIXES.len() && (PREFIXES[at].text.as_bytes()[0] as usize) < byte {
            at += 1;
        }
        #[expect(
            clippy::cast_possible_truncation,
            reason = "there are fewer than 256 prefixes"
        )]
        let start = at as u8;
        starts[byte] = start;
        byte += 1;
    }
    starts
};

/// For each first byte of a prefix, one bit for each second byte; and those of JSON Web Tokens.
const SECONDS: [u128; 128] = {
    let mut seconds = [0; 128];
    seconds[b'e' as usize] = 1 << b'y';
    let mut at = 0;
    while at < PREFIXES.len() {
        let text = PREFIXES[at].text.as_bytes();
        seconds[text[0] as usize] |= 1 << text[1];
        at += 1;
    }
    seconds
};

/// Whether a text begins like a key or token. Most words do not.
pub(super) fn may_begin_key(text: &[u8]) -> bool {
    let &[first, second, ..] = text else {
        return false;
    };
    let seconds = SECONDS.get(usize::from(first)).copied().unwrap_or_default();
    second.is_ascii() && seconds >> second & 1 != 0
}

/// The end of the key that begins at a position, in a run of letters and digits with this end.
pub(super) fn api_key_end(bytes: &[u8], start: usize, end: usize) -> Option<usize> {
    let first = usize::from(bytes[start]);
    let range = usize::from(*STARTS.get(first)?)..usize::from(*STARTS.get(first + 1)?);
    let run = &bytes[start..end];
    for Prefix { text, min, body } in &PREFIXES[range] {
        let Some(rest) = run.strip_prefix(text.as_bytes()) else {
            continue;
        };
        let length = rest.iter().take_while(|&&byte| body.has(byte)).count();
        let key = rest[..length].trim_ascii_end();
        let dots = key.iter().rev().take_while(|&&byte| byte == b'.').count();
        let key = &key[..key.len() - dots];
        let is_long = key.len() >= *min || (*text == "sk-" && is_short_key(key));
        // Names of modules have more dots.
        let is_key = key.iter().filter(|&&byte| byte == b'.').count() <= 2 && is_random(key);
        let is_whole = *body != Body::Hex || rest.get(length).is_none_or(|&byte| !is(byte, WORD));
        if is_long && is_whole && is_key {
            return Some(start + text.len() + key.len());
        }
    }
    None
}

impl Body {
    fn has(self, byte: u8) -> bool {
        match self {
            Plain => is(byte, WORD) || byte == b'-',
            Dotted => is(byte, WORD) || byte == b'-' || byte == b'.',
            Capitals => byte.is_ascii_uppercase() || is(byte, DIGIT),
            Hex => matches!(byte, b'0'..=b'9' | b'a'..=b'f'),
        }
    }
}

/// Whether a text is no word or identifier: it has digits, or capitals between small letters.
fn is_random(text: &[u8]) -> bool {
    let has_digit = text.iter().any(|&byte| is(byte, DIGIT));
    let mixed = text.windows(2).any(|pair| {
        is(pair[0], ALPHA) && pair[0].is_ascii_lowercase() && pair[1].is_ascii_uppercase()
    });
    has_digit || mixed
}

/// Whether a key is short, but in one piece, unlike the names of classes of style sheets.
fn is_short_key(key: &[u8]) -> bool {
    let has = |kind: fn(&u8) -> bool| key.iter().any(kind);
    key.len() >= 10 && key.iter().all(u8::is_ascii_alphanumeric) && has(u8::is_ascii_digit)
}

#[cfg(test)]
mod tests {
    use super::PREFIXES;
    use crate::redact::{Kinds, Redactor};

    fn redact(text: &str) -> String {
        Redactor::new(Kinds::API_KEY, &[""; 0], "***")
            .redact(text)
            .into_owned()
    }

    #[test]
    fn finds_keys_of_every_prefix() {
        for prefix in PREFIXES {
            let filler = if prefix.body == super::Capitals {
                "A1B2C3D4E5"
            } else {
                "a1b2c3d4e5"
            };
            let body: String = filler.chars().cycle().take(prefix.min).collect();
            let key = format!("{}{body}", prefix.text);
            for (before, after) in [
                ("", ""),
                ("key: ", ", x"),
                (r#"{"a":"\n"#, "\"}"),
                ("k=", "..."),
                ("%3D", "."),
            ] {
                let text = format!("{before}{key}{after}");
                assert_eq!(redact(&text), format!("{before}***{after}"), "{text}");
            }
            let text = format!("x{key}");
            if key.len() > 20 && !key.starts_with("ey") {
                assert_eq!(redact(&text), text);
            }
        }
        assert!(PREFIXES.is_sorted_by_key(|prefix| prefix.text.as_bytes()[0]));
    }

    #[test]
    fn finds_keys_of_the_usual_shapes() {
        for key in [
            "sk-abc123def456",
            "sk-proj-Ab1_cdEFghijklmnopqrstuvwxyz-0123456789",
            "sk-ant-api03-abcdefghijklmnop-_0123456789AA",
            "ghp_0123456789abcdefghijABCDEFGHIJ012345",
            "github_pat_11ABCDEFG0abcdefghijkl_0123456789abcdefghij",
            "glpat-abc_DEF-0123456789xy",
            "xoxb-123456789012-1234567890123-abcdefghijkl",
            "AKIAIOSFODNN7EXAMPLE",
            "AIzaSyA1234567890abcdefghijklmnopqrstuv",
            "hf_abcdefghijKLMNOPQRstuvwxyzABCDEFGH",
            "SG.abcdefghijklmnopqrstuv.0123456789abcdefghijABCDEFGHIJ0123456789abc",
            "sk_test_4eC39HqLyjWDarjtT1zdp7dc",
            "pypi-AgEIcHlwaS5vcmcCJDU3",
            "whsec_abcDEF123456ghiJKL",
        ] {
            assert_eq!(redact(&format!("use {key} now")), "use *** now");
        }
    }

    #[test]
    fn leaves_names_words_ids_and_hashes() {
        for text in [
            "sk-learn-contrib-imbalanced-learn sk-folding-cube sk-fading-circle12 sk-SK task-1234567890abcdef",
            "key-value-store-of-the-agent secret_santa_of_the_whole_department npm_config_registry",
            "re_export_all_the_modules_of_this hf_hub_download_with_retries pk_live_ AKIA ghp_ gsk_",
            "5f4dcc3b5aa765d61d8327deb882cf99 e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
            "3f2b8c1e-6a4d-4f0b-9c7e-2d1a5b6c7d8e 2026-11-23T09:30:00.000Z infinium-o2.linux-x64-gnu.node",
            "patterns.of.a.very.long.dotted.name.that.goes.on.and.on.and.on.and.on.and.on.and.on.v2",
            "SKELETON API-FIRST-DESIGN-OF-OUR-SERVICES SG.example fw_version_of_the_device EAAGLE",
        ] {
            assert_eq!(redact(text), text);
        }
    }
}
