//! Decides which servers are trusted.
//!
//! Most servers are signed by an authority of the bundled list. Only if that fails, the file of `NODE_EXTRA_CA_CERTS`
//! and the store of the operating system are read: a client that does not need them does not pay for them.

use std::{
    error::Error as StdError,
    fmt, fs,
    path::PathBuf,
    sync::{Arc, OnceLock},
};

use rustls::{
    CertificateError, DigitallySignedStruct, Error as TlsError, OtherError, RootCertStore,
    SignatureScheme,
    client::{
        WebPkiServerVerifier,
        danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
        verify_server_name,
    },
    crypto::CryptoProvider,
    pki_types::{CertificateDer, ServerName, UnixTime, pem::PemObject},
    server::ParsedCertificate,
};

use super::x509::Parts;

/// Verifies the certificates of servers.
#[derive(Debug)]
pub(super) struct Verifier {
    /// Trusts the bundled authorities and the certificates of the configuration.
    usual: Arc<WebPkiServerVerifier>,
    /// The certificates of the configuration.
    given: Vec<CertificateDer<'static>>,
    /// The file of `NODE_EXTRA_CA_CERTS`.
    extra_file: Option<PathBuf>,
    provider: Arc<CryptoProvider>,
    /// Trusts the extra file and the operating system's store. `None` if these are empty.
    further: OnceLock<Option<Arc<WebPkiServerVerifier>>>,
}

/// A certificate that nobody has signed but its own key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SelfSigned {
    Server,
    /// The last certificate of the chain: an authority that is not known.
    Authority,
}

impl fmt::Display for SelfSigned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Server => "self-signed certificate",
            Self::Authority => "self-signed certificate in the chain",
        })
    }
}

impl StdError for SelfSigned {}

impl Verifier {
    /// # Errors
    /// If there is no usable root.
    pub(super) fn new(
        roots: RootCertStore,
        given: Vec<CertificateDer<'static>>,
        extra_file: Option<PathBuf>,
        provider: Arc<CryptoProvider>,
    ) -> Result<Self, String> {
        let usual = WebPkiServerVerifier::builder_with_provider(roots.into(), provider.clone());
        Ok(Self {
            usual: usual.build().map_err(|error| error.to_string())?,
            given,
            extra_file,
            provider,
            further: OnceLock::new(),
        })
    }

    fn further(&self) -> Option<&Arc<WebPkiServerVerifier>> {
        let load = || {
            let mut roots = RootCertStore::empty();
            let extra = self
                .extra_file
                .as_ref()
                .and_then(|path| fs::read(path).ok());
            for certificate in CertificateDer::pem_slice_iter(&extra.unwrap_or_default()) {
                roots.add_parsable_certificates(certificate.ok());
            }
            // Also reads SSL_CERT_FILE and SSL_CERT_DIR. Unreadable certificates are as good as none.
            roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
            let provider = self.provider.clone();
            WebPkiServerVerifier::builder_with_provider(roots.into(), provider)
                .build()
                .ok()
        };
        self.further.get_or_init(load).as_ref()
    }

    /// Trusts a certificate that the user gave, as `ca` does in Node.js, even if it is that of an authority.
    fn is_given(
        &self,
        end_entity: &CertificateDer<'_>,
        name: &ServerName<'_>,
        now: UnixTime,
    ) -> Result<bool, TlsError> {
        if !self.given.iter().any(|given| given == end_entity) {
            return Ok(false);
        }
        verify_server_name(&ParsedCertificate::try_from(end_entity)?, name)?;
        let parts = Parts::read(end_entity);
        let now = i64::try_from(now.as_secs()).unwrap_or(i64::MAX);
        if parts.is_some_and(|parts| !parts.is_valid_at(now)) {
            return Err(CertificateError::Expired.into());
        }
        Ok(true)
    }
}

/// Says more than that the issuer is unknown.
fn explain(end_entity: &CertificateDer<'_>, chain: &[CertificateDer<'_>]) -> TlsError {
    let is_self_signed = |certificate: &CertificateDer<'_>| {
        Parts::read(certificate).is_some_and(|parts| parts.is_self_signed())
    };
    let kind = if is_self_signed(end_entity) {
        SelfSigned::Server
    } else if chain.iter().any(is_self_signed) {
        SelfSigned::Authority
    } else {
        return CertificateError::UnknownIssuer.into();
    };
    CertificateError::Other(OtherError(Arc::new(kind))).into()
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, TlsError> {
        let verify = |verifier: &WebPkiServerVerifier| {
            verifier.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now)
        };
        let error = match verify(&self.usual) {
            Ok(verified) => return Ok(verified),
            Err(error) => error,
        };
        if self.is_given(end_entity, server_name, now)? {
            return Ok(ServerCertVerified::assertion());
        }
        // Another store cannot make up for an expired certificate or a wrong name.
        let is_unknown = matches!(
            error,
            TlsError::InvalidCertificate(
                CertificateError::UnknownIssuer
                    | CertificateError::BadSignature
                    | CertificateError::Other(_)
            )
        );
        if !is_unknown {
            return Err(error);
        }
        match self.further().map(|further| verify(further)) {
            Some(Ok(verified)) => Ok(verified),
            _ => Err(explain(end_entity, intermediates)),
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, TlsError> {
        self.usual
            .verify_tls12_signature(message, certificate, signature)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, TlsError> {
        self.usual
            .verify_tls13_signature(message, certificate, signature)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.usual.supported_verify_schemes()
    }
}
