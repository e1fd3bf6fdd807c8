//! What a person writes in a session, without the secrets of that session. It asks nothing itself.

use futures_util::future::{FutureExt as _, LocalBoxFuture};

use crate::engine::{Prompter, Reply, Said, Stop};
use crate::report::Brief;
use crate::session::Terms;
use crate::text::Mask;

/// Hides secrets in every text that comes back: it goes into the journal.
pub(super) struct MaskedPrompter<'a> {
    pub(super) prompter: &'a dyn Prompter,
    pub(super) mask: Mask,
}

impl MaskedPrompter<'_> {
    fn masked(&self, said: Said) -> Said {
        let masked = |text: Option<String>| text.map(|text| self.mask.mask(&text));
        let Said { name, text, waiver, criterion } = said;
        let waiver = waiver.map(|terms| Terms { owner: self.mask.mask(&terms.owner), ..terms });
        // A criterion is written in the runbook, and no secret from who reads the journal.
        Said { name: masked(name), text: masked(text), waiver, criterion }
    }
}

impl Prompter for MaskedPrompter<'_> {
    fn ask<'a>(&'a self, brief: &'a Brief, stop: &'a Stop) -> LocalBoxFuture<'a, Reply> {
        async move {
            match self.prompter.ask(brief, stop).await {
                Reply::Answer { answer, said } => Reply::Answer { answer, said: self.masked(said) },
                Reply::Note { text, learning } => {
                    Reply::Note { text: self.mask.mask(&text), learning }
                }
                Reply::Nobody(why) => Reply::Nobody(why),
            }
        }
        .boxed_local()
    }
}
