//! The certificates that a user gives.

use rustls_pki_types::{CertificateDer, pem::PemObject};

use infinium_core::{Error, OptionId, Result};

/// Parses the certificates in PEM texts.
///
/// # Errors
/// `Configuration` of `caCertificates` if a text contains no certificate or cannot be parsed.
pub(crate) fn parse(texts: &[String]) -> Result<Vec<CertificateDer<'static>>> {
    let mut found = Vec::new();
    for (index, text) in texts.iter().enumerate() {
        let before = found.len();
        for certificate in CertificateDer::pem_slice_iter(text.as_bytes()) {
            let certificate =
                certificate.map_err(|error| unusable(&format!("{error}, text {index}")))?;
            if !is_sequence(&certificate) {
                return Err(unusable(&format!("not a certificate, text {index}")));
            }
            found.push(certificate);
        }
        if found.len() == before {
            return Err(unusable(&format!("no certificate in text {index}")));
        }
    }
    Ok(found)
}

/// Whether this is one ASN.1 sequence, as every certificate is. A user of the certificate looks further.
fn is_sequence(der: &[u8]) -> bool {
    let Some(([0x30, first], rest)) = der.split_first_chunk() else {
        return false;
    };
    let short = usize::from(first & 0x7f);
    if first & 0x80 == 0 {
        return rest.len() == short;
    }
    let Some((length, content)) = rest.split_at_checked(short) else {
        return false;
    };
    let length = length.iter().fold(0_usize, |sum, byte| {
        sum.wrapping_shl(8) | usize::from(*byte)
    });
    (1..=4).contains(&short) && content.len() == length
}

pub(crate) fn unusable(problem: &str) -> Error {
    let problem = format!("must be PEM certificates ({problem})");
    Error::misconfigured(OptionId::CaCertificates, problem)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_the_option_of_an_unusable_certificate() {
        const EMPTY: &str = "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n";
        const WRONG: &str = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
        for text in ["", "not a certificate", EMPTY, WRONG] {
            let error = parse(&[text.to_owned()]).unwrap_err();
            assert_eq!(error.option(), Some(OptionId::CaCertificates), "{text}");
        }
    }
}
