//! A change to whatever cluster happens to be selected.

use super::acts;
use crate::audit::calls::Call;
use crate::audit::{Effect, Found, Level, Placed, Rule, Subject, effect};

pub(super) const RULE: Rule = Rule {
    code: "HP219",
    name: "cluster-not-named",
    level: Level::Note,
    meaning: "a command changes whatever cluster is selected at the time",
    help: "name it: `kubectl --context NAME -n NAMESPACE`, `helm --kube-context NAME -n NAMESPACE`; or \
           look at `kubectl config current-context` in a check before",
    look,
};

const NAMES: [&str; 3] = ["--context", "--kube-context", "--kubeconfig"];

fn look(subject: &Subject<'_>, found: &mut Vec<Found>) {
    let knows = |placed: &Placed<'_>| {
        let checks = placed.checks();
        let mut calls = placed.done.iter().chain(checks.iter().flat_map(|check| &check.done));
        calls.any(selects)
    };
    if subject.steps.iter().any(knows) {
        return;
    }
    for placed in subject.own_steps() {
        let open = |call: &&Call| {
            let is_kube = ["kubectl", "oc", "helm"].contains(&call.program());
            let named = call.words.iter().any(|word| {
                NAMES
                    .iter()
                    .any(|name| word.text == *name || word.text.starts_with(&format!("{name}=")))
            });
            is_kube
                && !named
                && effect(call) >= Effect::Changes
                && call.assigns.iter().all(|it| it != "KUBECONFIG")
        };
        let set = placed.script.iter().flat_map(|script| &script.assigns);
        let is_set = set.into_iter().any(|assign| assign.name == "KUBECONFIG");
        if let Some(call) = placed.done.iter().find(open).filter(|_| !is_set) {
            let message = format!("`{}` does not say in which cluster", acts::named(call));
            found.push(placed.found(&call.place, message).here("in which one?"));
        }
    }
}

/// Whether a call selects a cluster, or looks which one is selected.
fn selects(call: &Call) -> bool {
    call.has(&["current-context", "use-context", "update-kubeconfig", "get-credentials"])
        || ["kubectx", "kubelogin"].contains(&call.program())
        || call.is(&["oc", "login"])
        || call.is(&["oc", "whoami"])
}
