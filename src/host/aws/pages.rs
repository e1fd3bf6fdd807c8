//! Pages of an answer, each asked for once.

use std::collections::BTreeSet;

use super::trouble::{Sort, Trouble};

/// More pages than this are no answer to a question that a person put.
const MOST: usize = 200;

/// Where in its pages an answer is.
pub(super) struct Pages {
    call: &'static str,
    token: Option<String>,
    had: BTreeSet<String>,
}

impl Pages {
    pub(super) fn new(call: &'static str) -> Self {
        Self { call, token: None, had: BTreeSet::new() }
    }

    /// What the page to ask for is called; the first has no name.
    pub(super) fn token(&self) -> Option<String> {
        self.token.clone()
    }

    /// Goes to the next page, if there is one.
    pub(super) fn turn(&mut self, next: Option<&str>) -> Result<bool, Trouble> {
        // Some servers say that there is no next one with an empty name.
        let Some(next) = next.filter(|next| !next.is_empty()) else { return Ok(false) };
        let unreadable = |why: String| Err(Trouble::new(self.call, Sort::Unreadable, why));
        if self.had.len() == MOST {
            return unreadable(format!("more than {MOST} pages"));
        }
        if !self.had.insert(next.to_owned()) {
            return unreadable("the same page comes again and again".to_owned());
        }
        self.token = Some(next.to_owned());
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_page_is_asked_for_once() {
        let mut pages = Pages::new("x:Y");
        assert_eq!(pages.token(), None);
        assert_eq!(pages.turn(Some("a")), Ok(true));
        assert_eq!(pages.turn(Some("b")), Ok(true));
        assert_eq!(pages.token().as_deref(), Some("b"));
        assert!(pages.turn(Some("a")).is_err());
        assert_eq!((pages.turn(None), pages.turn(Some(""))), (Ok(false), Ok(false)));
    }

    #[test]
    fn there_is_an_end_to_them() {
        let mut pages = Pages::new("x:Y");
        let turned = (0..).map_while(|page| pages.turn(Some(&format!("{page}"))).ok()).count();
        assert_eq!(turned, MOST);
    }
}
