//! A command that only looks. That it changes nothing is its author's promise.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::expectation::{
    contains, cut, every, matches, pattern_flaw, quote, text_flaw, unless_flawed,
};
use super::{Exit, JsonEquals, Kind, Probe, Reading, Verdict, When};
use crate::text::Capture;

/// A command that only looks ends with an exit code, and prints what it should.
///
/// By writing it here you promise that the command changes nothing: it also runs in an audit and
/// in a dry run. The list is a program and its arguments; no shell reads it. A program that
/// cannot be started, or is stopped at the timeout, is `unknown`.
///
/// ```toml
/// check.command = { run = ["git", "diff", "--quiet", "origin/main"] }
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Command {
    /// Program and arguments.
    pub run: Vec<String>,
    /// The exit code wanted. Default 0.
    #[serde(default)]
    pub exit: i32,
    /// A text that standard output contains.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stdout_contains: Option<String>,
    /// A pattern that matches somewhere in standard output; `^` and `$` stand at the ends of each
    /// line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("format" = "regex"))]
    pub stdout_matches: Option<String>,
    /// What standard output holds as JSON.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub json: Option<JsonEquals>,
}

impl Command {
    fn judge_end(&self, exit: Exit, stderr: &Capture) -> Verdict {
        if exit == Exit::Code(self.exit) {
            return Verdict::Pass(exit.to_string());
        }
        let last = last_line(stderr);
        let told = last.map(|line| format!(": {}", cut(line, 80))).unwrap_or_default();
        Verdict::Fail(format!("{exit}, wanted {}{told}", self.exit))
    }

    fn judge_output(&self, stdout: &Capture) -> impl Iterator<Item = Verdict> {
        let expectations = [
            self.stdout_contains.as_deref().map(|wanted| contains("stdout", stdout, wanted)),
            self.stdout_matches.as_deref().map(|pattern| matches("stdout", stdout, pattern)),
            self.json.as_ref().map(|json| json.judge("stdout", stdout)),
        ];
        expectations.into_iter().flatten()
    }
}

/// The last thing that a program complained about.
fn last_line(output: &Capture) -> Option<&str> {
    let end = if output.left_out == 0 { &output.head } else { &output.tail };
    end.lines().map(str::trim).rfind(|line| !line.is_empty())
}

impl Kind for Command {
    fn ask(&self, _when: When) -> Probe {
        Probe::Run { argv: self.run.clone() }
    }

    fn judge(&self, reading: &Reading) -> Verdict {
        unless_flawed(self.flaw(), || {
            let Reading::Ran { exit, stdout, stderr } = reading else { return reading.unfit() };
            every([self.judge_end(*exit, stderr)].into_iter().chain(self.judge_output(stdout)))
        })
    }

    fn says(&self) -> String {
        let mut claims = Vec::new();
        claims.extend((self.exit != 0).then(|| format!("ends with exit code {}", self.exit)));
        claims.extend(self.stdout_contains.as_ref().map(|text| format!("prints `{text}`")));
        claims
            .extend(self.stdout_matches.as_ref().map(|text| format!("prints a match of `{text}`")));
        claims.extend(
            self.json.as_ref().map(|json| format!("prints {} as {}", json.path, json.equals)),
        );
        if claims.is_empty() {
            claims.push("succeeds".to_owned());
        }
        format!("`{}` {}", self.run.join(" "), claims.join(", "))
    }

    fn flaw(&self) -> Option<String> {
        if self.run.first().is_none_or(String::is_empty) {
            return Some("`run` names no program".to_owned());
        }
        if let Some(zero) = self.run.iter().find(|text| text.contains('\0')) {
            return Some(format!("`run` holds {}, and no argument can hold that", quote(zero)));
        }
        text_flaw("stdout_contains", self.stdout_contains.as_deref())
            .or_else(|| pattern_flaw("stdout_matches", self.stdout_matches.as_deref()))
            .or_else(|| self.json.as_ref().and_then(|json| json.flaw("json")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::{Obstacle, Outcome};

    fn command(rest: &str) -> Command {
        toml::from_str(&format!("run = ['x', '-y']\n{rest}")).unwrap()
    }

    fn ran(code: i32, stdout: Capture) -> Reading {
        let stderr = Capture::whole("warning\nfatal: no remote\n\n");
        Reading::Ran { exit: Exit::Code(code), stdout, stderr }
    }

    #[test]
    fn judges_every_expectation() {
        let out = r#"{"v":"1.2"}"#;
        for (rest, code, wanted) in [
            ("", 0, Outcome::Pass),
            ("", 1, Outcome::Fail),
            ("exit = 1", 1, Outcome::Pass),
            ("exit = 1", 0, Outcome::Fail),
            ("stdout_contains = '1.2'", 0, Outcome::Pass),
            ("stdout_contains = '1.3'", 0, Outcome::Fail),
            ("stdout_contains = '1.2'", 2, Outcome::Fail),
            (r"stdout_matches = '1\.\d'", 0, Outcome::Pass),
            (r"stdout_matches = '^1\.\d'", 0, Outcome::Fail),
            ("json = { path = '$.v', equals = '1.2' }", 0, Outcome::Pass),
            ("json = { path = '$.v', equals = '1.3' }", 0, Outcome::Fail),
            ("json = { path = '$.w', equals = '1.2' }", 0, Outcome::Fail),
        ] {
            let verdict = command(rest).judge(&ran(code, Capture::whole(out)));
            assert_eq!(verdict.outcome(), wanted, "{rest} {code}: {verdict:?}");
        }
    }

    #[test]
    fn a_cut_output_is_unknown_unless_the_exit_code_decides() {
        let cut = || Capture { head: "{\"v\":1}".into(), tail: "end".into(), left_out: 7 };
        for rest in [
            "stdout_contains = 'zzz'",
            "stdout_matches = 'zzz'",
            "json = { path = '$.v', equals = 1 }",
        ] {
            assert_eq!(command(rest).judge(&ran(0, cut())).outcome(), Outcome::Unknown, "{rest}");
            assert_eq!(command(rest).judge(&ran(1, cut())).outcome(), Outcome::Fail, "{rest}");
        }
        assert_eq!(
            command("stdout_contains = 'end'").judge(&ran(0, cut())).outcome(),
            Outcome::Pass
        );
        let garbled = command("json = { path = '$.v', equals = 1 }");
        assert_eq!(garbled.judge(&ran(0, Capture::whole("v=1"))).outcome(), Outcome::Unknown);
    }

    #[test]
    fn not_ending_by_itself_is_no_pass() {
        let killed = Reading::Ran {
            exit: Exit::Signal(9),
            stdout: Capture::default(),
            stderr: Capture::default(),
        };
        assert_eq!(command("").judge(&killed).says(), "killed by signal 9, wanted 0");
        for reading in [
            Reading::Refused("x: no such program".into()),
            Reading::Nothing(Obstacle::Timeout),
            Reading::File(None),
        ] {
            assert_eq!(command("").judge(&reading).outcome(), Outcome::Unknown, "{reading:?}");
        }
    }

    #[test]
    fn tells_what_the_program_complained_about() {
        let verdict = command("").judge(&ran(128, Capture::default()));
        assert_eq!(verdict.says(), "exit code 128, wanted 0: fatal: no remote");
    }

    #[test]
    fn flaws() {
        for bad in ["run = []", "run = ['']", "run = ['a', \"\\u0000\"]"] {
            assert!(toml::from_str::<Command>(bad).unwrap().flaw().is_some(), "{bad}");
        }
        for bad in
            ["stdout_contains = ''", "stdout_matches = ''", "json = { path = '', equals = 1 }"]
        {
            assert!(command(bad).flaw().is_some(), "{bad}");
        }
        assert_eq!(command("stdout_matches = '^{{v}}$'").flaw(), None);
    }

    #[test]
    fn says_what_is_claimed() {
        assert_eq!(command("").says(), "`x -y` succeeds");
        let json = command("exit = 3\njson = { path = '$.v', equals = 'a' }");
        assert_eq!(json.says(), "`x -y` ends with exit code 3, prints $.v as \"a\"");
    }
}
