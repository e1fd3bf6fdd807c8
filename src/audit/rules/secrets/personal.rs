//! A path that there is on one person's machine.

use std::sync::LazyLock;

use regex::Regex;

use super::written::{found_at, texts};
use crate::audit::{Found, Level, Rule, Subject};
use crate::runbook::quoted;

pub(super) const RULE: Rule = Rule {
    code: "HP505",
    name: "personal-path",
    level: Level::Warning,
    meaning: "a path leads into one person's folder, which nobody else has",
    help: "write it relative to the folder that holdpoint is started in; in a script `\"$HOME\"`; or make \
           it a variable",
    look,
};

/// Folders of accounts that machines have, not people.
const OF_MACHINES: [&str; 18] = [
    "ubuntu",
    "ec2-user",
    "admin",
    "deploy",
    "deployer",
    "app",
    "runner",
    "circleci",
    "node",
    "user",
    "jenkins",
    "git",
    "www",
    "service",
    "shared",
    "public",
    "vagrant",
    "linuxbrew",
];

static PATH: LazyLock<Regex> = LazyLock::new(|| {
    let pattern = r"(?:(?:^|[^A-Za-z0-9_./:})-])(?:/Users|/home)/|[A-Za-z]:\\{1,2}Users\\{1,2})([A-Za-z][A-Za-z0-9_.-]*)";
    Regex::new(pattern).expect("a pattern")
});

fn look(subject: &Subject<'_>, found: &mut Vec<Found>) {
    for written in texts(subject, true) {
        let hit = PATH.captures_iter(written.text).find_map(|captures| {
            let name = captures.get(1)?;
            let is_machine = OF_MACHINES.contains(&name.as_str().to_lowercase().as_str());
            let own = ["deliverables", "component"].contains(&written.key) || is_machine;
            (!own).then_some((captures.get(0)?, name))
        });
        if let Some((path, name)) = hit {
            let begins = path.as_str().find(|c| c == '/' || char::is_alphabetic(c)).unwrap_or(0);
            let place = written.part(subject, &(path.start() + begins..path.end()));
            let path = quoted(&path.as_str()[begins..]);
            let message = format!("{path} is there for {} alone", name.as_str());
            found.push(found_at(subject, &place, message).here("one person's folder"));
        }
    }
}
