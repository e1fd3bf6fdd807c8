//! The AWS runbook as a person walks it on a terminal: what they are asked to make in the console
//! is made, in real servers, through the API that the console uses. Once clean, once with five
//! planted defects, and once as a rehearsal without a network.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::thread::JoinHandle;

use holdpoint::runbook::Runbook;
use holdpoint::tape::Tape;
use regex::Regex;

use crate::terminal_kit::{Person, Place, Terminal};

mod defects;
mod desk;
mod recording;
mod rehearsed;
mod site;
mod turns;
mod world;

use site::Site;
use turns::{TURNS, Turn};
use world::World;

const RUNBOOK: &str = "runbooks/aws-deployment.toml";
const RECORDING: &str = "runbooks/aws-deployment.recording";
const JOURNAL: &str = "journals/walk.md";

fn shipped(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

/// How the one check begins that needs minutes to pass: no data point of CloudWatch is shorter.
const COMPARED: &str = "[[phase.step.checks]]\ntitle = \"Answers take at most 20 % longer";

/// The shipped runbook in a hurry: five samples of the day instead of 289, what is not so at once
/// is not asked about for minutes, and what is compared over minutes is left out. Everything else
/// that it claims is the same.
fn short() -> String {
    let day = "observe = { for = \"24h\", every = \"5m\", max_gap = \"30m\", allow_failures = 2 }";
    let text = shipped(RUNBOOK);
    assert!(text.contains(day), "the window of a day looks different");
    let text = text.replace(day, "observe = { for = \"400ms\", every = \"100ms\" }");
    let (before, compared) = text.split_once(COMPARED).expect("a check that compares");
    let (_left_out, after) = compared.split_once("\n\n").unwrap();
    let text = format!("{before}{after}");
    let until = Regex::new("until = \\{ every = \"[^\"]*\", within = \"[^\"]*\" \\}").unwrap();
    until.replace_all(&text, "until = { every = \"100ms\", within = \"300ms\" }").into_owned()
}

/// A person, an account, a service and a desk.
struct Walk {
    world: Arc<World>,
    site: Site,
    place: Place,
    runbook: String,
    /// Answers the smoke test, whose order is exported.
    smoke: Option<JoinHandle<()>>,
}

impl Walk {
    fn before(spent: &str) -> Self {
        let (world, site) = (Arc::new(World::before(spent)), Site::serving("2.3.1"));
        let runbook = short();
        let place = desk::desk(&runbook);
        place.write("authority.pem", &site.authority);
        let (asked, done) = (place.path("reports/smoke-asked"), place.path("reports/smoke-done"));
        let exports = Arc::clone(&world);
        let smoke = std::thread::spawn(move || {
            // Ends with its folder, too.
            while !asked.exists() {
                if !asked.ancestors().nth(2).is_some_and(Path::exists) {
                    return;
                }
                std::thread::sleep(std::time::Duration::from_millis(20));
            }
            exports.makes("smoke");
            let _gone = fs::write(done, "");
        });
        Self { world, site, place, runbook, smoke: Some(smoke) }
    }

    fn endpoint(&self) -> String {
        format!("localhost:{}", self.site.address.port())
    }

    fn plain_endpoint(&self) -> String {
        format!("localhost:{}", self.site.plain.port())
    }

    /// With what a person has in their environment who deploys to this account.
    fn terminal(&self) -> Terminal<'_> {
        let path = std::env::var("PATH").unwrap();
        let bin = self.place.path("bin");
        self.place
            .terminal()
            .with("PATH", &format!("{}:{path}", bin.display()))
            .with("SSL_CERT_FILE", self.place.path("authority.pem").to_str().unwrap())
            .with("GIT_CONFIG_NOSYSTEM", "1")
            .with("AWS_ENDPOINT_URL", &self.world.front.url())
            .with("AWS_ACCESS_KEY_ID", &self.world.key)
            .with("AWS_SECRET_ACCESS_KEY", "none-that-opens-anything")
            .with("AWS_EC2_METADATA_DISABLED", "true")
    }

    fn starts(&self, more: &[&str]) -> Person {
        let values = [
            "version=2.4.0".to_owned(),
            "previous_version=2.3.1".to_owned(),
            format!("image_digest={}", world::DIGEST),
            "task_revision=42".to_owned(),
            "previous_revision=41".to_owned(),
            "export_version=7".to_owned(),
            "previous_export_version=6".to_owned(),
            "scoring=no".to_owned(),
            format!("endpoint={}", self.endpoint()),
            format!("plain_endpoint={}", self.plain_endpoint()),
            format!("load_balancer={}", self.world.id("balancer")),
            format!("target_group={}", self.world.id("targets")),
        ];
        let mut arguments = vec!["run", RUNBOOK, "--journal", JOURNAL];
        arguments.extend(values.iter().flat_map(|value| ["--var", value]));
        arguments.extend(more);
        fs::create_dir_all(self.place.path("journals")).unwrap();
        self.terminal().starts_program(&arguments)
    }

    /// Does what a step asks a person for.
    fn makes(&self, step: &str) {
        self.world.makes(step);
        if step == "api" {
            self.site.serves("2.4.0");
        }
    }

    fn takes(&self, person: &mut Person, turn: Turn) {
        turn.is_taken(person, |step| self.makes(step));
    }

    fn journal(&self) -> String {
        self.place.verifies(JOURNAL);
        fs::read_to_string(self.place.path(JOURNAL)).unwrap()
    }
}

impl Drop for Walk {
    fn drop(&mut self) {
        // The folder ends first, and with it the thread that waits there.
        drop(std::mem::replace(&mut self.place, Place::new()));
        if let Some(smoke) = self.smoke.take() {
            let _ended = smoke.join();
        }
    }
}

#[test]
fn the_whole_runbook_is_walked_and_its_recording_is_the_shipped_one() {
    let walk = Walk::before("212.40");
    let mut person = walk.starts(&["--record", "walk.recording"]);
    for &turn in TURNS {
        walk.takes(&mut person, turn);
    }
    person.sees("The deployment is finished.");
    assert_eq!(person.leaves_with(), 0);
    assert!(person.has_seen("custom endpoint"), "what is proven by nobody says so");
    let journal = walk.journal();
    for part in [
        "orders-api 2.4.0, orders-export 7",
        "back in the opposite order",
        "changed orders-task and the listeners",
        "nothing that we do not know",
    ] {
        assert!(journal.split("## Progress Log").next().unwrap().contains(part), "{part}");
    }

    let recorded = fs::read_to_string(walk.place.path("walk.recording")).unwrap();
    let book = Runbook::parse(RUNBOOK, &shipped(RUNBOOK)).unwrap();
    let edited = recording::edited(&walk, &recorded, &book);
    if std::env::var_os("UPDATE").is_some() {
        fs::write(Path::new(env!("CARGO_MANIFEST_DIR")).join(RECORDING), &edited).unwrap();
    }
    assert_eq!(recording::private(&edited), None);
    let missing: Vec<String> = recording::knows(&edited)
        .difference(&recording::knows(&shipped(RECORDING)))
        .cloned()
        .collect();
    assert_eq!(missing, Vec::<String>::new(), "record it again: UPDATE=1");
}

#[test]
fn the_shipped_recording_is_one_of_the_shipped_runbook() {
    let text = shipped(RECORDING);
    assert_eq!(recording::private(&text), None);
    let tape = Tape::read(text.as_bytes()).unwrap();
    let book = Runbook::parse(RUNBOOK, &shipped(RUNBOOK)).unwrap();
    assert_eq!(tape.begun.digest, book.source.digest, "the runbook changed: record it again");
}
