//! Texts that were made to hurt: none becomes anything but text in a ticket, and no mutated runbook
//! stops a plan.

use holdpoint::plan::{Plan, diff};
use holdpoint::report::{changed_markdown, planned, planned_markdown};
use holdpoint::runbook::{Action, Proof, Runbook, Step, Template};
use holdpoint::text::visible;
use holdpoint::value::Digest;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

use super::{base, plan_with, read};

const NASTY: [&str; 40] = [
    "[a](http://x)",
    "![a](b)",
    "[[wiki]]",
    "<b>",
    "<script>alert(1)</script>",
    "<http://x.example>",
    "https://evil.example/?a=b",
    "www.evil.example",
    "me@evil.example",
    "@everyone",
    "#1",
    "# head",
    "\n# head\n",
    "---",
    "===",
    "\n===\n",
    "```",
    "~~~",
    "`",
    "``",
    "|",
    "\\|",
    "\\",
    "&lt;",
    "&#60;",
    "* item",
    "- item",
    "1. item",
    "> quote",
    "[^1]",
    "[^1]: note",
    "$x$",
    "$$x$$",
    "{#id}",
    "{.class}",
    "~~gone~~",
    "^up^",
    ": meaning",
    "\u{202e}",
    "\x1b[2J",
];

fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        3 => prop::sample::select(&NASTY[..]).prop_map(str::to_owned),
        1 => ".{0,12}".prop_map(|text| text),
        1 => any::<String>(),
    ];
    let glue = prop::sample::select(&["", " ", "\n", "  "][..]);
    prop::collection::vec((piece, glue), 0..5)
        .prop_map(|pieces| pieces.into_iter().map(|(piece, glue)| piece + glue).collect())
}

/// The runbook with this text wherever a text can stand.
fn filled(book: &Runbook, text: &str) -> Runbook {
    let mut book = book.clone();
    let own = || text.to_owned();
    book.title = own();
    book.owner = Some(own());
    book.references = vec![own()];
    book.rollback.when = vec![own()];
    for contact in &mut book.contacts {
        (contact.name, contact.reach) = (own(), own());
    }
    for section in &mut book.phases {
        section.goal = Some(own());
        section.skip = section.skip.as_ref().map(|_| own());
        for criterion in &mut section.criteria {
            criterion.text = own();
            if let (Proof::Attested(said), Ok(template)) =
                (&mut criterion.proof, Template::parse(text))
            {
                *said = template;
            }
        }
        section.steps.iter_mut().for_each(|step| fill(step, text));
    }
    book.prerequisites.iter_mut().chain(&mut book.rollback.steps).for_each(|step| fill(step, text));
    book
}

fn fill(step: &mut Step, text: &str) {
    let own = || text.to_owned();
    (step.title, step.why, step.owner) = (own(), Some(own()), Some(own()));
    (step.deliverables, step.docs) = (vec![own()], vec![own()]);
    step.irreversible = step.irreversible.as_ref().map(|_| own());
    step.checks.iter_mut().for_each(|check| check.title = Some(own()));
    match &mut step.action {
        Some(Action::Shell(script)) => *script = format!("x {}", text.replace('$', "")),
        Some(Action::Manual { text: told, .. }) => {
            *told = Template::parse(text).unwrap_or_else(|_| Template::parse("x").unwrap());
        }
        Some(Action::Run(argv)) => argv.extend(Template::parse(text)),
        _ => {}
    }
    if let Some(undo) = &mut step.undo {
        fill(undo, text);
    }
}

fn options() -> Options {
    Options::all() - Options::ENABLE_SMART_PUNCTUATION
}

/// Everything in a document but its texts.
fn structure(markdown: &str) -> Vec<String> {
    let is_text = |event: &Event<'_>| matches!(event, Event::Text(_) | Event::Code(_));
    let parser = Parser::new_ext(markdown, options()).filter(|event| !is_text(event));
    parser.map(|event| format!("{event:?}")).collect()
}

/// All texts but code and tables: there, entities stand for what could be an address.
fn bare_texts(markdown: &str) -> String {
    let (mut told, mut inside) = (String::new(), 0);
    for event in Parser::new_ext(markdown, options()) {
        match event {
            Event::Start(Tag::CodeBlock(_) | Tag::Table(_)) => inside += 1,
            Event::End(TagEnd::CodeBlock | TagEnd::Table) => inside -= 1,
            Event::Text(text) if inside == 0 => told.push_str(&text),
            Event::Text(_) => {}
            _ => told.push('\n'),
        }
    }
    told
}

/// What a reader of the document sees in its first heading.
fn first_heading(markdown: &str) -> String {
    let mut seen = String::new();
    for event in Parser::new_ext(markdown, options()) {
        match event {
            Event::Text(text) | Event::Code(text) => seen.push_str(&text),
            Event::End(TagEnd::Heading(_)) => break,
            _ => {}
        }
    }
    seen
}

fn run<S: Strategy>(cases: u32, strategy: &S, test: impl Fn(S::Value)) {
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[11; 32]);
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    let all = |value| {
        test(value);
        Ok(())
    };
    TestRunner::new_with_rng(config, rng).run(strategy, all).unwrap();
}

#[test]
fn a_text_in_a_ticket_is_only_text() {
    let book = read(&base());
    let plan = |text: &str| planned_markdown(&plan_with(&filled(&book, text), &[]));
    let benign = structure(&plan("x"));
    let links =
        |event: &Event<'_>| matches!(event, Event::Start(Tag::Link { .. } | Tag::Image { .. }));
    assert!(!Parser::new_ext(&plan("x"), options()).any(|event| links(&event)));
    run(200, &text(), |text| {
        let markdown = plan(&text);
        assert_eq!(structure(&markdown), benign, "{text:?}\n{markdown}");
        let wanted = format!("Plan: {text}");
        assert_eq!(first_heading(&markdown), visible(wanted.trim()), "{text:?}");
        let told = bare_texts(&markdown);
        for address in ["://", "www.", "@"] {
            assert!(!told.contains(address), "{address} stands bare in {told}\n{markdown}");
        }
    });
}

#[test]
fn a_text_among_changes_is_only_text() {
    let book = read(&base());
    let may = ["Paragraph", "Heading", "List", "Item", "CodeBlock", "Strong"];
    run(100, &text(), |text| {
        let markdown = changed_markdown(&diff(&book, &filled(&book, &text)));
        let structure = structure(&markdown);
        for event in &structure {
            assert!(may.iter().any(|kind| event.contains(kind)), "{event}: {text:?}\n{markdown}");
        }
        let heads = structure.iter().filter(|event| event.starts_with("Start(Heading")).count();
        let own = ["# Changes of meaning\n", "## Look at first", "## Safer (", "## Other ("];
        let own = own.iter().filter(|head| markdown.contains(**head)).count();
        assert_eq!(heads, own, "{text:?}\n{markdown}");
    });
}

#[test]
fn nothing_that_acts_reaches_a_terminal() {
    let book = read(&base());
    run(200, &text(), |text| {
        for line in planned(&plan_with(&filled(&book, &text), &[])) {
            assert_eq!(visible(&line.text), line.text);
        }
    });
}

#[test]
fn two_thousand_mutated_runbooks() {
    const PIECES: [&str; 12] =
        ["\n", "0", "9", "x", "{{host}}", "\"a\", ", "true", "false", "1s", "366d", "é", "# "];
    let good = base();
    let book = read(&good);
    let change = (any::<usize>(), 0..3_usize, prop::sample::select(&PIECES[..]));
    let read_still = std::cell::Cell::new(0);
    run(2_000, &change, |(at, length, piece)| {
        let at = at % good.len();
        let end = (at + length).min(good.len());
        let text = [&good.as_bytes()[..at], piece.as_bytes(), &good.as_bytes()[end..]].concat();
        let Ok(mutated) = Runbook::from_bytes("mutated.toml", &text) else { return };
        read_still.set(read_still.get() + 1);
        let plan: Plan = plan_with(&mutated, &[("level", "full")]);
        assert!(!planned(&plan).is_empty() && !planned_markdown(&plan).is_empty());
        assert!(diff(&mutated, &mutated).changes.is_empty());
        // What is not the same value is a change, but for what means the same.
        let (there, back) = (diff(&book, &mutated), diff(&mutated, &book));
        assert_eq!(there.changes.is_empty(), back.changes.is_empty());
        let (one, other) = (normal(&book), normal(&mutated));
        assert!(one == other || !there.changes.is_empty(), "{}", String::from_utf8_lossy(&text));
    });
    assert!(read_still.get() > 400, "{} of them are runbooks", read_still.get());
}

/// A runbook without what means nothing: its text, the order of its variables, layout of scripts.
fn normal(book: &Runbook) -> Runbook {
    let mut book = book.clone();
    book.source.text.clear();
    book.source.digest = Digest::of(b"");
    book.variables.sort_by(|a, b| a.name.cmp(&b.name));
    for step in book.phases.iter_mut().flat_map(|section| &mut section.steps) {
        if let Some(Action::Shell(script)) = &mut step.action {
            let lines = script.lines().map(|line| line.split('#').next().unwrap());
            *script = lines.flat_map(str::split_whitespace).collect::<Vec<_>>().join(" ");
        }
        if let Some(when) = &mut step.when {
            when.is.sort();
        }
    }
    book
}
