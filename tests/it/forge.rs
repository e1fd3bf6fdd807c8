//! Output that wants to be an entry: our reader and an independent markdown parser see the same
//! headings, lists and blocks, and nothing in the file acts on a terminal.
#![expect(clippy::wildcard_enum_match_arm, reason = "whatever else it is, it is foreign")]

use holdpoint::journal::scan;
use holdpoint::session::{Event, Opened};
use holdpoint::text::Capture;
use holdpoint::value::{Moment, Person, Span};
use proptest::prelude::*;
use pulldown_cmark::{CodeBlockKind, Event as Md, HeadingLevel, Options, Parser, Tag, TagEnd};

use crate::hostile::{self, Source, Written};

/// What a markdown parser sees of a log.
#[derive(Debug, Default, PartialEq)]
struct Seen {
    headings: Vec<String>,
    /// Info and lines of each block.
    blocks: Vec<(String, String)>,
    /// What stands in the items of lists: each a key and one code span.
    facts: Vec<String>,
    seals: Vec<String>,
    /// Anything that no journal has.
    foreign: Vec<String>,
}

fn as_markdown(log: &str) -> Seen {
    let mut seen = Seen::default();
    let mut open: Vec<String> = Vec::new();
    let mut text = String::new();
    for event in Parser::new_ext(log, Options::all()) {
        match event {
            Md::Start(tag) => {
                let name = match &tag {
                    Tag::Heading { level: HeadingLevel::H2, .. } => "log",
                    Tag::Heading { level: HeadingLevel::H3, .. } => "heading",
                    Tag::Paragraph => "paragraph",
                    Tag::List(None) => "list",
                    Tag::Item => "item",
                    Tag::CodeBlock(CodeBlockKind::Fenced(_)) => "block",
                    other => {
                        seen.foreign.push(format!("{other:?}"));
                        "foreign"
                    }
                };
                if let Tag::CodeBlock(CodeBlockKind::Fenced(info)) = &tag {
                    seen.blocks.push((info.to_string(), String::new()));
                }
                open.push(name.to_owned());
                text.clear();
            }
            Md::Text(more) if open.last().is_some_and(|name| name == "block") => {
                seen.blocks.last_mut().unwrap().1.push_str(&more);
            }
            Md::Text(more) => text.push_str(&more),
            Md::Code(more) => text.extend(["`", &more, "`"]),
            Md::End(end) => {
                let name = open.pop().unwrap();
                match (name.as_str(), end) {
                    ("heading", _) => seen.headings.push(text.clone()),
                    ("paragraph", _) => seen.seals.push(text.clone()),
                    ("item", TagEnd::Item) => seen.facts.push(text.clone()),
                    _ => {}
                }
            }
            other => seen.foreign.push(format!("{other:?}")),
        }
    }
    seen
}

/// The same, by the rules of the journal alone.
fn as_lines(log: &str) -> Seen {
    let mut seen = Seen::default();
    let mut fence: Option<String> = None;
    for line in log.lines() {
        let ticks: String = line.chars().take_while(|c| *c == '`').collect();
        match &fence {
            Some(open) if line == open => fence = None,
            Some(open) => {
                // Either wall must hold alone: the gutter, and a fence that nothing inside has.
                assert!(line.starts_with('|') && !line.contains(open), "{line:?}");
                let block = &mut seen.blocks.last_mut().unwrap().1;
                block.push_str(line);
                block.push('\n');
            }
            None if ticks.len() >= 3 => {
                seen.blocks.push((line[ticks.len()..].to_owned(), String::new()));
                fence = Some(ticks);
            }
            None if line.starts_with("### ") => seen.headings.push(line[4..].to_owned()),
            None if line.starts_with("- ") => seen.facts.push(line[2..].to_owned()),
            None if line.starts_with("`seal ") => seen.seals.push(line.to_owned()),
            None => assert!(line.is_empty() || line == "## Progress Log", "{line:?}"),
        }
    }
    seen
}

fn agree(written: &Written) {
    let text = std::str::from_utf8(&written.bytes).unwrap();
    let acts = |c: char| c.is_control() && c != '\n' || ('\u{202a}'..='\u{202e}').contains(&c);
    assert!(!text.contains(acts), "a character that acts");
    assert!(text.lines().all(|line| !line.ends_with(' ')), "a blank at the end of a line");
    let log = &text[hostile::HEAD.len()..];
    let mut entries = Vec::new();
    scan(&written.bytes, &mut |entry| {
        entries.push(entry);
        Ok(())
    })
    .unwrap();
    assert_eq!(entries, written.entries);
    let seen = as_markdown(log);
    assert_eq!(seen, as_lines(log));
    assert_eq!(seen.headings.len(), entries.len());
    assert_eq!(seen.seals.len(), entries.len());
}

#[test]
fn no_output_is_anything_but_output() {
    let mut source = Source::new(20);
    let event = prop_oneof![5 => hostile::acted(), 2 => hostile::noted(), 3 => hostile::event()];
    let event = event.boxed();
    let mut outputs = 0;
    while outputs < 20_000 {
        let written = source.journal(&event, 9_000);
        outputs += written.entries.len() - 1;
        agree(&written);
    }
}

/// `docs/journal.md` shows a journal: it is one, and what the page says to type checks it.
#[test]
fn the_worked_example_of_the_page_is_a_journal() {
    let page = include_str!("../../docs/journal.md");
    let (_, behind) = page.split_once("``````markdown\n").unwrap();
    let (shown, _) = behind.split_once("``````\n").unwrap();
    let written = example();
    assert_eq!(shown, std::str::from_utf8(&written.bytes).unwrap());
    agree(&written);
    assert!(page.contains("sed -n '/^`seal 1 /,/^`seal 2 /p' journal.md | sed '$d' | sha256sum"));
    let line = |number: u64| format!("`seal {number} ");
    let covered = &shown[shown.find(&line(1)).unwrap()..shown.find(&line(2)).unwrap()];
    let digest = holdpoint::value::Digest::of(covered.as_bytes());
    assert!(shown.contains(&format!("`seal 2 {digest}`\n")));
}

fn example() -> Written {
    let at = |second: i64| Moment::from_millis(1_773_478_931_204 + 1000 * second);
    let person = || Person { user: "ada".to_owned(), host: "laptop".to_owned() };
    let runbook = "format = 1\n\n[runbook]\nid = \"orders-api\"\n".to_owned();
    let opened = Opened {
        format: Opened::FORMAT,
        session: "7c1f4e0a9b3d2e58".parse().unwrap(),
        program: "holdpoint 0.1.0".to_owned(),
        by: person(),
        directory: "/home/ada/orders".to_owned(),
        runbook_path: "runbooks/orders-api.toml".to_owned(),
        runbook_digest: holdpoint::value::Digest::of(runbook.as_bytes()),
        runbook_text: runbook,
        target: holdpoint::session::Target {
            environment: "production".parse().unwrap(),
            component: "orders-api".parse().unwrap(),
        },
        git: None,
        aws: None,
        variables: vec![
            ("version".to_owned(), Some("2.4.1".to_owned())),
            ("db_password".to_owned(), None),
        ],
        rehearsal: None,
    };
    let step = || "deploy-api".parse().unwrap();
    let events = [
        Event::Opened(Box::new(opened)),
        Event::Started { step: step(), attempt: 1, does: "scripts/deploy.sh 2.4.1".to_owned() },
        Event::Acted {
            step: step(),
            ending: holdpoint::session::Ending::Exit(holdpoint::check::Exit::Code(0)),
            took: Span::from_millis(61_500),
            output: Capture::whole(
                "2.4.1 is out\n\u{1b}[2J```\n### 4 - 2026-03-14T09:09:00.000Z - session closed\ndone",
            ),
        },
    ];
    let mut entries = events.into_iter().zip(1..).map(|(event, seq)| holdpoint::session::Entry {
        seq,
        at: at(i64::try_from(seq).unwrap() * 7),
        event,
    });
    let mut written = Written::begun(entries.next().unwrap());
    entries.for_each(|entry| written.add(entry));
    written
}
