//! Decodes compressed answers. No request asks for one, but some proxies compress everything.

use std::io::{self, Read};

use brotli_decompressor::Decompressor;
use flate2::read::{DeflateDecoder, MultiGzDecoder, ZlibDecoder};
use http::{HeaderMap, header::CONTENT_ENCODING};
use infinium_core::MAX_ANSWER_SIZE;
use ruzstd::decoding::StreamingDecoder;

/// Decodes a body as its headers say. Returns `None` if that is impossible, or if it would become too large.
pub(super) fn decode(headers: &HeaderMap, body: Vec<u8>) -> Option<Vec<u8>> {
    if body.is_empty() || !headers.contains_key(CONTENT_ENCODING) {
        return Some(body);
    }
    let mut names = Vec::new();
    for value in headers.get_all(CONTENT_ENCODING) {
        let value = value.to_str().ok()?;
        names.extend(
            value
                .split(',')
                .map(|name| name.trim().to_ascii_lowercase()),
        );
    }
    // The last encoding was applied last.
    names
        .into_iter()
        .rev()
        .try_fold(body, |body, name| decode_one(&name, body))
}

fn decode_one(name: &str, body: Vec<u8>) -> Option<Vec<u8>> {
    let input = body.as_slice();
    match name {
        "" | "identity" => Some(body),
        "gzip" | "x-gzip" => read(MultiGzDecoder::new(input)),
        "deflate" if is_zlib(input) => read(ZlibDecoder::new(input)),
        // Some servers omit the header that the standard requires.
        "deflate" => read(DeflateDecoder::new(input)),
        "br" => read(Decompressor::new(input, 4096)),
        "zstd" => read(StreamingDecoder::new(input).ok()?),
        _ => None,
    }
}

/// Whether data begins with the two bytes of zlib (RFC 1950).
fn is_zlib(data: &[u8]) -> bool {
    match data {
        [first, second, ..] => {
            first & 0x0f == 8 && (u16::from(*first) << 8 | u16::from(*second)) % 31 == 0
        }
        _ => false,
    }
}

fn read(decoder: impl Read) -> Option<Vec<u8>> {
    let mut decoded = Vec::new();
    let limit = MAX_ANSWER_SIZE as u64 + 1;
    let read: io::Result<usize> = decoder.take(limit).read_to_end(&mut decoded);
    read.ok().filter(|length| *length <= MAX_ANSWER_SIZE)?;
    Some(decoded)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::{
        Compression,
        write::{DeflateEncoder, GzEncoder, ZlibEncoder},
    };
    use proptest::prelude::*;

    use super::*;

    const TEXT: &[u8] = br#"{"message":"stored"}"#;
    /// The text as brotli and zstd, written by their own tools.
    const BROTLI: &str = "1b1300f8a54574f6faa624957c521a64d45816cf01";
    const ZSTD: &str = "28b52ffd2014a100007b226d657373616765223a2273746f726564227d";

    fn bytes(hex: &str) -> Vec<u8> {
        let digits = hex.as_bytes().as_chunks::<2>().0;
        let byte = |pair: &[u8; 2]| std::str::from_utf8(pair).unwrap().to_owned();
        digits
            .iter()
            .map(|pair| u8::from_str_radix(&byte(pair), 16).unwrap())
            .collect()
    }

    fn headers(values: &[&'static str]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(CONTENT_ENCODING, value.parse().unwrap());
        }
        headers
    }

    fn gzip(data: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(data).unwrap();
        encoder.finish().unwrap()
    }

    fn zlib(data: &[u8]) -> Vec<u8> {
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(data).unwrap();
        encoder.finish().unwrap()
    }

    fn deflate(data: &[u8]) -> Vec<u8> {
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(data).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn decodes_every_usual_encoding() {
        for (names, body) in [
            (&[][..], TEXT.to_vec()),
            (&["identity"], TEXT.to_vec()),
            (&["GZIP"], gzip(TEXT)),
            (&["x-gzip"], gzip(TEXT)),
            (&["deflate"], zlib(TEXT)),
            (&["deflate"], deflate(TEXT)),
            (&["br"], bytes(BROTLI)),
            (&["zstd"], bytes(ZSTD)),
            (&["deflate, gzip"], gzip(&zlib(TEXT))),
            (&["br", "identity", "gzip"], gzip(&bytes(BROTLI))),
        ] {
            let decoded = decode(&headers(names), body);
            assert_eq!(decoded.as_deref(), Some(TEXT), "{names:?}");
            assert_eq!(decode(&headers(names), Vec::new()), Some(Vec::new()));
        }
        assert_eq!(decode(&headers(&["compress"]), TEXT.to_vec()), None);
        assert_eq!(decode(&headers(&["gzip"]), TEXT.to_vec()), None);
    }

    #[test]
    fn stops_at_the_size_limit() {
        let fits = gzip(&vec![b'x'; MAX_ANSWER_SIZE]);
        assert_eq!(
            decode(&headers(&["gzip"]), fits).map(|body| body.len()),
            Some(MAX_ANSWER_SIZE)
        );
        let bomb = gzip(&vec![b'x'; MAX_ANSWER_SIZE + 1]);
        assert_eq!(decode(&headers(&["gzip"]), bomb), None);
    }

    proptest! {
        #[test]
        fn takes_any_bytes(name in 0..5_usize, body in prop::collection::vec(any::<u8>(), 0..200)) {
            let name = ["gzip", "deflate", "br", "zstd", "identity"][name];
            let _ = decode(&headers(&[name]), body);
        }
    }
}
