//! A request as AWS's services read it: whose operation, in which protocol.

use std::io::{BufRead, BufReader, Read};
use std::net::TcpStream;

/// One request.
#[derive(Clone, Debug)]
pub struct Heard {
    pub method: String,
    /// With the query.
    pub path: String,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

/// How a request is spoken, and wants to be answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    Cbor,
    Json,
    Query,
    Rest,
}

/// Operations that are a method and a path: service, method, path with `*` for a name, operation.
const REST: &[(&str, &str, &str, &str)] = &[
    ("lambda", "GET", "/2015-03-31/functions", "ListFunctions"),
    ("lambda", "GET", "/2015-03-31/functions/*", "GetFunction"),
    ("lambda", "GET", "/2015-03-31/functions/*/configuration", "GetFunctionConfiguration"),
    ("lambda", "GET", "/2015-03-31/functions/*/aliases/*", "GetAlias"),
    ("lambda", "GET", "/2015-03-31/functions/*/versions", "ListVersionsByFunction"),
    ("s3", "GET", "/", "ListBuckets"),
    ("s3", "GET", "/*?encryption", "GetBucketEncryption"),
    ("s3", "GET", "/*?publicAccessBlock", "GetPublicAccessBlock"),
    ("s3", "GET", "/*?versioning", "GetBucketVersioning"),
    ("s3", "GET", "/*?tagging", "GetBucketTagging"),
    ("s3", "GET", "/*?location", "GetBucketLocation"),
    ("s3", "GET", "/*?list-type=2", "ListObjectsV2"),
    ("s3", "HEAD", "/*", "HeadBucket"),
    ("s3", "HEAD", "/*/*", "HeadObject"),
    ("s3", "HEAD", "/*/*/*", "HeadObject"),
    ("route53", "GET", "/2013-04-01/hostedzone/*", "GetHostedZone"),
    ("route53", "GET", "/2013-04-01/hostedzone/*/rrset", "ListResourceRecordSets"),
    ("apigateway", "GET", "/restapis", "GetRestApis"),
];

/// Operations whose action has another name, by the Service Authorization Reference.
const ACTIONS: &[(&str, &str)] = &[
    ("s3:GetBucketEncryption", "s3:GetEncryptionConfiguration"),
    ("s3:GetPublicAccessBlock", "s3:GetBucketPublicAccessBlock"),
    ("apigateway:GetRestApis", "apigateway:GET"),
    ("s3:HeadBucket", "s3:ListBucket"),
    ("s3:HeadObject", "s3:GetObject"),
    ("s3:ListObjectsV2", "s3:ListBucket"),
    ("s3:ListBuckets", "s3:ListAllMyBuckets"),
];

impl Heard {
    /// The next request of a connection, if there is one.
    pub fn next(from: &mut BufReader<TcpStream>) -> Option<Self> {
        let mut line = String::new();
        from.read_line(&mut line).ok().filter(|&read| read > 0)?;
        let mut words = line.split_whitespace();
        let (method, path) = (words.next()?.to_owned(), words.next()?.to_owned());
        let mut headers = Vec::new();
        loop {
            let mut line = String::new();
            from.read_line(&mut line).ok()?;
            let Some((name, value)) = line.trim_end().split_once(':') else { break };
            headers.push((name.to_lowercase(), value.trim().to_owned()));
        }
        let mut heard = Self { method, path, headers, body: Vec::new() };
        let length = heard.header("content-length").and_then(|text| text.parse().ok());
        heard.body = vec![0; length.unwrap_or(0)];
        from.read_exact(&mut heard.body).ok()?;
        Some(heard)
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// What its signature is for: access key, day, region, service.
    fn scope(&self) -> Vec<&str> {
        let signed = self.header("authorization").unwrap_or_default();
        let scope = signed.split("Credential=").nth(1).unwrap_or_default();
        scope.split(',').next().unwrap_or_default().split('/').collect()
    }

    pub fn key(&self) -> &str {
        self.scope().first().copied().unwrap_or_default()
    }

    pub fn region(&self) -> &str {
        self.scope().get(2).copied().unwrap_or_default()
    }

    /// The service as policies name it.
    pub fn service(&self) -> &str {
        match self.scope().get(3).copied().unwrap_or_default() {
            "monitoring" => "cloudwatch",
            // Cloud Control's actions are those of CloudFormation.
            "cloudcontrolapi" => "cloudformation",
            service => service,
        }
    }

    pub fn protocol(&self) -> Protocol {
        let kind = self.header("content-type").unwrap_or_default();
        if self.header("smithy-protocol").is_some() {
            Protocol::Cbor
        } else if self.header("x-amz-target").is_some() {
            Protocol::Json
        } else if kind.starts_with("application/x-www-form-urlencoded") {
            Protocol::Query
        } else {
            Protocol::Rest
        }
    }

    /// The body, as far as it is text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub fn operation(&self) -> String {
        match self.protocol() {
            Protocol::Cbor => self.path.rsplit('/').next().unwrap_or_default().to_owned(),
            Protocol::Json => {
                let target = self.header("x-amz-target").unwrap_or_default();
                target.rsplit('.').next().unwrap_or_default().to_owned()
            }
            Protocol::Query => {
                let text = self.text();
                let action = text.split('&').find_map(|pair| pair.strip_prefix("Action="));
                action.unwrap_or_default().to_owned()
            }
            Protocol::Rest => self.rest(),
        }
    }

    fn rest(&self) -> String {
        let (path, query) = self.path.split_once('?').unwrap_or((&self.path, ""));
        let split = |path: &str| path.trim_matches('/').split('/').map(str::to_owned).collect();
        let parts: Vec<String> = split(path);
        let found = REST.iter().find(|(service, method, like, _)| {
            let (like, wanted) = like.split_once('?').unwrap_or((like, ""));
            let names: Vec<String> = split(like);
            *service == self.service()
                && *method == self.method
                && query.split('&').any(|part| part.trim_end_matches('=') == wanted)
                    | wanted.is_empty()
                && names.len() == parts.len()
                && names.iter().zip(&parts).all(|(name, part)| name == "*" || name == part)
        });
        let unknown = || format!("{} {}", self.method, self.path);
        found.map_or_else(unknown, |(_, _, _, operation)| (*operation).to_owned())
    }

    /// As policies name it: `ecs:DescribeServices`.
    pub fn action(&self) -> String {
        let plain = format!("{}:{}", self.service(), self.operation());
        let otherwise = ACTIONS.iter().find(|(operation, _)| *operation == plain);
        otherwise.map_or(plain, |(_, action)| (*action).to_owned())
    }
}
