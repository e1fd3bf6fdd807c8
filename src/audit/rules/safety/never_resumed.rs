//! Something is paused, disabled or stopped, and nothing starts it again.

use super::acts;
use crate::audit::calls::Call;
use crate::audit::{Found, Level, Placed, Rule, Subject};
use crate::runbook::Action;

pub(super) const RULE: Rule = Rule {
    code: "HP213",
    name: "never-resumed",
    level: Level::Warning,
    meaning: "something is paused, disabled or stopped, and neither a later step nor the undo \
              starts it again",
    help: "add the step that starts it again, behind the change; if it is to stay off, say so: \
           `irreversible = \"why\"`, or give the step an `undo`",
    look,
};

/// Words of a command that take something out of service, and those that bring it back.
const PAIRS: &[(&[&str], &[&str])] = &[
    (&["systemctl stop"], &["systemctl start", "systemctl restart", "systemctl reload-or-restart"]),
    (&["systemctl disable", "systemctl mask"], &["systemctl enable", "systemctl unmask"]),
    (&["kubectl cordon", "kubectl drain"], &["kubectl uncordon"]),
    (&["kubectl rollout pause"], &["kubectl rollout resume"]),
    (&["kubectl scale --replicas=0"], &["kubectl scale", "kubectl apply", "helm upgrade"]),
    (&["flux suspend"], &["flux resume"]),
    (&["heroku maintenance:on"], &["heroku maintenance:off"]),
    (&["php artisan down"], &["php artisan up"]),
    (&["gh workflow disable"], &["gh workflow enable"]),
    (&["aws cloudwatch disable-alarm-actions"], &["aws cloudwatch enable-alarm-actions"]),
    (&["aws events disable-rule"], &["aws events enable-rule"]),
    (&["aws autoscaling suspend-processes"], &["aws autoscaling resume-processes"]),
    (&["aws ec2 stop-instances"], &["aws ec2 start-instances"]),
    (&["aws rds stop-db-instance"], &["aws rds start-db-instance"]),
    (
        &["supervisorctl stop", "pm2 stop"],
        &["supervisorctl start", "supervisorctl restart", "pm2 start"],
    ),
    (
        &["docker stop", "docker pause"],
        &["docker start", "docker unpause", "docker run", "docker restart"],
    ),
];

/// Beginnings of what a person is to do, and words that bring it back.
const STARTS: [&str; 10] = [
    "disable",
    "pause",
    "suspend",
    "freeze",
    "silence",
    "mute",
    "turn off",
    "switch off",
    "stop the",
    "scale down",
];
const RESUMES: [&str; 26] = [
    "enable",
    "re-enable",
    "reenable",
    "resume",
    "unpause",
    "restart",
    "start",
    "unfreeze",
    "thaw",
    "unmute",
    "unsilence",
    "turn on",
    "turn back on",
    "switch on",
    "switch back on",
    "scale up",
    "lift",
    "release",
    "remove the silence",
    "end the silence",
    "back on",
    "on again",
    "reopen",
    "open",
    "unlock",
    "reactivate",
];

fn look(subject: &Subject<'_>, found: &mut Vec<Found>) {
    for (at, placed) in subject.steps.iter().enumerate() {
        let is_own = subject.own_steps().any(|own| std::ptr::eq(own, placed));
        if !is_own
            || !placed.step.acts()
            || placed.step.irreversible.is_some()
            || placed.step.undo.is_some()
        {
            continue;
        }
        let later = || subject.steps[at..].iter().filter(|later| !acts::is_way_back(later));
        for (stops, starts) in PAIRS {
            let stop = placed.done.iter().find(|call| is_one(call, stops));
            let resumed = |call: &Call| later().any(|step| resumes(step, call, starts));
            if let Some(call) = stop.filter(|call| !resumed(call)) {
                let message = format!("nothing takes `{}` back", acts::named(call));
                found.push(placed.found(&call.place, message).here("stays so"));
            }
        }
        let is_spoken =
            by_hand(placed).is_some_and(|text| STARTS.iter().any(|it| text.starts_with(it)));
        if is_spoken && !later().skip(1).any(speaks_of_start) {
            let message = format!("no step behind `{}` takes it back", placed.step.id);
            found.push(placed.found(&placed.at("title"), message).here("stays so"));
        }
    }
}

/// What a person is to do, by its title.
fn by_hand(placed: &Placed<'_>) -> Option<String> {
    let is_manual = placed.step.action.as_ref().is_some_and(Action::is_manual);
    is_manual.then(|| placed.step.title.to_lowercase())
}

fn speaks_of_start(placed: &Placed<'_>) -> bool {
    let text = format!("{} {} {:?}", placed.step.id, placed.step.title, placed.step.action);
    placed.step.acts() && acts::says(&text, &RESUMES)
}

/// Whether a step starts again what the call stops: by the same kind of command, or by a person of
/// whom we only know words.
fn resumes(placed: &Placed<'_>, call: &Call, starts: &[&str]) -> bool {
    let by_command = placed.done.iter().any(|start| is_one(start, starts) && !is_same(start, call));
    by_command || by_hand(placed).is_some() && speaks_of_start(placed)
}

fn is_same(one: &Call, other: &Call) -> bool {
    let texts = |call: &Call| call.words.iter().map(|word| word.text.clone()).collect::<Vec<_>>();
    texts(one) == texts(other)
}

fn is_one(call: &Call, patterns: &[&str]) -> bool {
    patterns.iter().any(|pattern| {
        let mut words = pattern.split(' ');
        let program = words.next();
        program == Some(call.program())
            && words.all(|wanted| match wanted.split_once('=') {
                Some((name, value)) => has_value(call, name, value),
                None => call.has(&[wanted]),
            })
    })
}

fn has_value(call: &Call, name: &str, value: &str) -> bool {
    let joined = format!("{name}={value}");
    let apart = call.words.windows(2).any(|pair| pair[0].text == name && pair[1].text == value);
    apart || call.has(&[&joined])
}
