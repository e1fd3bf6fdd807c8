//! Recorded verdicts, judged again from the recorded readings: the record carries its own proof.

use crate::check::{FileSeen, Reading};
use crate::session::{Entry, Event, Finding, Seq};
use crate::text::Capture;

/// What judging again came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Judged {
    /// Verdicts that follow from their readings.
    pub same: usize,
    /// Verdicts whose readings are not in the journal whole.
    pub cut: usize,
    /// Entries with a verdict that does not follow from its reading.
    pub otherwise: Vec<Seq>,
}

impl Judged {
    /// Judges every finding of these entries again.
    #[must_use]
    pub fn of(entries: &[Entry]) -> Self {
        let mut judged = Self::default();
        for entry in entries {
            for finding in findings(&entry.event) {
                if finding.check.claim.kind().judge(&finding.reading) == finding.verdict {
                    judged.same += 1;
                } else if is_cut(&finding.reading) {
                    judged.cut += 1;
                } else if judged.otherwise.last() != Some(&entry.seq) {
                    judged.otherwise.push(entry.seq);
                }
            }
        }
        judged
    }
}

fn findings(event: &Event) -> &[Finding] {
    match event {
        Event::Checked { findings, .. } | Event::Rehearsed { findings, .. } => findings,
        Event::Sampled(sample) => &sample.findings,
        Event::Probed { finding, .. } | Event::Identified { found: finding } => {
            std::slice::from_ref(finding)
        }
        Event::Opened(_)
        | Event::Resumed(_)
        | Event::Recovered(_)
        | Event::RunbookChanged { .. }
        | Event::Entered { .. }
        | Event::PhaseSkipped { .. }
        | Event::Started { .. }
        | Event::Acted { .. }
        | Event::PolicyApplied { .. }
        | Event::WaiverExpired { .. }
        | Event::GateExpired { .. }
        | Event::RollbackRequested(_)
        | Event::RollbackEntered
        | Event::StepSkipped { .. }
        | Event::Asked { .. }
        | Event::Answered(_)
        | Event::Held { .. }
        | Event::Noted { .. }
        | Event::Closed { .. } => &[],
    }
}

/// Whether the journal keeps only a part of what was judged.
fn is_cut(reading: &Reading) -> bool {
    let cut = |capture: &Capture| capture.left_out > 0;
    match reading {
        Reading::Ran { stdout, stderr, .. } => cut(stdout) || cut(stderr),
        Reading::File(Some(FileSeen { text: Some(text), .. })) => cut(text),
        Reading::Http { body, .. } => cut(body),
        Reading::File(_)
        | Reading::Connected { .. }
        | Reading::Addresses(_)
        | Reading::Certificate(_)
        | Reading::Processes(_)
        | Reading::Identity(_)
        | Reading::Answers { .. }
        | Reading::Dashboard(_)
        | Reading::Metrics(_)
        | Reading::Alarms(_)
        | Reading::Refused(_)
        | Reading::Nothing(_) => false,
    }
}
