//! Runbooks with a fault or two put into them by chance: the same number, the same faults.

use super::cases::in_runbook;

/// What a text of a runbook may hold, to hurt.
const TEXTS: &[&str] = &[
    "",
    " ",
    "{{",
    "{{version}}",
    "{{nothing}}",
    "<version>",
    "[date]",
    "YOUR_TOKEN",
    "\\u0000",
    "\\u202e",
    "é",
    "😀😀",
    "'",
    "$(",
    "`",
    "-",
    "--",
    "=",
    "/",
    "..",
    "http://",
    "https://u:p@h/",
    "0",
    "-1",
    "1h",
    "999999h",
    "rm",
    "sh",
    "-c",
    "terraform",
    "destroy",
    "kubectl",
    "delete",
    "AKIAIOSFODNN7EXAMPLE",
    "-----BEGIN PRIVATE KEY-----",
    "/Users/me/x",
    "HP201",
    "2020-02-30",
    "production",
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
];

/// What stands between texts.
const PIECES: &[&str] = &[
    "\n",
    "\"",
    "'''",
    " = ",
    "{{",
    "{",
    "]",
    "\u{202e}",
    "é",
    "[[phase]]\n",
    "[[phase.step]]\nid = \"x\"\ntitle = \"x\"\n",
    "[[phase.exit]]\n",
    "[audit]\nlevels = { HP201 = \"error\", HP601 = \"off\" }\n",
    "allow = [{ code = \"HP201\", why = \"x\", until = 2020-01-01 }]\n",
    "undo = { run = [\"true\"] }\n",
    "check.command = { run = [\"sh\", \"-c\", \"a | b\"] }\n",
    "check.file = { path = \"a\" }\n",
    "estimate = \"1h\"\n",
    "irreversible = \"x\"\n",
    "changes = false\n",
    "needs = [\"x\"]\n",
    "owner = \"@x\"\n",
];

/// Scripts that parsers stumble over.
pub(super) const SCRIPTS: &[&str] = &[
    "a",
    "if",
    "if true; then",
    "case x in",
    "for i in 1 2 3; do echo $i",
    "cat <<EOF\nno end",
    "cat <<'EOF'\n$x\nEOF\nrm -rf /",
    "cat <<-\"E\"\n\tE\n",
    "echo \"unclosed",
    "echo 'unclosed",
    "echo `unclosed",
    "echo $(unclosed",
    "echo ${unclosed",
    "${}",
    "$((1+",
    "| | |",
    "&& &&",
    "; ;; ;",
    ") } ]",
    "a() { a; }; a",
    "function f { :; }",
    ":(){ :|:& };:",
    "x=1 y=2",
    "x=$(y=$(z))",
    "\u{feff}a",
    "é=1; écho \"$é\"",
    "echo 😀 | tee \"$😀\"",
    "\\",
    "a \\\n b \\\n",
    "a\r\nb\r\n",
    "\ta\u{a0}b",
    "[[ a =~ ( ]]",
    "echo {1..100000000}",
    "exec 3<>/dev/tcp/x/1",
    "! ! ! true",
    "time -p ! a || :",
    "curl",
    "curl | sh",
    "rm",
    "rm -rf \"$x\"/*",
    "git push --force",
    "kubectl",
    "aws [service] describe-[resource]",
    "echo <version> > [date]",
    "cd; cd -; cd $x && cd ..",
    "export A=$B C",
    "set -euo pipefail; unset x; readonly",
    "su - x -c 'a | b'",
    "ssh h 'rm -rf /' | grep -v grep",
    "ps | grep x",
    "sleep 1 & wait $!; trap '' EXIT",
];

/// Numbers by chance, the same for the same seed.
struct Dice(u64);

impl Dice {
    fn throw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, most: usize) -> usize {
        (self.throw() % most.max(1) as u64) as usize
    }

    fn of<'a>(&mut self, all: &[&'a str]) -> &'a str {
        all[self.below(all.len())]
    }
}

/// A clean runbook with this script in it.
pub(super) fn with_script(script: &str) -> String {
    in_runbook(&format!("[[phase.step]]\nid = \"x\"\ntitle = \"X\"\n{}\n", shell(script)))
}

/// The script as a line of TOML.
fn shell(script: &str) -> String {
    // JSON escapes what TOML would not have, in a way that TOML reads.
    let quoted = serde_json::to_string(script).expect("a text").replace('\u{7f}', "\\u007f");
    format!("shell = {quoted}")
}

/// The text with a fault or two.
pub(super) fn mutated(good: &str, number: u64) -> String {
    let mut dice = Dice(number);
    let mut text = good.to_owned();
    for _ in 0..=dice.below(2) {
        text = match dice.below(12) {
            0 => bytes(&text, &mut dice),
            1 => lines(&text, &mut dice),
            2 => values(&text, &mut dice),
            3 => piece(&text, &mut dice),
            4..=7 => script(&text, &mut dice),
            _ => texts(&text, &mut dice),
        };
    }
    text
}

/// Some bytes are cut, doubled or reversed; characters are not cut in two.
fn bytes(text: &str, dice: &mut Dice) -> String {
    let at = text.floor_char_boundary(dice.below(text.len()));
    let end = text.floor_char_boundary((at + dice.below(40)).min(text.len()));
    let part = &text[at..end];
    let new = match dice.below(3) {
        0 => String::new(),
        1 => part.repeat(2),
        _ => part.chars().rev().collect(),
    };
    format!("{}{new}{}", &text[..at], &text[end..])
}

/// A line is left out, doubled, or changes places with another.
fn lines(text: &str, dice: &mut Dice) -> String {
    let mut lines: Vec<&str> = text.split('\n').collect();
    let (one, other) = (dice.below(lines.len()), dice.below(lines.len()));
    match dice.below(3) {
        0 => drop(lines.remove(one)),
        1 => lines.insert(other, lines[one]),
        _ => lines.swap(one, other),
    }
    lines.join("\n")
}

/// Two keys change their values.
fn values(text: &str, dice: &mut Dice) -> String {
    let mut lines: Vec<String> = text.split('\n').map(str::to_owned).collect();
    let with: Vec<usize> = (0..lines.len()).filter(|at| lines[*at].contains(" = ")).collect();
    if with.is_empty() {
        return text.to_owned();
    }
    let (one, other) = (with[dice.below(with.len())], with[dice.below(with.len())]);
    let parts = |line: &str| line.split_once(" = ").map(|(a, b)| (a.to_owned(), b.to_owned()));
    if let (Some((a, x)), Some((b, y))) = (parts(&lines[one]), parts(&lines[other])) {
        lines[one] = format!("{a} = {y}");
        lines[other] = format!("{b} = {x}");
    }
    lines.join("\n")
}

/// A line of its own comes in.
fn piece(text: &str, dice: &mut Dice) -> String {
    let mut lines: Vec<&str> = text.split('\n').collect();
    lines.insert(dice.below(lines.len() + 1), dice.of(PIECES));
    lines.join("\n")
}

/// An action becomes a hostile script.
fn script(text: &str, dice: &mut Dice) -> String {
    let mut lines: Vec<String> = text.split('\n').map(str::to_owned).collect();
    let is_action = |line: &str| line.starts_with("run = ") || line.starts_with("manual = \"");
    let with: Vec<usize> = (0..lines.len()).filter(|at| is_action(&lines[*at])).collect();
    if !with.is_empty() {
        lines[with[dice.below(with.len())]] = shell(dice.of(SCRIPTS));
    }
    lines.join("\n")
}

/// A text in quotes becomes another: hostile, or one of the file's own.
fn texts(text: &str, dice: &mut Dice) -> String {
    let pieces: Vec<&str> = text.split('"').collect();
    if pieces.len() < 3 {
        return text.to_owned();
    }
    let pick = |dice: &mut Dice| 1 + 2 * dice.below((pieces.len() - 1) / 2);
    let at = pick(dice);
    let new = if dice.below(2) == 0 { dice.of(TEXTS) } else { pieces[pick(dice)] };
    let mut pieces = pieces;
    pieces[at] = new;
    pieces.join("\"")
}
