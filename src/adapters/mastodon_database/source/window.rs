//! Where a page begins: cursors are keys of rows, and nothing else is understood.

use crate::{
    model::{
        collection::{Cursor, Page, Unreadable},
        item::{Item, ItemKind},
    },
    port::error::AdapterError,
    words::text,
};

/// Rows of one page at most.
const MOST: usize = 1_000;

/// One element with the key that the page may go on behind.
pub(super) type Entry = (String, Result<Item, Unreadable>);

/// What is asked of a table: rows behind a key, one more than the page holds.
#[derive(Debug, Clone, Copy)]
pub(super) struct Window<'a> {
    after: Option<&'a str>,
    limit: usize,
}

impl<'a> Window<'a> {
    /// From what was asked for.
    pub(super) fn new(cursor: Option<&'a Cursor>, limit: usize) -> Self {
        Self { after: cursor.map(|cursor| cursor.0.as_str()), limit: limit.clamp(1, MOST) }
    }

    /// The key as it was given.
    pub(super) fn text(&self) -> &'a str {
        self.after.unwrap_or_default()
    }

    /// The number to go on behind; the smallest at the beginning.
    ///
    /// # Errors
    /// [`AdapterError::Fatal`] when it is no number.
    pub(super) fn number(&self) -> Result<i64, AdapterError> {
        self.after.map_or(Ok(i64::MIN), number)
    }

    /// Two numbers to go on behind.
    ///
    /// # Errors
    /// As [`Window::number`].
    pub(super) fn pair(&self) -> Result<(i64, i64), AdapterError> {
        let Some(text) = self.after else { return Ok((i64::MIN, i64::MIN)) };
        let (one, other) = text.split_once('-').ok_or_else(foreign)?;
        Ok((number(one)?, number(other)?))
    }

    /// Rows to ask for: one more than fit, to know whether there are more.
    pub(super) fn rows(&self) -> i64 {
        i64::try_from(self.limit).unwrap_or(i64::MAX).saturating_add(1)
    }

    /// Where it begins, and how much it holds.
    pub(super) fn at(&self) -> (String, usize) {
        (self.text().to_owned(), self.limit)
    }

    /// Whether it begins at the beginning.
    pub(super) fn is_first(&self) -> bool {
        self.after.is_none()
    }

    /// Where the next one begins, if these rows are more than the page holds.
    pub(super) fn next<Row>(&self, rows: &[Row], key: impl Fn(&Row) -> i64) -> Option<(String, usize)> {
        let last = rows.get(self.limit.checked_sub(1)?).filter(|_| rows.len() > self.limit)?;
        Some((key(last).to_string(), self.limit))
    }

    /// The page of what came.
    pub(super) fn page(&self, mut entries: Vec<Entry>) -> Page {
        let has_more = entries.len() > self.limit;
        entries.truncate(self.limit);
        let next = entries.last().filter(|_| has_more).map(|(key, _)| Cursor(key.clone()));
        let mut page = Page { next, ..Page::default() };
        for (_, entry) in entries {
            match entry {
                Ok(item) => page.items.push(item),
                Err(broken) => page.unreadable.push(broken),
            }
        }
        page
    }
}

fn number(text: &str) -> Result<i64, AdapterError> {
    text.parse().map_err(|_| foreign())
}

fn foreign() -> AdapterError {
    AdapterError::fatal("going on reading", "the place to go on from is not one of this server's")
}

/// An element that cannot be read.
pub(super) fn unreadable(kind: ItemKind, key: impl ToString, why: impl std::fmt::Display) -> Unreadable {
    Unreadable {
        kind,
        key: key.to_string(),
        why: text!("reasons-cannot-read-what-it-stored", why = why.to_string()),
    }
}
