//! A runbook is mended as its findings say, and by nothing else: what comes of it is read, judged
//! and compared again before anybody may believe it.

use std::collections::BTreeMap;
use std::ops::Range;

use super::meaning::differs_elsewhere;
use super::{Finding, Report, Settings, audit};

/// Most fixes of one file.
const MOST: usize = 500;

/// What came of mending a runbook.
#[derive(Debug, Default)]
pub struct Mended {
    /// The text now.
    pub text: String,
    /// The same as people may see it.
    pub shown: String,
    /// What was mended, in the order in which it was.
    pub done: Vec<Finding>,
    /// What could have been, and why it was not.
    pub refused: Vec<(Finding, &'static str)>,
}

/// Mends what can be mended in a runbook; none where its report has nothing of that kind.
#[must_use]
pub fn mend(report: &Report, settings: &Settings) -> Option<Mended> {
    report.runbook.as_ref()?;
    report.findings.iter().find(|finding| finding.fix.is_some())?;
    let text = report.sheet.text.clone();
    let mut mended = Mended { text, ..Mended::default() };
    let mut now = report.clone();
    while mended.done.len() < MOST {
        let is_refused =
            |finding: &Finding| mended.refused.iter().any(|(refused, _)| same(refused, finding));
        let mut open = now.findings.iter().filter(|it| it.fix.is_some() && !is_refused(it));
        let Some(finding) = open.next().cloned() else { break };
        match mended_once(&now, &finding, settings) {
            Ok(next) => {
                mended.text.clone_from(&next.sheet.text);
                mended.done.push(finding);
                now = next;
            }
            Err(why) => mended.refused.push((finding, why)),
        }
    }
    now.sheet.shown().clone_into(&mut mended.shown);
    let nothing = mended.done.is_empty() && mended.refused.is_empty();
    (!nothing).then_some(mended)
}

/// Whether two findings say the same, wherever they stand.
fn same(one: &Finding, other: &Finding) -> bool {
    (one.code, &one.message) == (other.code, &other.message)
}

fn mended_once(
    now: &Report,
    finding: &Finding,
    settings: &Settings,
) -> Result<Report, &'static str> {
    let edits = finding.fix.as_ref().map_or(&[][..], |fix| &fix.edits);
    let old = now.sheet.text.as_str();
    let (text, placed) = edited(old, edits).ok_or("its edits do not fit the text")?;
    let next = audit(&now.sheet.name, text.as_bytes(), settings);
    if next.runbook.is_none() {
        return Err("the file would be no runbook any more");
    }
    if differs_elsewhere(old, &text, &placed) {
        return Err("something else in the file would mean something else");
    }
    let (before, after) = (counts(now), counts(&next));
    let of = |counts: &BTreeMap<_, usize>, key| counts.get(key).copied().unwrap_or_default();
    if after.keys().any(|key| of(&after, key) > of(&before, key)) {
        return Err("another finding would come of it");
    }
    let own = (finding.code, finding.message.clone());
    if of(&after, &own) >= of(&before, &own) {
        return Err("the finding would still be there");
    }
    Ok(next)
}

/// How often each finding is there.
fn counts(report: &Report) -> BTreeMap<(&'static str, String), usize> {
    let mut counts = BTreeMap::new();
    for finding in &report.findings {
        *counts.entry((finding.code, finding.message.clone())).or_default() += 1;
    }
    counts
}

/// An edit: where it stood in the old text, and where what took its place stands in the new one.
pub(super) type Placed = (Range<usize>, Range<usize>);

/// The text with the edits made, and where they are; none where they overlap, or lie outside.
fn edited(text: &str, edits: &[(Range<usize>, String)]) -> Option<(String, Vec<Placed>)> {
    let mut edits: Vec<&(Range<usize>, String)> = edits.iter().collect();
    edits.sort_by_key(|(place, _)| (place.start, place.end));
    let (mut new, mut placed, mut from) = (String::new(), Vec::new(), 0);
    let windows = text.contains("\r\n");
    for (place, by) in edits {
        if place.start > place.end {
            return None;
        }
        text.get(place.clone())?;
        new.push_str(text.get(from..place.start)?);
        let begins = new.len();
        // The line ends are the file's.
        match windows && !by.contains('\r') {
            true => new.push_str(&by.replace('\n', "\r\n")),
            false => new.push_str(by),
        }
        placed.push((place.clone(), begins..new.len()));
        from = place.end;
    }
    new.push_str(text.get(from..)?);
    Some((new, placed))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edits_are_made_each_in_its_place() {
        let edit = |place: Range<usize>, by: &str| (place, by.to_owned());
        let (new, placed) = edited("abcdef", &[edit(4..5, "EE"), edit(1..1, "+")]).unwrap();
        assert_eq!(new, "a+bcdEEf");
        assert_eq!(placed, [(1..1, 1..2), (4..5, 5..7)]);
        assert_eq!(edited("a\r\nb", &[edit(0..1, "x\ny")]).unwrap().0, "x\r\ny\r\nb");
    }

    #[test]
    fn edits_that_overlap_or_lie_outside_are_none() {
        let edit = |place: Range<usize>| (place, String::new());
        assert!(edited("abcdef", &[edit(1..3), edit(2..4)]).is_none());
        assert!(edited("abcdef", &[edit(5..9)]).is_none());
        assert!(edited("é", &[edit(1..2)]).is_none());
        assert!(edited("abc", &[edit(Range { start: 2, end: 1 })]).is_none());
    }
}
