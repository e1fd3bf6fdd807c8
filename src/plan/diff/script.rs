//! Whether two scripts are the same but for comments, blank lines and indentation.

pub(super) fn is_same(old: &str, new: &str) -> bool {
    old.trim() == new.trim() || matches!((lines(old), lines(new)), (Some(a), Some(b)) if a == b)
}

/// The lines that mean something, without what surrounds them; none where blanks may mean
/// something at places that only a shell knows: in here-documents.
fn lines(script: &str) -> Option<Vec<&str>> {
    if script.contains("<<") {
        return None;
    }
    let mut kept = Vec::new();
    // Within quotes, and behind a line that goes on, every blank counts.
    let mut open = None;
    let mut goes_on = false;
    for line in script.lines() {
        let begins_inside = open.is_some() || goes_on;
        let bare = line.trim_start();
        if !begins_inside && (bare.is_empty() || bare.starts_with('#')) {
            continue;
        }
        open = quote_behind(line, open);
        goes_on = open.is_none() && line.ends_with('\\');
        let begun = if begins_inside { line } else { bare };
        kept.push(if open.is_some() || goes_on { begun } else { begun.trim_end() });
    }
    Some(kept)
}

/// The quote that is open behind a line.
fn quote_behind(line: &str, mut open: Option<char>) -> Option<char> {
    let mut before = ' ';
    let mut chars = line.chars();
    while let Some(c) = chars.next() {
        match (open, c) {
            (Some('\''), '\'') | (Some('"'), '"') => open = None,
            (None, '\'' | '"') => open = Some(c),
            (None, '#') if before.is_whitespace() => return None,
            (None | Some('"'), '\\') => drop(chars.next()),
            _ => {}
        }
        before = c;
    }
    open
}

#[cfg(test)]
mod tests {
    use super::is_same;

    #[test]
    fn layout_means_nothing_but_where_it_does() {
        for (old, new, same) in [
            ("a b\n", "  # why\n\n  a b  ", true),
            ("if a; then\nb\nfi", "if a; then\n  b\nfi", true),
            ("a b", "a  b", false),
            ("echo 'x\n# y\n'", "echo 'x\n'", false),
            ("echo \"x\n  y\"", "echo \"x\ny\"", false),
            ("echo it\\'s\n  b", "echo it\\'s\nb", true),
            ("a # don't\n  b", "a # don't\nb", true),
            ("a \\\n  b", "a \\\nb", false),
            ("cat <<E\n x\nE", "cat <<E\nx\nE", false),
            ("a\nb", "a; b", false),
        ] {
            assert_eq!(is_same(old, new), same, "{old:?} and {new:?}");
        }
    }
}
