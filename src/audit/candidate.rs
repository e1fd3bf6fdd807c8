//! Whether a file is meant to be a runbook, before it is read as one: a folder holds other files.

/// Whether something in it says so: `format = 1`, `[runbook]` or `[[phase]]`.
#[must_use]
pub fn is_meant_as_runbook(bytes: &[u8]) -> bool {
    let mut at_top = true;
    bytes.split(|byte| *byte == b'\n').any(|line| {
        let line = String::from_utf8_lossy(&line[..line.len().min(200)]);
        let plain: String =
            line.chars().filter(|c| !c.is_whitespace() && *c != '\u{feff}').collect();
        let is_format = plain.strip_prefix("format=");
        let says_format =
            at_top && is_format.is_some_and(|it| it.starts_with(|c: char| c.is_ascii_digit()));
        at_top &= !plain.starts_with('[');
        let heads = ["[runbook]", "[[phase]]", "[[phase."];
        says_format
            || heads.iter().any(|head| plain.starts_with(head))
            || (at_top && (plain.starts_with("runbook={") || plain.starts_with("runbook.")))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_runbooks_from_other_files() {
        for text in [
            "format = 1\n",
            "\u{feff}# x\nformat=1",
            "[ runbook ] # it\n",
            "[[phase]]",
            "[[ phase.step ]]\n",
            "runbook = { id = \"x\" }\n",
            "format = 7\r\n[rest",
        ] {
            assert!(is_meant_as_runbook(text.as_bytes()), "{text}");
        }
        for text in [
            "",
            "[package]\nname = \"x\"\nformat = 1\n",
            "format = \"long\"\n",
            "format_strings = true\n",
            "[audit]\ndeny = \"note\"\n",
            "\u{0}\u{1}\n[[bin]]\n",
            "# [runbook]\n",
        ] {
            assert!(!is_meant_as_runbook(text.as_bytes()), "{text}");
        }
        assert!(is_meant_as_runbook(b"\xff\xfe\n[runbook]\n"));
    }
}
