//! Secrets in every form, at every cut.

use super::*;
use proptest::prelude::*;

fn mask(values: &[&str]) -> Mask {
    Mask::new(values.iter().map(|value| ("name", *value))).unwrap()
}

fn in_pieces(mask: &Mask, text: &[u8], size: usize) -> Vec<u8> {
    let mut masking = mask.stream();
    let mut out = Vec::new();
    for piece in text.chunks(size.max(1)) {
        out.extend_from_slice(&masking.push(piece));
    }
    out.extend(masking.finish());
    out
}

#[test]
fn hides_what_it_was_given_and_nothing_else() {
    let mask = mask(&["hunter22"]);
    assert_eq!(mask.mask("user=me password=hunter22;"), "user=me password=[secret];");
    assert_eq!(mask.mask("hunter2 is not it"), "hunter2 is not it");
    assert_eq!(Mask::default().mask("hunter22"), "hunter22");
}

#[test]
fn refuses_what_would_hide_everything() {
    for value in ["", "abc", "  a  ", "abc\n", "äöü"] {
        let error = Mask::new([("token", value)]).unwrap_err();
        assert!(error.name == "token" && error.found < 4, "{value:?}: {error}");
    }
    assert!(Mask::new([("token", "äöüß")]).is_ok());
}

#[test]
fn leaves_nothing_of_secrets_that_overlap() {
    let mask = mask(&["abcdef", "defghi", "hixx"]);
    assert_eq!(mask.mask("(abcdefghixx)"), "([secret])");
    assert_eq!(mask.mask("abcdefabcdef"), "[secret]");
}

#[test]
fn finds_a_secret_inside_a_longer_encoding() {
    let mask = mask(&["hunter22"]);
    for (text, core) in [
        ("aHVudGVyMjI=", "aHVudGVyMj"),
        ("dXNlcjpodW50ZXIyMg==", "odW50ZXIyM"),
        ("YTpodW50ZXIyMjph", "odW50ZXIyM"),
        ("YWI6aHVudGVyMjI6eg==", "aHVudGVyMj"),
        ("YWJjOmh1bnRlcjIyOno=", "h1bnRlcjIy"),
    ] {
        assert!(text.contains(core), "the case itself is wrong: {text}");
        let masked = mask.mask(text);
        assert!(masked.contains(Mask::MARK) && !masked.contains(core), "{text} -> {masked}");
    }
}

#[test]
fn hides_the_lines_of_a_key() {
    let key = "-----BEGIN KEY-----\nMIIEvQIBADANBgkq\nhkiG9w0BAQEFAASC\n-----END KEY-----\n";
    let mask = mask(&[key]);
    assert_eq!(mask.mask("x\nhkiG9w0BAQEFAASC\ny"), "x\n[secret]\ny");
    assert!(!mask.mask(&key.replace('\n', "\r\n")).contains("MIIE"));
}

#[test]
fn shows_no_value_of_its_own() {
    let mask = mask(&["hunter22"]);
    let mut masking = mask.stream();
    masking.push(b"hunter2");
    assert_eq!(format!("{mask:?} {masking:?}"), "Mask(1 secrets) Masking(holds 7 bytes)");
}

proptest! {
    #[test]
    fn does_not_depend_on_how_the_stream_is_cut(text in "[ab=]{0,120}", size in 1usize..40) {
        let mask = mask(&["abab", "bbba", "aaaaaaab"]);
        let whole = mask.mask(&text);
        prop_assert_eq!(in_pieces(&mask, text.as_bytes(), size), whole.as_bytes());
        for value in ["abab", "bbba", "aaaaaaab"] {
            prop_assert!(!whole.contains(value));
        }
    }

    #[test]
    fn holds_back_less_than_the_longest_form(pieces in proptest::collection::vec(".{0,80}", 0..9)) {
        let mask = mask(&["abcdefgh"]);
        let longest = mask.0.as_ref().unwrap().longest;
        let mut masking = mask.stream();
        for piece in pieces {
            masking.push(piece.as_bytes());
            prop_assert!(masking.held.len() < longest);
        }
    }

    #[test]
    fn takes_any_bytes(bytes in any::<Vec<u8>>(), size in 1usize..9) {
        let mask = mask(&["none of these"]);
        prop_assert_eq!(in_pieces(&mask, &bytes, size), bytes);
    }
}
