//! What went wrong with one call to AWS, and what a person can do about it.

use std::fmt;

use crate::check::cloud::model::action;

/// Why a call was not answered, or how it was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    /// The call as policies name it: `ecs:DescribeServices`.
    pub call: String,
    /// HTTP status, where there was an answer.
    pub status: Option<u16>,
    /// The error's code: `ThrottlingException`.
    pub code: Option<String>,
    /// In AWS's words, or in those of whatever kept us from asking.
    pub message: String,
    /// AWS's number of the request.
    pub request: Option<String>,
    /// What it means for us.
    pub sort: Sort,
    /// How often it was tried.
    pub tries: u32,
}

/// What a trouble means for us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sort {
    /// Too many calls: worth trying again later.
    Throttled,
    /// AWS itself is in trouble: worth trying again.
    Server,
    /// There was no answer: worth trying again.
    Network,
    /// The principal may not ask this.
    Denied,
    /// The credentials were good once.
    Expired,
    /// There are no credentials, or none that AWS takes.
    NoCredentials,
    /// A definite no, which is itself an observation: no such thing, not valid.
    Refused,
    /// AWS did not look: it does not know this operation, or wants to be asked elsewhere.
    Unanswered,
    /// It is not what the protocol promises: a proxy's page, half an answer.
    Unreadable,
    /// It is more than is kept of an answer.
    TooLarge,
}

/// Characters that the words of a trouble may have.
pub const MOST: usize = 300;

const THROTTLED: [&str; 16] = [
    "BandwidthLimitExceeded",
    "EC2ThrottledException",
    "LimitExceededException",
    "PriorRequestNotComplete",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "RequestThrottled",
    "RequestThrottledException",
    "SlowDown",
    "Throttled",
    "ThrottledException",
    "Throttling",
    "ThrottlingException",
    "TooManyRequests",
    "TooManyRequestsException",
    "TransactionInProgressException",
];

const SERVER: [&str; 10] = [
    "InternalError",
    "InternalFailure",
    "InternalServerError",
    "InternalServerException",
    "InternalServiceError",
    "RequestTimeout",
    "RequestTimeoutException",
    "ServiceUnavailable",
    "ServiceUnavailableException",
    "Unavailable",
];

const DENIED: [&str; 8] = [
    "AccessDenied",
    "AccessDeniedException",
    "AuthorizationError",
    "AuthorizationErrorException",
    "NotAuthorized",
    "Unauthorized",
    "UnauthorizedException",
    "UnauthorizedOperation",
];

const EXPIRED: [&str; 5] = [
    "ExpiredToken",
    "ExpiredTokenException",
    "RequestExpired",
    "TokenRefreshRequired",
    "UnauthorizedSSOTokenError",
];

const NO_CREDENTIALS: [&str; 12] = [
    "AuthFailure",
    "IncompleteSignature",
    "IncompleteSignatureException",
    "InvalidAccessKeyId",
    "InvalidClientTokenId",
    "InvalidSignatureException",
    "InvalidToken",
    "MissingAuthenticationToken",
    "MissingAuthenticationTokenException",
    "RequestTimeTooSkewed",
    "SignatureDoesNotMatch",
    "UnrecognizedClientException",
];

const UNANSWERED: [&str; 9] = [
    "AuthorizationHeaderMalformed",
    "IllegalLocationConstraintException",
    "InvalidAction",
    "OptInRequired",
    "PermanentRedirect",
    "SubscriptionRequiredException",
    "TemporaryRedirect",
    "UnknownOperationException",
    "UnsupportedOperation",
];

impl Sort {
    /// What an answer with this status means, and with this code if it has one.
    #[must_use]
    pub fn of(status: u16, code: Option<&str>) -> Self {
        let one_of = |codes: &[&str]| code.is_some_and(|code| codes.contains(&code));
        // The code says more than the status: DynamoDB throttles with 400, S3 with 503.
        match status {
            _ if one_of(&THROTTLED) => Self::Throttled,
            _ if one_of(&EXPIRED) => Self::Expired,
            _ if one_of(&NO_CREDENTIALS) => Self::NoCredentials,
            _ if one_of(&DENIED) => Self::Denied,
            _ if one_of(&SERVER) => Self::Server,
            _ if one_of(&UNANSWERED) => Self::Unanswered,
            429 => Self::Throttled,
            408 | 500.. => Self::Server,
            401 | 403 if code.is_some() => Self::Denied,
            400..500 if code.is_some() => Self::Refused,
            300..400 => Self::Unanswered,
            _ => Self::Unreadable,
        }
    }

    /// Whether the same call may well be answered a moment later.
    #[must_use]
    pub fn passes(self) -> bool {
        matches!(self, Self::Throttled | Self::Server | Self::Network)
    }
}

impl Trouble {
    /// There was no answer.
    #[must_use]
    pub fn network(call: &str, message: impl Into<String>) -> Self {
        Self::new(call, Sort::Network, message)
    }

    /// A trouble of which only this is known.
    #[must_use]
    pub fn new(call: &str, sort: Sort, message: impl Into<String>) -> Self {
        Self {
            call: call.to_owned(),
            status: None,
            code: None,
            message: message.into(),
            request: None,
            sort,
            tries: 1,
        }
    }

    /// An answer that the protocol does not promise, by its status and content type.
    #[must_use]
    pub fn unreadable(call: &str, status: u16, content_type: Option<&str>, why: &str) -> Self {
        let content = content_type.unwrap_or("no content type");
        let sort = if status >= 500 { Sort::Server } else { Sort::Unreadable };
        let message = format!("{why} ({content})");
        Self { status: Some(status), ..Self::new(call, sort, message) }
    }

    /// The action that the principal lacks, as a policy names it.
    #[must_use]
    pub fn action(&self) -> String {
        let after = |mark: &str| Some(self.message.split_once(mark)?.1);
        let named = after("not authorized to perform: ").or_else(|| after("to perform action: "));
        let end = |c: char| !(c.is_ascii_alphanumeric() || ":-*".contains(c));
        let word = named.and_then(|rest| rest.split(end).next());
        let (service, operation) = self.call.split_once(':').unwrap_or((&self.call, ""));
        let named = word.filter(|word| word.contains(':')).map(ToOwned::to_owned);
        named.unwrap_or_else(|| action(service, operation))
    }

    /// Why this tells nothing and what to do, without secrets, in at most [`MOST`] characters.
    #[must_use]
    pub fn words(&self, mask: &dyn Fn(&str) -> String) -> String {
        let head = mask(&self.head());
        let advice = self.advice();
        let message = mask(&self.message);
        let room = MOST.saturating_sub(head.chars().count() + advice.chars().count() + 2);
        let told = match message.trim() {
            "" => String::new(),
            text => format!(": {}", short(text, room)),
        };
        short(&format!("{head}{told}{advice}"), MOST)
    }

    /// What happened, to which call, and AWS's numbers for it.
    fn head(&self) -> String {
        let call = &self.call;
        let what = match self.sort {
            Sort::Throttled if self.tries > 1 => format!("{call} throttled {} times", self.tries),
            Sort::Throttled => format!("{call} throttled"),
            Sort::Server => format!("{call} failed on AWS's side{}", self.times()),
            Sort::Network => format!("{call} had no answer{}", self.times()),
            Sort::Denied => format!("{call} denied"),
            Sort::Expired => format!("{call}: the credentials have expired"),
            Sort::NoCredentials => format!("{call}: no valid credentials"),
            Sort::Refused => format!("{call} refused"),
            Sort::Unanswered => format!("{call} not answered"),
            Sort::Unreadable => format!("{call} answered what cannot be read"),
            Sort::TooLarge => format!("{call} answered more than is kept"),
        };
        let status = self.status.map(|status| format!("HTTP {status}"));
        let code = self.code.as_ref().map(|code| short(code, 60));
        let request = self.request.as_ref().map(|id| format!("request {}", short(id, 60)));
        let facts: Vec<String> = [status, code, request].into_iter().flatten().collect();
        if facts.is_empty() { what } else { format!("{what} ({})", facts.join(", ")) }
    }

    fn times(&self) -> String {
        if self.tries > 1 { format!(" {} times", self.tries) } else { String::new() }
    }

    fn advice(&self) -> String {
        match self.sort {
            Sort::Denied => format!(
                "; add {} to the principal's policy: `holdpoint plan RUNBOOK --iam-policy` prints what the runbook needs",
                short(&self.action(), 80)
            ),
            Sort::Expired => "; refresh them, then look again".to_owned(),
            Sort::Throttled
            | Sort::Server
            | Sort::Network
            | Sort::NoCredentials
            | Sort::Refused
            | Sort::Unanswered
            | Sort::Unreadable
            | Sort::TooLarge => String::new(),
        }
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.words(&str::to_owned))
    }
}

impl std::error::Error for Trouble {}

/// The text, or as much of it as there is room for.
fn short(text: &str, room: usize) -> String {
    if text.chars().count() <= room {
        return text.to_owned();
    }
    text.chars().take(room.saturating_sub(1)).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn denied(message: &str) -> Trouble {
        Trouble {
            status: Some(400),
            code: Some("AccessDeniedException".into()),
            request: Some("r-1".into()),
            ..Trouble::new("ecs:DescribeServices", Sort::Denied, message)
        }
    }

    #[test]
    fn code_and_status_say_what_it_means() {
        for (status, code, sort) in [
            (400, Some("ThrottlingException"), Sort::Throttled),
            (503, Some("SlowDown"), Sort::Throttled),
            (429, None, Sort::Throttled),
            (500, Some("InternalFailure"), Sort::Server),
            (502, None, Sort::Server),
            (400, Some("RequestTimeout"), Sort::Server),
            (400, Some("AccessDeniedException"), Sort::Denied),
            (403, Some("Forbidden"), Sort::Denied),
            (400, Some("ExpiredTokenException"), Sort::Expired),
            (403, Some("SignatureDoesNotMatch"), Sort::NoCredentials),
            (404, Some("NoSuchEntity"), Sort::Refused),
            (400, Some("ValidationException"), Sort::Refused),
            (301, Some("PermanentRedirect"), Sort::Unanswered),
            (302, None, Sort::Unanswered),
            (404, None, Sort::Unreadable),
            (200, None, Sort::Unreadable),
            (400, Some("UnknownOperationException"), Sort::Unanswered),
        ] {
            assert_eq!(Sort::of(status, code), sort, "{status} {code:?}");
        }
    }

    #[test]
    fn a_denial_names_the_action_and_what_to_do() {
        let told = denied(
            "User: arn:aws:iam::123456789012:user/ann is not authorized to perform: iam:PassRole on resource: x",
        );
        assert_eq!(told.action(), "iam:PassRole");
        let words = told.words(&str::to_owned);
        assert!(
            words.starts_with(
                "ecs:DescribeServices denied (HTTP 400, AccessDeniedException, request r-1): User"
            ),
            "{words}"
        );
        assert!(words.ends_with("; add iam:PassRole to the principal's policy: `holdpoint plan RUNBOOK --iam-policy` prints what the runbook needs"), "{words}");
        let bare = denied("You are not authorized to perform this operation.");
        assert_eq!(bare.action(), "ecs:DescribeServices");
        let elsewhere = Trouble { call: "elbv2:DescribeTags".into(), ..bare };
        assert_eq!(elsewhere.action(), "elasticloadbalancing:DescribeTags");
    }

    #[test]
    fn words_are_masked_then_cut() {
        let long = denied(&"hunter2 é".repeat(100));
        let words = long.words(&|text| text.replace("hunter2", "[secret]"));
        assert_eq!(words.chars().count(), MOST);
        assert!(!words.contains("hunter") && words.contains("RUNBOOK --iam-policy"), "{words}");
    }

    #[test]
    fn tries_and_content_type_are_told() {
        let slow = Trouble { tries: 7, ..Trouble::new("ecs:X", Sort::Throttled, "Rate exceeded") };
        assert_eq!(slow.to_string(), "ecs:X throttled 7 times: Rate exceeded");
        let page = Trouble::unreadable("ecs:X", 200, Some("text/html"), "not JSON");
        assert_eq!(
            page.to_string(),
            "ecs:X answered what cannot be read (HTTP 200): not JSON (text/html)"
        );
        assert_eq!(Trouble::unreadable("x", 502, None, "not JSON").sort, Sort::Server);
    }
}
