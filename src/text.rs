//! JavaScript's text as Rust's.

use encoding_rs::mem::convert_utf16_to_utf8_partial;

/// Converts UTF-16 to UTF-8; half of a surrogate pair becomes U+FFFD.
pub(crate) fn to_utf8(units: &[u16]) -> String {
    // Room for ASCII, which is all there is most of the time; the converter wants a little more.
    let mut out = vec![0; units.len() + 4];
    let (mut read, mut written) = convert_utf16_to_utf8_partial(units, &mut out);
    while read < units.len() {
        // No unit takes more than three bytes.
        out.resize(written + (units.len() - read) * 3 + 4, 0);
        let (more, wrote) = convert_utf16_to_utf8_partial(&units[read..], &mut out[written..]);
        read += more;
        written += wrote;
    }
    out.truncate(written);
    // The converter writes nothing but UTF-8.
    String::from_utf8(out).unwrap_or_default()
}
