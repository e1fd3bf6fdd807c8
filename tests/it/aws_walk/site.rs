//! What users see of the sample application, on loopback: over TLS, and a redirect without it.

use std::io::{Read as _, Write as _};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use rustls::crypto::ring;
use rustls::pki_types::PrivateKeyDer;
use rustls::{ServerConfig, ServerConnection, StreamOwned};

use crate::checks::servers::{answering, request, serve};

const DAY: Duration = Duration::from_hours(24);

pub struct Site {
    /// With TLS.
    pub address: SocketAddr,
    /// Without.
    pub plain: SocketAddr,
    /// Whose certificates are to be trusted, in PEM.
    pub authority: String,
    version: Arc<Mutex<String>>,
}

impl Site {
    /// Serves in this version.
    pub fn serving(version: &str) -> Self {
        let mut params = CertificateParams::new(vec![]).unwrap();
        params.distinguished_name.push(DnType::CommonName, "the walk's authority");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        let authority = params.self_signed(&key).unwrap().pem();
        let issuer = Issuer::new(params, key);
        let own = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
        params.not_before = (SystemTime::now() - DAY).into();
        params.not_after = (SystemTime::now() + DAY * 90).into();
        let certificate = params.signed_by(&own, &issuer).unwrap();
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(
                vec![certificate.der().clone()],
                PrivateKeyDer::try_from(own.serialize_der()).unwrap(),
            );
        let config = Arc::new(config.unwrap());
        let version = Arc::new(Mutex::new(version.to_owned()));
        let address = serve({
            let version = Arc::clone(&version);
            move |stream| {
                let connection = ServerConnection::new(Arc::clone(&config)).unwrap();
                let mut stream = StreamOwned::new(connection, stream);
                let asked = request(&mut stream);
                let said = said(&asked, &version.lock().unwrap());
                // Who only looks at the certificate has left.
                let _gone = stream.write_all(said.as_bytes());
                stream.conn.send_close_notify();
                let _gone = stream.flush();
                let _closed = stream.sock.read(&mut [0]);
            }
        });
        let plain = answering(
            "HTTP/1.1 301 Moved Permanently\r\nlocation: https://orders.example.com/orders\r\n\
             content-length: 0\r\n\r\n",
        );
        Self { address, plain, authority, version }
    }

    /// From now on in this version.
    pub fn serves(&self, version: &str) {
        version.clone_into(&mut self.version.lock().unwrap());
    }
}

fn said(asked: &str, version: &str) -> String {
    let path = asked.split(' ').nth(1).unwrap_or_default();
    let (status, body) = match path {
        "/version" => ("200 OK", format!("{{\"version\":\"{version}\"}}")),
        "/health/ready" => ("200 OK", "{\"ready\":true}".to_owned()),
        "/admin" => ("403 Forbidden", "{}".to_owned()),
        _ => ("200 OK", "{\"orders\":[]}".to_owned()),
    };
    let length = body.len();
    format!(
        "HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
    )
}
