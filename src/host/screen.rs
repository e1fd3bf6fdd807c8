//! The screen during a run: lines that stay, and below them what is being worked on.
//!
//! On a terminal each step at work has a spinner with its elapsed time and its last line of
//! output, and a window that is observed has a bar. In a file there are only the lines that stay.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io::{Write as _, stderr};
use std::time::Duration;

use console::{Term, truncate_str};
use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::style::Look;
use crate::engine::{News, Screen};
use crate::report::{Line, REHEARSAL, Tone, progress, rough};
use crate::runbook::{Runbook, Step};
use crate::session::Watch;
use crate::text::visible;
use crate::value::{Name, Span};

mod window;

/// The screen on standard error.
pub struct LiveScreen<'a> {
    book: &'a Runbook,
    look: Look,
    bars: MultiProgress,
    live: bool,
    /// Whether nothing of it is real.
    rehearsal: bool,
    working: RefCell<BTreeMap<Name, ProgressBar>>,
    watching: RefCell<BTreeMap<Name, ProgressBar>>,
}

impl<'a> LiveScreen<'a> {
    /// A screen for this runbook.
    #[must_use]
    pub fn new(book: &'a Runbook, rehearsal: bool) -> Self {
        let term = Term::stderr();
        let live = term.is_term();
        let target = if live { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        Self {
            book,
            look: Look::of(&term),
            bars: MultiProgress::with_draw_target(target),
            live,
            rehearsal,
            working: RefCell::default(),
            watching: RefCell::default(),
        }
    }

    /// Lines that stay.
    pub fn print(&self, lines: &[Line]) {
        if lines.is_empty() {
            return;
        }
        // Without anything at work there is nothing to draw around.
        let busy = !self.working.borrow().is_empty() || !self.watching.borrow().is_empty();
        if self.live && busy {
            let text: Vec<String> = lines.iter().map(|line| self.look.text(line)).collect();
            // A terminal that went away is noticed at the next question.
            let _ = self.bars.println(text.join("\n"));
        } else {
            let _ = self.look.write(&mut stderr().lock(), lines);
        }
    }

    fn begin(&self, step: &Step, what: &str) {
        if !self.live {
            return;
        }
        let bar = self.bars.add(ProgressBar::new_spinner());
        let style = ProgressStyle::with_template("{spinner} {prefix} [{elapsed}] {wide_msg}");
        bar.set_style(style.expect("the template is right").tick_chars("|/-\\ "));
        let estimate = step.estimate.map(|time| format!(", estimated {}", rough(time)));
        let place = self.book.place(&step.id).map(|(phase, number, of)| {
            format!("phase {} of 8, step {number} of {of}: ", phase.number())
        });
        let prefix = format!(
            "{}{}{}{}",
            self.mark(),
            place.unwrap_or_default(),
            visible(&step.title),
            estimate.unwrap_or_default()
        );
        bar.set_prefix(truncate_str(&prefix, self.look.width * 2 / 3, "…").into_owned());
        bar.set_message(one_line(what));
        bar.enable_steady_tick(Duration::from_millis(120));
        self.working.borrow_mut().insert(step.id.clone(), bar);
    }

    fn watch(&self, step: &Step, watch: Option<&Watch>, until_next: Span) {
        if !self.live {
            return;
        }
        let mut watching = self.watching.borrow_mut();
        let bar = watching.entry(step.id.clone()).or_insert_with(|| {
            let bar = self.bars.add(ProgressBar::new(1));
            bar.enable_steady_tick(Duration::from_millis(250));
            bar
        });
        window::draw(bar, step, watch, until_next, self.look.width);
        if self.rehearsal {
            let prefix = format!("{}{}", self.mark(), bar.prefix());
            bar.set_prefix(truncate_str(&prefix, self.look.width / 2, "…").into_owned());
        }
    }

    fn mark(&self) -> String {
        if self.rehearsal { format!("{REHEARSAL} ") } else { String::new() }
    }

    fn message(&self, step: &Name, text: &str) {
        if let Some(bar) = self.working.borrow().get(step) {
            bar.set_message(one_line(text));
        }
    }

    fn over(&self, step: &Name) {
        let worked = self.working.borrow_mut().remove(step);
        let watched = self.watching.borrow_mut().remove(step);
        for bar in worked.into_iter().chain(watched) {
            bar.finish_and_clear();
            self.bars.remove(&bar);
        }
    }
}

impl Screen for LiveScreen<'_> {
    fn show(&self, news: &News<'_>) {
        match news {
            News::Recorded(entry, session) => {
                tracing::info!(seq = entry.seq, kind = entry.event.kind(), "recorded");
                self.print(&progress(entry, session, self.book));
            }
            News::Begun(step, what) => self.begin(step, what),
            News::Line(step, line) => self.message(step, line),
            News::NotYet(step, says) => self.message(step, &format!("not yet: {says}")),
            News::Pausing(step, span) => {
                self.message(step, &format!("again in {}", rough(*span)));
            }
            News::Watching(step, watch, until_next) => self.watch(step, *watch, *until_next),
            News::Refused(why) => {
                self.print(&[Line::new(Tone::Doubt, format!("That cannot be taken: {why}."))]);
            }
            News::Over(step) => self.over(step),
        }
        let _ = stderr().flush();
    }
}

/// The first line of a text, safe to draw; the bar cuts it to what is left of the width.
fn one_line(text: &str) -> String {
    visible(text.lines().next().unwrap_or_default()).into_owned()
}
