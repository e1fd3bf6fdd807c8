//! What is kept of an output, whatever it is and however it comes.

use super::*;
use proptest::prelude::*;

const SMALL: Limits = Limits { head: 40, tail: 30, line: 100 };

fn collect(pieces: &[&[u8]], limits: Limits) -> Capture {
    let mut collector = Collector::new(limits);
    for piece in pieces {
        collector.push(piece);
    }
    collector.finish()
}

#[test]
fn keeps_a_small_output_whole() {
    let capture = collect(&[b"one\n", b"two\n"], SMALL);
    assert_eq!(capture, Capture::whole("one\ntwo\n"));
    let fits = "x".repeat(70);
    assert_eq!(collect(&[fits.as_bytes()], SMALL), Capture::whole(fits));
}

#[test]
fn keeps_both_ends_and_cuts_between_lines() {
    let text: String =
        (0..100).map(|number| ["line ", &number.to_string(), "\n"].concat()).collect();
    let capture = collect(&[text.as_bytes()], SMALL);
    assert_eq!(capture.head, "line 0\nline 1\nline 2\nline 3\nline 4\n");
    assert_eq!(capture.tail, "line 97\nline 98\nline 99\n");
    assert_eq!(capture.left_out, (text.len() - capture.head.len() - capture.tail.len()) as u64);
    assert_eq!(capture.text(), None);
}

#[test]
fn joins_a_character_that_was_cut_and_shows_what_is_none() {
    assert_eq!(collect(&[b"a\xe2\x82", b"\xacb"], SMALL).head, "a€b");
    assert_eq!(collect(&[b"\xf0\x9f", b"\x98", b"\x80"], SMALL).head, "😀");
    assert_eq!(collect(&[b"a\xff\xe2\x82", b"z\xc3"], SMALL).head, "a\u{fffd}\u{fffd}z\u{fffd}");
}

#[test]
fn cuts_a_line_that_nobody_can_read() {
    let capture = collect(&["é".repeat(12_345).as_bytes(), b"\nnext\n"], Limits::ACTION);
    assert_eq!(capture.head.lines().next().unwrap().chars().count(), 1_952 + 29);
    assert!(capture.head.ends_with("é… [10393 characters left out]\nnext\n"), "{}", capture.head);
    assert_eq!(capture.left_out, 2 * 10_393);
    let longest = "x".repeat(2_000);
    assert_eq!(collect(&[longest.as_bytes()], Limits::ACTION), Capture::whole(longest));
}

#[test]
fn judges_a_long_line_as_it_is_and_writes_it_down_cut() {
    let text = format!("{{\"a\":\"{}\"}}", "x".repeat(100_000));
    let judged = collect(&[text.as_bytes()], Limits::JUDGED);
    assert_eq!(judged.text(), Some(text.as_str()));
    let written = judged.cut_to(Limits::READING);
    assert!(written.head.starts_with("{\"a\":\"xxx") && written.head.len() < 2_010);
    assert_eq!(written.text(), None, "what was cut must not be judged");
}

#[test]
fn stays_small_whatever_comes() {
    let mut collector = Collector::new(Limits::ACTION);
    let piece = vec![b'x'; 64 << 10];
    for _ in 0..2_000 {
        collector.push(&piece);
    }
    collector.push(&b"y\n".repeat(1_000_000));
    let capture = collector.finish();
    assert!(capture.head.len() <= Limits::ACTION.head && capture.tail.len() <= Limits::ACTION.tail);
}

proptest! {
    #[test]
    fn counts_every_byte_and_does_not_depend_on_the_pieces(
        text in "[ab\né€]{0,300}", size in 1usize..50, head in 0usize..60, tail in 0usize..60,
    ) {
        let limits = Limits { head, tail, line: usize::MAX };
        let pieces: Vec<&[u8]> = text.as_bytes().chunks(size).collect();
        let capture = collect(&pieces, limits);
        let kept = capture.head.len() + capture.tail.len();
        prop_assert_eq!(kept as u64 + capture.left_out, text.len() as u64);
        prop_assert!(kept <= head + tail);
        prop_assert!(text.starts_with(&capture.head) && text.ends_with(&capture.tail));
        prop_assert_eq!(capture, collect(&[text.as_bytes()], limits));
    }

    #[test]
    fn never_panics_and_keeps_its_bounds(
        bytes in proptest::collection::vec(
            prop_oneof![Just(b'\n'), Just(0xc3), Just(b'x'), any::<u8>()],
            0..600,
        ),
        size in 1usize..80, head in 0usize..90, tail in 0usize..90, line in 0usize..200,
    ) {
        let limits = Limits { head, tail, line };
        let pieces: Vec<&[u8]> = bytes.chunks(size).collect();
        let capture = collect(&pieces, limits);
        prop_assert!(capture.head.len() + capture.tail.len() <= head + tail);
        prop_assert_eq!(&capture, &collect(&[&bytes], limits));
        let again = capture.clone().cut_to(limits);
        prop_assert!(again.left_out >= capture.left_out);
        if line >= 100 {
            for text in [&capture.head, &capture.tail] {
                prop_assert!(text.lines().all(|text| text.chars().count() <= line));
            }
            if capture.tail.is_empty() || capture.head.len() <= head && capture.tail.len() <= tail {
                prop_assert_eq!(again, capture);
            }
        }
    }
}
