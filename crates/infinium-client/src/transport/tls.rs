//! TLS: the versions and the trusted certificates.

use std::{path::Path, sync::Arc};

use rustls::{ClientConfig, RootCertStore, crypto::ring};

use super::verifier::Verifier;
use crate::certificates::{parse, unusable};
use infinium_core::{Error, ErrorKind, Result};

/// Returns a TLS 1.2 and 1.3 configuration that trusts the bundled authorities, the certificates in `given`, the file of
/// `NODE_EXTRA_CA_CERTS`, and the store of the operating system.
///
/// # Errors
/// `Configuration` of `caCertificates`.
pub(super) fn config(given: &[String], extra_file: Option<&Path>) -> Result<ClientConfig> {
    let mut roots = RootCertStore::empty();
    roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    let given = parse(given)?;
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
