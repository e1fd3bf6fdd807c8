//! Certificates: good, bad, and servers that have none.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use holdpoint::check::{Obstacle, Outcome, Reading, Verdict};
use holdpoint::host::probe::Trust;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use rustls::crypto::ring;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig, ServerConnection, StreamOwned, version};

use super::servers::{closed, ok, request, serve, silent};
use super::{assert_says, judged, look, prober, trusting};

const DAY: Duration = Duration::from_hours(24);

struct Authority(CertifiedIssuer<'static, KeyPair>);

/// A certificate chain with its key.
struct Identity {
    chain: Vec<CertificateDer<'static>>,
    key: KeyPair,
}

impl Authority {
    fn new() -> Self {
        Self::named("an authority")
    }

    fn named(name: &str) -> Self {
        let mut params = CertificateParams::new(vec![]).unwrap();
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Self(CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap())
    }

    fn certificate(&self) -> CertificateDer<'static> {
        self.0.der().clone()
    }

    fn trust(&self) -> Trust {
        Trust::only(vec![self.certificate()])
    }

    /// An identity for a name, valid from and until so many days from now.
    fn signs(&self, name: &str, from: i32, until: i32) -> Identity {
        let key = KeyPair::generate().unwrap();
        let certificate = params(name, from, until).signed_by(&key, &self.0).unwrap();
        Identity { chain: vec![certificate.der().clone()], key }
    }
}

fn params(name: &str, from: i32, until: i32) -> CertificateParams {
    let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
    let day = |days: i32| match u32::try_from(days) {
        Ok(days) => SystemTime::now() + DAY * days + DAY / 2,
        Err(_) => SystemTime::now() - DAY * days.unsigned_abs() + DAY / 2,
    };
    params.not_before = day(from).into();
    params.not_after = day(until).into();
    params
}

fn self_signed(name: &str) -> Identity {
    let key = KeyPair::generate().unwrap();
    let certificate = params(name, -2, 60).self_signed(&key).unwrap();
    Identity { chain: vec![certificate.der().clone()], key }
}

/// Answers over TLS. With `clients`, it wants a certificate of the client, signed by that.
fn serving(
    identity: &Identity,
    clients: Option<&Authority>,
    versions: &[&'static rustls::SupportedProtocolVersion],
) -> SocketAddr {
    let provider = Arc::new(ring::default_provider());
    let builder = ServerConfig::builder_with_provider(Arc::clone(&provider))
        .with_protocol_versions(versions)
        .unwrap();
    let builder = match clients {
        None => builder.with_no_client_auth(),
        Some(authority) => {
            let mut roots = RootCertStore::empty();
            roots.add(authority.certificate()).unwrap();
            let wants = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider);
            builder.with_client_cert_verifier(wants.build().unwrap())
        }
    };
    let key = PrivateKeyDer::try_from(identity.key.serialize_der()).unwrap();
    let config = Arc::new(builder.with_single_cert(identity.chain.clone(), key).unwrap());
    serve(move |stream| {
        let connection = ServerConnection::new(Arc::clone(&config)).unwrap();
        let mut stream = StreamOwned::new(connection, stream);
        if request(&mut stream).is_empty() {
            return;
        }
        stream.write_all(ok("hello").as_bytes()).unwrap();
        stream.conn.send_close_notify();
        stream.flush().unwrap();
        let _closed = stream.sock.read(&mut [0]);
    })
}

fn answering(identity: &Identity) -> SocketAddr {
    serving(identity, None, rustls::ALL_VERSIONS)
}

fn tls(trust: Trust, address: SocketAddr, rest: &str) -> Verdict {
    judged(&trusting(trust), &format!("[check.tls]\naddress = '{address}'\n{rest}"))
}

#[test]
fn a_certificate_is_judged_by_trust_name_and_time() {
    let authority = Authority::new();
    let good = answering(&authority.signs("127.0.0.1", -2, 60));
    assert_says(&tls(authority.trust(), good, ""), Outcome::Pass, "60 days left");
    assert_says(&tls(authority.trust(), good, "days_left = 60"), Outcome::Pass, "60 days left");
    assert_says(&tls(authority.trust(), good, "days_left = 61"), Outcome::Fail, "wanted 61");
    let other = "name = 'orders.example.com'";
    assert_says(&tls(authority.trust(), good, other), Outcome::Fail, "it is for 127.0.0.1");

    let named = answering(&authority.signs("orders.example.com", -2, 60));
    assert_says(&tls(authority.trust(), named, other), Outcome::Pass, "for orders.example.com");
    assert_says(&tls(authority.trust(), named, ""), Outcome::Fail, "it is for orders.example.com");
    assert_says(&tls(Authority::named("another").trust(), good, ""), Outcome::Fail, "no authority");
}

#[test]
fn a_bad_certificate_is_an_observation() {
    let authority = Authority::new();
    for (identity, says) in [
        (authority.signs("127.0.0.1", -9, -3), "it has expired; -3 days left"),
        (authority.signs("127.0.0.1", 3, 60), "it is not valid yet"),
        (self_signed("127.0.0.1"), "self-signed"),
    ] {
        assert_says(&tls(authority.trust(), answering(&identity), ""), Outcome::Fail, says);
    }
}

#[test]
fn a_server_that_wants_our_certificate_has_shown_its_own() {
    let authority = Authority::new();
    let good = authority.signs("127.0.0.1", -2, 60);
    for version in [&version::TLS12, &version::TLS13] {
        let address = serving(&good, Some(&authority), &[version]);
        assert_says(&tls(authority.trust(), address, ""), Outcome::Pass, "60 days left");
        let other = Authority::named("another").trust();
        assert_says(&tls(other, address, ""), Outcome::Fail, "no authority");
    }
}

#[test]
fn no_certificate_is_unknown() {
    let authority = Authority::new();
    let plain = serve(|mut stream| {
        let _gone = stream.write_all(b"220 mail.example.com ESMTP\r\n");
        let _closed = stream.read(&mut [0; 512]);
    });
    assert_says(&tls(authority.trust(), plain, ""), Outcome::Unknown, "no TLS");
    let closed = closed();
    assert_says(&tls(authority.trust(), closed, ""), Outcome::Unknown, "refuses connections");
    let nobody = Trust::only(vec![]);
    let good = answering(&authority.signs("127.0.0.1", -2, 60));
    assert_says(&tls(nobody, good, ""), Outcome::Unknown, "no root certificates");
    for toml in [
        format!("check.tls.address = '{}'", silent()),
        format!("check.http.url = 'https://{}/'", silent()),
    ] {
        let (reading, verdict) = look(&trusting(authority.trust()), &toml, "300ms");
        assert_eq!(reading, Reading::Nothing(Obstacle::Timeout), "{toml}");
        assert_eq!(verdict.outcome(), Outcome::Unknown);
    }
}

#[test]
fn https_answers_only_where_the_certificate_is_trusted() {
    let authority = Authority::new();
    let https = |identity: &Identity, trust: Trust| {
        let address = answering(identity);
        let toml =
            format!("check.http = {{ url = 'https://{address}/', body_contains = 'hello' }}");
        judged(&trusting(trust), &toml)
    };
    let good = authority.signs("127.0.0.1", -2, 60);
    assert_says(&https(&good, authority.trust()), Outcome::Pass, "status 200");
    for (identity, says) in [
        (authority.signs("127.0.0.1", -9, -3), "its certificate is not trusted: it has expired"),
        (authority.signs("other.example.com", -2, 60), "it is for other.example.com"),
        (self_signed("127.0.0.1"), "no authority"),
    ] {
        assert_says(&https(&identity, authority.trust()), Outcome::Unknown, says);
    }
    let plain = serve(|mut stream| {
        let _gone = stream.write_all(ok("hello").as_bytes());
        let _closed = stream.read(&mut [0; 512]);
    });
    let plain = format!("check.http.url = 'https://{plain}/'");
    assert_says(&judged(&trusting(authority.trust()), &plain), Outcome::Unknown, "no TLS");
}

/// Says to a copy of this test program which server to look at.
const SERVER: &str = "HOLDPOINT_TEST_SERVER";

#[test]
fn this_machines_authorities_come_from_where_it_says() {
    if let Ok(address) = std::env::var(SERVER) {
        let toml = format!("check.tls = {{ address = '{address}' }}");
        println!("the verdict: {:?}", judged(&prober(Path::new("/")), &toml));
        return;
    }
    let authority = Authority::new();
    let address = answering(&authority.signs("127.0.0.1", -2, 60));
    let folder = tempfile::tempdir().unwrap();
    let bundle = folder.path().join("bundle.pem");
    fs::write(&bundle, authority.0.pem()).unwrap();
    let this = std::thread::current().name().unwrap().to_owned();
    let verdict_with = |file: &Path| {
        let mut copy = Command::new(std::env::current_exe().unwrap());
        copy.args([&this, "--exact", "--nocapture"]);
        copy.env(SERVER, address.to_string()).env("SSL_CERT_FILE", file).env_remove("SSL_CERT_DIR");
        let told = String::from_utf8(copy.output().unwrap().stdout).unwrap();
        told.split("the verdict: ").nth(1).unwrap_or_else(|| panic!("{told}")).to_owned()
    };
    assert!(verdict_with(&bundle).starts_with("Pass"), "{}", verdict_with(&bundle));
    let none = verdict_with(&folder.path().join("none.pem"));
    assert!(none.starts_with("Unknown"), "{none}");
}
