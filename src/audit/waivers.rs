//! Which findings count, and how much: levels, and what somebody answers for. A waiver that ended,
//! that nothing needs, or that names no rule, is a finding itself.

use std::collections::BTreeSet;
use std::ops::Range;

use super::places::Table;
use super::{Finding, Found, Level, RULES, Rule, Settings, Subject, Waived};
use crate::runbook::{Label, Phase, quoted};
use crate::text::visible;
use crate::value::Name;

/// What a finding is about; a waiver counts for what stands within it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scope {
    /// The runbook as a whole.
    Runbook,
    /// A phase.
    Phase(Phase),
    /// A step, with its undo and its checks; without a phase: of the rollback.
    Step(Option<Phase>, Name),
}

impl Scope {
    fn covers(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Runbook, _) => true,
            (Self::Phase(own), Self::Phase(phase) | Self::Step(Some(phase), _)) => own == phase,
            (Self::Step(_, own), Self::Step(_, step)) => own == step,
            (Self::Phase(_) | Self::Step(..), _) => false,
        }
    }
}

/// Somebody answers for findings of a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Allow {
    /// The rule.
    pub code: String,
    /// Why it is right here all the same.
    pub why: String,
    /// The last day on which it counts.
    pub until: Option<String>,
    place: Range<usize>,
    scope: Scope,
    /// What to take out to be rid of it.
    without: Option<Range<usize>>,
}

/// A waiver that is over.
pub(super) const ENDED: Rule = Rule {
    code: "HP701",
    name: "waiver-ended",
    level: Level::Error,
    meaning: "the time of a waiver is over",
    help: "mend what it was for, or say why it is right for longer: `until`",
    look: |_, _| {},
};

/// A waiver that nothing needs.
pub(super) const UNUSED: Rule = Rule {
    code: "HP702",
    name: "waiver-unused",
    level: Level::Warning,
    meaning: "a waiver allows what is not there",
    help: "remove it: it would hide the next one",
    look: |_, _| {},
};

/// A waiver or a level of a rule that does not exist.
pub(super) const UNKNOWN: Rule = Rule {
    code: "HP703",
    name: "rule-unknown",
    level: Level::Warning,
    meaning: "`[audit]` or `allow` names a rule that does not exist",
    help: "`holdpoint explain` lists the rules",
    look: unknown,
};

fn unknown(subject: &Subject<'_>, found: &mut Vec<Found>) {
    let is_known = |code: &str| RULES.iter().any(|rule| rule.code == code);
    for allow in allows(subject).into_iter().filter(|allow| !is_known(&allow.code)) {
        let message = format!("there is no rule {}", quoted(&allow.code));
        found.push(Found::new(allow.scope, &allow.place, message));
    }
    let levels = subject.root.table("audit").and_then(|audit| audit.table("levels"));
    for (code, place) in levels.into_iter().flat_map(|levels| levels.keys()) {
        if !is_known(code) {
            found.push(subject.found(&place, format!("there is no rule {}", quoted(code))));
        }
    }
}

/// Looks with every rule; what counts, and what somebody answers for.
pub(super) fn judge(subject: &Subject<'_>, settings: &Settings) -> (Vec<Finding>, Vec<Waived>) {
    let allows = allows(subject);
    let mut judged = Judged {
        settings,
        used: vec![false; allows.len()],
        allows: &allows,
        findings: Vec::new(),
        waived: Vec::new(),
    };
    for rule in RULES.iter() {
        let Some(level) = level(subject, settings, rule) else { continue };
        let mut found = Vec::new();
        (rule.look)(subject, &mut found);
        for found in &found {
            judged.take(rule, level, found);
        }
    }
    // What is wrong with a waiver is known when all have been asked for; then what is wrong with
    // a waiver of such a finding.
    let elsewhere = elsewhere(subject, &allows, &judged.used);
    for of_waivers in [false, true] {
        for (at, allow) in allows.iter().enumerate() {
            let about_waivers = [ENDED.code, UNUSED.code].contains(&allow.code.as_str());
            if about_waivers != of_waivers {
                continue;
            }
            let used = judged.used[at] || elsewhere[at];
            if let Some((rule, found)) = wrong(subject, settings, allow, used)
                && let Some(level) = level(subject, settings, rule)
            {
                judged.take(rule, level, &found);
            }
        }
    }
    (judged.findings, judged.waived)
}

/// What was found so far, and which waivers it needed.
struct Judged<'a> {
    settings: &'a Settings,
    allows: &'a [Allow],
    used: Vec<bool>,
    findings: Vec<Finding>,
    waived: Vec<Waived>,
}

impl Judged<'_> {
    fn take(&mut self, rule: &Rule, level: Level, found: &Found) {
        let fits = |allow: &Allow| {
            allow.code == rule.code
                && allow.scope.covers(&found.scope)
                && allow.place != found.labels[0].span
                && !allow.is_over(self.settings)
        };
        let finding = rule.finding(found, level);
        // The nearest one answers for it: those of steps stand behind those of all.
        match self.allows.iter().rposition(fits) {
            Some(at) => {
                self.used[at] = true;
                self.waived.push(Waived { finding, allow: self.allows[at].clone() });
            }
            None => self.findings.push(finding),
        }
    }
}

/// What is wrong with a waiver.
fn wrong(
    subject: &Subject<'_>,
    settings: &Settings,
    allow: &Allow,
    used: bool,
) -> Option<(&'static Rule, Found)> {
    let found = |message| Found::new(allow.scope.clone(), &allow.place, message);
    if let Some(until) = allow.until.as_ref().filter(|_| allow.is_over(settings)) {
        let code = quoted(&allow.code);
        return Some((&ENDED, found(format!("the waiver of {code} ended on {until}"))));
    }
    let rule = RULES.iter().find(|rule| rule.code == allow.code)?;
    if used || level(subject, settings, rule).is_none() {
        return None;
    }
    let found = found(format!("nothing here needs the waiver of {}", allow.code));
    let found = match allow.without.clone() {
        Some(edit) => found.fix("remove the waiver", vec![(edit, String::new())]),
        None => found,
    };
    Some((&UNUSED, found))
}

/// Which waivers a machine with other programs would need: it is not for this one to say that
/// nothing does.
fn elsewhere(subject: &Subject<'_>, allows: &[Allow], used: &[bool]) -> Vec<bool> {
    let unused = || allows.iter().zip(used).filter(|(_, used)| !**used).map(|(allow, _)| allow);
    let mut needed = vec![false; allows.len()];
    if subject.settings.programs.is_none() || unused().next().is_none() {
        return needed;
    }
    let settings = Settings { programs: Some(BTreeSet::new()), ..subject.settings.clone() };
    let bare = Subject::new(subject.book, subject.root, &settings);
    for rule in RULES.iter().filter(|rule| unused().any(|allow| allow.code == rule.code)) {
        let mut found = Vec::new();
        (rule.look)(&bare, &mut found);
        for (allow, needed) in allows.iter().zip(&mut needed) {
            *needed |= allow.code == rule.code
                && found.iter().any(|found| allow.scope.covers(&found.scope));
        }
    }
    needed
}

impl Allow {
    fn is_over(&self, settings: &Settings) -> bool {
        // Days of four, two and two digits: their order is that of their texts.
        self.until.as_ref().is_some_and(|until| *until < settings.today)
    }
}

impl Rule {
    fn finding(&self, found: &Found, level: Level) -> Finding {
        let label = |label: &Label| Label {
            span: label.span.clone(),
            text: visible(&label.text).into_owned(),
        };
        Finding {
            code: self.code,
            name: self.name,
            level,
            message: visible(&found.message).into_owned(),
            labels: found.labels.iter().map(label).collect(),
            help: visible(found.help.as_deref().unwrap_or(self.help)).into_owned(),
            fix: found.fix.clone(),
        }
    }
}

/// The level of a rule here; none: it is not looked for.
fn level(subject: &Subject<'_>, settings: &Settings, rule: &Rule) -> Option<Level> {
    let levels = subject.root.table("audit").and_then(|audit| audit.table("levels"));
    match levels.and_then(|levels| levels.text(rule.code)) {
        Some(("error", _)) => Some(Level::Error),
        Some(("warning", _)) => Some(Level::Warning),
        Some(("note", _)) => Some(Level::Note),
        Some(_) => None,
        None => settings.levels.get(rule.code).copied().unwrap_or(Some(rule.level)),
    }
}

/// Every waiver of the runbook.
fn allows(subject: &Subject<'_>) -> Vec<Allow> {
    let mut all = Vec::new();
    let whole = subject.root.table("audit");
    all.extend(whole.into_iter().flat_map(|table| of_table(table, &Scope::Runbook)));
    for phase in Phase::ALL {
        let table = subject.phase(phase);
        all.extend(of_table(table, &Scope::Phase(phase)));
    }
    for placed in &subject.steps {
        if let Scope::Step(..) = placed.scope() {
            all.extend(of_table(placed.table, placed.scope()));
        }
    }
    all
}

fn of_table(table: Table<'_>, scope: &Scope) -> Vec<Allow> {
    let allow = |(at, item): (usize, Table<'_>)| {
        let (code, place) = item.text("code")?;
        let until = item.text("until").map(|(day, _)| day).or_else(|| item.written("until"));
        Some(Allow {
            code: code.to_owned(),
            why: item.text("why")?.0.to_owned(),
            until: until.map(str::to_owned),
            place,
            scope: scope.clone(),
            without: table.without("allow", at),
        })
    };
    table.tables("allow").into_iter().enumerate().filter_map(allow).collect()
}
