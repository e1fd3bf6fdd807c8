//! Scripts are refused where a shell refuses them, and nowhere else: asked of the shell itself.

use std::process::Command;

use super::cases::in_runbook;
use super::findings;

/// What people write, and what they get wrong.
const SCRIPTS: &[&str] = &[
    "if true; then echo hi; fi",
    "if true; then echo hi",
    "if ; then a; fi",
    "if a; then b; elif c; then d; else e; fi",
    "if a; then b; else; fi",
    "if a; b; fi",
    "echo \"abc",
    "echo 'abc",
    "echo \"it's\" 'a \"b\"' it\\'s",
    "case $x in a|b) echo;; *) ;; esac",
    "case $x in (a) echo;; esac",
    "case a in b) c ;; d) e; esac",
    "case a in b) c ;;",
    "case a b) c;; esac",
    "esac",
    "echo a;; b",
    "for i in 1 2; do echo $i; done",
    "for i do echo $i; done",
    "for x in a b c\ndo\n echo $x\ndone",
    "for x in a; echo $x; done",
    "for x in a; do echo $x",
    "while :; do break; done <<EOF\na\nEOF",
    "while true; do echo; done; done",
    "until a; do b; done & wait",
    "done",
    "fi",
    "then",
    "cat <<-'E'\n\tx \"\n\tE\n",
    "cat <<E\n$(date) `date`\nE\necho",
    "echo $(cat <<E\nx\nE\n)",
    "echo $((1+2)) $((a * (b + c)))",
    "echo $(",
    "echo ${",
    "echo ${x:-y} ${x#*/} ${#x} ${x%%.*} ${x:+\"a b\"}",
    "echo `date` `echo \\`date\\``",
    "f() { echo; }; f",
    "f() ( echo )",
    "f() {",
    "function f { a; }",
    "x=1 y=2 cmd",
    "x=(1 2)",
    "! grep a b",
    "a && b || c; d & e",
    "a && || b",
    "a &&",
    "a && # why\nb",
    "| a",
    "a |",
    "a |\nb",
    "a; ; b",
    "( a; b ) | { c; }",
    "( a",
    "a )",
    "{ a; }",
    "{ a }",
    "cmd 2>&1 >/dev/null <in >>log 3>&-",
    "echo >",
    "a <(b)",
    "[ -f x ] || exit 1",
    "echo {a,b} [a-z] ~ * # done",
    "trap 'rm -f \"$x\"' EXIT; eval \"$x\"; set -- $*; shift",
    "printf '%s\\n' \"$@\" | while read -r l; do echo \"$l\"; done",
];

#[test]
fn a_script_is_refused_where_a_shell_refuses_it() {
    let mut refused = 0;
    for script in SCRIPTS {
        let told = Command::new("sh").args(["-n", "-c", script]).output().expect("there is a sh");
        let by_shell = !told.status.success();
        refused += usize::from(by_shell);
        let step = format!(
            "[[phase.step]]\nid = \"s\"\ntitle = \"S\"\nchanges = false\nshell = '''\n{script}\n'''\n"
        );
        let found = findings(&in_runbook(&step));
        let has = |code: &str| found.iter().any(|finding| finding.code == code);
        assert!(by_shell || !has("HP401"), "refused, and the shell runs it: {script}");
        // What another shell knows is told as that.
        assert!(!by_shell || has("HP401") || has("HP402"), "the shell refuses it: {script}");
    }
    assert!((20..40).contains(&refused), "{refused} of them refused: the shell was not asked");
}
