//! THE TABLE of problem codes: what each means, and how it is mended. `docs/problems.md` has a
//! section for each row, and a test that says so.

use std::fmt;

use serde::Serialize;

/// Builds the [`Code`] enum and the [`PROBLEMS`] table from the rows.
macro_rules! problems {
    ($($name:ident $code:literal $label:literal: $meaning:literal => $help:literal;)+) => {
        /// Which fault it is. Codes are never given a second meaning.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code {
            $(#[doc = concat!($code, ": ", $meaning)] $name,)+
        }

        /// Every code, what it means in one line, and how to mend it.
        pub const PROBLEMS: &[(&str, &str, &str)] = &[$(($code, $meaning, $help),)+];

        impl Code {
            /// What is said of the place where nothing better is known.
            pub(super) fn label(self) -> &'static str {
                match self { $(Self::$name => $label,)+ }
            }
        }
    };
}

problems! {
    // the file
    TooLarge "HP001" "too large": "the file is larger than 1 MiB" => "keep data and long scripts in files of their own and call them from the runbook";
    NotUtf8 "HP002" "not UTF-8": "the file is not UTF-8 text" => "save the file as UTF-8";
    ByteOrderMark "HP003" "byte order mark": "the file begins with a byte order mark" => "save the file as UTF-8 without a byte order mark";
    Nul "HP004" "NUL": "the file holds a NUL character" => "remove the character; if the file is UTF-16, save it as UTF-8";
    Syntax "HP005" "here": "the text is not TOML" => "write it as TOML 1.0 says: https://toml.io";
    TooDeep "HP006" "too deep": "values are nested more than 16 deep" => "write it flatter: no key of a runbook needs more than 10 levels";
    TooMany "HP007" "": "the file has too many pieces" => "split the runbook: a person has to read it, and so must a gate";
    TooManySteps "HP008" "one step too many": "the runbook has more than 500 steps" => "put what belongs together into one script, or split the runbook";
    Format "HP009" "this format": "the file is written in a format that this program does not read" => "write `format = 1`, or use a newer holdpoint";
    // the shape
    UnknownKey "HP010" "unknown key": "there is no such key here" => "see docs/format.md for the keys that stand here";
    MissingKey "HP011" "here": "a key is missing" => "add the key";
    WrongType "HP012" "wrong type": "a value has the wrong type" => "write a value of the type that is wanted";
    NotAChoice "HP013" "not one of them": "a value is none of those that may stand here" => "write one of the values that may stand here";
    Empty "HP014" "empty": "a value is empty" => "write something, or leave the key out";
    OutOfRange "HP015" "out of range": "a number, or how many there are, is out of range" => "write a number within the range";
    NotAName "HP016" "not a name": "a text is not a name" => "use 1 to 64 of a-z, 0-9, `.`, `_` and `-`, beginning with a letter or digit";
    NotASpan "HP017" "not a length of time": "a text is not a length of time, or is no time at all" => "write it like `90s`, `10m` or `1h 30m`";
    NotAVariableName "HP018" "not a variable's name": "a variable has a name that it cannot have" => "use 1 to 64 of a-z, 0-9 and `_`, beginning with a letter, and none of http_proxy, https_proxy, ftp_proxy, no_proxy, all_proxy";
    ControlCharacter "HP019" "in this text": "a text holds characters that do not show" => "remove the characters; write a text for people on one line";
    BadPattern "HP020" "not a pattern": "a pattern cannot be used" => "write it in the syntax of https://docs.rs/regex, which has no look-around and no back-references";
    BadJsonPath "HP021" "not a JSON path": "a text is not a JSON path" => "write it as RFC 9535 says: `$.status`, `$.items[0].name`";
    BadTemplate "HP022" "not a variable": "`{{` is not followed by a variable's name and `}}`" => "write `{{name}}`";
    NoTemplateHere "HP023" "not filled in": "`{{` stands where no variable is filled in" => "variables are filled in `run`, `manual`, `attest` and checks only";
    NotThePattern "HP024" "does not match": "a text does not have the form that is wanted" => "write it in the form that is wanted";
    Unreadable "HP025" "here": "a value cannot be read" => "write it as docs/format.md shows";
    // the phases
    PhaseMissing "HP030" "missing": "a phase is missing" => "write all eight; one that does not apply says why: `skip = \"no infrastructure of its own\"`";
    PhaseUnknown "HP031" "no such phase": "there is no phase of this name" => "the phases are: Pre-Deployment Analysis, Environment Preparation, Infrastructure Deployment, Application Deployment, Validation & Testing, Monitoring Setup, Rollback Preparation, Post-Deployment";
    PhaseOrder "HP032" "too late": "phases are out of order" => "write the phases in their order; it is the same in every runbook";
    PhaseTwice "HP033" "again": "a phase stands in the file twice" => "put both into one";
    PhaseEmpty "HP034" "nothing to do": "a phase has neither steps nor a reason to be skipped" => "give it steps, or say why it does not apply: `skip = \"…\"`";
    PhaseSkippedAndFilled "HP035" "skipped": "a skipped phase has steps or exit criteria" => "remove `skip`, or remove the steps and criteria";
    PhaseWithoutCriteria "HP036" "no exit criteria": "a phase has no exit criteria" => "say what must hold before it is left: `[[phase.exit]]` with `criterion` and `proven_by`, `check` or `attest`";
    // the steps
    IdTwice "HP040" "again": "two steps have the same id" => "give each step an id of its own";
    IdReserved "HP041" "reserved": "ids that begin with `exit.`, `prerequisite.`, `undo.`, `before.` or `after.` are the program's own" => "begin the id with something else";
    NeedsUnknown "HP042" "no such step": "a step needs a step that does not exist" => "name a step's `id`";
    NeedsLater "HP043" "not before this step": "a step needs itself or a step that comes later" => "need a step that comes earlier, or move the step";
    StepEmpty "HP044" "nothing to do": "a step has neither an action nor a check" => "give it one of run, shell, manual, wait and observe, or a check";
    ActionTwice "HP045" "another action": "a step has more than one action" => "make a step of each";
    CheckAndChecks "HP046" "here too": "a step has both `check` and `checks`" => "put all of them into `checks = [ … ]`";
    CheckKinds "HP047" "this check": "a check says nothing, or more than one thing" => "a check is of exactly one kind; write `checks = [{ … }, { … }]` for several";
    CheckFlaw "HP048" "this check": "a check can never tell anything" => "say what is wanted";
    OutOfPlace "HP049" "has no meaning here": "a key has no meaning where it stands" => "remove it";
    UntilTooShort "HP050" "longer than `within`": "a check would be asked only once: `every` is longer than `within`" => "make `every` shorter or `within` longer";
    ShellTemplate "HP051" "not filled in": "a script has `{{` in it" => "a script finds each variable in its environment: write `\"$name\"`";
    SinceUnknown "HP052" "this check": "a check looks back to a step that does not exist" => "name a step's `id` in `since`; no variable is filled in there";
    SinceLater "HP053" "this check": "a check looks back to a step that comes later" => "name this step or an earlier one in `since`";
    // the criteria
    ProofCount "HP055" "this criterion": "a criterion is proven in no way, or in more than one" => "give it exactly one of `proven_by = [\"step\"]`, `check.KIND = { … }` and `attest = \"…\"`";
    ProofUnknown "HP056" "no such step": "a criterion is proven by a step that does not exist" => "name a step's `id`";
    ProofLater "HP057" "comes later": "a criterion is proven by a step that comes after it" => "name a step of the same or an earlier phase";
    CriterionTwice "HP058" "again": "a phase has the same criterion twice" => "remove one of them, or say how they differ";
    // what may go wrong
    ObserveNothing "HP060" "observes nothing": "a step observes, and has no check" => "give it a check: it is asked at each sample";
    ObserveTooShort "HP061" "longer than `for`": "a window is over before its second sample: `every` is longer than `for`" => "make `every` shorter or `for` longer";
    ObserveGap "HP062" "not longer than `every`": "a window would begin anew with each sample: `max_gap` is not longer than `every`" => "make `max_gap` at least twice `every`, or leave it out";
    ObserveFailures "HP063" "too many": "all samples of a window may fail" => "allow fewer failures";
    ObserveTooMany "HP064" "too often": "a window has more than 10,000 samples" => "make `every` longer: each sample is an entry of the journal";
    UndoOfNothing "HP065" "nothing to take back": "a step changes nothing, and has an undo" => "remove `changes = false`, or the undo";
    ProofMayFail "HP066" "goes on without it": "a criterion is proven by a step without which the session goes on" => "remove `on_failure = \"continue\"` there, or prove the criterion otherwise";
    RollbackAgain "HP067" "this is the rollback": "a step of the rollback asks for a rollback when it fails" => "write `ask`, `stop` or `continue`";
    UndoneThoughIrreversible "HP068" "has an undo": "a step is irreversible, and has an undo" => "remove one of them: `irreversible` says why there is no undo";
    // the variables
    VariableUnknown "HP070" "not declared": "a variable is not declared" => "declare it in `[vars]`";
    VariableSource "HP071" "this variable": "a variable comes from nowhere, or from more than one place" => "give it exactly one of `prompt`, `env` and `value`";
    VariablePattern "HP072" "does not match": "a value in the runbook does not match the variable's own pattern" => "change the value or the pattern; the pattern must match all of the value";
    SecretWritten "HP073" "not a secret any more": "a secret stands in the runbook" => "take it from the environment: `{ env = \"NAME\", secret = true }`";
    // AWS
    AwsAccount "HP080" "not an account": "a text is not the number of an AWS account" => "write its twelve digits in quotes: `\"123456789012\"`";
    AwsRegion "HP081" "not a region": "a text is not the name of an AWS region" => "write it as AWS does: `eu-west-1`";
    AwsRole "HP082" "not a name": "a text is not the name of an IAM role or user" => "write the name alone, without path and ARN: `deployer`";
    AwsArn "HP083" "not the ARN of a role": "a text is not the ARN of an IAM role" => "write all of it: `arn:aws:iam::123456789012:role/deployer`";
    AwsContradiction "HP084" "not this one": "`[aws]` wants one account or role and assumes another" => "name the account and the role of `assume_role`, which is who asks then";
    AwsMissing "HP085" "in which account?": "a check asks AWS, and the runbook has no `[aws]`" => "say which account and region are meant: `[aws]` with `account` and `region`";
    // not in this version; HP090 to HP093 and HP095 were here, and are not used again
    LaterApprovers "HP094" "not in this version": "gates with more than one approver are not in this version" => "leave it out, and add an exit criterion with `attest` for the second person";
}

impl Code {
    /// `HP010`.
    #[must_use]
    pub fn id(self) -> &'static str {
        PROBLEMS[self as usize].0
    }

    /// How to mend it, where nothing better is known.
    pub(super) fn help(self) -> &'static str {
        PROBLEMS[self as usize].2
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}

impl Serialize for Code {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.id())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_rise_and_stay_below_the_audit() {
        assert!(PROBLEMS.is_sorted_by(|one, next| one.0 < next.0));
        assert!(PROBLEMS.iter().all(|(code, ..)| code.starts_with("HP0") && code.len() == 5));
    }
}
