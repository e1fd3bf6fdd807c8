//! What an audit shows to nobody: secrets that somebody wrote into a runbook. The text itself stays
//! as it is, for whoever mends it; what is shown of it, and what is said, does not hold them.

use std::ops::Range;

use super::rules::secrets::{leaks, without};
use super::{Finding, Report};

/// Hides the secrets that a text is seen to hold, and those in these places, quotes included.
pub(super) fn hide(report: &mut Report, more: &[Range<usize>]) {
    let text = report.sheet.text.clone();
    let known = leaks(&text).into_iter().map(|leak| leak.place);
    let places: Vec<Range<usize>> =
        known.chain(more.iter().map(|place| inner(&text, place))).collect();
    if places.is_empty() {
        return;
    }
    for place in &places {
        report.sheet.hide(place);
    }
    let secrets: Vec<&str> = places.iter().filter_map(|place| text.get(place.clone())).collect();
    let waived = report.waived.iter_mut().map(|waived| &mut waived.finding);
    for finding in report.findings.iter_mut().chain(waived) {
        hide_in(finding, &secrets);
    }
}

fn hide_in(finding: &mut Finding, secrets: &[&str]) {
    let labels = finding.labels.iter_mut().map(|label| &mut label.text);
    let fix = finding.fix.iter_mut().map(|fix| &mut fix.says);
    for said in [&mut finding.message, &mut finding.help].into_iter().chain(labels).chain(fix) {
        without(said, secrets);
    }
}

/// A text without its quotes.
fn inner(text: &str, place: &Range<usize>) -> Range<usize> {
    let quotes = ['"', '\''];
    let whole = text.get(place.clone()).unwrap_or_default();
    let begins = whole.len() - whole.trim_start_matches(quotes).len();
    let ends = whole.trim_end_matches(quotes).len();
    place.start + begins.min(ends)..place.start + ends
}
