//! The connections to AWS, for every service alike: one pool, one trust, one proxy.
#![expect(clippy::disallowed_methods, reason = "this is the edge: the bundle of certificates")]

use std::ffi::OsStr;
use std::fs;
use std::path::Path;
use std::time::Duration;

use aws_smithy_http_client::proxy::ProxyConfig;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_http_client::tls::{Provider, TlsContext, TrustStore};
use aws_smithy_http_client::{Connector, ConnectorBuilder};
use aws_smithy_runtime_api::client::http::{
    HttpConnectorSettings, SharedHttpClient, SharedHttpConnector, http_client_fn,
};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;

use super::trouble::{Sort, Trouble};

/// How long a connection may take to open.
pub(super) const CONNECT: Duration = Duration::from_secs(3);

/// How long an answer may take to begin. A call that hears nothing is tried again.
pub(super) const READ: Duration = Duration::from_secs(10);

/// How long a metadata service of this machine may take.
const NEAR: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(2));

/// Connections that are kept when they are done with.
const KEPT: usize = 32;

/// What carries requests.
#[derive(Clone)]
pub(super) struct Connections {
    /// To AWS.
    pub(super) far: SharedHttpConnector,
    /// To the metadata service of this machine or container: never through a proxy.
    near: SharedHttpConnector,
}

impl Connections {
    /// Reads what this machine trusts. `call` is told if that fails.
    pub(super) fn open(call: &str) -> Result<Self, Trouble> {
        let context = |roots| {
            TlsContext::builder().with_trust_store(roots).build().map_err(|why| {
                Trouble::new(call, Sort::NoCredentials, format!("cannot speak TLS: {why}"))
            })
        };
        let bundle = std::env::var_os("AWS_CA_BUNDLE").filter(|path| !path.is_empty());
        let far = builder((CONNECT, READ))
            .proxy_config(ProxyConfig::from_env())
            .tls_provider(Provider::rustls(CryptoMode::Ring))
            .tls_context(context(roots(call, bundle.as_deref())?)?)
            .build();
        let near = builder(NEAR)
            .tls_provider(Provider::rustls(CryptoMode::Ring))
            .tls_context(context(TrustStore::empty())?)
            .build();
        Ok(Self { far: SharedHttpConnector::new(far), near: SharedHttpConnector::new(near) })
    }

    /// Everything is carried by this.
    #[cfg(test)]
    pub(super) fn all(by: SharedHttpConnector) -> Self {
        Self { far: by.clone(), near: by }
    }

    /// The same for the SDK's clients. Who sets shorter times than ours asks a metadata service.
    pub(super) fn client(&self) -> SharedHttpClient {
        let Self { far, near } = self.clone();
        http_client_fn(move |settings, _components| {
            let is_near = settings.connect_timeout().is_some_and(|timeout| timeout < CONNECT);
            if is_near { near.clone() } else { far.clone() }
        })
    }
}

fn builder((connect, read): (Duration, Duration)) -> ConnectorBuilder {
    let settings =
        HttpConnectorSettings::builder().connect_timeout(connect).read_timeout(read).build();
    Connector::builder().connector_settings(settings).pool_max_idle_per_host(KEPT)
}

/// Whom TLS connections trust: what `AWS_CA_BUNDLE` names, or else what this machine trusts.
fn roots(call: &str, bundle: Option<&OsStr>) -> Result<TrustStore, Trouble> {
    let Some(path) = bundle else {
        // The connector takes it for a bug where there is none. Plain HTTP needs none.
        let none = rustls_native_certs::load_native_certs().certs.is_empty();
        return Ok(if none { TrustStore::empty() } else { TrustStore::default() });
    };
    let unfit = |why: String| {
        let path = Path::new(path).display();
        let message = format!(
            "AWS_CA_BUNDLE names `{path}`, {why}; wanted a PEM file of certificates, or no such variable"
        );
        Trouble::new(call, Sort::NoCredentials, message)
    };
    let pem = fs::read(path).map_err(|why| unfit(format!("which cannot be read: {why}")))?;
    // What the connector cannot read it panics at.
    let certificates = CertificateDer::pem_slice_iter(&pem).collect::<Result<Vec<_>, _>>();
    let mut store = rustls::RootCertStore::empty();
    let (_good, bad) = match certificates {
        Ok(found) => store.add_parsable_certificates(found),
        Err(why) => return Err(unfit(format!("which is no PEM file: {why}"))),
    };
    if store.is_empty() || bad > 0 {
        return Err(unfit("which holds no certificates, or some that cannot be read".to_owned()));
    }
    Ok(TrustStore::empty().with_pem_certificate(pem))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bundle_that_is_none_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let told = |text: &str| {
            let path = folder.path().join("bundle.pem");
            fs::write(&path, text).unwrap();
            roots("sts:X", Some(path.as_os_str())).map(|_| ()).unwrap_err().to_string()
        };
        let broken = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
        for text in ["", "hello", broken, "-----BEGIN CERTIFICATE-----\n%%\n"] {
            let told = told(text);
            assert!(told.contains("AWS_CA_BUNDLE") && told.contains("bundle.pem"), "{told}");
        }
        assert!(roots("sts:X", Some(OsStr::new("/nonexistent"))).is_err());
        let made = rcgen::generate_simple_self_signed(["x.example".to_owned()]).unwrap();
        let path = folder.path().join("good.pem");
        fs::write(&path, made.cert.pem()).unwrap();
        assert!(roots("sts:X", Some(path.as_os_str())).is_ok());
        assert!(Connections::open("sts:X").is_ok(), "this machine's own");
    }
}
