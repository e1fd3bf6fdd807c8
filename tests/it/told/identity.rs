//! What a person is told of who asks AWS.

use holdpoint::check::Reading;
use holdpoint::session::Answer::{Accept, Hold, Proceed};

use super::{brief, plain, shown, went_by};
use crate::identity::{expired, stranger, two_phases};
use crate::scene::{Played, scene};
use crate::world::{AWS, jane};

fn at_the_second_gate(reading: Reading) -> Played {
    let jane = || Reading::Identity(jane());
    let callers = [jane(), jane(), reading];
    scene(two_phases()).reading(AWS, callers).replies(plain(&[Proceed, Hold])).run()
}

#[test]
fn another_account() {
    let played = at_the_second_gate(Reading::Identity(stranger()));
    let asked = brief(&played);
    assert_eq!(
        shown(&asked.lines),
        "\
- AWS: another one asks than must
  \u{20} expected  account 123456789012 · eu-west-1 · role deployer
-   found     account 999999999999 · eu-west-1 · role deployer (session jane)
~             account 999999999999, wanted 123456789012; \
             arn:aws:sts::999999999999:assumed-role/deployer, wanted \
             arn:aws:sts::123456789012:assumed-role/deployer
  Nothing is done, and no gate is shown, before it is put right.
  Take the credentials that are meant (for SSO: `aws sso login --profile orders`), \
             then answer `check`.
~ Those in environment variables stay as they were when holdpoint started: \
             answer `hold`, set them, and resume.
"
    );
    let does: Vec<&str> = asked.answers.iter().map(|answer| asked.does(*answer)).collect();
    assert_eq!(does[0], "look again, once the credentials are the right ones");
    assert_eq!(shown(&asked.short()).lines().next(), Some("- AWS: another one asks than must"));
    assert!(went_by(&played).contains("\n- FAILED   AWS identity: account 999999999999, wanted"));
    assert!(went_by(&played).contains(
        "\n~ AWS      account 123456789012 · eu-west-1 · role deployer (session jane)\n"
    ));
}

#[test]
fn expired_credentials() {
    let played = at_the_second_gate(expired());
    assert_eq!(
        shown(&brief(&played).lines),
        "\
- AWS: it cannot be seen who asks
  \u{20} expected  account 123456789012 · eu-west-1 · role deployer
-   found     nothing: sts:GetCallerIdentity: the credentials have expired (ExpiredToken)
  Nothing is done, and no gate is shown, before it is put right.
  Where credentials are missing or expired: refresh them in another terminal \
             (for SSO: `aws sso login --profile orders`), then answer `check`.
~ Those in environment variables stay as they were when holdpoint started: \
             answer `hold`, set them, and resume.
"
    );
    let told = "\n? UNKNOWN  AWS identity: sts:GetCallerIdentity: the credentials have expired";
    assert!(went_by(&played).contains(told));
}

#[test]
fn an_edited_account() {
    let held = at_the_second_gate(Reading::Identity(jane()));
    let edited = two_phases().replace("123456789012", "999999999999");
    let resumed = held.resume().changed(edited).replies(plain(&[Accept, Hold])).run();
    let lines = shown(&brief(&resumed).lines);
    let told = "- The runbook means account 999999999999 · eu-west-1 · deployer by now. A session \
                stays with the one it began with: take that back, or begin another session.";
    assert!(lines.contains(told), "{lines}");
}

#[test]
fn a_gate_names_who_asks_and_so_does_its_short_form() {
    let played = at_the_second_gate(Reading::Identity(jane()));
    let asked = brief(&played);
    let who = "  AWS  account 123456789012 · eu-west-1 · role deployer (session jane)";
    assert_eq!(shown(&asked.lines).lines().nth(2), Some(who));
    assert_eq!(shown(&asked.short()).lines().nth(2), Some(who));
}
