//! What the audits of many files come to: counts, and what to mend first.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::super::{Line, Tone, counted};
use super::words;
use crate::audit::{Finding, Level, Report};

/// How many kinds of finding are told first.
const FIRST: usize = 5;

/// What was found in some files.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    /// Files that were audited.
    pub files: usize,
    /// Those in which something was found.
    pub with_findings: usize,
    /// Notes, warnings, errors.
    counts: [usize; 3],
    /// Findings that somebody answers for.
    pub waived: usize,
    /// Findings that a machine can mend.
    pub fixable: usize,
    /// One of each kind, the worst kind first.
    kinds: BTreeMap<Rank, Kind>,
}

/// The worst first, then what would stop a deployment, then by code.
type Rank = (Reverse<Level>, usize, &'static str);

#[derive(Clone, Debug)]
struct Kind {
    count: usize,
    place: String,
    message: String,
}

impl Tally {
    /// Of one file.
    #[must_use]
    pub fn of(report: &Report) -> Self {
        let mut tally = Self {
            files: 1,
            with_findings: usize::from(!report.findings.is_empty()),
            waived: report.waived.len(),
            ..Self::default()
        };
        tally.counts[Level::Error as usize] += report.left_out;
        for finding in &report.findings {
            tally.counts[finding.level as usize] += 1;
            tally.fixable += usize::from(finding.fix.is_some());
            let kind = tally.kinds.entry(rank(finding)).or_insert_with(|| {
                let (line, column) = report.sheet.line_and_column(finding.labels[0].span.start);
                Kind {
                    count: 0,
                    place: format!("{}:{line}:{column}", report.sheet.name),
                    message: finding.message.clone(),
                }
            });
            kind.count += 1;
        }
        tally
    }

    /// With what was found in further files, which come later by name.
    pub fn add(&mut self, other: Self) {
        self.files += other.files;
        self.with_findings += other.with_findings;
        self.waived += other.waived;
        self.fixable += other.fixable;
        for (own, other) in self.counts.iter_mut().zip(other.counts) {
            *own += other;
        }
        for (rank, kind) in other.kinds {
            let count = kind.count;
            self.kinds.entry(rank).or_insert(Kind { count: 0, ..kind }).count += count;
        }
    }

    /// How many findings there are.
    #[must_use]
    pub fn total(&self) -> usize {
        self.counts.iter().sum()
    }

    /// How many findings of this level there are.
    #[must_use]
    pub fn count(&self, level: Level) -> usize {
        self.counts[level as usize]
    }

    /// How many findings of this level and above there are.
    #[must_use]
    pub fn at_or_above(&self, level: Level) -> usize {
        self.counts[level as usize..].iter().sum()
    }

    /// `2 errors, 1 note`.
    #[must_use]
    pub fn words(&self) -> String {
        words(self.counts)
    }

    /// The codes of what was found, by code.
    #[must_use]
    pub fn codes(&self) -> Vec<&'static str> {
        let mut codes: Vec<&str> = self.kinds.keys().map(|(_, _, code)| *code).collect();
        codes.sort_unstable();
        codes.dedup();
        codes
    }

    /// What it comes to, and what to do now.
    #[must_use]
    pub fn lines(&self) -> Vec<Line> {
        let mut lines = Vec::new();
        let bad = self.kinds.iter().filter(|((Reverse(level), ..), _)| *level > Level::Note);
        if self.total() > 1 && bad.clone().next().is_some() {
            lines.push(Line::new(Tone::Heading, "Fix these first:"));
            for ((Reverse(level), _, code), kind) in bad.take(FIRST) {
                let tone = if *level == Level::Error { Tone::Bad } else { Tone::Doubt };
                let more = match kind.count - 1 {
                    0 => String::new(),
                    more => format!(" (and {more} more)"),
                };
                let Kind { place, message, .. } = kind;
                let level = level.to_string();
                let text = format!("  {level:<7}  {code}  {place}: {message}{more}");
                lines.push(Line::new(tone, text));
            }
        }
        lines.push(self.summary());
        if let Some((_, _, code)) = self.kinds.keys().next() {
            let mut text = format!("`holdpoint explain {code}` tells why it matters");
            if self.fixable > 0 {
                text.push_str(&format!("; `--fix` mends {} by machine", self.fixable));
            }
            lines.push(Line::new(Tone::Quiet, text));
        }
        lines
    }

    fn summary(&self) -> Line {
        let mut text = format!("{} audited: {}", counted(self.files, "runbook"), self.words());
        if self.files > 1 && self.with_findings > 0 {
            text.push_str(&format!(" in {} of them", self.with_findings));
        }
        if self.waived > 0 {
            let waived = counted(self.waived, "finding");
            let are = if self.waived == 1 { "is" } else { "are" };
            text.push_str(&format!("; {waived} {are} waived (--show-waived lists them)"));
        }
        let tone = if self.total() == 0 { Tone::Good } else { Tone::Heading };
        Line::new(tone, text)
    }
}

/// What is no runbook stops everything; then scripts that break, then plans that cannot work, then
/// what does harm.
fn rank(finding: &Finding) -> Rank {
    let order = ['0', '4', '1', '2', '5', '3', '7', '6'];
    let group = finding.code.chars().nth(2).unwrap_or('9');
    let urgency = order.iter().position(|one| *one == group).unwrap_or(order.len());
    (Reverse(finding.level), urgency, finding.code)
}
