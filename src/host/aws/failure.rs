//! What an error of the SDK's clients means.

use std::error::Error;

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use aws_types::request_id::RequestId as _;

use super::trouble::{Sort, Trouble};

/// What went wrong with a call.
pub(super) fn trouble<E>(call: &str, error: &SdkError<E, HttpResponse>) -> Trouble
where
    E: Error + ProvideErrorMetadata + 'static,
{
    let Some(raw) = error.raw_response() else { return silent(call, error) };
    let status = raw.status().as_u16();
    let request = error.request_id().map(ToOwned::to_owned);
    let content_type = raw.headers().get("content-type");
    let said = error.as_service_error().map(ProvideErrorMetadata::meta);
    let code = said.and_then(|said| said.code());
    match (code, said) {
        (Some(code), Some(said)) => Trouble {
            status: Some(status),
            code: Some(code.to_owned()),
            request,
            ..Trouble::new(
                call,
                Sort::of(status, Some(code)),
                said.message().unwrap_or_default().trim(),
            )
        },
        _ if status == 429 => Trouble {
            status: Some(status),
            request,
            ..Trouble::new(call, Sort::Throttled, content_type.unwrap_or_default())
        },
        _ => {
            let why = unread(content_type, error);
            Trouble { request, ..Trouble::unreadable(call, status, content_type, &why) }
        }
    }
}

/// No answer came.
fn silent<E>(call: &str, error: &SdkError<E, HttpResponse>) -> Trouble
where
    E: Error + 'static,
{
    let text = told(error);
    let is_distrust = ["certificate", "UnknownIssuer"].iter().any(|word| text.contains(word));
    if is_distrust {
        // Trying again makes nobody trustworthy.
        let message =
            format!("{text}; where a proxy answers for AWS, AWS_CA_BUNDLE names its certificates");
        return Trouble::new(call, Sort::Unanswered, message);
    }
    if text.contains("failed to lookup address") {
        // What does not exist will not in a second; a resolver in trouble may come back.
        let may_pass = text.contains("Temporary failure") || text.contains("Try again");
        let sort = if may_pass { Sort::Network } else { Sort::Unanswered };
        let message = format!("{text}; is the region one of AWS's, and is there a network?");
        return Trouble::new(call, sort, message);
    }
    match error {
        SdkError::ConstructionFailure(_) => Trouble::new(call, Sort::Unanswered, text),
        _ => Trouble::network(call, text),
    }
}

/// Why an answer cannot be read.
fn unread<E>(content_type: Option<&str>, error: &SdkError<E, HttpResponse>) -> String
where
    E: Error + 'static,
{
    match content_type {
        Some(html) if html.starts_with("text/html") => {
            "a web page instead of an answer, as a proxy sends it".to_owned()
        }
        _ => told(error),
    }
}

/// An error with what caused it, without what only its programmers understand.
pub(super) fn told(error: &(dyn Error + 'static)) -> String {
    const HOLLOW: [&str; 11] = [
        "an error occurred while loading credentials",
        "the credential provider was not enabled",
        "the credentials provider was not properly configured",
        "client error (Connect)",
        "dns error",
        "dispatch failure",
        "failed to construct request",
        "io error",
        "response error",
        "service error",
        "unhandled error",
    ];
    let mut texts: Vec<String> = Vec::new();
    let mut next = Some(error);
    while let Some(error) = next {
        let text = error.to_string();
        let is_new = !HOLLOW.contains(&text.as_str()) && !texts.iter().any(|it| it.contains(&text));
        texts.extend(is_new.then_some(text));
        next = error.source();
    }
    texts.join(": ")
}
