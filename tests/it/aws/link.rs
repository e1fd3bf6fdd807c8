//! Who asks, and where: profiles, roles that are taken on, endpoints, certificates. The keys of
//! these tests open nothing.

use serde_json::json;

use super::moments::identity;
use super::{head, phases, place};
use crate::aws_kit::{ACCOUNT, Answer, Front};
use crate::sitting_kit::Place;

const KEY: &str = "AKIDENVIRONMENT";

/// A runbook whose `[aws]` has this line, too, and the place to run it in.
fn asking(url: &str, line: &str) -> Place {
    let text = head(ACCOUNT) + line + "\n";
    let first = "[[phase.step]]\nid = \"look\"\ntitle = \"Look\"\ncheck.aws_identity = {}\n\
                 [[phase.exit]]\ncriterion = \"It was seen\"\nproven_by = [\"look\"]";
    let mut place = place(url, KEY, &(text + &phases(first)));
    place.set("AWS_CONFIG_FILE", "config");
    place
}

fn us() -> Front {
    Front::alone(|_| Answer::Said(identity(ACCOUNT)))
}

/// The session comes to its first gate, and the journal says so much.
#[track_caller]
fn begins(place: &Place) -> String {
    place.runs(&["run", "book.toml", "--journal", "j.md"]).ends(4, &["Gate to phase 1 of 8"]);
    place.read("j.md")
}

#[test]
fn a_named_profile_stands_above_keys_in_the_environment() {
    let front = us();
    let place = asking(&front.url(), "profile = \"deploy\"");
    let keys = "aws_access_key_id = AKIDPROFILE\naws_secret_access_key = a-secret-of-tests\n";
    place.write("config", format!("[default]\n[profile deploy]\n{keys}"));
    begins(&place);
    let heard = front.heard();
    assert!(!heard.is_empty() && heard.iter().all(|heard| heard.key() == "AKIDPROFILE"));
    assert!(heard.iter().all(|heard| heard.region() == "eu-west-1"));
}

#[test]
fn a_profile_that_is_not_there_is_named() {
    let front = us();
    let place = asking(&front.url(), "profile = \"gone\"");
    place.write("config", "[default]\n");
    place.refuses(&["run", "book.toml", "--journal", "j.md"], 1, &["no valid credentials", "gone"]);
    assert_eq!(front.calls(), [""; 0]);
}

#[test]
fn a_role_is_taken_on_under_the_name_of_the_session() {
    let role = "arn:aws:iam::123456789012:role/deployer";
    let front = Front::alone(move |heard| match heard.operation().as_str() {
        "AssumeRole" => Answer::Said(json!({
            "Credentials": {
                "AccessKeyId": "AKIDASSUMED", "SecretAccessKey": "another-secret-of-tests",
                "SessionToken": "a-token-of-tests", "Expiration": "2099-01-01T00:00:00Z",
            },
            "AssumedRoleUser": { "Arn": "arn:aws:sts::1:assumed-role/deployer/x", "AssumedRoleId": "A" },
        })),
        _ => Answer::Said(identity(ACCOUNT)),
    });
    let place = asking(&front.url(), &format!("assume_role = \"{role}\""));
    let journal = begins(&place);
    let heard = front.heard();
    assert_eq!((heard[0].key(), heard[0].operation().as_str()), (KEY, "AssumeRole"));
    assert!(heard[0].text().contains("RoleSessionName=holdpoint-"), "{}", heard[0].text());
    let (taken, asked): (Vec<_>, Vec<_>) =
        heard.iter().partition(|heard| heard.operation() == "AssumeRole");
    assert!(taken.iter().all(|heard| heard.key() == KEY));
    assert!(!asked.is_empty() && asked.iter().all(|heard| heard.key() == "AKIDASSUMED"));
    assert!(!journal.contains("secret-of-tests") && !journal.contains("token-of-tests"));
}

#[test]
fn endpoints_of_a_profile_are_honoured_and_told() {
    let front = us();
    let mut place = asking("", "");
    place.unset("AWS_ENDPOINT_URL");
    let url = front.url();
    place.write(
        "config",
        format!("[default]\nservices = here\n[services here]\nsts =\n  endpoint_url = {url}\n"),
    );
    let journal = begins(&place);
    assert!(!front.calls().is_empty());
    assert!(journal.contains("identity unproven: custom endpoint"), "{journal}");
}

#[test]
fn certificates_that_cannot_be_read_are_told_before_anybody_is_asked() {
    let front = us();
    let mut place = asking(&front.url(), "");
    place.write("config", "");
    place.set("AWS_CA_BUNDLE", "none.pem");
    let words = ["AWS_CA_BUNDLE names `none.pem`", "wanted a PEM file"];
    place.refuses(&["run", "book.toml", "--journal", "j.md"], 1, &words);
    place.write("none.pem", "no certificate");
    place.refuses(&["run", "book.toml", "--journal", "j.md"], 1, &words);
    assert_eq!(front.calls(), [""; 0]);
}
