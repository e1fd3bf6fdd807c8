//! What a person writes in a session, without the secrets of that session. It asks nothing itself.

use futures_util::future::{FutureExt as _, LocalBoxFuture};

use crate::engine::{Prompter, Reply, Stop};
use crate::report::Brief;
use crate::text::Mask;

/// Hides secrets in every text that comes back: it goes into the journal.
pub(super) struct MaskedPrompter<'a> {
    pub(super) prompter: &'a dyn Prompter,
    pub(super) mask: Mask,
}

impl Prompter for MaskedPrompter<'_> {
    fn ask<'a>(&'a self, brief: &'a Brief, stop: &'a Stop) -> LocalBoxFuture<'a, Reply> {
        let masked = |text: Option<String>| text.map(|text| self.mask.mask(&text));
        async move {
            match self.prompter.ask(brief, stop).await {
                Reply::Answer { answer, name, text } => {
                    Reply::Answer { answer, name: masked(name), text: masked(text) }
                }
                Reply::Note { text, learning } => {
                    Reply::Note { text: self.mask.mask(&text), learning }
                }
                Reply::Nobody(why) => Reply::Nobody(why),
            }
        }
        .boxed_local()
    }
}
