//! Files that were made to hurt: whatever they hold, reading ends, with places that exist.

use holdpoint::runbook::{Runbook, Style};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use super::document;

/// Reads it, checks every place, draws it, and says which codes came first.
fn survive(bytes: &[u8]) -> Vec<&'static str> {
    let Err(problems) = Runbook::from_bytes("hostile.toml", bytes) else { return Vec::new() };
    assert!(!problems.list.is_empty() && problems.list.len() <= 200);
    let starts: Vec<usize> = problems.list.iter().map(|p| p.labels[0].span.start).collect();
    assert!(starts.is_sorted(), "in the order of the file");
    for label in problems.list.iter().flat_map(|problem| &problem.labels) {
        assert!(
            problems.sheet.text.get(label.span.clone()).is_some(),
            "{:?} points nowhere",
            label.span
        );
    }
    for style in [Style::Plain, Style::Colour] {
        let shown = problems.show(style);
        assert!(!shown.contains("Failed to read contents"), "{shown}");
        let acts = |c: char| c.is_control() && c != '\n' && c != '\x1b';
        assert!(!shown.contains(acts), "{shown:?}");
        assert!(style == Style::Colour || !shown.contains('\x1b'), "{shown:?}");
        assert!(shown.len() < 400_000, "{} bytes", shown.len());
    }
    let json = problems.to_json();
    assert_eq!(json["problems"].as_array().expect("a list").len(), problems.list.len());
    problems.list.iter().map(|problem| problem.code.id()).collect()
}

fn first(bytes: impl AsRef<[u8]>) -> &'static str {
    survive(bytes.as_ref()).first().copied().unwrap_or("none")
}

#[test]
fn files_that_are_no_runbook() {
    assert_eq!(first(b""), "HP011");
    assert_eq!(first(b"\xff\xfef\0o\0"), "HP002");
    assert_eq!(first(b"format = 1\n\xc3"), "HP002");
    assert_eq!(first(b"\xef\xbb\xbfformat = 1"), "HP003");
    assert_eq!(first(b"format = 1\0\0"), "HP004");
    assert_eq!(first(vec![b'#'; (1 << 20) + 1]), "HP001");
    assert_eq!(first(vec![b'#'; 1 << 20]), "HP011");
    assert_eq!(first("\x1b[2J\u{202e}evil = 1"), "HP005");
}

#[test]
fn bombs() {
    let full = |piece: &str| piece.repeat(((1 << 20) - 100) / piece.len());
    let good = document("tests/cases/problems/none.toml");
    assert_eq!(first(format!("a = {}", full("["))), "HP007");
    assert_eq!(first(format!("a = {}", "[".repeat(100_000))), "HP006");
    assert_eq!(first(format!("a = {}{}", "[".repeat(17), "]".repeat(17))), "HP006");
    assert_eq!(first(format!("a = {}{}", "[".repeat(50_000), "]".repeat(50_000))), "HP006");
    assert_eq!(first(format!("a = {}", full("{a="))), "HP007");
    assert_eq!(first(format!("a = [{}]", full("1,"))), "HP007");
    assert_eq!(first(full("[[phase]]\n")), "HP007");
    assert_eq!(first("[[phase]]\n".repeat(15_000)), "HP011");
    assert_eq!(first(full("a.")), "HP007");
    assert_eq!(first(format!("{}a = 1", "a.".repeat(40_000))), "HP006");
    assert_eq!(first("a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a = 1"), "HP006");
    assert_eq!(first(format!("{} = 1", full("a"))), "HP010");
    assert_eq!(first("a = 1\n".repeat(15_000)), "HP005");
    assert_eq!(first(full("\"\"\"\n")), "HP007");
    let many = numbered(15_000, |n| format!("k{n} = 1\n"));
    assert_eq!(first(&many), "HP010");
    let variables = numbered(20_000, |n| format!("{{{{v{n}}}}}"));
    assert_eq!(first(good.replace("{{version}}", &variables)), "HP070");
    let long = format!("title = \"{}\"", full("x").split_at(900_000).0);
    assert_eq!(
        first(good.replace("title = \"Deploy the shop\"", &format!("{long}\nx = 1"))),
        "HP010"
    );
}

#[test]
fn patterns_that_explode() {
    let good = document("tests/cases/problems/none.toml");
    let with = |pattern: &str| {
        good.replacen(r"pattern = '\d+\.\d+\.\d+'", &format!("pattern = '{pattern}'"), 1)
    };
    assert_eq!(first(with(r"(\pL{1000}){1000}")), "HP020");
    assert_eq!(first(with(&"(".repeat(900))), "HP020");
    assert_eq!(first(with(&"a".repeat(1001))), "HP020");
    let variables =
        numbered(3_000, |n| format!("v{n} = {{ env = \"A\", pattern = '\\pL{{{n}}}' }}\n"));
    assert_eq!(first(good.replacen("[vars]", &format!("[vars]\n{variables}"), 1)), "HP020");
}

#[test]
fn more_steps_than_allowed() {
    let good = document("tests/cases/problems/none.toml");
    let steps = |count: usize| -> String {
        let step = |n| format!("[[rollback.step]]\nid = \"s{n}\"\ntitle = \"t\"\nwait = \"1s\"\n");
        (0..count).map(step).collect()
    };
    assert_eq!(first(format!("{good}{}", steps(489))), "none");
    assert_eq!(first(format!("{good}{}", steps(490))), "HP008");
}

fn numbered(count: usize, piece: impl Fn(usize) -> String) -> String {
    (0..count).map(piece).collect::<Vec<_>>().concat()
}

/// A change of one place: bytes cut, doubled, moved, or replaced by a piece that means something.
fn mutated(good: &str, at: usize, length: usize, piece: &str, how: u8) -> Vec<u8> {
    let bytes = good.as_bytes();
    let at = at % bytes.len();
    let end = (at + length).min(bytes.len());
    let mut text = bytes[..at].to_vec();
    match how % 5 {
        0 => {}
        1 => text.extend_from_slice(&bytes[at..end].repeat(2)),
        2 => text.extend_from_slice(piece.as_bytes()),
        3 => text.extend(bytes[at..end].iter().rev()),
        _ => {
            text.extend_from_slice(piece.as_bytes());
            text.extend_from_slice(&bytes[at..end]);
        }
    }
    text.extend_from_slice(&bytes[end..]);
    text
}

#[test]
fn five_thousand_mutated_runbooks() {
    const PIECES: [&str; 20] = [
        "\n",
        "\"",
        "'''",
        "[[phase]]\n",
        "[phase.gate]\n",
        " = ",
        "{{",
        "}}",
        "{",
        "]",
        "\u{202e}",
        "\x1b",
        "é",
        "1e999",
        "1979-05-27T07:32:00Z",
        "\r\n",
        "nan",
        "[[phase.exit]]\n",
        "name = \"Monitoring Setup\"\n",
        "check.port = 1\n",
    ];
    let good = document("tests/cases/problems/none.toml");
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[7; 32]);
    let config = Config { cases: 5_000, failure_persistence: None, ..Config::default() };
    let change = (any::<usize>(), 0..200_usize, prop::sample::select(&PIECES[..]), any::<u8>());
    let changes = prop::collection::vec(change, 1..4);
    let result = TestRunner::new_with_rng(config, rng).run(&changes, |changes| {
        let mut bytes = good.clone().into_bytes();
        for (at, length, piece, how) in changes {
            let text = String::from_utf8_lossy(&bytes).into_owned();
            bytes = mutated(&text, at, length, piece, how);
        }
        survive(&bytes);
        Ok(())
    });
    result.unwrap();
}
