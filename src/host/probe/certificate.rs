//! Looks at a TLS server's certificate, trusted or not. Sends nothing once hands are shaken.
#![expect(clippy::disallowed_methods, reason = "this is the edge: validity is told from now")]

use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, DigitallySignedStruct, Error, SignatureScheme};
use tokio_rustls::TlsConnector;
use x509_cert::Certificate;
use x509_cert::der::Decode as _;
use x509_cert::ext::pkix::SubjectAltName;
use x509_cert::ext::pkix::name::GeneralName;

use super::Seen;
use super::net::{Connection, connect};
use super::trust::{Trust, reason};
use crate::check::{CertificateSeen, Reading};

/// How many names of a certificate are told.
const NAMES: usize = 50;

/// Connects, shakes hands, and tells what certificate was shown.
pub(super) async fn look(host: &str, port: u16, name: &str, trust: &Trust) -> Seen {
    let server: ServerName<'static> = ServerName::try_from(name.to_owned())
        .map_err(|_| format!("no certificate can be for the name {name}"))?;
    let mut witness = None;
    let client = trust
        .client_verifying_with(|usual| {
            let new = Arc::new(Witness { usual, saw: Mutex::default() });
            Arc::clone(witness.insert(new))
        })
        .await?;
    let stream = match connect(host, port).await? {
        Connection::Open(stream) => stream,
        Connection::Refused(why) => return Ok(Reading::Refused(why)),
    };
    let shaken = TlsConnector::from(Arc::new(client)).connect(server, stream).await;
    let saw = witness.map(|witness| witness.take()).unwrap_or_default();
    match (saw.certificate, shaken) {
        // A server that goes on to want a certificate of ours has shown its own all the same.
        (Some(certificate), _) if saw.proven => tell(&certificate, saw.distrust.as_ref()),
        (_, Err(why)) => Err(format!("{host}, port {port}: no TLS: {}", handshake_error(&why))),
        (_, Ok(_)) => Err(format!("{host}, port {port} showed no certificate")),
    }
}

/// What an error of the TLS stream means.
pub(super) fn handshake_error(why: &std::io::Error) -> String {
    let inner = why.get_ref().and_then(|inner| inner.downcast_ref::<Error>());
    match inner {
        Some(error @ Error::InvalidCertificate(_)) => {
            format!("its certificate is not trusted: {}", reason(error))
        }
        Some(error) => error.to_string(),
        None => why.to_string(),
    }
}

/// What was seen during the handshake.
#[derive(Debug, Default)]
struct Saw {
    certificate: Option<CertificateDer<'static>>,
    distrust: Option<Error>,
    /// Whether the server has shown that the certificate is its own.
    proven: bool,
}

/// Notes what the usual verifier says, and lets the handshake go on.
#[derive(Debug)]
struct Witness {
    usual: Arc<WebPkiServerVerifier>,
    saw: Mutex<Saw>,
}

impl Witness {
    fn take(&self) -> Saw {
        std::mem::take(&mut *self.saw.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn note(&self, change: impl FnOnce(&mut Saw)) {
        change(&mut self.saw.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

impl ServerCertVerifier for Witness {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let verified = self.usual.verify_server_cert(
            end_entity,
            intermediates,
            server_name,
            ocsp_response,
            now,
        );
        self.note(|saw| {
            saw.certificate = Some(end_entity.clone().into_owned());
            saw.distrust = verified.err();
        });
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let valid = self.usual.verify_tls12_signature(message, cert, dss)?;
        self.note(|saw| saw.proven = true);
        Ok(valid)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let valid = self.usual.verify_tls13_signature(message, cert, dss)?;
        self.note(|saw| saw.proven = true);
        Ok(valid)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.usual.supported_verify_schemes()
    }
}

fn tell(certificate: &CertificateDer, distrust: Option<&Error>) -> Seen {
    let unread = |why| format!("the certificate cannot be read: {why}");
    let read = Certificate::from_der(certificate).map_err(unread)?;
    let body = read.tbs_certificate();
    let end = body.validity().not_after.to_unix_duration().as_secs();
    let end = i64::try_from(end).unwrap_or(i64::MAX);
    let not_after = jiff::Timestamp::from_second(end)
        .map_err(|why| format!("the certificate's end of validity cannot be read: {why}"))?;
    let left = end.saturating_sub(jiff::Timestamp::now().as_second());
    let names = body.get_extension::<SubjectAltName>().map_err(unread)?;
    let names = names.map(|(_critical, names)| names.0).unwrap_or_default();
    let by_itself = body.issuer() == body.subject();
    let unknown = Error::InvalidCertificate(CertificateError::UnknownIssuer);
    let distrust = distrust.map(|why| {
        if by_itself && *why == unknown { "it is self-signed".to_owned() } else { reason(why) }
    });
    Ok(Reading::Certificate(CertificateSeen {
        distrust,
        not_after: not_after.to_string(),
        days_left: left.div_euclid(24 * 60 * 60),
        names: names.iter().filter_map(shown).take(NAMES).collect(),
    }))
}

/// A name that a server can have, as text.
fn shown(name: &GeneralName) -> Option<String> {
    if let GeneralName::DnsName(name) = name {
        return Some(name.to_string());
    }
    let GeneralName::IpAddress(address) = name else { return None };
    let bytes = address.as_bytes();
    let v4 = <[u8; 4]>::try_from(bytes).map(IpAddr::from);
    let v6 = <[u8; 16]>::try_from(bytes).map(IpAddr::from);
    v4.or(v6).ok().map(|address| address.to_string())
}
