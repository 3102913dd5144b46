//! TLS: the versions and the trusted certificates.

use std::sync::Arc;

use rustls::{
    ClientConfig, RootCertStore,
    crypto::ring,
    pki_types::{CertificateDer, pem::PemObject},
};

use infinium_core::{Error, ErrorKind, OptionId, Result};

/// Returns a TLS 1.2 and 1.3 configuration that trusts the public roots and the certificates in `extra`.
///
/// # Errors
/// `Configuration` of `caCertificates`.
pub(super) fn config(extra: &[String]) -> Result<ClientConfig> {
    let mut roots = RootCertStore::empty();
    roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    for certificate in certificates(extra)? {
        roots
            .add(certificate)
            .map_err(|error| unusable(&error.to_string()))?;
    }
    // ring starts in one millisecond; other providers take tens of milliseconds.
    let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| Error::new(ErrorKind::Configuration, error.to_string()))?;
    Ok(builder.with_root_certificates(roots).with_no_client_auth())
}

/// Parses the certificates in PEM texts.
///
/// # Errors
/// `Configuration` of `caCertificates` if a text contains no certificate or cannot be parsed.
fn certificates(texts: &[String]) -> Result<Vec<CertificateDer<'static>>> {
    let mut found = Vec::new();
    for (index, text) in texts.iter().enumerate() {
        let before = found.len();
        for certificate in CertificateDer::pem_slice_iter(text.as_bytes()) {
            found.push(certificate.map_err(|error| unusable(&format!("{error}, text {index}")))?);
        }
        if found.len() == before {
            return Err(unusable(&format!("no certificate in text {index}")));
        }
        let mut scratch = RootCertStore::empty();
        for certificate in &found[before..] {
            scratch
                .add(certificate.clone())
                .map_err(|error| unusable(&error.to_string()))?;
        }
    }
    Ok(found)
}

fn unusable(problem: &str) -> Error {
    let problem = format!("must be PEM certificates ({problem})");
    Error::misconfigured(OptionId::CaCertificates, problem)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_the_option_of_an_unusable_certificate() {
        const EMPTY: &str = "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n";
        for text in ["", "not a certificate", EMPTY] {
            let error = config(&[text.to_owned()]).unwrap_err();
            assert_eq!(error.option(), Some(OptionId::CaCertificates), "{text}");
        }
    }
}
