//! What AWS said to calls, as far as every kind reads it alike.

use super::{Verdict, cut, unless_flawed};
use crate::check::cloud::{Answer, Call, Cloud};
use crate::check::{Probe, Reading, When};

/// The answers to so many calls; otherwise the verdict on what is there instead.
pub(in crate::check) fn answers(reading: &Reading, calls: usize) -> Result<&[Answer], Verdict> {
    match reading {
        Reading::Answers { answers, .. } if answers.len() == calls => Ok(answers),
        Reading::Answers { answers, .. } => {
            let found = answers.len();
            Err(Verdict::Unknown(format!("{calls} calls were to be made, and {found} answered")))
        }
        _ => Err(reading.unfit()),
    }
}

/// Asks with one call, or not at all where the check has a flaw: variables may have brought in an
/// input that must not be asked with.
pub(in crate::check) fn ask_one(
    flaw: Option<&str>,
    when: When,
    call: impl FnOnce() -> Call,
) -> Probe {
    let calls = if flaw.is_none() { vec![call()] } else { Vec::new() };
    Probe::Cloud(Cloud::Calls { when, calls })
}

/// The verdict on the answer to the one call.
pub(in crate::check) fn judge_one(
    flaw: Option<String>,
    reading: &Reading,
    judge: impl FnOnce(&Answer) -> Verdict,
) -> Verdict {
    unless_flawed(flaw, || match answers(reading, 1) {
        Ok(answers) => judge(&answers[0]),
        Err(verdict) => verdict,
    })
}

/// AWS's no in a few words: the code, which people look up, then the message.
pub(in crate::check) fn refusal(code: &str, message: &str) -> String {
    let code = if code.is_empty() { "an error without a code" } else { code };
    if message.is_empty() {
        cut(code, 64)
    } else {
        format!("{}: {}", cut(code, 64), cut(message, 160))
    }
}

/// Whether the code of an error says that there is no such thing. What else is refused says that
/// the question was wrong, and nothing of the thing.
pub(in crate::check) fn is_missing(code: &str) -> bool {
    const SAID: [&str; 6] =
        ["NotFound", "NoSuch", "NotExist", "NonExistent", "DoesNotExist", "Nonexistent"];
    /// These miss something else than what was asked about.
    const OTHERWISE: [&str; 3] = ["TypeNotFound", "EndpointNotFound", "NoSuchOperation"];
    // An answer to HEAD has no body, and so no code but its status.
    if code == "404" {
        return true;
    }
    SAID.iter().any(|part| code.contains(part))
        && !OTHERWISE.iter().any(|part| code.starts_with(part))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::cloud::Said;
    use crate::check::{Obstacle, Outcome, When};
    use crate::value::Moment;

    #[test]
    fn only_codes_that_say_so_mean_that_there_is_no_such_thing() {
        for code in [
            "ResourceNotFoundException",
            "ClusterNotFoundException",
            "DBInstanceNotFound",
            "NoSuchBucket",
            "NoSuchEntity",
            "InvalidInstanceID.NotFound",
            "ExecutionDoesNotExist",
            "AWS.SimpleQueueService.NonExistentQueue",
            "ServerSideEncryptionConfigurationNotFoundError",
            "404",
        ] {
            assert!(is_missing(code), "{code}");
        }
        for code in
            ["", "ValidationException", "InvalidParameterValue", "TypeNotFoundException", "403"]
        {
            assert!(!is_missing(code), "{code}");
        }
    }

    #[test]
    fn another_number_of_answers_is_no_answer() {
        let said = Answer { call: "a:B".into(), request: None, said: Said::NotMade };
        let reading =
            Reading::Answers { when: When::at(Moment::from_millis(0)), answers: vec![said] };
        assert!(answers(&reading, 1).is_ok());
        assert_eq!(answers(&reading, 2).unwrap_err().outcome(), Outcome::Unknown);
        let nothing = Reading::Nothing(Obstacle::Timeout);
        assert_eq!(answers(&nothing, 1).unwrap_err().outcome(), Outcome::Unknown);
    }

    #[test]
    fn a_refusal_is_told_by_its_code_first() {
        assert_eq!(refusal("NoSuchBucket", "gone"), "NoSuchBucket: gone");
        assert_eq!(refusal("NoSuchBucket", ""), "NoSuchBucket");
        assert_eq!(refusal("", "gone"), "an error without a code: gone");
    }
}
