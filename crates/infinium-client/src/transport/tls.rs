//! TLS: the versions and the trusted certificates.

use std::{path::Path, sync::Arc};

use rustls::{
    ClientConfig, RootCertStore,
    crypto::ring,
    pki_types::{CertificateDer, pem::PemObject},
};

use super::verifier::Verifier;
use infinium_core::{Error, ErrorKind, OptionId, Result};

/// Returns a TLS 1.2 and 1.3 configuration that trusts the bundled authorities, the certificates in `given`, the file of
/// `NODE_EXTRA_CA_CERTS`, and the store of the operating system.
///
/// # Errors
/// `Configuration` of `caCertificates`.
pub(super) fn config(given: &[String], extra_file: Option<&Path>) -> Result<ClientConfig> {
    let mut roots = RootCertStore::empty();
    roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    let given = certificates(given)?;
    for certificate in &given {
        roots
            .add(certificate.clone())
            .map_err(|error| unusable(&error.to_string()))?;
    }
    let failed = |problem: String| Error::new(ErrorKind::Configuration, problem);
    // ring starts in one millisecond; other providers take tens of milliseconds.
    let provider = Arc::new(ring::default_provider());
    let extra_file = extra_file.map(Path::to_path_buf);
    let verifier = Verifier::new(roots, given, extra_file, provider.clone()).map_err(failed)?;
    let builder = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| failed(error.to_string()))?;
    Ok(builder
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier))
        .with_no_client_auth())
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
            let error = config(&[text.to_owned()], None).unwrap_err();
            assert_eq!(error.option(), Some(OptionId::CaCertificates), "{text}");
        }
    }
}
