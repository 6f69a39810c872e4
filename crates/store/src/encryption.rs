//! How connections to PostgreSQL are encrypted: `sslmode` and `sslrootcert` in its URL, read once and told to both
//! drivers, so that questions and changes travel alike. The words are libpq's (PostgreSQL documentation, 34.19).

use std::sync::Arc;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};
use sea_orm::sqlx::postgres::{PgConnectOptions, PgSslMode};
use tokio_postgres::config::SslMode;
use tokio_postgres_rustls::MakeRustlsConnect;
use url::Url;

use crate::Error;

/// A database's URL without what this module took from it, and how its connections are encrypted.
#[derive(Clone)]
pub(crate) struct Address {
    /// For both drivers.
    pub url: String,
    mode: Mode,
    /// The certificates of authorities that are believed, as PEM; empty unless the server must prove its name.
    authorities: Vec<u8>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    Disable,
    Prefer,
    Require,
    VerifyFull,
}

impl Address {
    /// Reads a URL. A mode that both drivers cannot keep is refused rather than weakened.
    pub(crate) fn of(text: &str) -> Result<Self, Error> {
        let mut url = Url::parse(text)
            .map_err(|error| Error::Setting(format!("the setting database_url is not usable: {error}")))?;
        let (mut mode, mut file) = (Mode::Prefer, None);
        let mut kept = Vec::new();
        for (key, value) in url.query_pairs() {
            match key.as_ref() {
                "sslmode" => mode = Mode::named(&value)?,
                "sslrootcert" => file = Some(value.into_owned()).filter(|file| file != "system"),
                _ => kept.push((key.into_owned(), value.into_owned())),
            }
        }
        url.set_query(None);
        if !kept.is_empty() {
            // The drivers read `%20` and not `+` as a space.
            let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(kept).finish();
            url.set_query(Some(&query.replace('+', "%20")));
        }
        let authorities = match (mode, file) {
            (Mode::VerifyFull, Some(file)) => std::fs::read(&file).map_err(|error| {
                Error::Setting(format!("sslrootcert in database_url names {file}, which cannot be read: {error}"))
            })?,
            (Mode::VerifyFull, None) => of_the_system()?,
            (_, None) => Vec::new(),
            (_, Some(_)) => {
                return Err(Error::Setting(
                    "sslrootcert in database_url counts only with sslmode=verify-full; add that".to_owned(),
                ));
            }
        };
        Ok(Self { url: url.into(), mode, authorities })
    }

    /// For the driver of changes and lists.
    pub(crate) fn encrypt(&self, options: PgConnectOptions) -> PgConnectOptions {
        let options = options.ssl_mode(match self.mode {
            Mode::Disable => PgSslMode::Disable,
            Mode::Prefer => PgSslMode::Prefer,
            Mode::Require => PgSslMode::Require,
            Mode::VerifyFull => PgSslMode::VerifyFull,
        });
        if self.authorities.is_empty() { options } else { options.ssl_root_cert_from_pem(self.authorities.clone()) }
    }

    /// For the driver of questions.
    pub(crate) fn encryption(&self) -> Result<(SslMode, MakeRustlsConnect), Error> {
        let wrong = |error: &dyn std::fmt::Display| Error::Setting(format!("TLS to PostgreSQL is not usable: {error}"));
        let provider = Arc::new(ring::default_provider());
        let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()
            .map_err(|error| wrong(&error))?;
        let builder = match self.mode {
            Mode::VerifyFull => {
                let mut roots = RootCertStore::empty();
                for certificate in CertificateDer::pem_slice_iter(&self.authorities) {
                    let certificate = certificate.map_err(|error| wrong(&error))?;
                    roots.add(certificate).map_err(|error| wrong(&error))?;
                }
                builder.with_root_certificates(roots)
            }
            Mode::Disable | Mode::Prefer | Mode::Require => {
                builder.dangerous().with_custom_certificate_verifier(Arc::new(Anybody(provider)))
            }
        };
        let mode = match self.mode {
            Mode::Disable => SslMode::Disable,
            Mode::Prefer => SslMode::Prefer,
            Mode::Require | Mode::VerifyFull => SslMode::Require,
        };
        Ok((mode, MakeRustlsConnect::new(builder.with_no_client_auth())))
    }
}

impl Mode {
    fn named(word: &str) -> Result<Self, Error> {
        match word {
            "disable" => Ok(Self::Disable),
            "prefer" => Ok(Self::Prefer),
            "require" => Ok(Self::Require),
            "verify-full" => Ok(Self::VerifyFull),
            // The driver of changes would believe every public authority besides, and any name.
            "verify-ca" => Err(Error::Setting(
                "sslmode=verify-ca is not offered, because it would prove too little; use verify-full in database_url, \
                 with the name that the server's certificate carries"
                    .to_owned(),
            )),
            other => Err(Error::Setting(format!(
                "sslmode={other} in database_url is none of disable, prefer, require, verify-full"
            ))),
        }
    }
}

/// The authorities that the operating system believes, as PEM.
fn of_the_system() -> Result<Vec<u8>, Error> {
    let found = rustls_native_certs::load_native_certs();
    if found.certs.is_empty() {
        return Err(Error::Setting(
            "the operating system has no certificates of authorities (Debian: apt-get install ca-certificates); \
             or name one with sslrootcert in database_url"
                .to_owned(),
        ));
    }
    // What the system believes but the library cannot read must not keep the others from being believed.
    let (mut roots, mut pem) = (RootCertStore::empty(), String::new());
    for certificate in found.certs {
        if roots.add(certificate.clone()).is_ok() {
            let text = BASE64_STANDARD.encode(&certificate);
            pem.push_str(&format!("-----BEGIN CERTIFICATE-----\n{text}\n-----END CERTIFICATE-----\n"));
        }
    }
    Ok(pem.into_bytes())
}

/// `prefer` and `require` hide what is said from those who only listen, and prove nothing about the server.
#[derive(Debug)]
struct Anybody(Arc<CryptoProvider>);

impl ServerCertVerifier for Anybody {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(message, certificate, signature, &self.0.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, certificate, signature, &self.0.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(query: &str) -> String {
        Address::of(&format!("postgres://me:secret-1@db/carillon?{query}")).err().expect("a refusal").to_string()
    }

    #[test]
    fn the_drivers_get_the_url_without_what_is_ours() {
        let url = "postgres://me:pa%20ss@db:5433/carillon?sslmode=require&options=-c%20search_path%3Dx";
        let address = Address::of(url).expect("it can be read");
        assert_eq!(address.url, "postgres://me:pa%20ss@db:5433/carillon?options=-c%20search_path%3Dx");
        assert!(address.mode == Mode::Require);
        let plain = Address::of("postgres://me@%2Ftmp/carillon").expect("it can be read");
        assert_eq!(plain.url, "postgres://me@%2Ftmp/carillon");
        assert!(plain.mode == Mode::Prefer);
    }

    #[test]
    fn what_cannot_be_kept_is_refused_in_words_without_the_password() {
        for (query, word) in [
            ("sslmode=verify-ca", "use verify-full"),
            ("sslmode=allow", "none of disable, prefer"),
            ("sslmode=verify-full&sslrootcert=/no/such/file", "/no/such/file"),
            ("sslrootcert=/etc/hostname", "only with sslmode=verify-full"),
        ] {
            let said = refused(query);
            assert!(said.contains(word) && !said.contains("secret-1"), "{query}: {said}");
        }
    }
}
