//! Where secrets are written out in a text: by their shape, or by what stands before them. What
//! only looks like one, a digest, an ARN, a number of a commit, an example, is left alone.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

/// A secret that somebody wrote down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::audit) struct Leak {
    /// The secret itself.
    pub place: Range<usize>,
    /// What it is: `an access key of AWS`.
    pub what: &'static str,
}

/// Keys that say by their form what they are.
const SHAPES: [(&str, &str); 14] = [
    (r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b", "an access key of AWS"),
    (r"\b(?:gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{22,})", "a token of GitHub"),
    (r"\bglpat-[A-Za-z0-9_-]{20,}", "a token of GitLab"),
    (r"\bxox[abeprs]-[A-Za-z0-9-]{10,}", "a token of Slack"),
    (r"hooks\.slack\.com/services/(T[A-Z0-9]+/B[A-Z0-9]+/[A-Za-z0-9]{16,})", "a webhook of Slack"),
    (r"\b[sr]k_live_[A-Za-z0-9]{16,}", "a live key of Stripe"),
    (r"\bAIza[0-9A-Za-z_-]{35}", "an API key of Google"),
    (r"\bnpm_[A-Za-z0-9]{36}\b", "a token of npm"),
    (r"\bSG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}", "a key of SendGrid"),
    (r"\bhvs\.[A-Za-z0-9_-]{24,}", "a token of Vault"),
    (r"\bdckr_pat_[A-Za-z0-9_-]{20,}", "a token of Docker"),
    (r"\bsk-(?:ant-|proj-)?[A-Za-z0-9_-]{32,}", "an API key"),
    (r"\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}", "a signed token (JWT)"),
    (
        r"-----BEGIN [A-Z ]*PRIVATE KEY-----(?:\\n|\s)+[A-Za-z0-9+/=]{20,}(?:(?:\\n|\s)*[A-Za-z0-9+/=]+)*",
        "a private key",
    ),
];

/// What stands before a secret; the secret is the last group.
const BEFORE: [(&str, &str); 4] = [
    (
        r#"(?i)(?:passw(?:or)?d|passphrase|(?:\b|_)pwd|secret|token|api[_-]?key|secret[_-]?access[_-]?key|private[_-]?key)["']?\s*[=:]\s*["']?([^\s"'&,;(){}<>\[\]|\\`]{6,})"#,
        "a secret",
    ),
    (
        r#"(?i)--?(?:passw(?:or)?d|passphrase|secret|token|api-?key|client-secret)(?:["']\s*,\s*["']|\s+["']?)([^\s"'&,;(){}<>\[\]|\\`]{6,})"#,
        "a secret",
    ),
    (
        r#"(?i)\bauthorization["']?\s*[:=]\s*["']?(?:bearer|basic|token)\s+([A-Za-z0-9._~+/=-]{8,})"#,
        "a credential",
    ),
    (r#"(?i)\b[a-z][a-z0-9+.-]*://[^\s/:@"'{}$]+:([^\s/@"'{}$<>]{3,})@"#, "a password in a URL"),
];

/// Parts of what stands where a secret will be.
const STAND_INS: [&str; 21] = [
    "example",
    "placeholder",
    "your",
    "changeme",
    "change-me",
    "change_me",
    "dummy",
    "redacted",
    "xxxx",
    "****",
    "....",
    "…",
    "todo",
    "fixme",
    "sample",
    "foobar",
    "insert",
    "replace",
    "abc123",
    "none",
    "null",
];

static PATTERNS: LazyLock<Vec<(Regex, &str, bool)>> = LazyLock::new(|| {
    let all = SHAPES.iter().map(|row| (row, false)).chain(BEFORE.iter().map(|row| (row, true)));
    let compiled = |((pattern, what), by_name): (&(&str, &'static str), bool)| {
        // A boundary of Unicode words is slow wherever a text is not plain ASCII.
        let pattern = pattern.replace(r"\b", r"(?-u:\b)");
        (Regex::new(&pattern).expect("a pattern"), *what, by_name)
    };
    all.map(compiled).collect()
});

/// Every secret in a text, in order; none overlaps another.
pub(in crate::audit) fn leaks(text: &str) -> Vec<Leak> {
    let mut all: Vec<Leak> = Vec::new();
    for (pattern, what, by_name) in PATTERNS.iter() {
        for captures in pattern.captures_iter(text) {
            let Some(secret) = captures.iter().flatten().last() else { continue };
            let place = secret.range();
            let overlaps =
                |leak: &Leak| leak.place.start < place.end && place.start < leak.place.end;
            let before = text.get(..captures.get(0).map_or(0, |whole| whole.start()));
            let named = !by_name || is_secret(secret.as_str(), before.unwrap_or_default());
            if named && !is_stand_in(secret.as_str()) && !all.iter().any(overlaps) {
                all.push(Leak { place, what });
            }
        }
    }
    all.sort_by_key(|leak| leak.place.start);
    all
}

fn is_stand_in(secret: &str) -> bool {
    let lower = secret.to_lowercase();
    let first = lower.chars().next();
    STAND_INS.iter().any(|part| lower.contains(part)) || lower.chars().all(|c| Some(c) == first)
}

/// Whether it can be a secret: it is no variable, no file, no name and no word.
fn is_secret(value: &str, before: &str) -> bool {
    // `--client-request-token` and the like make a request repeatable, and are no secrets.
    let before = before.to_lowercase();
    let open = ["request", "idempotency", "next", "starting", "continuation", "csrf"];
    let names_a_request =
        open.iter().any(|word| before.trim_end_matches(['-', '_']).ends_with(word));
    let elsewhere =
        ["$", "%", "@", "/", ".", "~", "arn:", "sha256:", "http", "env:", "file:", "ssm:"];
    let is_elsewhere = elsewhere.iter().any(|begin| value.starts_with(begin));
    let letters = value.chars().any(|c| c.is_ascii_alphabetic());
    let more = value.chars().any(|c| c.is_ascii_digit() || "!#^*+$%".contains(c));
    let is_path = value.contains('/') && !value.contains(['+', '=']);
    letters
        && more
        && !names_a_request
        && !is_elsewhere
        && !is_path
        && !is_uuid(value)
        && !value.contains('$')
        && !value.contains("()")
}

fn is_uuid(value: &str) -> bool {
    let parts: Vec<usize> = value.split('-').map(str::len).collect();
    let hex = value.chars().all(|c| c.is_ascii_hexdigit() || c == '-');
    hex && parts == [8, 4, 4, 4, 12]
}

/// A text of ours with every secret in it left out, if it quotes one.
pub(in crate::audit) fn without(text: &mut String, secrets: &[&str]) {
    for secret in secrets.iter().filter(|secret| !secret.is_empty()) {
        if text.contains(secret) {
            *text = text.replace(secret, "[secret]");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Put together here, so that no tool takes this file for a leak.
    fn key(parts: &[&str]) -> String {
        parts.concat()
    }

    #[test]
    fn finds_what_is_one() {
        let twenty = "Q7bX2nLr9TzK4wPd8VyM";
        for text in [
            key(&["AKI", "AQ7BX2NLR9TZK4WPD"]),
            key(&["gh", "p_Q7bX2nLr9TzK4wPd8VyMQ7bX2nLr9TzK4wPd"]),
            key(&["xo", "xb-123456789-Q7bX2nLr9TzK"]),
            key(&["sk_", "live_Q7bX2nLr9TzK4wPd8VyM"]),
            key(&["ey", "JhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.Q7bX2nLr9TzK4wPd8VyM"]),
            key(&["-----BEGIN RSA ", "PRIVATE KEY-----\nMIIEowIBAAKCAQEAq7bX2nLr9TzK\n"]),
            format!("--password {twenty}"),
            format!(r#""--token", "{twenty}""#),
            format!("db.password={twenty}"),
            format!("Authorization: Bearer {twenty}"),
            "postgres://orders:hunter2@db.example.com/orders".to_owned(),
            "MYSQL_PWD=s3cr3t-of-mine".to_owned(),
        ] {
            assert_eq!(leaks(&text).len(), 1, "{text}");
        }
    }

    #[test]
    fn leaves_alone_what_is_none() {
        for text in [
            "AKIAIOSFODNN7EXAMPLE",
            "(AKIA|ASIA)[0-9A-Z]{16}|BEGIN [A-Z ]*PRIVATE KEY|aws_secret_access_key *=",
            "password = { env = \"ORDERS_PASSWORD\", secret = true }",
            "--password \"$db_password\" --token {{token}} token=${TOKEN1}",
            "secret = true\npattern = '[0-9]{6}'",
            "image_digest = \"sha256:9f2c5a7be1d04c3386a1f0b7d25e4c9817ab60d3f5e2c8b94a7061d3e8f5b2c4\"",
            "commit 9f2c5a7be1d04c3386a1f0b7d25e4c9817ab60d3",
            "--client-request-token deploy-2026-06-01",
            "token = \"123e4567-e89b-12d3-a456-426614174000\"",
            "SecretId = \"orders/production/payment-key\"",
            "secret: arn:aws:secretsmanager:eu-west-1:123456789012:secret:orders-Ab1",
            "password=changeme1 token=<TOKEN1> password: required",
            "--password-stdin registry1.example.com",
            "https://user@example.com:8443/path1",
            "Authorization: Bearer {{token}}",
            "password_file=/run/secrets/db1",
        ] {
            assert_eq!(leaks(text), [], "{text}");
        }
    }
}
