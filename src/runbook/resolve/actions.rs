//! What a step does: at most one action, and a window that can be observed.

use std::ops::Range;

use super::super::place::At;
use super::super::problem::{Code, Problem};
use super::super::syntax::{ObserveTable, Script, StepTable, TemplateText};
use super::super::{Action, Template, Window};
use super::Resolver;
use super::checks::Stand;
use crate::value::Span;

/// Most samples of one window.
const SAMPLES: u64 = 10_000;

/// An action as it is written, with its key and place.
pub(super) type Written = (&'static str, Range<usize>, Option<Action>);

impl Resolver {
    /// The actions of a step, in the order of the keys below.
    pub(super) fn actions(&mut self, table: &mut StepTable) -> Vec<Written> {
        let record = table.record.as_ref().is_some_and(|flag| flag.value);
        let written = [
            table.run.take().map(run),
            table.shell.take().map(script),
            table.manual.take().map(|text| by_hand(text, record)),
            table.wait.take().map(wait),
            table.observe.take().map(|window| self.observe(window)),
        ];
        written.into_iter().flatten().collect()
    }

    pub(super) fn one_action(&mut self, actions: &[Written], stand: Stand) {
        let Some((first, first_place, _)) = actions.first() else { return };
        for (key, place, _) in &actions[1..] {
            let message = format!("{stand} has both `{first}` and `{key}`");
            let problem = Problem::new(Code::ActionTwice, place, message);
            let problem = problem.also(first_place, "one action");
            self.report(match stand {
                Stand::Undo => problem.help("an undo is one action: put both into one script"),
                _ => problem,
            });
        }
    }

    fn observe(&mut self, table: At<ObserveTable>) -> Written {
        let At { value: ObserveTable { length, every, max_gap, allow_failures }, span } = table;
        let window = length.zip(every).map(|(length, every)| {
            let window = Window {
                length: length.value,
                every: every.value,
                max_gap: max_gap.as_ref().map(|gap| gap.value),
                allow_failures: allow_failures.as_ref().map_or(0, |most| most.value),
            };
            self.second_sample(&length, &every);
            self.gap(max_gap.as_ref(), &every);
            self.samples(&window, &every, allow_failures.as_ref());
            window
        });
        ("observe", span, window.map(Action::Observe))
    }

    fn second_sample(&mut self, length: &At<Span>, every: &At<Span>) {
        if every.value > length.value {
            let message = format!(
                "a window of {} is over before its second sample, which comes after {}",
                length.value, every.value
            );
            let problem = Problem::new(Code::ObserveTooShort, &every.span, message);
            self.report(problem.also(&length.span, "how long it is"));
        }
    }

    /// The pause itself is as long as `every`, so a gap is always a little longer.
    fn gap(&mut self, max_gap: Option<&At<Span>>, every: &At<Span>) {
        if let Some(gap) = max_gap.filter(|gap| gap.value <= every.value) {
            let message = format!(
                "samples are at least {} apart, and a gap of more than {} begins the window anew",
                every.value, gap.value
            );
            let problem = Problem::new(Code::ObserveGap, &gap.span, message);
            self.report(problem.also(&every.span, "the pause between two samples"));
        }
    }

    fn samples(&mut self, window: &Window, every: &At<Span>, allowed: Option<&At<u32>>) {
        let samples = window.pauses() + 1;
        if samples > SAMPLES {
            let message = format!(
                "{} with a sample every {} makes {samples} samples, and {SAMPLES} is the most",
                window.length, window.every
            );
            let least = shortest_pause(window.length);
            let help = format!("each sample is an entry of the journal: write at least `{least}`");
            self.report(Problem::new(Code::ObserveTooMany, &every.span, message).help(help));
        } else if let Some(allowed) = allowed.filter(|most| u64::from(most.value) >= samples) {
            let message = format!(
                "{} samples may fail, and the window has only {samples}: it could never fail",
                allowed.value
            );
            let help = format!("allow at most {}", samples - 1);
            self.report(Problem::new(Code::ObserveFailures, &allowed.span, message).help(help));
        }
    }
}

/// The shortest pause with which a window of this length has not too many samples; in whole
/// seconds where it is more than one.
fn shortest_pause(length: Span) -> Span {
    let millis = length.millis().div_ceil(SAMPLES - 1);
    let whole = if millis > 1000 { 1000 } else { 1 };
    Span::from_millis(millis.next_multiple_of(whole))
}

fn run(words: At<Vec<At<TemplateText>>>) -> Written {
    let words_read = words.value.iter().map(|word| Template::parse(&word.value.0).ok());
    ("run", words.span, words_read.collect::<Option<Vec<_>>>().map(Action::Run))
}

fn script(text: At<Script>) -> Written {
    ("shell", text.span, Some(Action::Shell(text.value.0)))
}

fn by_hand(text: At<TemplateText>, record: bool) -> Written {
    let read = Template::parse(&text.value.0).ok();
    ("manual", text.span, read.map(|text| Action::Manual { text, record }))
}

fn wait(span: At<Span>) -> Written {
    ("wait", span.span, Some(Action::Wait(span.value)))
}
