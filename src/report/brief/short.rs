//! What must not be forgotten of a question whose beginning has gone off the screen: what is asked,
//! and what stands against going on.

use super::Brief;
use super::identity::AWS;
use crate::report::{Line, Tone, deviations};
use crate::session::Question;

/// The head over processes that still run.
pub(super) const LEFT_RUNNING: &str = "Processes of that attempt still run:";

/// The same where the question is about them.
pub(super) const RUN: &str = "These run:";

/// What a phase that does not apply is told with.
pub(super) const SKIPPED: &str = "Skipped: phase";

/// Warnings said once more.
const WARNINGS: usize = 4;

/// What a detail of the line above it begins with.
const DETAIL: &str = "           ";

/// Lines of what stands below a warning.
const BELOW: usize = 3;

impl Brief {
    /// The question in a few lines, with the warnings that weigh most.
    #[must_use]
    pub fn short(&self) -> Vec<Line> {
        let said = match self.question {
            Question::Gate { .. } | Question::Rollback => 2,
            Question::Manual { .. }
            | Question::Attest { .. }
            | Question::Failure { .. }
            | Question::Doubt { .. }
            | Question::Running { .. }
            | Question::Identity
            | Question::RunbookChange { .. } => 1,
        };
        let said = said + usize::from(self.rehearsal);
        // Who asks AWS belongs to what is asked.
        let who = self.lines.iter().skip(said).take_while(|line| line.text.starts_with(AWS));
        let said = said + who.count();
        let (first, rest) = self.lines.split_at(said.min(self.lines.len()));
        let mut lines = first.to_vec();
        if let Question::RunbookChange { .. } = self.question {
            // One side of a difference alone would mislead.
            lines.push(Line::new(Tone::Doubt, "  … what is different stands above"));
            return lines;
        }
        let mut warnings = warnings(rest);
        warnings.sort_by_key(|warning| warning.weight);
        let more = warnings.len().saturating_sub(WARNINGS);
        lines.extend(warnings.into_iter().take(WARNINGS).flat_map(Warning::lines));
        if more > 0 {
            lines.push(Line::new(Tone::Doubt, format!("  … and {more} more above")));
        }
        lines
    }
}

/// A line that warns, or that is warned of below it.
struct Warning<'a> {
    weight: Weight,
    lines: Vec<&'a Line>,
    /// How much of what stands below it is left out.
    more: usize,
}

/// How much a warning weighs; the heaviest first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Weight {
    Failed,
    Deviates,
    Doubtful,
    Skipped,
}

fn warnings(lines: &[Line]) -> Vec<Warning<'_>> {
    let mut found = Vec::new();
    let mut deviates = false;
    let mut rest = lines;
    while let Some((line, after)) = rest.split_first() {
        deviates = line.text == deviations::HEAD || (deviates && line.text.starts_with(' '));
        let runs = line.text == LEFT_RUNNING || line.text == RUN;
        let indent = if runs { " " } else { DETAIL };
        let count = after.iter().take_while(|line| line.text.starts_with(indent)).count();
        let (below, after) = after.split_at(count);
        rest = after;
        let weights = std::iter::once(line).chain(below).filter_map(|one| weight(one, deviates));
        let Some(weight) = weights.min() else { continue };
        let below: Vec<&Line> =
            below.iter().filter(|line| runs || self::weight(line, deviates).is_some()).collect();
        let more = below.len().saturating_sub(BELOW);
        let lines = std::iter::once(line).chain(below.into_iter().take(BELOW)).collect();
        found.push(Warning { weight, lines, more });
    }
    found
}

/// None for a line that does not warn.
fn weight(line: &Line, deviates: bool) -> Option<Weight> {
    match line.tone {
        Tone::Bad => Some(Weight::Failed),
        Tone::Doubt if deviates => Some(Weight::Deviates),
        Tone::Doubt if line.text.starts_with(SKIPPED) => Some(Weight::Skipped),
        Tone::Doubt => Some(Weight::Doubtful),
        Tone::Plain | Tone::Heading | Tone::Good | Tone::Quiet => None,
    }
}

impl Warning<'_> {
    fn lines(self) -> Vec<Line> {
        let mut lines: Vec<Line> = self.lines.into_iter().cloned().collect();
        if self.more > 0 {
            lines.push(Line::new(Tone::Quiet, format!("  … and {} more", self.more)));
        }
        lines
    }
}
