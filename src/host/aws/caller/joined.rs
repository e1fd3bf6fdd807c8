//! Pages, joined as if there had been one. A page that says less than it must is half an answer,
//! and never the end.

use serde_json::{Map, Value as Json};

use crate::check::cloud::model::{Paging, Protocol};
use crate::host::aws::trouble::{Sort, Trouble};

/// More pages than this are no answer to a question that a person put.
const MOST: usize = 200;

/// The output so far.
pub(super) struct Joined<'a> {
    call: &'a str,
    protocol: Protocol,
    paging: Option<&'a Paging>,
    pages: usize,
    /// What asked for each page so far.
    had: Vec<String>,
    first: Map<String, Json>,
    output: Map<String, Json>,
}

/// What the next page is asked with; nothing takes away what the last one was asked with.
pub(super) type Next = Vec<(String, Option<Json>)>;

impl<'a> Joined<'a> {
    pub(super) fn new(call: &'a str, protocol: Protocol, paging: Option<&'a Paging>) -> Self {
        let (first, output) = (Map::new(), Map::new());
        Self { call, protocol, paging, pages: 0, had: Vec::new(), first, output }
    }

    pub(super) fn pages(&self) -> usize {
        self.pages
    }

    pub(super) fn output(&self) -> &Map<String, Json> {
        &self.output
    }

    /// Takes the next page, and says how to ask for the one after it, if there is one.
    pub(super) fn add(&mut self, page: Map<String, Json>) -> Result<Option<Next>, Trouble> {
        self.pages += 1;
        let Some(paging) = self.paging else {
            self.output = page;
            return Ok(None);
        };
        self.is_whole(paging, &page)?;
        let next = self.next(paging, &page)?;
        let mut rest = page;
        paging.told.iter().chain(&paging.more).for_each(|path| forget(&mut rest, path));
        if self.pages == 1 {
            self.first.clone_from(&rest);
            self.output = rest;
        } else {
            self.join(paging, rest);
        }
        Ok(next)
    }

    fn half(&self, why: &str) -> Trouble {
        let message = format!("half an answer: page {} {why}", self.pages);
        Trouble::new(self.call, Sort::Unreadable, message)
    }

    /// Whether the page has what goes on from page to page. A first page may lack a list that is
    /// empty, where services leave such out.
    fn is_whole(&self, paging: &Paging, page: &Map<String, Json>) -> Result<(), Trouble> {
        let lacks = !paging.results.iter().any(|path| found(page, path).is_some());
        let must = self.pages > 1 || (self.protocol == Protocol::Json && page.is_empty());
        match paging.results.first() {
            Some(list) if lacks && must => Err(self.half(&format!("lacks `{list}`"))),
            _ => Ok(()),
        }
    }

    fn next(&mut self, paging: &Paging, page: &Map<String, Json>) -> Result<Option<Next>, Trouble> {
        let more = match &paging.more {
            None => None,
            Some(path) => match found(page, path) {
                Some(Json::Bool(more)) => Some(*more),
                _ => return Err(self.half(&format!("lacks `{path}`"))),
            },
        };
        if more == Some(false) {
            return Ok(None);
        }
        let token = |path: &String| found(page, path).filter(|token| !is_nothing(token)).cloned();
        let next: Next = paging.asked.iter().cloned().zip(paging.told.iter().map(token)).collect();
        if next.iter().all(|(_, token)| token.is_none()) {
            let told = paging.told.join("`, `");
            return match more {
                Some(true) => Err(self.half(&format!("says there is more, but lacks `{told}`"))),
                _ => Ok(None),
            };
        }
        let named = format!("{next:?}");
        if self.had.contains(&named) {
            return Err(self.half("asks for a page that was there already"));
        }
        if self.pages == MOST {
            let message = format!("more than {MOST} pages: ask for less");
            return Err(Trouble::new(self.call, Sort::TooLarge, message));
        }
        self.had.push(named);
        Ok(Some(next))
    }

    fn join(&mut self, paging: &Paging, page: Map<String, Json>) {
        for path in &paging.results {
            if let Some(more) = found(&page, path) {
                add_at(&mut self.output, path, more.clone());
            }
        }
        for (key, value) in page {
            let is_joined = paging.results.iter().any(|path| path.split('.').next() == Some(&*key));
            // A list that each page repeats is no list that goes on.
            if !is_joined && value.is_array() && self.first.get(&key) != Some(&value) {
                add_at(&mut self.output, &key, value);
            }
        }
    }
}

fn is_nothing(token: &Json) -> bool {
    match token {
        Json::Null => true,
        Json::String(text) => text.is_empty(),
        Json::Object(fields) => fields.is_empty(),
        Json::Bool(_) | Json::Number(_) | Json::Array(_) => false,
    }
}

/// What stands at `A.B`, at `A[-1].B`, or at the first of `A || B` that there is.
fn found<'a>(page: &'a Map<String, Json>, path: &str) -> Option<&'a Json> {
    path.split(" || ").find_map(|path| {
        let (first, rest) = path.split_once('.').unwrap_or((path, ""));
        let value = match first.strip_suffix("[-1]") {
            Some(list) => page.get(list)?.as_array()?.last()?,
            None => page.get(first)?,
        };
        if rest.is_empty() { Some(value) } else { found(value.as_object()?, rest) }
    })
}

/// Takes away what only asks for a page.
fn forget(page: &mut Map<String, Json>, path: &str) {
    for path in path.split(" || ").filter(|path| !path.contains('[')) {
        match path.split_once('.') {
            None => drop(page.remove(path)),
            Some((first, rest)) => {
                if let Some(Json::Object(inner)) = page.get_mut(first) {
                    forget(inner, rest);
                }
            }
        }
    }
}

fn add_at(output: &mut Map<String, Json>, path: &str, more: Json) {
    let (first, rest) = path.split_once('.').unwrap_or((path, ""));
    match output.get_mut(first) {
        Some(Json::Object(inner)) if !rest.is_empty() => add_at(inner, rest, more),
        Some(held) if rest.is_empty() => add(held, more),
        Some(_) => {}
        None if rest.is_empty() => drop(output.insert(first.to_owned(), more)),
        None => {
            let mut inner = Map::new();
            add_at(&mut inner, rest, more);
            output.insert(first.to_owned(), Json::Object(inner));
        }
    }
}

fn add(held: &mut Json, more: Json) {
    match (held, more) {
        (Json::Array(held), Json::Array(more)) => held.extend(more),
        (Json::Object(held), Json::Object(more)) => {
            for (key, value) in more {
                match held.get_mut(&key) {
                    Some(held) => add(held, value),
                    None => drop(held.insert(key, value)),
                }
            }
        }
        (held @ Json::Number(_), Json::Number(more)) => {
            let whole = held.as_i64().zip(more.as_i64()).map(|(a, b)| Json::from(a + b));
            let sum = || held.as_f64().zip(more.as_f64()).map(|(a, b)| Json::from(a + b));
            if let Some(sum) = whole.or_else(sum) {
                *held = sum;
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn paging(asked: &str, told: &str, result: &str, more: Option<&str>) -> Paging {
        Paging {
            asked: vec![asked.into()],
            told: vec![told.into()],
            results: vec![result.into()],
            more: more.map(ToOwned::to_owned),
        }
    }

    fn page(value: &Json) -> Map<String, Json> {
        value.as_object().unwrap().clone()
    }

    #[test]
    fn lists_are_joined_and_numbers_added_and_the_rest_is_of_the_first_page() {
        let paging = Paging {
            results: vec!["Items".into(), "Count".into()],
            ..paging("Start", "Last", "Items", None)
        };
        let mut joined = Joined::new("x:Y", Protocol::Json, Some(&paging));
        let one = json!({ "Items": [1], "Count": 1, "Name": "a", "By": [9], "Last": { "k": 1 } });
        let next = joined.add(page(&one)).unwrap();
        assert_eq!(next, Some(vec![("Start".into(), Some(json!({ "k": 1 })))]));
        let two = json!({ "Items": [2, 3], "Count": 2, "Name": "b", "By": [9], "New": [1] });
        assert_eq!(joined.add(page(&two)).unwrap(), None);
        let whole = json!({ "Items": [1, 2, 3], "Count": 3, "Name": "a", "By": [9], "New": [1] });
        assert_eq!(joined.output(), whole.as_object().unwrap());
    }

    #[test]
    fn tokens_and_lists_may_stand_deeper() {
        let paging = paging("Marker", "List.NextMarker", "List.Items", Some("List.IsTruncated"));
        let mut joined = Joined::new("x:Y", Protocol::RestXml, Some(&paging));
        let one = json!({ "List": { "Items": [1], "NextMarker": "a", "IsTruncated": true } });
        assert!(joined.add(page(&one)).unwrap().is_some());
        let two = json!({ "List": { "Items": [2], "IsTruncated": false } });
        assert_eq!(joined.add(page(&two)).unwrap(), None);
        assert_eq!(joined.output(), json!({ "List": { "Items": [1, 2] } }).as_object().unwrap());
        let last = json!({ "Contents": [{ "Key": "a" }, { "Key": "b" }] });
        let last = last.as_object().unwrap();
        assert_eq!(found(last, "NextMarker || Contents[-1].Key"), Some(&json!("b")));
    }

    #[test]
    fn half_an_answer_is_not_the_end() {
        let flagged = paging("Marker", "Marker", "Roles", Some("IsTruncated"));
        let plain = paging("nextToken", "nextToken", "arns", None);
        for (paging, pages, said) in [
            (&flagged, vec![json!({ "Roles": [], "IsTruncated": true })], "lacks `Marker`"),
            (&flagged, vec![json!({ "Roles": [] })], "page 1 lacks `IsTruncated`"),
            (&plain, vec![json!({})], "page 1 lacks `arns`"),
            (&plain, vec![json!({ "arns": [1], "nextToken": "a" }), json!({})], "page 2 lacks"),
            (&plain, vec![json!({ "arns": [1], "nextToken": "a" }); 2], "there already"),
        ] {
            let mut joined = Joined::new("x:Y", Protocol::Json, Some(paging));
            let told = pages.into_iter().map(|it| joined.add(page(&it))).find_map(Result::err);
            let trouble = told.expect(said);
            assert_eq!(trouble.sort, Sort::Unreadable);
            assert!(trouble.message.contains(said), "{trouble}");
        }
    }

    #[test]
    fn there_is_an_end_to_pages() {
        let paging = paging("nextToken", "nextToken", "arns", None);
        let mut joined = Joined::new("x:Y", Protocol::Json, Some(&paging));
        let pages = (0..).map(|at| joined.add(page(&json!({ "arns": [at], "nextToken": at }))));
        let mut pages = pages.skip_while(Result::is_ok);
        assert_eq!(pages.next().unwrap().unwrap_err().sort, Sort::TooLarge);
    }

    #[test]
    fn an_empty_token_is_the_end() {
        let paging = paging("nextToken", "nextToken", "arns", None);
        for token in [json!(""), json!(null)] {
            let mut joined = Joined::new("x:Y", Protocol::Json, Some(&paging));
            let only = page(&json!({ "arns": [], "nextToken": token }));
            assert_eq!(joined.add(only).unwrap(), None);
        }
    }
}
