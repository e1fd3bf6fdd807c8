//! Which of a question's answers make sense as things stand.

use super::View;
use crate::runbook::{Action, Step};
use crate::session::{ActionState, Answer, Question};
use crate::value::Name;

/// The answers that a person is offered, in the question's order.
pub(super) fn offered(view: &View<'_>, question: &Question) -> Vec<Answer> {
    let mut answers = question.answers().to_vec();
    let back = view.session.is_rolling_back();
    answers.retain(|answer| match answer {
        Answer::Rollback => !back && has_something_to_take_back(view),
        Answer::Rerun => can_rerun(view, question, back),
        Answer::Done => can_be_done(view, question),
        // Going forward, what never happened is run again.
        Answer::Never => back,
        Answer::Abort => !is_no_already(view, question),
        Answer::Proceed
        | Answer::Hold
        | Answer::Recheck
        | Answer::Failed
        | Answer::Confirm
        | Answer::Deny
        | Answer::Retry
        | Answer::Accept
        | Answer::Waive
        | Answer::Wait
        | Answer::Stop
        | Answer::Leave => true,
    });
    if view.session.is_dry_run() {
        let looks = *question == Question::Identity;
        let again = |answer: &Answer| looks && *answer == Answer::Recheck;
        answers.retain(|it| matches!(it, Answer::Proceed | Answer::Abort) || again(it));
    }
    answers
}

/// What had ended and was only asked about ends again as it had with a no: there is nothing to
/// break off.
fn is_no_already(view: &View<'_>, question: &Question) -> bool {
    let requested = view.session.back().is_some_and(|back| back.requested);
    *question == Question::Rollback && requested && view.session.reopened().is_some()
}

fn has_something_to_take_back(view: &View<'_>) -> bool {
    !view.session.plan(view.book).ran.is_empty()
}

/// A failed step whose action was good can be run again whole; one that is in doubt too, but not
/// while rolling back: then what never happened is said to be so.
fn can_rerun(view: &View<'_>, question: &Question, back: bool) -> bool {
    match question {
        Question::Failure { step } => {
            step_of(view, step).is_some_and(|step| !step.is_read_only())
                && view.session.step(step).action.is_good()
        }
        Question::Gate { .. }
        | Question::Manual { .. }
        | Question::Attest { .. }
        | Question::Doubt { .. }
        | Question::Running { .. }
        | Question::Identity
        | Question::Rollback
        | Question::RunbookChange { .. } => !back,
    }
}

/// Only what somebody could have done by hand: no look, no wait, and nothing that ended well.
fn can_be_done(view: &View<'_>, question: &Question) -> bool {
    let Question::Failure { step } = question else { return true };
    let action = step_of(view, step).and_then(|step| step.action.as_ref());
    let acts = matches!(action, Some(Action::Run(_) | Action::Shell(_) | Action::Manual { .. }));
    let state: ActionState = view.session.step(step).action;
    acts && !state.is_good()
}

fn step_of<'a>(view: &View<'a>, id: &Name) -> Option<&'a Step> {
    view.book.step(id)
}
