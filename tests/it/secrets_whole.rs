//! Secrets through the whole program: three of them, from the environment, a hidden prompt and
//! `--var`, go into commands, scripts, requests and checks, come back in many forms, and stand in
//! no journal, on no screen, in no log and in no file that the program makes.
//!
//! Which forms are found is told with the mask; what a program derives on purpose is not looked
//! for.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, channel};

use holdpoint::session::{Event, Finding};
use serde_json::Value as Json;

use crate::sitting_kit::{Place, book};
use crate::terminal_kit::Person;

const FROM_ENV: &str = "env&s3cr\"t/1'x";
const ASKED: &str = "hunter2-asked";
const TOLD: &str = "t0ld k+y=\u{fc}n\u{ef}";
const SECRETS: [&str; 3] = [FROM_ENV, ASKED, TOLD];
const MARK: &str = "[secret]";

const VARIABLES: &str = "from_env = { env = \"HP_SECRET\", secret = true }\n\
    asked = { prompt = \"Password for the rehearsal\", secret = true }\n\
    told = { prompt = \"Key\", secret = true }";

/// Prints each of its arguments plainly, encoded, and in two pieces.
const PRINTS: &str = r#"
for one in "$@"; do
    printf 'plain %s end\n' "$one"
    printf 'base64 %s\n' "$(printf %s "$one" | base64)"
    printf 'user:%s' "$one" | base64
    printf 'hex %s\n' "$(printf %s "$one" | od -An -v -tx1 | tr -d ' \n')"
    printf 'pieces %s' "${one%???}"; true | cat >&2; printf '%s\n' "${one#"${one%???}"}"
done"#;

fn steps(port: u16) -> String {
    format!(
        r#"
[[phase.step]]
id = "act"
title = "Print them"
run = ["sh", "-c", '''{PRINTS}''', "sh", "{{{{from_env}}}}", "{{{{asked}}}}", "{{{{told}}}}"]

[[phase.step]]
id = "script"
title = "A script that fails until it is mended"
shell = '''
echo "script $from_env $asked $told" >&2
test -e fixture-mended || {{ echo "no: $asked"; exit 3; }}'''

[[phase.step]]
id = "manual"
title = "By hand"
manual = "Turn the key {{{{told}}}}"
record = true

[[phase.step]]
id = "http"
title = "Ask the server"
check.http.url = "http://127.0.0.1:{port}/?token={{{{asked}}}}"
check.http.headers = {{ authorization = "Bearer {{{{asked}}}}" }}
check.http.header = {{ x-echo = "{{{{asked}}}}" }}
check.http.body_contains = "you are {{{{asked}}}}."

[[phase.step]]
id = "command"
title = "Ask a command"
check.command = {{ run = ["printf", "=%s=", "{{{{told}}}}"], stdout_matches = '^={{{{told}}}}=$' }}

[[phase.step]]
id = "file"
title = "Look into a file"
check.file = {{ path = "fixture-file", contains = "<{{{{from_env}}}}>" }}
"#
    )
}

/// A server that tells back what it was sent, until nobody is listening to it any more.
fn server() -> (u16, Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let (tell, heard) = channel();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            if tell.send(serve(stream.unwrap())).is_err() {
                return;
            }
        }
    });
    (port, heard)
}

fn serve(mut stream: TcpStream) -> String {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") && stream.read(&mut byte).unwrap() == 1 {
        head.extend(byte);
    }
    let head = String::from_utf8(head).unwrap();
    let sent = head.lines().find_map(|line| line.strip_prefix("authorization: Bearer "));
    let body = format!("you are {}.", sent.unwrap_or_default());
    let (length, sent) = (body.len(), sent.unwrap_or_default());
    let answer = format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\nx-echo: {sent}\r\n\r\n");
    stream.write_all(format!("{answer}{body}").as_bytes()).unwrap();
    head
}

fn place(port: u16) -> Place {
    let mut place = Place::with(&book(VARIABLES, &steps(port)));
    place.set("HP_SECRET", FROM_ENV);
    place.set("RUST_LOG", "trace");
    place
}

/// A secret as it may stand somewhere.
fn forms(secret: &str) -> Vec<String> {
    let hex: String = secret.bytes().map(|byte| format!("{byte:02x}")).collect();
    let json = serde_json::to_string(secret).unwrap();
    let base64 = |text: &str| {
        let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        let bits: String = text.bytes().map(|byte| format!("{byte:08b}")).collect();
        // Whole groups of six, which depend on nothing behind.
        let sixes = bits.as_bytes().chunks_exact(6);
        let index = |six: &[u8]| six.iter().fold(0, |sum, bit| sum * 2 + usize::from(bit - b'0'));
        sixes.map(|six| char::from(alphabet[index(six)])).collect::<String>()
    };
    // `user:` has five bytes: what stands behind eight characters is of the secret alone.
    let inside = base64(&format!("user:{secret}"))[7..].to_owned();
    vec![secret.to_owned(), json[1..json.len() - 1].to_owned(), hex, base64(secret), inside]
}

fn holds_no_secret(what: &str, bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    for form in SECRETS.iter().flat_map(|secret| forms(secret)) {
        assert!(!text.contains(&form), "{what} holds {form}:\n{text}");
    }
}

/// Every file but those that the test itself made, and there must be these.
fn no_file_holds_a_secret(place: &Place, wanted: &[&str]) {
    let all = place.everything();
    for name in wanted {
        let path = place.path(name);
        assert!(
            all.get(&path).is_some_and(|bytes| !bytes.is_empty()),
            "there is no {name}: {:?}",
            all.keys()
        );
    }
    for (path, bytes) in all {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        holds_no_secret("a name", name.as_bytes());
        if !name.starts_with("fixture") {
            holds_no_secret(&name, &bytes);
        }
    }
}

fn findings(place: &Place, id: &str) -> Vec<Finding> {
    let of = |event: Event| match event {
        Event::Checked { step, findings, .. } if step.as_str() == id => Some(findings),
        _ => None,
    };
    place.entries("j.md").into_iter().filter_map(|entry| of(entry.event)).flatten().collect()
}

/// The titles of a process and of what it started, where the system shows them.
fn titles_hold_no_secret(person: &Person) {
    let Ok(title) = fs::read(format!("/proc/{}/cmdline", person.pid())) else { return };
    // What somebody typed as an argument was shown to everybody before we could do anything.
    let title = String::from_utf8_lossy(&title).replace(&format!("told={TOLD}"), "");
    holds_no_secret("the title", title.as_bytes());
}

fn says_why_not(person: &mut Person) {
    person.sees("Why (Enter");
    person.types("\r");
}

#[test]
fn three_secrets_go_through_a_session_and_reach_no_sink() {
    let (port, heard) = server();
    let place = place(port);
    let told = format!("told={TOLD}");
    let run = ["--log-file", "log", "run", "book.toml", "--journal", "j.md", "--var", &told];
    let mut person = place.sits(&run);
    person.sees("Password for the rehearsal");
    person.types(&format!("{ASKED}\r"));
    person.sees("sh -c");
    person.sees(MARK);
    titles_hold_no_secret(&person);
    person.answers("note");
    person.sees("Text");
    person.types(&format!("the key is {TOLD}, the password {ASKED}\r"));
    person.answers("proceed");
    // What the script said when it failed, then by hand, then a check that fails.
    person.sees("no: [secret]");
    place.write("fixture-mended", "");
    person.answers("retry");
    person.sees("Turn the key [secret]");
    person.answers("done");
    person.sees("What was done");
    person.types(&format!("turned {TOLD}\r"));
    place.write("fixture-file", "<nothing like it>");
    person.sees("contain");
    person.answers("hold");
    says_why_not(&mut person);
    assert_eq!(person.leaves_with(), 4);
    holds_no_secret("the terminal", &typed_by_nobody(&person));
    assert!(heard.recv().unwrap().contains(&format!("Bearer {ASKED}")));

    // A torn end, then the file as it should be; the secrets are asked for again.
    let whole = fs::read(place.path("j.md")).unwrap();
    fs::write(place.path("j.md"), &whole[..whole.len() - 20]).unwrap();
    place.write("fixture-file", format!("<{FROM_ENV}>"));
    let mut person = place.sits(&["--log-file", "log", "resume", "j.md", "--var", &told]);
    person.sees("Password for the rehearsal");
    person.types(&format!("{ASKED}\r"));
    person.answers("retry");
    person.sees("Last gate");
    person.answers("hold");
    says_why_not(&mut person);
    assert_eq!(person.leaves_with(), 4);
    holds_no_secret("the terminal", &typed_by_nobody(&person));

    let torn: Vec<_> = place
        .everything()
        .into_keys()
        .filter(|path| path.to_string_lossy().contains(".torn-"))
        .collect();
    assert_eq!(torn.len(), 1, "{torn:?}");
    no_file_holds_a_secret(&place, &["j.md", "log"]);
    let journal = place.read("j.md");
    for shown in [
        "plain [secret] end",
        "base64 [secret]",
        "hex [secret]",
        "pieces [secret]",
        "script [secret] [secret] [secret]",
        "the key is [secret], the password [secret]",
        "turned [secret]",
    ] {
        assert!(journal.contains(shown), "no `{shown}` in the journal:\n{journal}");
    }
    judged_as_it_was(&place);
}

/// What was shown, without the lines in which the terminal showed what the person typed.
fn typed_by_nobody(person: &Person) -> Vec<u8> {
    let text = String::from_utf8(person.raw()).unwrap();
    let typed = |line: &&str| !line.starts_with("Text (") && !line.starts_with("What was done");
    text.split("\r\n").filter(typed).collect::<Vec<_>>().join("\n").into_bytes()
}

/// Masked against masked gives what open against open would give, today and a year later.
fn judged_as_it_was(place: &Place) {
    let outcome = |id: &str| -> Vec<String> {
        let all = findings(place, id);
        all.iter().map(|one| format!("{:?}", one.verdict.outcome())).collect()
    };
    assert_eq!(outcome("http"), ["Pass"]);
    assert_eq!(outcome("command"), ["Pass"]);
    assert_eq!(outcome("file"), ["Fail", "Pass"]);
    let ran = place.runs(&["verify", "j.md", "--format", "json"]);
    let told: Json = serde_json::from_str(&ran.ends(0, &[]).out).unwrap();
    assert_eq!(told["journals"][0]["judged_same"], 4, "{told}");
    assert_eq!(told["journals"][0]["judged_otherwise"], serde_json::json!([]));
}

#[test]
fn without_a_terminal_and_in_a_dry_run_secrets_reach_no_sink() {
    let (port, _heard) = server();
    let mut place = place(port);
    place.write("fixture-file", format!("<{FROM_ENV}>"));
    let (asked, told) = (format!("asked={ASKED}"), format!("told={TOLD}"));
    let vars = ["--var", &asked, "--var", &told];
    let run = |more: &[&str]| {
        let ran = place.runs(&[&["run", "book.toml"], more, vars.as_slice()].concat());
        holds_no_secret("standard output", ran.out.as_bytes());
        holds_no_secret("standard error", ran.err.as_bytes());
        ran
    };
    // `RUST_LOG=trace` without a log file: standard error holds the log.
    let ran = run(&["--dry-run"]);
    assert!(ran.err.contains("TRACE") || ran.err.contains("INFO"), "{}", ran.err);
    assert!(ran.out.contains("Asked now") || ran.err.contains("Asked now"));
    run(&["--journal", "j.md"]).ends(4, &["sh -c", MARK]);
    run(&["--log-format", "json", "--journal", "k.md", "--new"]);
    no_file_holds_a_secret(&place, &["j.md", "k.md"]);

    // Programs that cannot be started are named in messages.
    let step = "[[phase.step]]\nid = \"act\"\ntitle = \"Nothing\"\nrun = [\"{{asked}}\", \"x\"]\n\
                check.command.run = [\"./{{told}}\"]\n";
    place.write("book.toml", book(VARIABLES, step));
    place.unset("RUST_LOG");
    let mut person = place.sits(&[
        "run",
        "book.toml",
        "--new",
        "--journal",
        "l.md",
        "--var",
        &asked,
        "--var",
        &told,
    ]);
    person.answers("proceed");
    person.sees("[secret]` is not on the PATH");
    person.answers("abort");
    says_why_not(&mut person);
    assert_eq!(person.leaves_with(), 5);
    holds_no_secret("the terminal", &person.raw());
    no_file_holds_a_secret(&place, &["l.md"]);
}

/// A value that nobody may see is in no message about a value.
#[test]
fn messages_about_values_show_no_secret() {
    let variables = "token = { env = \"TOKEN\", secret = true, pattern = '[0-9]+' }";
    let step = "[[phase.step]]\nid = \"act\"\ntitle = \"T\"\nrun = [\"true\", \"{{token}}\"]\n";
    let mut place = Place::with(&book(variables, step));
    place.set("TOKEN", ASKED);
    for wrong in
        [format!("token={ASKED}"), ASKED.to_owned(), format!("Token={ASKED}"), format!("={ASKED}")]
    {
        let ran = place.runs(&["run", "book.toml", "--var", &wrong]);
        ran.ends(2, &["error: "]);
        holds_no_secret("standard error", ran.err.as_bytes());
    }
    let ran = place.runs(&["run", "book.toml"]);
    holds_no_secret(
        "standard error",
        ran.ends(2, &["`token`: its value does not match"]).err.as_bytes(),
    );
}
