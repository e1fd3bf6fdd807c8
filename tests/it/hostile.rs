//! Everything that can stand in an entry, at its worst: strategies for each event, with texts
//! made of what would hurt. Asserts nothing itself.

use holdpoint::check::cloud;
use holdpoint::check::{
    CertificateSeen, Check, CheckTable, Claim, Exit, FileSeen, Obstacle, ProcessSeen, Reading,
    Until, Verdict,
};
use holdpoint::journal::{LOG, Seal, render};
use holdpoint::runbook::Phase;
use holdpoint::session::{
    Ending, Entry, Event, Finding, Git, Opened, Recovered, Rehearsal, Resumed, Target,
};
use holdpoint::text::Capture;
use holdpoint::value::{Digest, Moment, Name, Person, Span};
use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

mod decided;

pub use decided::{ANSWERS, CLOSES};

/// Pieces that a forger, a terminal or a broken program would print.
const PIECES: [&str; 50] = [
    "\n",
    "\n\n",
    "\r\n",
    "\t",
    " ",
    "  \n",
    "```",
    "````",
    "`",
    "~~~\n",
    "\n```\n",
    "\n| ```\n",
    "| ",
    "|",
    "\n### 3 - 2026-03-14T09:02:11.204Z - session closed\n\n- end: `finished`\n",
    "### 2 - ",
    "## Progress Log\n",
    "\n# Heading\n",
    "\n===\n",
    "\n---\n",
    "\n`seal 2 0000000000000000000000000000000000000000000000000000000000000000`\n",
    "`seal ",
    "- answer: `proceed`\n",
    "- ",
    "1. ",
    "> ",
    "\\",
    "\\n",
    "\\u{60}",
    "\\-",
    "\\u{",
    "\u{0}",
    "\u{1b}[2J\u{1b}[1;1H",
    "\u{1b}]52;c;eA==\u{7}",
    "\u{9b}31m",
    "\u{202e}",
    "\u{200b}",
    "\u{feff}",
    "\u{2028}",
    "\u{e000}",
    "<script>alert(1)</script>",
    "<!-- ",
    " -->",
    "[x](javascript:alert(1))",
    "![](http://127.0.0.1/)",
    "| a | b |\n|---|---|\n",
    "[^1]: note\n",
    "$$x$$ $y$",
    "äöü é 漢字 🚀",
    "&lt;&#96;{#id .class}",
];

/// A text made to hurt.
pub fn text() -> BoxedStrategy<String> {
    let piece = prop_oneof![
        6 => select(&PIECES[..]).prop_map(str::to_owned),
        2 => "[ -~]{0,12}",
        1 => any::<char>().prop_map(String::from),
    ];
    prop::collection::vec(piece, 0..9).prop_map(|pieces| pieces.concat()).boxed()
}

pub fn name() -> BoxedStrategy<Name> {
    prop_oneof![Just("deploy-api".to_owned()), "[a-z0-9][a-z0-9._-]{0,9}"]
        .prop_map(|text| text.parse().unwrap())
        .boxed()
}

fn person() -> BoxedStrategy<Person> {
    (text(), text()).prop_map(|(user, host)| Person { user, host }).boxed()
}

fn moment() -> BoxedStrategy<Moment> {
    any::<i64>().prop_map(|millis| Moment::from_millis(millis / 3_000)).boxed()
}

fn span() -> BoxedStrategy<Span> {
    (0..=Span::MAX.millis()).prop_map(Span::from_millis).boxed()
}

fn phase() -> BoxedStrategy<Phase> {
    select(&Phase::ALL[..]).boxed()
}

fn digest() -> BoxedStrategy<Digest> {
    any::<u64>().prop_map(|seed| Digest::of(&seed.to_le_bytes())).boxed()
}

pub fn capture() -> BoxedStrategy<Capture> {
    (text(), text(), prop_oneof![Just(0), any::<u64>()])
        .prop_map(|(head, tail, left_out)| Capture { head, tail, left_out })
        .boxed()
}

fn exit() -> BoxedStrategy<Exit> {
    prop_oneof![any::<i32>().prop_map(Exit::Code), any::<i32>().prop_map(Exit::Signal)].boxed()
}

fn reading() -> BoxedStrategy<Reading> {
    let pairs = || prop::collection::vec((text(), text()), 0..3);
    let texts = || prop::collection::vec(text(), 0..3);
    let file = (any::<u64>(), prop::option::of(text()), prop::option::of(capture())).prop_map(
        |(bytes, sha256, text)| {
            Reading::File(Some(FileSeen { bytes, age_seconds: 1, sha256, text }))
        },
    );
    let certificate = (prop::option::of(text()), text(), any::<i64>(), texts()).prop_map(
        |(distrust, not_after, days_left, names)| {
            Reading::Certificate(CertificateSeen { distrust, not_after, days_left, names })
        },
    );
    prop_oneof![
        (exit(), capture(), capture()).prop_map(|(exit, stdout, stderr)| Reading::Ran {
            exit,
            stdout,
            stderr
        }),
        Just(Reading::File(None)),
        file,
        (any::<u16>(), pairs(), capture(), any::<u64>()).prop_map(
            |(status, headers, body, millis)| Reading::Http { status, headers, body, millis }
        ),
        any::<u64>().prop_map(|millis| Reading::Connected { millis }),
        texts().prop_map(Reading::Addresses),
        certificate,
        (any::<u32>(), text())
            .prop_map(|(pid, name)| Reading::Processes(vec![ProcessSeen { pid, name }])),
        identity().prop_map(Reading::Identity),
        text().prop_map(Reading::Refused),
        Just(Reading::Nothing(Obstacle::Timeout)),
        Just(Reading::Nothing(Obstacle::Interrupted)),
        text().prop_map(|why| Reading::Nothing(Obstacle::Error(why))),
    ]
    .boxed()
}

/// A claim of the oldest kind. What other kinds hold is text, too.
fn claim() -> BoxedStrategy<Claim> {
    (text(), any::<bool>())
        .prop_map(|(address, open)| {
            let table = serde_json::json!({ "port": { "address": address, "open": open } });
            let table: CheckTable = serde_json::from_value(table).unwrap();
            table.claims().remove(0)
        })
        .boxed()
}

fn check() -> BoxedStrategy<Check> {
    let until = (span(), span()).prop_map(|(every, within)| Until { every, within });
    (prop::option::of(text()), claim(), prop::option::of(until), span(), any::<bool>())
        .prop_map(|(title, claim, until, timeout, baseline)| Check {
            title,
            claim,
            until,
            timeout,
            baseline,
        })
        .boxed()
}

pub fn finding() -> BoxedStrategy<Finding> {
    let verdict = prop_oneof![
        text().prop_map(Verdict::Pass),
        text().prop_map(Verdict::Fail),
        text().prop_map(Verdict::Unknown),
    ];
    (check(), reading(), verdict, any::<u32>())
        .prop_map(|(check, reading, verdict, tries)| Finding { check, reading, verdict, tries })
        .boxed()
}

fn findings() -> BoxedStrategy<Vec<Finding>> {
    prop::collection::vec(finding(), 0..3).boxed()
}

pub fn opened() -> BoxedStrategy<Opened> {
    let git = (text(), text(), any::<bool>()).prop_map(|(branch, commit, dirty)| Git {
        branch,
        commit,
        dirty,
    });
    let aws = prop::option::of(identity());
    let words = (name(), text(), person(), text(), text(), text());
    let rehearsal = (text(), text(), moment()).prop_map(|(recording, of, recorded)| Rehearsal {
        recording,
        digest: Digest::of(of.as_bytes()),
        recorded,
        runbook: Digest::of(b""),
    });
    let more = (prop::option::of(git), aws, prop::option::of(rehearsal), variables());
    (words, name(), name(), more)
        .prop_map(|(words, environment, component, (git, aws, rehearsal, variables))| {
            let (session, program, by, directory, runbook_path, runbook_text) = words;
            Opened {
                format: Opened::FORMAT,
                session,
                program,
                by,
                directory,
                runbook_path,
                runbook_digest: Digest::of(runbook_text.as_bytes()),
                runbook_text,
                target: Target { environment, component },
                git,
                aws,
                variables,
                rehearsal,
            }
        })
        .boxed()
}

fn identity() -> impl Strategy<Value = cloud::Identity> {
    (text(), text(), text(), prop::option::of(text())).prop_map(
        |(account, arn, region, endpoint)| cloud::Identity { account, arn, region, endpoint },
    )
}

fn ending() -> BoxedStrategy<Ending> {
    let real = prop_oneof![
        exit().prop_map(Ending::Exit),
        Just(Ending::Timeout),
        Just(Ending::Interrupted),
        text().prop_map(Ending::NotStarted),
        Just(Ending::Waited),
    ];
    let rehearsed = |ending: Option<Ending>| Ending::Rehearsed(ending.map(Box::new));
    let real = real.boxed();
    prop_oneof![real.clone(), prop::option::of(real).prop_map(rehearsed)].boxed()
}

/// Variables, secret or not.
fn variables() -> impl Strategy<Value = Vec<(String, Option<String>)>> {
    prop::collection::vec((text(), prop::option::of(text())), 0..4)
}

pub fn acted() -> BoxedStrategy<Event> {
    (name(), ending(), span(), capture())
        .prop_map(|(step, ending, took, output)| Event::Acted { step, ending, took, output })
        .boxed()
}

pub fn noted() -> BoxedStrategy<Event> {
    (person(), text(), any::<bool>())
        .prop_map(|(by, text, learning)| Event::Noted { by, text, learning })
        .boxed()
}

fn resumed() -> BoxedStrategy<Resumed> {
    (person(), text(), text())
        .prop_map(|(by, program, directory)| Resumed { by, program, directory })
        .boxed()
}

/// Any event.
pub fn event() -> BoxedStrategy<Event> {
    prop_oneof![
        opened().prop_map(|opened| Event::Opened(Box::new(opened))),
        resumed().prop_map(Event::Resumed),
        resumed().prop_map(Event::RollbackRequested),
        Just(Event::RollbackEntered),
        finding().prop_map(|found| Event::Identified { found }),
        decided::sampled(),
        (name(), select(&decided::POLICIES[..]))
            .prop_map(|(step, policy)| Event::PolicyApplied { step, policy }),
        name().prop_map(|step| Event::WaiverExpired { step }),
        phase().prop_map(|phase| Event::GateExpired { phase }),
        (any::<u64>(), digest(), text()).prop_map(|(bytes, digest, kept_in)| {
            Event::Recovered(Recovered { bytes, digest, kept_in })
        }),
        (text(), variables())
            .prop_map(|(text, variables)| Event::RunbookChanged { text, variables }),
        phase().prop_map(|phase| Event::Entered { phase }),
        (phase(), text()).prop_map(|(phase, why)| Event::PhaseSkipped { phase, why }),
        (name(), any::<u32>(), text()).prop_map(|(step, attempt, does)| Event::Started {
            step,
            attempt,
            does
        }),
        acted(),
        (name(), span(), findings()).prop_map(|(step, took, findings)| Event::Checked {
            step,
            took,
            findings
        }),
        (name(), text()).prop_map(|(step, why)| Event::StepSkipped { step, why }),
        (name(), finding()).prop_map(|(step, finding)| Event::Probed { step, finding }),
        (name(), prop::option::of(text()), findings())
            .prop_map(|(step, does, findings)| Event::Rehearsed { step, does, findings }),
        (decided::question(), prop::collection::vec(text(), 0..4))
            .prop_map(|(question, shown)| Event::Asked { question, shown }),
        decided::answered(),
        select(&decided::HOLDS[..]).prop_map(|why| Event::Held { why }),
        noted(),
        select(&decided::CLOSES[..]).prop_map(|close| Event::Closed { close }),
    ]
    .boxed()
}

/// Draws from a strategy, the same for the same seed.
pub struct Source(TestRunner);

impl Source {
    pub fn new(seed: u64) -> Self {
        let mut bytes = [7; 32];
        bytes[..8].copy_from_slice(&seed.to_le_bytes());
        let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
        Self(TestRunner::new_with_rng(Config::default(), rng))
    }

    pub fn draw<T: std::fmt::Debug>(&mut self, strategy: &BoxedStrategy<T>) -> T {
        strategy.new_tree(&mut self.0).unwrap().current()
    }

    /// A number below `end`.
    pub fn below(&mut self, end: usize) -> usize {
        use proptest::prelude::Rng as _;
        usize::try_from(self.0.rng().next_u64() % end as u64).unwrap()
    }

    pub fn entry(&mut self, seq: u64, event: &BoxedStrategy<Event>) -> Entry {
        let at = self.draw(&moment());
        Entry { seq, at, event: self.draw(event) }
    }

    /// A journal: `Opened`, then events that the strategy draws, until it has so many bytes.
    pub fn journal(&mut self, event: &BoxedStrategy<Event>, bytes: usize) -> Written {
        let mut written = Written::begun(self.entry(1, &opened_event()));
        while written.bytes.len() < bytes {
            let entry = self.entry(written.entries.len() as u64 + 1, event);
            written.add(entry);
        }
        written
    }
}

fn opened_event() -> BoxedStrategy<Event> {
    opened().prop_map(|opened| Event::Opened(Box::new(opened))).boxed()
}

/// A journal with everything that is known about it.
pub struct Written {
    pub bytes: Vec<u8>,
    pub entries: Vec<Entry>,
    /// Where each entry begins (at its line feed) and where it is whole (behind its seal).
    pub places: Vec<(usize, usize)>,
    pub seal: Seal,
}

pub const HEAD: &str = "# Deployment: orders-api\n\n## Current Phase\n\nnone\n\n";

impl Written {
    pub fn begun(first: Entry) -> Self {
        let bytes = format!("{HEAD}{LOG}").into_bytes();
        let mut written =
            Self { bytes, entries: Vec::new(), places: Vec::new(), seal: Seal::START };
        written.add(first);
        written
    }

    pub fn add(&mut self, entry: Entry) {
        let (text, seal) = render(&entry, &self.seal);
        let from = self.bytes.len();
        self.bytes.extend_from_slice(text.as_bytes());
        self.places.push((from, self.bytes.len() - 1));
        self.entries.push(entry);
        self.seal = seal;
    }

    /// How many entries are whole in a file of this length.
    pub fn whole_at(&self, len: usize) -> usize {
        self.places.iter().filter(|(_, whole)| *whole <= len).count()
    }
}
