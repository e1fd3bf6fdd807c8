//! Whom TLS connections trust. Loaded when the first one is made, and then kept.

use std::sync::Arc;

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::ServerCertVerifier;
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::CertificateDer;
use rustls::{CertificateError, ClientConfig, Error, RootCertStore};
use tokio::sync::OnceCell;

use super::aside::aside;

/// The authorities whose certificates are trusted.
pub struct Trust {
    authorities: Option<Vec<CertificateDer<'static>>>,
    roots: OnceCell<Arc<RootCertStore>>,
}

impl Trust {
    /// The authorities that this machine trusts: its own store, or what `SSL_CERT_FILE` and
    /// `SSL_CERT_DIR` name. Read when first needed.
    #[must_use]
    pub fn of_this_machine() -> Self {
        Self { authorities: None, roots: OnceCell::new() }
    }

    /// These authorities and no others.
    #[must_use]
    pub fn only(authorities: Vec<CertificateDer<'static>>) -> Self {
        Self { authorities: Some(authorities), roots: OnceCell::new() }
    }

    async fn roots(&self) -> Result<Arc<RootCertStore>, String> {
        let load = || async {
            let authorities = match &self.authorities {
                Some(authorities) => authorities.clone(),
                None => of_this_machine().await?,
            };
            let mut roots = RootCertStore::empty();
            let (_good, bad) = roots.add_parsable_certificates(authorities);
            if bad > 0 {
                tracing::debug!(bad, "root certificates that cannot be read are left out");
            }
            if roots.is_empty() {
                return Err("this machine has no root certificates to trust".to_owned());
            }
            Ok(Arc::new(roots))
        };
        self.roots.get_or_try_init(load).await.cloned()
    }

    /// A client that trusts nobody else and speaks HTTP/1.1.
    pub(super) async fn client(&self) -> Result<ClientConfig, String> {
        let builder = ClientConfig::builder_with_provider(provider())
            .with_safe_default_protocol_versions()
            .map_err(|why| format!("cannot speak TLS: {why}"))?;
        let roots = self.roots().await?;
        let mut client = builder.with_root_certificates(roots).with_no_client_auth();
        client.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(client)
    }

    /// A client whose verifier is made from the one that trusts as told.
    pub(super) async fn client_verifying_with<V: ServerCertVerifier + 'static>(
        &self,
        verifier: impl FnOnce(Arc<WebPkiServerVerifier>) -> Arc<V>,
    ) -> Result<ClientConfig, String> {
        let usual = WebPkiServerVerifier::builder_with_provider(self.roots().await?, provider())
            .build()
            .map_err(|why| format!("cannot verify certificates: {why}"))?;
        let builder = ClientConfig::builder_with_provider(provider())
            .with_safe_default_protocol_versions()
            .map_err(|why| format!("cannot speak TLS: {why}"))?;
        Ok(builder
            .dangerous()
            .with_custom_certificate_verifier(verifier(usual))
            .with_no_client_auth())
    }
}

/// One cryptography for all, whatever other crates bring into the program.
fn provider() -> Arc<CryptoProvider> {
    Arc::new(ring::default_provider())
}

async fn of_this_machine() -> Result<Vec<CertificateDer<'static>>, String> {
    let loaded = aside(|_| rustls_native_certs::load_native_certs()).await?;
    match loaded.errors.first() {
        Some(why) if loaded.certs.is_empty() => {
            Err(format!("cannot read this machine's root certificates: {why}"))
        }
        _ => Ok(loaded.certs),
    }
}

/// Why a certificate is not trusted, or a handshake failed, for a person.
pub(super) fn reason(why: &Error) -> String {
    let Error::InvalidCertificate(certificate) = why else { return why.to_string() };
    if let Some(plain) = plainly(certificate) {
        return plain.to_owned();
    }
    let CertificateError::NotValidForNameContext { presented, .. } = certificate else {
        return certificate.to_string();
    };
    if presented.is_empty() {
        "it is for no name at all".to_owned()
    } else {
        format!("it is for {}", names(presented))
    }
}

fn plainly(certificate: &CertificateError) -> Option<&'static str> {
    use CertificateError as Why;
    let table = [
        (matches!(certificate, Why::Expired | Why::ExpiredContext { .. }), "it has expired"),
        (
            matches!(certificate, Why::NotValidYet | Why::NotValidYetContext { .. }),
            "it is not valid yet",
        ),
        (
            matches!(certificate, Why::UnknownIssuer),
            "no authority trusted by this machine has signed it",
        ),
        (matches!(certificate, Why::Revoked), "it was revoked"),
        (matches!(certificate, Why::BadSignature), "its signature is wrong"),
        (matches!(certificate, Why::NotValidForName), "it is for another name"),
    ];
    table.into_iter().find_map(|(holds, plain)| holds.then_some(plain))
}

/// `DnsName("a.example")` and `IpAddress(::1)` as webpki writes them, without the wrapping.
fn names(presented: &[String]) -> String {
    let bare = |name: &String| {
        let inside = name.split_once('(').and_then(|(_, rest)| rest.strip_suffix(')'));
        inside.unwrap_or(name).trim_matches('"').to_owned()
    };
    presented.iter().map(bare).collect::<Vec<_>>().join(", ")
}
