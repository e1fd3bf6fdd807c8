//! The table: each state by the events that lead there, and what may follow. Written from the
//! rules, one row after the other; what is not in a row is refused.

/// What may follow anywhere before the end, and whatever waits.
pub(super) const ALWAYS: &str = "resume|requested|recover|held|note";
/// What may be asked where nothing runs and nothing is asked.
const ASK: &str = "asked gate|asked end|asked manual|asked attest|asked failure|asked doubt|\
                   asked running|asked rollback|asked change|identified|identified other|\
                   identified unknown|identified forged";
/// Looks at a step whose action is not known to have happened.
pub(super) const LOOK: &str = "checked|checked bad|checked unknown";
/// Work on a step that nothing has happened to.
pub(super) const FRESH: &str = "start 1|checked|checked bad|checked unknown|sampled 1|stepskip";
/// A step failed by itself, and nobody has said anything about that yet.
const POLICY: &str = "policy stop|policy rollback|policy continue";
/// The same while the session is being rolled back.
const POLICY_BACK: &str = "policy stop|policy continue";
/// What answers a question to a gate, to be asked anew, or to end.
pub(super) const GATE: &str = "gate proceed|gate hold|gate recheck|gate abort";
/// What answers a failure, whatever else goes on.
const FAILURE: &str = "failure retry|failure rerun|failure done|failure waive|failure abort";

/// A state, by the events that lead there, and what may follow.
pub(super) type Row = (&'static str, &'static str, &'static [&'static str]);

pub const TABLE: [Row; 61] = [
    ("nothing", "", &["open|open-aws"]),
    ("open", "open", &[ALWAYS, ASK, FRESH]),
    ("a gate is asked", "open|asked gate", &[ALWAYS, "asked change|gate rollback", GATE]),
    ("released", "open|asked gate|gate proceed", &[ALWAYS, ASK, FRESH, "enter-1"]),
    ("released past a phase", "open|asked gate-2|gate-2 proceed", &[ALWAYS, ASK, FRESH, "skip-1"]),
    (
        "gone past a phase",
        "open|asked gate-2|gate-2 proceed|skip-1",
        &[ALWAYS, ASK, FRESH, "enter-2"],
    ),
    ("released and resumed", "open|asked gate|gate proceed|resume", &[ALWAYS, ASK, FRESH]),
    ("to be looked at again", "open|asked gate|gate recheck", &[ALWAYS, ASK, FRESH]),
    // Entered: the gate behind can expire, once, until the first action of the phase.
    ("entered", "open|asked gate|gate proceed|enter-1", &[ALWAYS, ASK, FRESH, "gate-over 1"]),
    (
        "entered and looked",
        "open|asked gate|gate proceed|enter-1|checked",
        &[ALWAYS, ASK, LOOK, "start 1|gate-over 1"],
    ),
    (
        "entered and started",
        "open|asked gate|gate proceed|enter-1|start 1|acted ok",
        &[ALWAYS, ASK, LOOK],
    ),
    (
        "entered, the gate has expired",
        "open|asked gate|gate proceed|enter-1|gate-over 1",
        &[ALWAYS, ASK, FRESH],
    ),
    (
        "entered, expired and resumed",
        "open|asked gate|gate proceed|enter-1|gate-over 1|resume",
        &[ALWAYS, ASK, FRESH, "gate-over 1"],
    ),
    (
        "the gate that expired is asked anew",
        "open|asked gate|gate proceed|enter-1|gate-over 1|asked gate",
        &[ALWAYS, "asked change|gate rollback", GATE],
    ),
    // An action.
    ("an action runs", "open|start 1", &[ALWAYS, "acted ok|acted bad|acted stopped"]),
    ("an action ended well", "open|start 1|acted ok", &[ALWAYS, ASK, LOOK]),
    ("an action ended badly", "open|start 1|acted bad", &[ALWAYS, ASK, POLICY, "start 2"]),
    ("an action was interrupted", "open|start 1|acted stopped", &[ALWAYS, ASK, "start 2"]),
    (
        "an action and then a check failed",
        "open|start 1|acted ok|checked bad",
        &[ALWAYS, ASK, POLICY, LOOK],
    ),
    ("in doubt", "open|start 1|resume", &[ALWAYS, ASK, "start 2|probed"]),
    ("in doubt, probed", "open|start 1|resume|probed", &[ALWAYS, ASK, "start 2|probed"]),
    (
        "doubt is asked",
        "open|start 1|resume|asked doubt",
        &[ALWAYS, "asked change|doubt done|doubt rerun"],
    ),
    ("it was done", "open|start 1|resume|asked doubt|doubt done", &[ALWAYS, ASK, LOOK]),
    (
        "it is to be run again",
        "open|start 1|resume|asked doubt|doubt rerun",
        &[ALWAYS, ASK, LOOK, "start 2"],
    ),
    (
        "something runs is asked",
        "open|start 1|resume|asked running",
        &[ALWAYS, "asked change|running wait|running stop|running leave"],
    ),
    (
        "what runs is left alone",
        "open|start 1|resume|asked running|running leave",
        &[ALWAYS, ASK, "start 2|probed"],
    ),
    // By hand, and words.
    (
        "by hand is asked",
        "open|asked manual",
        &[ALWAYS, "asked change|manual done|manual failed|manual hold"],
    ),
    ("by hand it failed", "open|asked manual|manual failed", &[ALWAYS, ASK, POLICY, "start 1"]),
    ("a word is asked", "open|asked attest", &[ALWAYS, "asked change|attest confirm|attest deny"]),
    ("a step is skipped", "open|stepskip", &[ALWAYS, ASK, LOOK, "start 1|sampled 1"]),
    // Failures, what the runbook says of them, and what a person does.
    ("a check passed", "open|checked", &[ALWAYS, ASK, LOOK, "start 1"]),
    ("a check failed", "open|checked bad", &[ALWAYS, ASK, LOOK, POLICY, "start 1"]),
    ("a check told nothing", "open|checked unknown", &[ALWAYS, ASK, LOOK, POLICY, "start 1"]),
    (
        "a failure is asked",
        "open|checked bad|asked failure",
        &[ALWAYS, FAILURE, "asked change|failure rollback"],
    ),
    (
        "a failure is to be tried again",
        "open|checked bad|asked failure|failure retry",
        &[ALWAYS, ASK, LOOK, "start 1|sampled 1"],
    ),
    ("a failure stops", "open|checked bad|policy stop", &[ALWAYS, "asked change|close failed"]),
    (
        "a failure is passed over",
        "open|checked bad|policy continue",
        &[ALWAYS, ASK, LOOK, "start 1"],
    ),
    (
        "a failure wants to go back",
        "open|checked bad|policy rollback",
        &[ALWAYS, ASK, LOOK, "start 1"],
    ),
    // A waiver.
    (
        "waived",
        "open|checked bad|asked failure|failure waive",
        &[ALWAYS, ASK, LOOK, "start 1|waiver-over"],
    ),
    (
        "waived, and a gate is asked",
        "open|checked bad|asked failure|failure waive|asked gate",
        &[ALWAYS, GATE, "asked change|gate rollback|waiver-over"],
    ),
    (
        "waived, and the waiver ended at the gate",
        "open|checked bad|asked failure|failure waive|asked gate|waiver-over",
        &[ALWAYS, ASK, LOOK, "start 1"],
    ),
    (
        "waived, and the waiver ended behind a yes",
        "open|checked bad|asked failure|failure waive|asked gate|gate proceed|waiver-over",
        &[ALWAYS, ASK, LOOK, "start 1"],
    ),
    (
        "waived and held",
        "open|checked bad|asked failure|failure waive|held",
        &["resume|requested|recover|note"],
    ),
    // A window of two samples.
    (
        "a window is observed",
        "open|sampled 1",
        &[ALWAYS, ASK, LOOK, "start 1|sampled 1 gap|sampled 2 gap"],
    ),
    (
        "a window is observed by the next process",
        "open|sampled 1|resume",
        &[ALWAYS, ASK, LOOK, "start 1|sampled 1 gap|sampled 2 gap"],
    ),
    (
        "a window was begun anew",
        "open|sampled 1|sampled 1 gap",
        &[ALWAYS, ASK, LOOK, "start 1|sampled 1 gap|sampled 2 gap"],
    ),
    ("a window is over", "open|sampled 1|sampled 2 gap", &[ALWAYS, ASK, LOOK, "start 1"]),
    ("a window failed", "open|sampled 1 bad", &[ALWAYS, ASK, LOOK, POLICY, "start 1"]),
    (
        "a window is to be observed again",
        "open|sampled 1 bad|asked failure|failure retry",
        &[ALWAYS, ASK, LOOK, "start 1|sampled 1"],
    ),
    // Rolling back.
    (
        "rolling back is asked",
        "open|asked rollback",
        &[ALWAYS, "asked change|rollback proceed|rollback criterion|rollback deny"],
    ),
    ("rolling back is wanted", "open|asked gate|gate rollback", &[ALWAYS, ASK, FRESH]),
    (
        "rolling back has its yes",
        "open|asked rollback|rollback criterion",
        &[ALWAYS, ASK, FRESH, "back"],
    ),
    (
        "the yes was another process's",
        "open|asked rollback|rollback proceed|resume",
        &[ALWAYS, ASK, FRESH],
    ),
    (
        "rolling back",
        "open|asked rollback|rollback proceed|back",
        &[ALWAYS, ASK, FRESH, "close not-verified"],
    ),
    (
        "rolling back, a check passed, another failed",
        "open|asked rollback|rollback proceed|back|checked|checked bad",
        &[ALWAYS, ASK, LOOK, POLICY_BACK, "start 1|close verified|close not-verified"],
    ),
    (
        "rolling back, in doubt is asked",
        "open|start 1|requested|asked rollback|rollback proceed|back|asked doubt",
        &[ALWAYS, "asked change|doubt done|doubt never|doubt rerun"],
    ),
    (
        "broken off",
        "open|asked rollback|rollback proceed|back|asked failure|failure abort",
        &[ALWAYS, "asked change|close broken-off"],
    ),
    // Ends.
    ("a change is accepted", "open|asked change|change accept", &[ALWAYS, ASK, FRESH, "change"]),
    ("ended by a person", "open|asked gate|gate abort", &[ALWAYS, "asked change|close aborted"]),
    ("held", "open|asked gate|gate hold", &["resume|requested|recover|note"]),
    ("closed", "open|asked gate|gate abort|close aborted", &["requested|recover|note"]),
];
