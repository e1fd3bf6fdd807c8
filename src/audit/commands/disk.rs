//! `rm` and `dd`: what they do lies in the paths that they are given.

use super::Effect;
use crate::audit::calls::{Call, Word};

/// Some, if the call is one of these.
pub(super) fn effect(call: &Call, words: &[&Word]) -> Option<Effect> {
    match call.program() {
        "rm" => Some(if is_recursive(call) && words.iter().any(|word| is_whole(&word.text)) {
            Effect::Destroys
        } else {
            Effect::Changes
        }),
        "dd" => {
            let to_device =
                |word: &Word| word.text.starts_with("of=/dev/") && word.text != "of=/dev/null";
            let destroys = call.arguments().iter().any(to_device);
            Some(if destroys { Effect::Destroys } else { Effect::Changes })
        }
        _ => None,
    }
}

/// Whether `rm` takes folders, too.
pub(super) fn is_recursive(call: &Call) -> bool {
    let is = |word: &Word| {
        let short = word.text.strip_prefix('-').filter(|rest| !rest.starts_with('-'));
        word.text == "--recursive" || short.is_some_and(|rest| rest.contains(['r', 'R']))
    };
    call.arguments().iter().any(is)
}

/// Whether a path is the root, a home, or a folder right below the root: `/`, `~`, `/data/*`.
fn is_whole(path: &str) -> bool {
    let path = path.trim_matches('"');
    let folder = path.trim_end_matches('*').trim_end_matches('/');
    let home = ["~", "$HOME", "${HOME}", ".", ".."];
    if path == "*" || home.contains(&folder) || path.starts_with('/') && folder.is_empty() {
        return true;
    }
    let below = folder.strip_prefix('/').filter(|rest| !rest.contains('/'));
    below.is_some_and(|name| name != "tmp" && !name.contains('$') && !name.contains("{{"))
}
