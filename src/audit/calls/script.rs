//! What is known of a script besides what it calls.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::parser::Parser;
use super::spots::Spots;
use super::{Call, Word};

/// Scripts longer than this are not read: nobody wrote them.
const LONGEST: usize = 256 * 1024;

/// Which shell reads a script.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// `/bin/sh`: what POSIX says, and `local`.
    Sh,
    /// `bash`.
    Bash,
    /// Another one, of which less is known.
    Other,
}

/// A script.
#[derive(Clone, Debug)]
pub struct Script {
    /// All of it.
    pub text: String,
    /// The shell.
    pub dialect: Dialect,
    /// Where a shell would stop reading it, and why; the first comes first.
    pub faults: Vec<Fault>,
    /// Whether all of it was read: it is neither huge nor nested without end.
    pub is_whole: bool,
    /// What only some shells know.
    pub features: Vec<Feature>,
    /// Where variables are read.
    pub uses: Vec<Use>,
    /// Where variables are set.
    pub assigns: Vec<Assign>,
    /// The functions it defines.
    pub functions: BTreeSet<String>,
    /// The first of the calls after which a failure ends it: `set -e`.
    pub exits_from: Option<usize>,
    /// Whether a variable that is not set ends it: `set -u`.
    pub stops_at_unset: bool,
    /// Whether a failure before a pipe counts: `set -o pipefail`.
    pub is_pipefail: bool,
    /// What in it is no command: comments, and the texts of here-documents. In the runbook.
    pub asides: Vec<Range<usize>>,
    /// Which of the settings are of a name.
    by_name: BTreeMap<String, Vec<usize>>,
    spots: Spots,
}

/// Why a shell would not run a script.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Where.
    pub place: Range<usize>,
    /// What is wrong.
    pub message: String,
}

/// Something that only some shells know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Feature {
    /// Where.
    pub place: Range<usize>,
    /// What: `[[ … ]]`.
    pub what: &'static str,
}

/// What a variable is read for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Slot {
    /// It names the program.
    Program,
    /// It is an argument, or part of one.
    Argument,
    /// It is only printed: an argument of `echo`.
    Said,
    /// It is what a variable is set to.
    Assigned,
    /// It names the file of a redirection.
    Target,
    /// `case` compares it, or compares with it.
    Case,
    /// It is in the list of `for`.
    Loop,
    /// It stands between `[[` and `]]`.
    Test,
    /// It is part of a here-document.
    Here,
    /// It is part of a sum.
    Sum,
    /// It stands in the braces of another: `${x:-$y}`.
    Inner,
}

/// One reading of a variable.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub struct Use {
    /// Its name, or the one character of `$?` and its like.
    pub name: String,
    /// Where, with `$` and braces.
    pub place: Range<usize>,
    /// Whether it stands in quotes.
    pub is_quoted: bool,
    /// Whether the braces say what happens where it is not set: `${x:-y}`, `${x:?y}`, `${x+y}`.
    pub has_default: bool,
    /// Whether the braces give something else in its place: `${x:+y}`.
    pub is_replaced: bool,
    /// Whether it stands in a function.
    pub in_function: bool,
    /// What for.
    pub slot: Slot,
    /// How many substitutions and functions stand around it.
    pub(super) level: u32,
}

/// One setting of a variable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assign {
    /// Its name.
    pub name: String,
    /// Where.
    pub place: Range<usize>,
    /// What to, if that is written here.
    pub value: Option<Word>,
    /// Whether it is set for one call alone.
    pub for_call: bool,
    /// Whether programs that are called see it: `export`.
    pub is_exported: bool,
}

impl Script {
    pub(super) fn new(text: &str, dialect: Dialect, spots: Spots) -> Self {
        Self {
            text: text.to_owned(),
            dialect,
            faults: Vec::new(),
            is_whole: true,
            features: Vec::new(),
            uses: Vec::new(),
            assigns: Vec::new(),
            functions: BTreeSet::new(),
            exits_from: None,
            stops_at_unset: false,
            is_pipefail: false,
            asides: Vec::new(),
            by_name: BTreeMap::new(),
            spots,
        }
    }

    /// Where a part of the script stands in the runbook.
    #[must_use]
    pub fn place(&self, part: &Range<usize>) -> Range<usize> {
        self.spots.place(part)
    }

    /// Where this variable is set for what comes behind, not for one call alone.
    pub fn sets_of(&self, name: &str) -> impl Iterator<Item = &Assign> {
        let all = self.by_name.get(name).into_iter().flatten();
        all.filter_map(|at| self.assigns.get(*at)).filter(|set| !set.for_call)
    }

    /// How a `"` is written in this script; none where nobody knows what stands where.
    #[must_use]
    pub fn quote(&self) -> Option<&'static str> {
        self.spots.quote()
    }
}

/// Reads a script: what it calls, in the order written, and what else is known of it.
pub(super) fn read(text: &str, spots: &Spots, dialect: Dialect) -> (Vec<Call>, Script) {
    let mut script = Script::new(text, dialect, spots.clone());
    if text.len() > LONGEST {
        script.is_whole = false;
        return (Vec::new(), script);
    }
    let (calls, mut script) = Parser::new(text, script).run();
    for (at, set) in script.assigns.iter().enumerate() {
        script.by_name.entry(set.name.clone()).or_default().push(at);
    }
    (calls, script)
}
