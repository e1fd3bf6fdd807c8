//! The rows of a session that knows who asks AWS: until that is seen to be the right one, nothing
//! goes on, and no gate is asked but right behind it.

use super::table::{ALWAYS, FRESH, GATE, LOOK, Row};

/// What may be asked, or seen, where it is known who asks; but no gate.
const KNOWN: &str = "asked manual|asked attest|asked failure|asked doubt|asked running|\
                     asked rollback|asked change|identified|identified other|identified unknown";
/// Gates, right behind the look.
const GATES: &str = "asked gate|asked end";
/// What may follow where it is not known.
const SEES: &str = "identified|identified other|identified unknown|asked change";

pub const TABLE: [Row; 22] = [
    ("AWS: opened", "open-aws", &[ALWAYS, KNOWN, FRESH]),
    ("AWS: just seen", "open-aws|identified", &[ALWAYS, KNOWN, GATES, FRESH]),
    ("AWS: seen before a look", "open-aws|identified|checked", &[ALWAYS, KNOWN, LOOK, "start 1"]),
    ("AWS: seen before a note", "open-aws|identified|note", &[ALWAYS, KNOWN, FRESH]),
    ("AWS: another", "open-aws|identified other", &[ALWAYS, SEES, "asked identity"]),
    ("AWS: nobody seen", "open-aws|identified unknown", &[ALWAYS, SEES, "asked identity"]),
    (
        "AWS: another, and asked",
        "open-aws|identified other|asked identity",
        &[ALWAYS, "asked change|identity recheck|identity abort"],
    ),
    (
        "AWS: to be looked at again",
        "open-aws|identified other|asked identity|identity recheck",
        &[ALWAYS, SEES],
    ),
    (
        "AWS: looked at again, and right",
        "open-aws|identified other|asked identity|identity recheck|identified",
        &[ALWAYS, KNOWN, GATES, FRESH],
    ),
    (
        "AWS: another, and ended by a person",
        "open-aws|identified other|asked identity|identity abort",
        &[ALWAYS, "asked change|close aborted"],
    ),
    (
        "AWS: another, held and resumed",
        "open-aws|identified other|asked identity|held|resume",
        &[ALWAYS, SEES],
    ),
    ("AWS: resumed", "open-aws|resume", &[ALWAYS, SEES]),
    ("AWS: resumed, and seen", "open-aws|resume|identified", &[ALWAYS, KNOWN, GATES, FRESH]),
    ("AWS: to be rolled back", "open-aws|requested", &[ALWAYS, SEES]),
    ("AWS: resumed at a gate", "open-aws|identified|asked gate|resume", &[ALWAYS, SEES]),
    (
        "AWS: a gate is asked",
        "open-aws|identified|asked gate",
        &[ALWAYS, "asked change|gate rollback", GATE],
    ),
    ("AWS: entered", "open-aws|identified|asked gate|gate proceed|enter-1", &[ALWAYS, SEES]),
    (
        "AWS: entered, and seen",
        "open-aws|identified|asked gate|gate proceed|enter-1|identified",
        &[ALWAYS, KNOWN, GATES, FRESH, "gate-over 1"],
    ),
    ("AWS: an action runs", "open-aws|start 1", &[ALWAYS, "acted ok|acted bad|acted stopped"]),
    (
        "AWS: rolling back",
        "open-aws|asked rollback|rollback proceed|back",
        &[ALWAYS, SEES, "close not-verified"],
    ),
    // A session that knew nothing of AWS stays with the first one that is right.
    ("AWS: first seen later", "open|identified", &[ALWAYS, KNOWN, GATES, FRESH]),
    (
        "AWS: first seen later, and not right",
        "open|identified other",
        &[ALWAYS, SEES, "identified forged|asked identity"],
    ),
];
