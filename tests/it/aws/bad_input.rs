//! What is wrong before anything is asked of AWS, or with whoever stands in between: a clear
//! error, nothing passes, and there is no journal of a session that never began.

use std::fs;
use std::net::TcpListener;

use super::moments::identity;
use super::{head, phases, place};
use crate::aws_kit::{ACCOUNT, Answer, Front};
use crate::sitting_kit::Place;

const KEY: &str = "AKIDEXAMPLE";

fn book(check: &str) -> String {
    let first = format!(
        "[[phase.step]]\nid = \"look\"\ntitle = \"Look\"\n{check}\n\
         [[phase.exit]]\ncriterion = \"It was seen\"\nproven_by = [\"look\"]"
    );
    head(ACCOUNT) + &phases(&first)
}

/// With a runbook that asks who asks.
fn asking(url: &str) -> Place {
    place(url, KEY, &book("check.aws_identity = {}"))
}

/// No session begins, and these words say why.
#[track_caller]
fn begins_none(place: &Place, code: i32, parts: &[&str]) {
    place.refuses(&["run", "book.toml", "--journal", "j.md"], code, parts);
    assert!(!place.path("j.md").exists());
}

#[test]
fn without_credentials() {
    let front = Front::alone(|_| Answer::Said(identity(ACCOUNT)));
    let mut place = asking(&front.url());
    place.unset("AWS_ACCESS_KEY_ID");
    place.unset("AWS_SECRET_ACCESS_KEY");
    begins_none(&place, 1, &["no valid credentials", "aws sso login"]);
    assert_eq!(front.calls(), [""; 0], "nobody is asked without credentials");
}

#[test]
fn with_a_login_that_is_over() {
    let front = Front::alone(|_| Answer::Said(identity(ACCOUNT)));
    let mut place = asking(&front.url());
    place.unset("AWS_ACCESS_KEY_ID");
    place.unset("AWS_SECRET_ACCESS_KEY");
    place.write(
        "config",
        "[default]\nsso_session = us\nsso_account_id = 123456789012\nsso_role_name = deployer\n\
         [sso-session us]\nsso_region = eu-west-1\nsso_start_url = https://us.example.com/start\n",
    );
    place.set("AWS_CONFIG_FILE", "config");
    let cache = place.path("home/.aws/sso/cache");
    fs::create_dir_all(&cache).unwrap();
    // SHA-1 of the session's name.
    let login = r#"{"accessToken":"t","expiresAt":"2026-01-01T00:00:00Z","region":"eu-west-1",
        "startUrl":"https://us.example.com/start"}"#;
    fs::write(cache.join("da2b128800d4e129def769b7ec5decc00517fa8b.json"), login).unwrap();
    let words = "sts:GetCallerIdentity: the credentials have expired";
    begins_none(&place, 1, &[words, "the SSO token has expired and cannot be refreshed"]);
}

#[test]
fn with_an_endpoint_that_nobody_listens_on() {
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let place = asking(&format!("http://{closed}"));
    begins_none(
        &place,
        1,
        &["it cannot be seen who asks AWS", "had no answer", "Connection refused"],
    );
}

#[test]
fn behind_a_proxy_that_wants_a_person() {
    let front = Front::alone(|_| Answer::page(200));
    let words = "a web page instead of an answer, as a proxy sends it (text/html)";
    begins_none(&asking(&front.url()), 1, &["sts:GetCallerIdentity", words]);
}

#[test]
fn in_another_account() {
    let front = Front::alone(|_| Answer::Said(identity("999999999999")));
    let words =
        "expected account 123456789012 · eu-west-1, found account 999999999999 · eu-west-1 · role";
    begins_none(&asking(&front.url()), 2, &["another one asks AWS", words]);
}

/// A region that AWS has not is a name that does not resolve: the proxy says so.
#[test]
fn in_a_region_that_there_is_not() {
    let front = Front::alone(|_| {
        Answer::Raw(b"HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\n\r\n".to_vec())
    });
    let mut place = asking("");
    place.unset("AWS_ENDPOINT_URL");
    place.unset("NO_PROXY");
    place.set("HTTPS_PROXY", &front.url());
    let text = book("check.aws_identity = {}").replace("eu-west-1", "eu-west-99");
    place.write("book.toml", text);
    begins_none(&place, 1, &["it cannot be seen who asks AWS", "had no answer", "tunnel error"]);
    let asked: Vec<String> = front.heard().into_iter().map(|heard| heard.path).collect();
    let all_there = asked.iter().all(|path| path == "sts.eu-west-99.amazonaws.com:443");
    assert!(!asked.is_empty() && all_there, "{asked:?}");
}

#[test]
fn what_the_runbook_has_wrong_is_told_before_anybody_is_asked() {
    let front = Front::alone(|_| Answer::Said(identity(ACCOUNT)));
    for (check, words) in [
        (
            "check.aws_resource = { type = 'S3Bucket', id = 'x' }",
            "`type` is `S3Bucket`: write it as CloudFormation does, like `AWS::S3::Bucket`",
        ),
        (
            "check.aws_resource = { type = 'AWS::S3::Bucket', id = 'x', \
             expect = [{ path = '$.[', exists = true }] }",
            "`path`: `$.[` is not a JSON path",
        ),
        (
            "check.aws_api = { service = 'ecs', operation = 'DeleteCluster', \
             input = { cluster = 'x' }, expect = [{ path = '$.a', exists = true }] }",
            "DeleteCluster",
        ),
        (
            "check.aws_api = { service = 'ecs', operation = 'DescribeClusters', expect = [] }",
            "nothing is wanted of the answer: add `expect`",
        ),
    ] {
        let place = place(&front.url(), KEY, &book(check));
        begins_none(&place, 2, &[words]);
    }
    assert_eq!(front.calls(), [""; 0]);
}

/// Nothing of AWS is touched by what does not use it, whatever is wrong with it.
#[test]
fn a_runbook_without_aws_asks_nobody() {
    let front = Front::alone(|_| panic!("somebody asks"));
    let text = book("check.file = { path = 'book.toml' }");
    let (before, after) = text.split_once("[aws]").unwrap();
    let rest = after.split_once("[[phase]]").unwrap().1;
    let mut place = place(&front.url(), KEY, &format!("{before}[[phase]]{rest}"));
    place.set("AWS_CA_BUNDLE", "no-such-file");
    place.set("AWS_PROFILE", "no-such-profile");
    place.runs(&["run", "book.toml", "--journal", "j.md"]).ends(4, &["Gate to phase 1 of 8"]);
    place.runs(&["verify", "j.md"]).ends(0, &[]);
    assert_eq!(front.calls(), [""; 0]);
}
