//! What is called by what calls others: `sudo`, `timeout`, `xargs`, `ssh HOST`, `sh -c`.

use std::ops::Range;

use super::calls::{self, Call, Word};

/// A program that runs what it is given.
struct Wrapper {
    /// The program, and the words by which it is asked to.
    call: &'static [&'static str],
    /// How many words of its own come before what it runs.
    own: usize,
    /// Its options whose value is the next word.
    valued: &'static str,
}

const fn wrapper(call: &'static [&'static str], own: usize, valued: &'static str) -> Wrapper {
    Wrapper { call, own, valued }
}

const IN_CONTAINER: &str = "-e --env -u --user -w --workdir --env-file --index -f -p";

const WRAPPERS: &[Wrapper] = &[
    wrapper(&["sudo"], 0, "-u -g -h -p -C -r -t -U --user --group"),
    wrapper(&["doas"], 0, "-u -C"),
    wrapper(&["env"], 0, "-u -C --unset --chdir"),
    wrapper(&["nohup"], 0, ""),
    wrapper(&["setsid"], 0, ""),
    wrapper(&["exec"], 0, "-a"),
    wrapper(&["command"], 0, ""),
    wrapper(&["time"], 0, "-f -o"),
    wrapper(&["nice"], 0, "-n"),
    wrapper(&["ionice"], 0, "-c -n"),
    wrapper(&["stdbuf"], 0, "-i -o -e"),
    wrapper(&["timeout"], 1, "-k -s --kill-after --signal"),
    wrapper(&["gtimeout"], 1, "-k -s"),
    wrapper(&["xargs"], 0, "-n -P -I -L -d -a -E -s --max-args --max-procs"),
    wrapper(&["watch"], 0, "-n --interval"),
    wrapper(&["flock"], 1, "-w -E --timeout"),
    wrapper(&["chroot"], 1, ""),
    wrapper(&["ssh"], 1, "-i -p -o -l -F -J -L -R -D -b -c -E -e -I -m -O -S -W -w -B"),
    wrapper(&["aws-vault", "exec"], 1, "-d --duration --region"),
    wrapper(&["chamber", "exec"], 1, ""),
    wrapper(&["doppler", "run"], 0, "-p -c --project --config"),
    wrapper(&["op", "run"], 0, "--env-file"),
    wrapper(&["direnv", "exec"], 1, ""),
    wrapper(&["bundle", "exec"], 0, ""),
    wrapper(&["poetry", "run"], 0, ""),
    wrapper(&["uv", "run"], 0, "--with --python"),
    wrapper(&["pipenv", "run"], 0, ""),
    wrapper(&["pnpm", "exec"], 0, ""),
    wrapper(&["pnpm", "dlx"], 0, ""),
    wrapper(&["npx"], 0, "-p --package"),
    wrapper(&["kubectl", "exec"], 1, "-n --namespace -c --container --context --kubeconfig"),
    wrapper(&["oc", "exec"], 1, "-n --namespace -c --container --context --kubeconfig"),
    wrapper(&["docker", "exec"], 1, IN_CONTAINER),
    wrapper(&["podman", "exec"], 1, IN_CONTAINER),
    wrapper(&["docker", "compose", "exec"], 1, IN_CONTAINER),
    wrapper(&["docker-compose", "exec"], 1, IN_CONTAINER),
];

/// The calls as they come to be: without their wrappers, and with what inner scripts call.
pub(super) fn done(calls: &[Call]) -> Vec<Call> {
    let mut done = Vec::new();
    for call in calls {
        add(call, 0, &mut done);
    }
    done
}

fn add(call: &Call, depth: usize, done: &mut Vec<Call>) {
    let inner = call.unwrapped();
    let is_known = depth == 0 && !call.in_script && inner.words.len() == call.words.len();
    let Some(script) = script_of(call, &inner).filter(|_| depth < 4 && !is_known) else {
        done.push(inner);
        return;
    };
    let within = |part: &Range<usize>| inside(script, part);
    for call in calls::of_script(&script.text, &within) {
        add(&call, depth + 1, done);
    }
}

/// The script that a shell is given, here or on another host.
fn script_of<'a>(call: &'a Call, inner: &'a Call) -> Option<&'a Word> {
    let body = inner.input.as_ref().filter(|input| input.text.contains('\n'));
    let words = inner.arguments();
    match inner.program() {
        "sh" | "bash" | "dash" | "zsh" | "ksh" | "ash" | "su" => {
            let is_c = |word: &Word| {
                let short = word.text.strip_prefix('-').filter(|rest| !rest.starts_with('-'));
                short.is_some_and(|rest| rest.len() < 6 && rest.ends_with('c'))
            };
            words.iter().position(is_c).and_then(|at| words.get(at + 1)).or(body)
        }
        "ssh" => body,
        "eval" if words.len() == 1 => words.first(),
        _ => {
            let far = call.program() == "ssh" && inner.words.len() == 1;
            inner.words.first().filter(|word| far && word.text.contains([' ', ';', '\n']))
        }
    }
}

/// Where a part of a word's text stands.
fn inside(word: &Word, part: &Range<usize>) -> Range<usize> {
    let quotes = (word.place.end - word.place.start).checked_sub(word.text.len());
    match quotes {
        Some(quotes @ (0 | 2)) => {
            let begins = word.place.start + quotes / 2;
            begins + part.start..begins + part.end
        }
        _ => word.place.clone(),
    }
}

impl Call {
    /// What it really calls: without `sudo`, `env A=b`, `timeout 5m`, `kubectl exec POD --`.
    #[must_use]
    pub fn unwrapped(&self) -> Call {
        let mut call = self.clone();
        for _ in 0..8 {
            let Some(begins) = begin_of_inner(&call) else { break };
            call.words.drain(..begins);
            if let (Some(first), Some(last)) = (call.words.first(), call.words.last()) {
                call.place = first.place.start..last.place.end;
            }
        }
        call
    }
}

/// Which word of the call is the program that it runs.
fn begin_of_inner(call: &Call) -> Option<usize> {
    if call.program() == "find" {
        let ways = ["-exec", "-execdir", "-ok"];
        let at = call.words.iter().position(|word| ways.contains(&word.text.as_str()))?;
        return (at + 1 < call.words.len()).then_some(at + 1);
    }
    let found = WRAPPERS.iter().filter_map(|wrapper| inner_of(call, wrapper));
    found.max().filter(|begins| *begins < call.words.len())
}

fn inner_of(call: &Call, wrapper: &Wrapper) -> Option<usize> {
    let (program, asked) = wrapper.call.split_first()?;
    if call.program() != *program {
        return None;
    }
    let (mut asked, mut own) = (asked.iter(), wrapper.own);
    let mut wanted = asked.next();
    let mut at = 1;
    while let Some(word) = call.words.get(at).map(|word| word.text.as_str()) {
        let is_option = word.starts_with('-') && word.len() > 1;
        if word == "--" && wanted.is_none() {
            return Some(at + 1);
        } else if wrapper.valued.split(' ').any(|option| option == word) {
            at += 1;
        } else if let (Some(ask), false) = (wanted, is_option) {
            if word != *ask {
                return None;
            }
            wanted = asked.next();
        } else if is_option || is_assignment(word) {
        } else if own > 0 {
            own -= 1;
        } else {
            return Some(at);
        }
        at += 1;
    }
    None
}

/// `NAME=value`.
fn is_assignment(word: &str) -> bool {
    let name = word.split_once('=').map_or("", |(name, _)| name);
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    !name.is_empty() && name.chars().all(is_name) && !name.starts_with(|c: char| c.is_ascii_digit())
}
