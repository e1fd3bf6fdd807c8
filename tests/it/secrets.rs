//! Secrets in the forms that programs print them in, cut wherever a read may cut them: none is
//! kept, and none is heard.

use std::cell::RefCell;

use holdpoint::engine::{Actor, Stopper, Work};
use holdpoint::host::process::Commands;
use holdpoint::text::{Collector, Limits, Mask};
use holdpoint::value::Span;

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// 40 values of the kinds that people have: tokens, passwords with every sign, keys, sentences.
fn canaries() -> Vec<String> {
    let tails = ["", "+/=", "'\"\\$`", " two words", "ß€😀", "<&>", "%41%", "-_.~"];
    (0..40_usize)
        .map(|number| {
            // Far apart, so that no value is part of another.
            let start = (number as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
            let length = [4, 7, 8, 12, 16][number % 5];
            format!("{}{}", &format!("{start:016x}")[..length], tails[number % 8])
        })
        .collect()
}

/// Base64 written bit by bit, unlike the program's own.
fn base64(bytes: &[u8]) -> String {
    let bits: Vec<String> = bytes.iter().map(|byte| format!("{byte:08b}")).collect();
    let mut bits = bits.concat();
    bits.push_str(&"0".repeat(bits.len().next_multiple_of(6) - bits.len()));
    let six = |at: usize| usize::from_str_radix(&bits[at..at + 6], 2).unwrap();
    (0..bits.len()).step_by(6).map(|at| char::from(ALPHABET[six(at)])).collect()
}

/// What is printed, and what of it must not be seen.
fn forms(value: &str) -> Vec<(String, String)> {
    let url: String = value
        .bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                char::from(byte).to_string()
            }
            _ => format!("%{byte:02X}"),
        })
        .collect();
    let json = serde_json::to_string(value).unwrap();
    let json = json[1..json.len() - 1].to_owned();
    let mut forms = vec![value.to_owned(), url, json];
    forms.dedup();
    let mut forms: Vec<_> = forms.into_iter().map(|form| (form.clone(), form)).collect();
    for shift in 0..3 {
        let text = [&b"xy"[..shift], value.as_bytes(), b"zzz"].concat();
        let text = base64(&text);
        // Six bits in a character, eight in a byte: from the first that is whole to the last.
        let whole = (8 * shift).div_ceil(6)..8 * (shift + value.len()) / 6;
        let core = text[whole].to_owned();
        forms.push((text, core));
    }
    forms
}

fn mask() -> Mask {
    Mask::new(canaries().into_iter().map(|value| ("canary", value))).unwrap()
}

#[test]
fn hides_every_form_at_every_cut() {
    let mask = mask();
    let mut cases = 0;
    for (form, core) in canaries().iter().flat_map(|value| forms(value)) {
        let text = format!("password={form};");
        for cut in 0..=text.len() {
            let mut masking = mask.stream();
            let mut collector = Collector::new(Limits::ACTION);
            let (first, last) = text.as_bytes().split_at(cut);
            collector.push(&masking.push(first));
            collector.push(&masking.push(last));
            collector.push(&masking.finish());
            let shown = collector.finish();
            let shown = shown.text().unwrap();
            assert!(!shown.contains(&core), "`{form}` cut at {cut}: {shown}");
            assert!(shown.starts_with("password=") && shown.contains(Mask::MARK), "{shown}");
            if core == form {
                assert_eq!(shown, "password=[secret];");
            }
            cases += 1;
        }
    }
    assert!(cases > 5_000, "{cases}");
}

#[test]
fn hides_what_a_process_prints_in_two_writes() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let commands = Commands::new("s".parse().unwrap(), "/".into(), mask());
    for value in canaries() {
        let script =
            "while [ $# -gt 1 ]; do printf %s \"$1\"; printf '%s\\n' \"$2\" >&2; shift 2; done";
        let mut argv = ["/bin/sh", "-c", script, "sh"].map(str::to_owned).to_vec();
        let forms = forms(&value);
        for (form, _) in &forms {
            let half = form.floor_char_boundary(form.len() / 2);
            argv.extend([form[..half].to_owned(), form[half..].to_owned()]);
        }
        let work = Work {
            step: "print".parse().unwrap(),
            does: "print".to_owned(),
            argv,
            environment: Vec::new(),
            timeout: Span::from_secs(60),
            leaves_running: false,
        };
        let heard = RefCell::new(String::new());
        let hear = |line: &str| heard.borrow_mut().push_str(line);
        let acted = runtime.block_on(commands.act(&work, &Stopper::new().1, &hear));
        let kept = acted.output.text().unwrap().to_owned();
        assert_eq!(kept.matches(Mask::MARK).count(), forms.len(), "{kept}");
        for (form, core) in forms {
            assert!(!kept.contains(&core) && !heard.borrow().contains(&core), "{form}: {kept}");
        }
    }
}

#[test]
fn leaves_other_text_alone() {
    let mask = mask();
    let line = |at: u64| format!("{at} GET /orders/{:x} 200 in {} ms", at * 7_919, at % 97);
    let text = (0..20_000).map(line).collect::<Vec<_>>().join("\n");
    let changed = text.lines().filter(|line| mask.mask(line) != **line).count();
    assert!(changed <= 20, "{changed} of 20,000 lines");
}
