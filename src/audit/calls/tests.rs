//! What is read out of scripts.

use super::script::read;
use super::{Call, Dialect, Script, Slot, Spots};

fn in_dialect(text: &str, dialect: Dialect) -> (Vec<Call>, Script, String) {
    let raw = format!("'''\n{text}'''");
    let (calls, script) = read(text, &Spots::new(&raw, 0, text), dialect);
    for word in calls.iter().flat_map(|call| &call.words) {
        assert!(raw.get(word.place.clone()).is_some(), "{word:?} in {raw}");
    }
    (calls, script, raw)
}

fn sh(text: &str) -> (Vec<Call>, Script) {
    let (calls, script, _) = in_dialect(text, Dialect::Sh);
    assert_eq!(script.faults, [], "{text}");
    assert!(script.is_whole);
    (calls, script)
}

/// Each call with a letter for what is so of it.
fn outline(text: &str) -> Vec<String> {
    let (calls, _) = sh(text);
    let of = |call: &Call| {
        let words: Vec<&str> = call.words.iter().map(|word| word.text.as_str()).collect();
        let marks = [
            (call.pipes_on, 'p'),
            (call.is_piped, 'P'),
            (call.is_forgiven, 'f'),
            (call.is_condition, 'c'),
            (call.is_followed, 'n'),
            (call.is_background, 'b'),
            (call.is_substituted, 's'),
            (call.in_function, 'F'),
        ];
        let marks: String = marks.iter().filter(|(is, _)| *is).map(|(_, mark)| *mark).collect();
        format!("{} [{marks}]", words.join(" "))
    };
    calls.iter().map(of).collect()
}

/// The first fault: what it points at, and what it says.
fn fault(text: &str) -> (String, String) {
    let (_, script, raw) = in_dialect(text, Dialect::Sh);
    let fault = script.faults.first().unwrap_or_else(|| panic!("no fault in {text}"));
    (raw[fault.place.clone()].to_owned(), fault.message.clone())
}

#[test]
fn lists_pipes_and_conditions() {
    assert_eq!(outline("a | b && c\nd &\n! e"), ["a [pcn]", "b [Pcn]", "c [n]", "d [nb]", "e [c]"]);
    assert_eq!(outline("a || b || true"), ["a [fc]", "b [fc]", "true []"]);
    assert_eq!(outline("a && b || exit 1"), ["a [c]", "b [c]", "exit 1 []"]);
    assert_eq!(outline("a || true && b"), ["a [c]", "true [c]", "b []"]);
    assert_eq!(outline("( a & ) ; b | c || true"), ["a [nb]", "b [pfc]", "c [Pfc]", "true []"]);
    assert_eq!(outline("{ a; b; } | c"), ["a [pn]", "b [p]", "c [P]"]);
}

#[test]
fn compound_commands() {
    assert_eq!(
        outline("if a; b; then c; elif d; then e\nelse f; fi"),
        ["a [cn]", "b [c]", "c []", "d [c]", "e []", "f []"]
    );
    assert_eq!(
        outline("until curl x; do sleep 1; done\nfor i in 1 $(d); do e; done"),
        ["curl x [cn]", "sleep 1 [n]", "d [s]", "e []"]
    );
    assert_eq!(outline("case $x in a|b) c ;; (*) d; esac"), ["c []", "d []"]);
    assert_eq!(
        outline("f() { g \"$1\"; h; }\nf || true"),
        ["g $1 [nF]", "h [F]", "f [fc]", "true []"]
    );
    assert_eq!(outline("if (a) then { b; } fi"), ["a [c]", "b []"]);
}

#[test]
fn words_are_what_programs_get() {
    let (calls, script) =
        sh("X=1 Y=\"$z\" cmd \"a b\"'c'$d --foo=\"bar $q\" `e f` g\\ h \"foo$\" ''");
    let texts: Vec<&str> = calls[0].words.iter().map(|word| word.text.as_str()).collect();
    assert_eq!(texts, ["cmd", "a bc$d", "--foo=bar $q", "`e f`", "g h", "foo$", ""]);
    let expands: Vec<bool> = calls[0].words.iter().map(|word| word.expands).collect();
    assert_eq!(expands, [false, true, true, true, false, false, false]);
    let quoted: Vec<bool> = calls[0].words.iter().map(|word| word.is_quoted).collect();
    assert_eq!(quoted, [false, false, false, false, false, true, true]);
    assert_eq!(calls[0].assigns, ["X", "Y"]);
    assert_eq!(calls[1].program(), "e");
    assert!(script.assigns.iter().all(|set| set.for_call));
}

#[test]
fn redirections() {
    let (calls, _) = sh("a >f 2>>\"$g\" </dev/null 2>&1 >&2 x\n{ b; c; } > d\n> e");
    let of = |call: &Call| -> Vec<(bool, String)> {
        call.writes.iter().map(|it| (it.appends, it.to.text.clone())).collect()
    };
    assert_eq!(of(&calls[0]), [(false, "f".to_owned()), (true, "$g".to_owned())]);
    assert_eq!(calls[0].words.len(), 2);
    assert_eq!(of(&calls[1]), [(false, "d".to_owned())]);
    assert_eq!(of(&calls[2]), of(&calls[1]));
}

#[test]
fn here_documents_hold_no_commands() {
    let script = "cat <<EOF > f && x\nrm -rf / $(date) $v\nEOF\ncat <<'END' | y\n$(no)\nEND\nz";
    assert_eq!(outline(script), ["cat [cn]", "x [n]", "date [s]", "cat [pn]", "y [Pn]", "z []"]);
    let (calls, script) = sh(script);
    let input = calls[0].input.as_ref().map(|input| input.text.as_str());
    assert_eq!(input, Some("rm -rf / $(date) $v\n"));
    assert_eq!(script.uses.iter().map(|it| it.slot).collect::<Vec<_>>(), [Slot::Here]);
    assert_eq!(outline("x=$(cat <<-A\n\thi\n\tA\n)\nb"), ["cat [s]", "b []"]);
}

#[test]
fn variables_are_read_and_set() {
    let (_, script) =
        sh("a=$b; c=${d:-$e} f ${g%%.*} \"$h\" $((i + $j)) ${k?no} $1 $?\nread -r l m");
    let names: Vec<&str> = script.uses.iter().map(|it| it.name.as_str()).collect();
    assert_eq!(names, ["b", "d", "e", "g", "h", "i", "j", "k", "1", "?"]);
    let default: Vec<bool> = script.uses.iter().map(|it| it.has_default).collect();
    assert_eq!(default.iter().filter(|it| **it).count(), 2);
    let sets: Vec<&str> = script.assigns.iter().map(|it| it.name.as_str()).collect();
    assert_eq!(sets, ["a", "c", "l", "m"]);
}

#[test]
fn options_of_the_shell_are_known() {
    let (_, script) = sh("a\nset -eu\nset -o pipefail\nb");
    assert_eq!(script.exits_from, Some(2));
    assert!(script.stops_at_unset && script.is_pipefail);
    assert_eq!(sh("set -u; a").1.exits_from, None);
}

#[test]
fn what_only_bash_knows_is_no_fault() {
    let text = "a=(1 2); [[ $x =~ ^(a|b)$ ]] && b <(c) <<< d; function g { h; }\n\
                for ((i=0; i<3; i++)); do echo ${x//a/b} {1..3} $'\\n'; done &> f |& k";
    let (calls, script) = sh(text);
    assert_eq!(script.features.len(), 11, "{:?}", script.features);
    assert_eq!(
        calls.iter().map(Call::program).collect::<Vec<_>>(),
        ["[[", "b", "c", "h", "echo", "k"]
    );
}

#[test]
fn faults_are_found_where_they_are() {
    let cases = [
        ("if true; then\necho a\n", "if", "`if` without its `fi`"),
        ("echo \"a\necho b\n", "\"", "this quote is never closed"),
        ("echo a)\necho b", ")", "`)` is not expected here"),
        ("while true; do a; fi", "fi", "`fi` is not expected here"),
        ("deploy <version>\n", ">", "`>` leads to no file"),
        ("a &&\n", "&", "something is missing behind this"),
        ("cat <<EOF\nhello\n", "EOF", "no line `EOF` ends this here-document"),
        ("echo $(a", "$(", "`$(` without its `)`"),
        ("echo ${a.b}", "${a.", "a shell cannot fill this in"),
        ("fi", "fi", "`fi` is not expected here"),
        ("if a; then fi", "fi", "`fi` is not expected here"),
        ("echo (a)", "(", "`(` is not expected here"),
    ];
    for (text, place, message) in cases {
        let (at, said) = fault(text);
        assert_eq!((at.as_str(), said.as_str()), (place, message), "{text}");
    }
    let (calls, _, _) = in_dialect("echo )\nrm -rf x\n", Dialect::Sh);
    assert_eq!(calls.len(), 2, "what comes behind a fault is read, too");
}

#[test]
fn hostile_scripts_end() {
    for piece in ["(", "$(", "{ ", "if ", "${x:-", "\"$(", "((", "$((", "case a in b) ", "f(){ "] {
        let (_, script, _) = in_dialect(&piece.repeat(100_000 / piece.len()), Dialect::Sh);
        assert!(!script.is_whole || !script.faults.is_empty(), "{piece}");
    }
    for piece in ["$(( ", "a;", "a|", "a&&", "<<A ", "{ a; } > f ", "\\", "[[ ", "x=( ", "`"] {
        in_dialect(&piece.repeat(100_000 / piece.len()), Dialect::Sh);
    }
}

#[test]
fn escapes_of_toml_are_seen_through() {
    let cases = [
        ("\"a \\\"b\\\" \\u0063 d\"", "a \"b\" c d"),
        ("\"\"\"\na \\\n   \"b\" \\\\ c d\"\"\"", "a \"b\" \\ c d"),
        ("'a \"b\" c d'", "a \"b\" c d"),
        ("'''\r\na \"b\" c\r\nd'''", "a \"b\" c\nd"),
    ];
    for (raw, content) in cases {
        let spots = Spots::new(raw, 10, content);
        let at = content.find('d').unwrap_or_default();
        let place = spots.place(&(at..at + 1));
        assert_eq!(&raw[place.start - 10..place.end - 10], "d", "{raw}");
        let escape = content.find('"').unwrap_or_default();
        let place = spots.place(&(escape..escape + 1));
        assert!(["\"", "\\\""].contains(&&raw[place.start - 10..place.end - 10]), "{raw}");
    }
    assert_eq!(Spots::new("\"a\"", 10, "b").place(&(0..1)), 10..13);
}
