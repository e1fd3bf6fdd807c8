//! Did you mean …?

/// The word nearest to what was written, if one is near enough to be meant.
pub(in super::super) fn nearest<'a>(
    written: &str,
    words: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    const LONGEST: usize = 64;
    if written.len() > LONGEST {
        return None;
    }
    let plain = |text: &str| text.to_lowercase().replace(['-', ' '], "_");
    let wanted = plain(written);
    let near = |word: &'a str| {
        let distance = strsim::osa_distance(&wanted, &plain(word));
        (distance <= 1.max(word.len().min(wanted.len()) / 3)).then_some((distance, word))
    };
    // Of equals the first by name: some lists come in no order.
    words.into_iter().filter_map(near).min().map(|(_, word)| word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn suggests_what_is_near_and_nothing_else() {
        let words = ["title", "timeout", "run", "check", "leaves_running"];
        for (written, wanted) in [
            ("tilte", Some("title")),
            ("Title", Some("title")),
            ("rnu", Some("run")),
            ("leaves-running", Some("leaves_running")),
            ("chek", Some("check")),
            ("colour", None),
            ("", None),
        ] {
            assert_eq!(nearest(written, words), wanted, "{written}");
        }
    }
}
