//! AWS in memory: a connector that hears what is asked and answers by a script.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_credential_types::Credentials;
use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider, future};
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_types::body::SdkBody;
use ciborium::Value as Cbor;
use tokio::sync::OnceCell;
use tokio::time::{Instant, sleep};

use super::super::connector::Connections;
use super::super::trouble::Trouble;
use super::super::{Aws, Target};
use super::me;
use crate::check::Reading;
use crate::check::cloud::Cloud;

/// What is answered.
#[derive(Clone, Debug)]
pub(super) struct Told {
    pub(super) status: u16,
    pub(super) content_type: &'static str,
    pub(super) body: Vec<u8>,
}

/// A question as it was put.
#[derive(Clone, Debug)]
pub(super) struct Heard {
    pub(super) operation: String,
    /// Its fields, where it is `CloudWatch`'s.
    pub(super) fields: Cbor,
}

type Script = Arc<dyn Fn(&Heard) -> Told + Send + Sync>;

/// What answers.
#[derive(Clone)]
pub(super) struct Scripted {
    script: Script,
    pub(super) heard: Arc<Mutex<Vec<Heard>>>,
    /// Whether the script is asked who asks, too.
    sts: bool,
    /// How often somebody wanted credentials.
    pub(super) searches: Arc<AtomicUsize>,
    /// What is found then, in turn; the last again and again.
    keys: Arc<Mutex<VecDeque<Result<Credentials, &'static str>>>>,
}

impl Scripted {
    pub(super) fn new(script: impl Fn(&Heard) -> Told + Send + Sync + 'static) -> Self {
        Self {
            script: Arc::new(script),
            sts: false,
            heard: Arc::default(),
            searches: Arc::default(),
            keys: Arc::new(Mutex::new([Ok(keys("first"))].into())),
        }
    }

    /// What is answered to each request in turn.
    pub(super) fn in_turn(told: impl IntoIterator<Item = Told>) -> Self {
        let told = Mutex::new(told.into_iter().collect::<VecDeque<_>>());
        Self::new(move |_| told.lock().unwrap().pop_front().expect("no more is asked"))
    }

    /// The same for STS, which otherwise says the right thing, uncounted.
    pub(super) fn sts(told: impl IntoIterator<Item = Told>) -> Self {
        Self { sts: true, ..Self::in_turn(told) }
    }

    pub(super) fn finding(
        self,
        keys: impl IntoIterator<Item = Result<Credentials, &'static str>>,
    ) -> Self {
        *self.keys.lock().unwrap() = keys.into_iter().collect();
        self
    }

    pub(super) fn aws(&self) -> Aws {
        let target = Target {
            account: "123456789012".to_owned(),
            region: "eu-west-1".to_owned(),
            profile: None,
            assume_role: None,
            session: "s".to_owned(),
        };
        let connections = Connections::all(SharedHttpConnector::new(self.clone()));
        let given = SharedCredentialsProvider::new(self.clone());
        Aws::over(target, OnceCell::new_with(Some(connections)), Some(given))
    }

    pub(super) async fn ask(&self, question: Cloud) -> Result<Reading, Trouble> {
        ask(&self.aws(), question).await
    }

    pub(super) fn count(&self) -> usize {
        self.heard.lock().unwrap().len()
    }
}

/// Asks with the time that checks have.
pub(super) async fn ask(aws: &Aws, question: Cloud) -> Result<Reading, Trouble> {
    aws.observe(&question, Instant::now() + Duration::from_secs(30)).await
}

pub(super) fn keys(name: &str) -> Credentials {
    let long = |what: &str| format!("{what}-of-{name}-that-is-long");
    Credentials::new(long("KEY"), long("secret"), Some(long("token")), None, "test")
}

impl HttpConnector for Scripted {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let path = request.uri().rsplit('/').next().unwrap_or_default();
        let body = request.body().bytes().unwrap_or_default();
        let fields = ciborium::from_reader(body).unwrap_or(Cbor::Null);
        let operation = if path.is_empty() { "GetCallerIdentity" } else { path };
        let heard = Heard { operation: operation.to_owned(), fields };
        let told = if operation == "GetCallerIdentity" && !self.sts {
            me()
        } else {
            self.heard.lock().unwrap().push(heard.clone());
            (self.script)(&heard)
        };
        HttpConnectorFuture::new(async move {
            sleep(Duration::from_millis(100)).await;
            let mut response =
                HttpResponse::new(told.status.try_into().unwrap(), SdkBody::from(told.body));
            let headers = response.headers_mut();
            headers.insert("content-type", told.content_type);
            headers.insert("x-amzn-requestid", "r-1");
            if told.content_type == "application/cbor" {
                headers.insert("smithy-protocol", "rpc-v2-cbor");
            }
            Ok(response)
        })
    }
}

impl ProvideCredentials for Scripted {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        self.searches.fetch_add(1, Ordering::SeqCst);
        let mut keys = self.keys.lock().unwrap();
        let first = keys.front().cloned().expect("some keys");
        if keys.len() > 1 {
            keys.pop_front();
        }
        future::ProvideCredentials::ready(first.map_err(|why| match why {
            "" => CredentialsError::not_loaded_no_source(),
            why => CredentialsError::provider_error(why),
        }))
    }
}

impl std::fmt::Debug for Scripted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Scripted")
    }
}

impl Heard {
    /// A field of the question, or of a part of it.
    pub(super) fn field(&self, name: &str) -> Option<&Cbor> {
        field(&self.fields, name)
    }

    pub(super) fn list(&self, name: &str) -> &[Cbor] {
        self.field(name).and_then(Cbor::as_array).map_or(&[], Vec::as_slice)
    }

    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.field(name)?.as_text()
    }
}

pub(super) fn field<'a>(map: &'a Cbor, name: &str) -> Option<&'a Cbor> {
    map.as_map()?.iter().find_map(|(key, value)| (key.as_text()? == name).then_some(value))
}

/// A good answer of `CloudWatch`.
pub(super) fn good(fields: &Cbor) -> Told {
    let mut body = Vec::new();
    ciborium::into_writer(fields, &mut body).unwrap();
    Told { status: 200, content_type: "application/cbor", body }
}

/// A bad one.
pub(super) fn bad(status: u16, code: &str, message: &str) -> Told {
    Told { status, ..good(&map([("__type", code.into()), ("message", message.into())])) }
}

/// A bad one of STS.
pub(super) fn refused(status: u16, code: &str, message: &str) -> Told {
    let body = format!(
        "<ErrorResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><Error><Type>Sender\
         </Type><Code>{code}</Code><Message>{message}</Message></Error></ErrorResponse>"
    );
    Told { status, content_type: "text/xml", body: body.into_bytes() }
}

/// What a proxy sends.
pub(super) fn page(status: u16) -> Told {
    let body = b"<html><body>Sign in</body></html>".to_vec();
    Told { status, content_type: "text/html; charset=utf-8", body }
}

pub(super) fn map<const N: usize>(fields: [(&str, Cbor); N]) -> Cbor {
    Cbor::Map(fields.into_iter().map(|(name, value)| (name.into(), value)).collect())
}

/// A time, as `CloudWatch` tells it.
pub(super) fn time(seconds: i64) -> Cbor {
    #[expect(clippy::cast_precision_loss, reason = "seconds of this century")]
    Cbor::Tag(1, Box::new(Cbor::Float(seconds as f64)))
}

/// The answer of STS.
pub(super) fn caller(account: &str, arn: &str) -> Told {
    let body = format!(
        "<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">\
         <GetCallerIdentityResult><Arn>{arn}</Arn><UserId>U</UserId><Account>{account}</Account>\
         </GetCallerIdentityResult></GetCallerIdentityResponse>"
    );
    Told { status: 200, content_type: "text/xml", body: body.into_bytes() }
}

pub(super) fn list(items: impl Iterator<Item = Cbor>) -> Cbor {
    Cbor::Array(items.collect())
}
