//! An option by which nobody decides on what is going to be done.

use super::acts;
use crate::audit::calls::Call;
use crate::audit::{Effect, Found, Level, Placed, Rule, Subject, asks_nobody, effect};

pub(super) const RULE: Rule = Rule {
    code: "HP211",
    name: "confirmation-bypassed",
    level: Level::Warning,
    meaning: "a command is told not to ask about what nobody has seen",
    help: "let one step show what would be done, and do just that in a later phase, behind its gate: \
           `terraform plan -out=FILE`, then `terraform apply FILE`",
    look,
};

fn look(subject: &Subject<'_>, found: &mut Vec<Found>) {
    for placed in subject.own_steps() {
        for (at, call) in placed.done.iter().enumerate() {
            let option = asks_nobody(call).and_then(|at| call.words.get(at));
            let (word, place) = match option {
                Some(option) => (option.text.as_str(), &option.place),
                None if says_yes(placed, at, call) => ("yes |", &call.place),
                None => continue,
            };
            let message = format!("`{word}` answers a question that is meant for a person");
            found.push(placed.found(place, message).here("nobody decides here"));
        }
    }
}

/// `yes | program`, if the program may change anything but what is installed.
fn says_yes(placed: &Placed<'_>, at: usize, call: &Call) -> bool {
    let next = placed.done.get(at + 1).filter(|next| next.is_piped && call.pipes_on);
    let installs = ["apt", "apt-get", "yum", "dnf", "apk", "sdkmanager", "ssh-keygen"];
    let harms = |next: &Call| effect(next) != Effect::Looks && !installs.contains(&next.program());
    call.program() == "yes" && next.is_some_and(harms) && !acts::call_backs_up(call)
}
