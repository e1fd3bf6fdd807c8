//! The bar of a window that is observed: how far it is, how it goes, when the next sample comes.

use std::time::Instant;

use console::truncate_str;
use indicatif::{ProgressBar, ProgressState, ProgressStyle};

use crate::report::{rough, trend, window_words};
use crate::runbook::{Action, Step, Window};
use crate::session::Watch;
use crate::text::visible;
use crate::value::Span;

/// More than one line, so that nothing of it is cut on a terminal of 80 columns.
const TEMPLATE: &str = "{spinner} {prefix} [{bar:20}] {next}\n  {msg}";

/// Beside the bar's own words, so that nobody kills what may simply wait.
const WAY_OUT: &str = "Ctrl-C holds, resume goes on";

/// Columns beside the title, and beside the trend.
const BESIDE: usize = 54;

/// Sets the bar to what is known of the window, with the time until its next sample.
pub(super) fn draw(
    bar: &ProgressBar,
    step: &Step,
    watch: Option<&Watch>,
    until_next: Span,
    width: usize,
) {
    let Some(Action::Observe(window)) = step.action else { return };
    let style = ProgressStyle::with_template(TEMPLATE).expect("the template is right");
    let style = style.tick_chars("|/-\\ ").progress_chars("=> ");
    bar.set_style(style.with_key("next", next(until_next)));
    let room = width.saturating_sub(BESIDE).max(8);
    let needed = watch.map_or_else(|| window.samples(), |watch| watch.needed);
    let covered = watch.map_or(0, Watch::covered).min(needed);
    bar.set_length(u64::from(needed.max(1)));
    bar.set_position(u64::from(covered));
    bar.set_prefix(truncate_str(&visible(&step.title), room, "…").into_owned());
    bar.set_message(told(&window, watch, room));
}

/// How it goes: how many samples there are, what the last ones said, how much time is left.
fn told(window: &Window, watch: Option<&Watch>, room: usize) -> String {
    let Some(watch) = watch else {
        return format!("the first of {} samples; {WAY_OUT}", window.samples());
    };
    let remaining = u64::from(watch.needed.saturating_sub(watch.covered()));
    let left = Span::from_millis(remaining.saturating_mul(window.every.millis()));
    let trend = trend(watch);
    let newest = &trend[trend.len().saturating_sub(room)..];
    format!("{}\n  {newest}  about {} left; {WAY_OUT}", window_words(watch), rough(left))
}

/// Counts down to the next sample while the bar is drawn over and over.
fn next(
    until: Span,
) -> impl Fn(&ProgressState, &mut dyn std::fmt::Write) + Send + Sync + Clone + 'static {
    let begun = now();
    move |_state, out| {
        let left = until.duration().saturating_sub(now().saturating_duration_since(begun));
        // Nobody is there to tell where a bar cannot be drawn.
        let _ = match left.as_secs() {
            0 => write!(out, "looks now"),
            // Without the tenths that a short span has elsewhere.
            seconds @ 1..10 => write!(out, "next in {seconds}s"),
            seconds => write!(out, "next in {}", rough(Span::from_secs(seconds))),
        };
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "a countdown needs a clock; nothing is decided by it"
)]
fn now() -> Instant {
    Instant::now()
}

#[cfg(test)]
mod tests;
