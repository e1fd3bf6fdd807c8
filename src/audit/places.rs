//! Where things stand in the text of a runbook: its TOML again, with the place of every key and
//! value. What a runbook means is known from [`crate::runbook::Runbook`]; this only points.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeArray, DeTable, DeValue};

use super::calls::Spots;

/// A table of the file.
#[derive(Clone, Copy, Debug)]
pub struct Table<'a> {
    text: &'a str,
    table: &'a DeTable<'a>,
}

/// Reads the file once more, for its places.
pub(super) fn with_root<T>(text: &str, look: impl FnOnce(Table<'_>) -> T) -> T {
    let (root, _) = DeTable::parse_recoverable(text);
    let root = root.into_inner();
    look(Table { text, table: &root })
}

impl<'a> Table<'a> {
    fn value(&self, key: &str) -> Option<&'a Spanned<DeValue<'a>>> {
        self.table.get(key)
    }

    /// Whether the key is there.
    #[must_use]
    pub fn has(&self, key: &str) -> bool {
        self.value(key).is_some()
    }

    /// The keys with their places, in no order.
    pub fn keys(&self) -> impl Iterator<Item = (&'a str, Range<usize>)> + use<'a> {
        self.table.iter().map(|(key, _)| (key.get_ref().as_ref(), key.span()))
    }

    /// Where the key itself stands.
    #[must_use]
    pub fn key(&self, key: &str) -> Option<Range<usize>> {
        self.table.get_key_value(key).map(|(key, _)| key.span())
    }

    /// Where the key's value stands. Of a table with a head of its own (`[a.b]`) that is its head.
    #[must_use]
    pub fn place(&self, key: &str) -> Option<Range<usize>> {
        self.value(key).map(Spanned::span)
    }

    /// Where item `at` of the list stands.
    #[must_use]
    pub fn item(&self, key: &str, at: usize) -> Option<Range<usize>> {
        let items = self.value(key)?.get_ref().as_array()?;
        Some(items.get(at)?.span())
    }

    /// The texts of the list that is the key's value, and where each stands, quotes included.
    #[must_use]
    pub fn items(&self, key: &str) -> Vec<(&'a str, Range<usize>)> {
        let items = self.value(key).and_then(|value| value.get_ref().as_array());
        let items = items.into_iter().flat_map(|items| items.iter());
        items.filter_map(|item| Some((item.get_ref().as_str()?, item.span()))).collect()
    }

    /// The text that is the key's value, and where it stands, quotes included.
    #[must_use]
    pub fn text(&self, key: &str) -> Option<(&'a str, Range<usize>)> {
        let value = self.value(key)?;
        Some((value.get_ref().as_str()?, value.span()))
    }

    /// A value that is no text, as it is written.
    #[must_use]
    pub fn written(&self, key: &str) -> Option<&'a str> {
        self.text.get(self.place(key)?)
    }

    /// What is written there.
    #[must_use]
    pub fn source(&self, place: &Range<usize>) -> &'a str {
        self.text.get(place.clone()).unwrap_or_default()
    }

    /// The table that is the key's value.
    #[must_use]
    pub fn table(&self, key: &str) -> Option<Table<'a>> {
        let table = self.value(key)?.get_ref().as_table()?;
        Some(Self { text: self.text, table })
    }

    /// The tables of the list that is the key's value.
    #[must_use]
    pub fn tables(&self, key: &str) -> Vec<Table<'a>> {
        let items = self.value(key).and_then(|value| value.get_ref().as_array());
        let tables = items.into_iter().flat_map(|items| items.iter());
        let tables = tables.filter_map(|item| item.get_ref().as_table());
        tables.map(|table| Self { text: self.text, table }).collect()
    }

    /// Every text in it, however deep, with the key that it is the value of.
    #[must_use]
    pub fn texts(&self) -> Vec<(&'a str, &'a str)> {
        self.placed_texts().into_iter().map(|(key, text, _)| (key, text)).collect()
    }

    /// The same, each with its place, quotes included.
    #[must_use]
    pub fn placed_texts(&self) -> Vec<(&'a str, &'a str, Range<usize>)> {
        let mut all = Vec::new();
        texts_of_table(self.table, &mut all);
        all
    }

    /// Where a part of a text's content stands; all of it where that cannot be told.
    #[must_use]
    pub fn inside(&self, value: &Range<usize>, content: &str, part: &Range<usize>) -> Range<usize> {
        self.spots(value, content).place(part)
    }

    /// Where each byte of a text's content stands.
    pub(super) fn spots(&self, value: &Range<usize>, content: &str) -> Spots {
        let raw = self.text.get(value.clone()).unwrap_or_default();
        Spots::new(raw, value.start, content)
    }

    /// What to take out so that item `at` of the list, a table in braces, is gone: with the key, if
    /// there is no other. None where something else would go with it: a comment, half a line.
    #[must_use]
    pub fn without(&self, key: &str, at: usize) -> Option<Range<usize>> {
        let (name, list) = (self.key(key)?, self.place(key)?);
        let item = self.item(key, at)?;
        let in_braces = self.text.get(item.clone())?.starts_with('{');
        if !in_braces || !self.text.get(list.clone())?.starts_with('[') {
            return None;
        }
        let before = at.checked_sub(1).and_then(|at| self.item(key, at));
        let (gone, beside) = match (before, self.item(key, at + 1)) {
            (_, Some(next)) => (item.start..next.start, item.end..next.start),
            (Some(before), None) => (before.end..item.end, before.end..item.start),
            (None, None) => return self.whole_lines(&(name.start..list.end)),
        };
        (!self.text[beside].contains('#')).then_some(gone)
    }

    /// The lines of this part, line ends included, if nothing else stands on them.
    fn whole_lines(&self, part: &Range<usize>) -> Option<Range<usize>> {
        let begins = self.text[..part.start].rfind('\n').map_or(0, |at| at + 1);
        let rest = &self.text[part.end..];
        let ends = part.end + rest.find('\n').map_or(rest.len(), |at| at + 1);
        let beside = [begins..part.start, part.end..ends];
        let alone = beside.into_iter().all(|part| self.text[part].trim().is_empty());
        (alone && !self.text[part.clone()].contains('#')).then_some(begins..ends)
    }
}

type Texts<'a> = Vec<(&'a str, &'a str, Range<usize>)>;

fn texts_of_table<'a>(table: &'a DeTable<'a>, all: &mut Texts<'a>) {
    for (key, value) in table {
        texts_of_value(key.get_ref(), value, all);
    }
}

fn texts_of_value<'a>(key: &'a str, value: &'a Spanned<DeValue<'a>>, all: &mut Texts<'a>) {
    let place = value.span();
    let value = value.get_ref();
    if let Some(text) = value.as_str() {
        all.push((key, text, place));
    } else if let Some(table) = value.as_table() {
        texts_of_table(table, all);
    } else if let Some(items) = value.as_array() {
        let items: &DeArray<'a> = items;
        items.iter().for_each(|item| texts_of_value(key, item, all));
    }
}
