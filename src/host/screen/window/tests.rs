//! The bar as it is drawn.

use super::*;
use crate::check::Outcome;
use indicatif::{ProgressDrawTarget, TermLike};
use std::io;
use std::sync::{Arc, Mutex, PoisonError};

fn step(title: &str) -> Step {
    let text = format!(
        "format = 1\n[runbook]\nid = 'a'\ntitle = 'A'\nenvironment = 'e'\ncomponent = 'c'\n{}",
        phases()
    );
    let book = crate::runbook::Runbook::parse("a.toml", &text);
    let book = book.unwrap_or_else(|problems| panic!("{problems}"));
    let step = book.steps().next().expect("a step").clone();
    // The reader refuses some of these titles; whatever comes, nothing is obeyed.
    Step { title: title.to_owned(), ..step }
}

fn phases() -> String {
    let step = "[[phase.step]]\nid = 'w'\ntitle = 'W'\n\
                observe = { for = '2h 30m', every = '5m', allow_failures = 1 }\n\
                check.file = { path = 'x' }\n\
                [[phase.exit]]\ncriterion = 'C'\nproven_by = ['w']\n";
    let phase = |phase: crate::runbook::Phase| {
        let body = if phase.number() == 1 { step } else { "skip = 'no'\n" };
        format!("[[phase]]\nname = '{}'\n{body}", phase.name())
    };
    crate::runbook::Phase::ALL.map(phase).concat()
}

/// A terminal that keeps what is written on it, and obeys nothing.
#[derive(Clone, Debug)]
struct Paper(Arc<Mutex<String>>, u16);

impl Paper {
    fn put(&self, text: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push_str(text);
    }
}

impl TermLike for Paper {
    fn width(&self) -> u16 {
        self.1
    }
    fn move_cursor_up(&self, _: usize) -> io::Result<()> {
        Ok(())
    }
    fn move_cursor_down(&self, _: usize) -> io::Result<()> {
        Ok(())
    }
    fn move_cursor_right(&self, _: usize) -> io::Result<()> {
        Ok(())
    }
    fn move_cursor_left(&self, _: usize) -> io::Result<()> {
        Ok(())
    }
    fn write_line(&self, text: &str) -> io::Result<()> {
        self.put(&format!("{text}\n"));
        Ok(())
    }
    fn write_str(&self, text: &str) -> io::Result<()> {
        self.put(text);
        Ok(())
    }
    fn clear_line(&self) -> io::Result<()> {
        Ok(())
    }
    fn flush(&self) -> io::Result<()> {
        Ok(())
    }
}

fn drawn(step: &Step, watch: Option<&Watch>, width: u16) -> String {
    let paper = Paper(Arc::default(), width);
    let target = ProgressDrawTarget::term_like(Box::new(paper.clone()));
    let bar = ProgressBar::with_draw_target(Some(1), target);
    draw(&bar, step, watch, Span::from_secs(240), usize::from(width));
    bar.tick();
    let text = paper.0.lock().unwrap_or_else(PoisonError::into_inner);
    text.clone()
}

fn watch() -> Watch {
    let trend = [vec![Outcome::Pass; 10], vec![Outcome::Fail, Outcome::Unknown]].concat();
    Watch { taken: 12, failed: 1, unknown: 1, needed: 31, allowed: 1, trend }
}

#[test]
fn tells_how_far_it_is_how_it_goes_and_when_it_looks_again() {
    let shown = drawn(&step("Watch the errors"), Some(&watch()), 80);
    for part in [
        "Watch the errors",
        "[=======>            ] next in 3m",
        "11 of 31 samples, 1 failed (1 allowed), 1 told nothing",
        "..........x?  about 1h 40m left; Ctrl-C holds, resume goes on",
    ] {
        assert!(shown.contains(part), "{part} is not in\n{shown}");
    }
    let first = drawn(&step("Watch"), None, 80);
    assert!(first.contains("the first of 31 samples"), "{first}");
}

#[test]
fn obeys_nothing_that_stands_in_a_title() {
    for title in [
        "{pos} {nothing:!} {{}} {wide_bar}",
        "漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字",
        "\u{1b}[2J\u{202e}\u{7} e\u{301}\n\n\r",
    ] {
        for width in [40, 80, 120] {
            let shown = drawn(&step(title), Some(&watch()), width);
            assert!(shown.contains("11 of 31 samples"), "{width}: {shown}");
            assert!(!shown.contains(['\u{1b}', '\u{7}', '\u{202e}']), "{shown:?}");
        }
    }
    let much = Watch { taken: 90, needed: 0, ..watch() };
    assert!(drawn(&step("More than needed"), Some(&much), 80).contains("89 of 0 samples"));
}
