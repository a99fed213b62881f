//! Encrypted connections, as PostgreSQL's `sslmode` has it: `prefer` and `require` encrypt and ask nobody who is
//! there; `verify-ca` asks for a certificate by somebody who is trusted, `verify-full` for one that names the host.

use std::path::Path;
use std::sync::Arc;

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};

use super::super::url::DatabaseUrl;
use super::{Pairs, bad, setting};
use crate::exit::Exit;
use crate::failure::Failure;

/// How much is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Mode {
    Disable,
    Prefer,
    Require,
    VerifyCa,
    VerifyFull,
}

/// What URL and environment say.
#[derive(Debug)]
pub(super) struct Tls {
    pub(super) mode: Mode,
    pub(super) root: Option<String>,
    pub(super) certificate: Option<String>,
    pub(super) key: Option<String>,
}

/// Parameters that mean this, in the spellings of both engines.
pub(super) const KEYS: [&str; 12] = [
    "sslmode",
    "ssl-mode",
    "ssl_mode",
    "sslrootcert",
    "ssl-ca",
    "ssl_ca",
    "sslcert",
    "ssl-cert",
    "ssl_cert",
    "sslkey",
    "ssl-key",
    "ssl_key",
];

impl Tls {
    pub(super) fn read(url: &DatabaseUrl, pairs: &Pairs, default: Mode) -> Result<Self, Failure> {
        let mode = setting(pairs, &KEYS[..3], "PGSSLMODE");
        let mode = mode.map_or(Ok(default), |mode| {
            Mode::read(&mode).ok_or_else(|| {
                bad(url, format!("`sslmode={mode}` is not known"))
                    .help("`disable`, `prefer`, `require`, `verify-ca` or `verify-full`")
            })
        })?;
        let root = setting(pairs, &KEYS[3..6], "PGSSLROOTCERT");
        Ok(Self {
            // libpq does the same: a root certificate is there to be asked for.
            mode: if root.is_some() && mode == Mode::Require { Mode::VerifyCa } else { mode },
            root: root.filter(|root| root != "system"),
            certificate: setting(pairs, &KEYS[6..9], "PGSSLCERT"),
            key: setting(pairs, &KEYS[9..12], "PGSSLKEY"),
        })
    }

    /// What the handshake goes by.
    pub(super) fn config(&self, url: &DatabaseUrl) -> Result<ClientConfig, Failure> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()
            .map_err(|error| failed(url, &error.to_string()))?;
        let verifier = self.verifier(url, provider)?;
        let builder = builder.dangerous().with_custom_certificate_verifier(Arc::new(verifier));
        let (Some(certificate), Some(key)) = (&self.certificate, &self.key) else {
            return Ok(builder.with_no_client_auth());
        };
        let key = PrivateKeyDer::from_pem_file(key).map_err(|error| unreadable(key, &error))?;
        let chain = certificates(certificate)?;
        builder.with_client_auth_cert(chain, key).map_err(|error| failed(url, &error.to_string()))
    }

    fn verifier(&self, url: &DatabaseUrl, provider: Arc<CryptoProvider>) -> Result<Verifier, Failure> {
        if self.mode < Mode::VerifyCa {
            return Ok(Verifier { inner: None, mode: self.mode, provider });
        }
        let mut roots = RootCertStore::empty();
        match &self.root {
            Some(file) => drop(roots.add_parsable_certificates(certificates(file)?)),
            None => drop(roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs)),
        }
        let inner =
            WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider)).build();
        let inner = inner
            .map_err(|_| failed(url, "no root certificate is known").help("name one: `?sslrootcert=FILE`"))?;
        Ok(Verifier { inner: Some(inner), mode: self.mode, provider })
    }
}

impl Mode {
    fn read(text: &str) -> Option<Self> {
        match text.to_ascii_lowercase().replace('_', "-").as_str() {
            "disable" | "disabled" => Some(Self::Disable),
            "allow" | "prefer" | "preferred" => Some(Self::Prefer),
            "require" | "required" => Some(Self::Require),
            "verify-ca" => Some(Self::VerifyCa),
            "verify-full" | "verify-identity" => Some(Self::VerifyFull),
            _ => None,
        }
    }
}

fn certificates(file: &str) -> Result<Vec<CertificateDer<'static>>, Failure> {
    let read = CertificateDer::pem_file_iter(file).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    match read {
        Ok(found) if !found.is_empty() => Ok(found),
        Ok(_) => Err(Failure::new(Exit::Failed, "tls", format!("there is no certificate in `{file}`"))),
        Err(error) => Err(unreadable(file, &error)),
    }
}

fn unreadable(file: &str, error: &rustls::pki_types::pem::Error) -> Failure {
    let shown = Path::new(file).display();
    Failure::new(Exit::Failed, "tls", format!("could not read `{shown}`: {error}"))
}

/// The handshake came to nothing.
pub(super) fn failed(url: &DatabaseUrl, reason: &str) -> Failure {
    Failure::new(Exit::Failed, "tls", format!("no encrypted connection to `{}`", url.shown))
        .note(reason)
        .note("nothing was changed")
        .help("`sslrootcert=FILE` names who is trusted, `sslmode` how much is asked for")
}

/// Asks as much as the mode says.
#[derive(Debug)]
struct Verifier {
    inner: Option<Arc<WebPkiServerVerifier>>,
    mode: Mode,
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let Some(inner) = &self.inner else { return Ok(ServerCertVerified::assertion()) };
        match inner.verify_server_cert(end_entity, intermediates, server_name, ocsp, now) {
            Err(rustls::Error::InvalidCertificate(
                CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
            )) if self.mode == Mode::VerifyCa => Ok(ServerCertVerified::assertion()),
            verified => verified,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls12_signature(message, certificate, signed, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls13_signature(message, certificate, signed, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}
