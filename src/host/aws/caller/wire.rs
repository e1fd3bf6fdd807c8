//! Signs a request and sends it, over the connections that all calls share.
#![expect(clippy::disallowed_methods, reason = "this is the edge: signatures have a time")]

use std::time::SystemTime;

use aws_credential_types::Credentials;
use aws_sigv4::http_request::{
    PayloadChecksumKind, PercentEncodingMode, SignableBody, SignableRequest, SigningSettings,
    UriPathNormalizationMode, sign,
};
use aws_sigv4::sign::v4::SigningParams;
use aws_smithy_runtime_api::client::http::HttpConnector as _;
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::error::ErrorMetadata;
use http_body_util::{BodyExt as _, Limited};

use super::reply::Reply;
use super::request::Request;
use crate::check::cloud::model::Service;
use crate::host::aws::failure;
use crate::host::aws::link::Link;
use crate::host::aws::trouble::{Sort, Trouble};

/// Bytes of one answer.
const MOST: usize = 16 * 1024 * 1024;

/// Where a request goes.
#[derive(Clone, Copy)]
pub(super) struct To<'a> {
    pub(super) service: &'a Service,
    /// The service's name in signatures.
    pub(super) signing: &'a str,
    pub(super) region: &'a str,
    /// What it is called for people.
    pub(super) call: &'a str,
}

/// Carries requests.
pub(super) trait Carrier {
    /// The region that is asked if a call does not say.
    fn region(&self) -> &str;

    /// Sends it once and waits for the whole answer.
    async fn carry(&self, to: To<'_>, request: &Request) -> Result<Reply, Trouble>;
}

impl Carrier for Link {
    fn region(&self) -> &str {
        self.region()
    }

    async fn carry(&self, to: To<'_>, request: &Request) -> Result<Reply, Trouble> {
        let credentials = self.credentials(to.call).await?;
        let (host, region) = to.service.host(to.region);
        let base = match self.endpoint(&to.service.id) {
            Some(elsewhere) => elsewhere.trim_end_matches('/').to_owned(),
            None => format!("https://{}{host}", request.before_host),
        };
        let signed = signed(to, request, &base, &region, credentials)
            .map_err(|why| Trouble::new(to.call, Sort::Unanswered, why))?;
        let answer = self.connector().call(signed).await.map_err(|error| {
            failure::trouble(to.call, &SdkError::<ErrorMetadata, _>::dispatch_failure(error))
        })?;
        read(to.call, answer).await
    }
}

fn signed(
    to: To<'_>,
    request: &Request,
    base: &str,
    region: &str,
    credentials: Credentials,
) -> Result<HttpRequest, String> {
    let uri = format!("{base}{}", request.path);
    let mut settings = SigningSettings::default();
    if to.signing == "s3" {
        settings.percent_encoding_mode = PercentEncodingMode::Single;
        settings.uri_path_normalization_mode = UriPathNormalizationMode::Disabled;
        settings.payload_checksum_kind = PayloadChecksumKind::XAmzSha256;
    }
    let identity = credentials.into();
    let params = SigningParams::builder()
        .identity(&identity)
        .region(region)
        .name(to.signing)
        .time(SystemTime::now())
        .settings(settings)
        .build()
        .map_err(|why| why.to_string())?
        .into();
    let headers = request.headers.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let body = SignableBody::Bytes(&request.body);
    let signable = SignableRequest::new(&request.method, &uri, headers, body);
    let signed = sign(signable.map_err(|why| why.to_string())?, &params);
    let (instructions, _) = signed.map_err(|why| why.to_string())?.into_parts();
    let mut sent = HttpRequest::new(SdkBody::from(request.body.clone()));
    sent.set_method(&request.method).map_err(|why| why.to_string())?;
    sent.set_uri(uri).map_err(|why| why.to_string())?;
    let own = request.headers.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    for (name, value) in own.chain(instructions.headers()) {
        sent.headers_mut()
            .try_insert(name.to_owned(), value.to_owned())
            .map_err(|why| format!("the header {name} cannot be sent: {why}"))?;
    }
    Ok(sent)
}

async fn read(call: &str, answer: HttpResponse) -> Result<Reply, Trouble> {
    let status = answer.status().as_u16();
    let headers = answer.headers().iter();
    let headers = headers.map(|(name, value)| (name.to_lowercase(), value.to_owned())).collect();
    let reply = Reply { status, headers, body: Vec::new() };
    match Limited::new(answer.into_body(), MOST).collect().await {
        Ok(body) => Ok(Reply { body: body.to_bytes().to_vec(), ..reply }),
        Err(why) => {
            let (sort, message) = match why.is::<http_body_util::LengthLimitError>() {
                true => (Sort::TooLarge, format!("more than {} MiB at once", MOST / 1024 / 1024)),
                false => (Sort::Network, format!("the answer broke off: {why}")),
            };
            let request = reply.request().map(ToOwned::to_owned);
            Err(Trouble { status: Some(status), request, ..Trouble::new(call, sort, message) })
        }
    }
}
