//! New home: what admins look for, by words, in everything an applicant has written for everybody. It is read where it
//! is at this moment, page by page, and nothing of it is kept.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::{sync::Semaphore, time::Instant};

use super::{Engine, TransferError, TransferResult, access::open_source, remap, wall::on_the_wall};
use crate::{
    model::{
        collection::{CollectionKind, Cursor},
        item::Item,
        transfer::{Origin, Transfer},
    },
    port::error::AdapterError,
    words::text,
};

/// Searches at the same time in all.
static AT_ONCE: Semaphore = Semaphore::const_new(2);
/// Letters shown before the word that was found, and in all.
const BEFORE: usize = 120;
const SHOWN: usize = 400;
/// Words at most, and letters of one.
const WORDS: usize = 12;
const LONGEST_WORD: usize = 64;

/// How far one question goes; another goes on from there.
#[derive(Debug, Clone, Copy)]
pub struct Bounds {
    /// Pages of the list at most.
    pub pages: u32,
    /// Posts found at most; a page that holds more of them is still shown whole.
    pub found: usize,
    /// How long it may take.
    pub time: Duration,
}

impl Bounds {
    /// Those of a desk: where a home lets itself be asked only so often, only a little is looked through at a time.
    pub fn of(transfer: &Transfer) -> Self {
        let pages = if matches!(transfer.origin, Origin::ClientApi { .. }) { 4 } else { 400 };
        Self { pages, found: 24, time: Duration::from_secs(10) }
    }
}

/// What was found.
#[derive(Debug, Default)]
pub struct Found {
    /// Public posts with one of the words, as the wall shows them, each around its word.
    pub posts: Vec<Value>,
    /// Public posts that were looked through.
    pub looked: u64,
    /// Where to go on; none when everything was looked through.
    pub next: Option<Cursor>,
    /// Whether Old home stopped answering on the way.
    pub is_broken_off: bool,
}

/// The words of a question, as they are compared.
pub fn words(typed: &str) -> Vec<String> {
    let words = typed.split([',', ' ']).map(|word| word.to_lowercase().chars().take(LONGEST_WORD).collect());
    words.filter(|word: &String| !word.is_empty()).take(WORDS).collect()
}

/// Looks through the posts from `from` on.
///
/// # Errors
/// [`TransferError::Refused`] when others are searching; [`TransferError`] when Old home cannot be opened.
pub async fn search(
    engine: &Engine,
    transfer: &Transfer,
    words: &[String],
    from: Option<Cursor>,
    bounds: Bounds,
) -> TransferResult<Found> {
    let busy = |_| TransferError::Refused(text!("refusals-others-are-searching"));
    let _turn = AT_ONCE.try_acquire().map_err(busy)?;
    let until = Instant::now() + bounds.time;
    let source = open_source(engine, transfer).await?;
    let mut found = Found { next: from, ..Found::default() };
    if !source.collections().contains(&CollectionKind::Content) {
        return Ok(Found::default());
    }
    for _ in 0..bounds.pages {
        let read = source.page(CollectionKind::Content, found.next.as_ref(), engine.page_items);
        let page = match tokio::time::timeout_at(until, read).await {
            // A page that does not come in time is asked for by the next question.
            Err(_) => {
                found.is_broken_off = found.looked == 0;
                return Ok(found);
            }
            Ok(Err(AdapterError::Busy { .. })) => {
                found.is_broken_off = true;
                return Ok(found);
            }
            Ok(page) => page?,
        };
        for item in &page.items {
            let Some(post) = on_the_wall(item) else { continue };
            found.looked += 1;
            found.posts.extend(around(item, post, words));
        }
        let is_same = page.next == found.next;
        found.next = page.next.filter(|_| !is_same);
        if found.next.is_none() || found.posts.len() >= bounds.found || Instant::now() >= until {
            break;
        }
    }
    Ok(found)
}

/// The post around the first of the words, if it has one: in its text, its warning, or what is said of its files.
fn around(item: &Item, mut post: Value, words: &[String]) -> Option<Value> {
    let Item::Post(object) = item else { return None };
    let warning = object.summary.as_deref().unwrap_or_default();
    let said = object.attachments.iter().filter_map(|file| file.alt.as_deref());
    let content = remap::without_markup(&object.content);
    let all = [warning, content.as_str()].into_iter().chain(said).filter(|part| !part.is_empty());
    let text = all.collect::<Vec<_>>().join(" · ");
    let letters: Vec<char> = text.chars().collect();
    // Letters may change their number when they become small, so places are counted letter by letter.
    let small: Vec<(usize, char)> = letters
        .iter()
        .enumerate()
        .flat_map(|(at, letter)| letter.to_lowercase().map(move |small| (at, small)))
        .collect();
    let at = words.iter().filter_map(|word| place(&small, word)).min()?;
    let start = at.saturating_sub(BEFORE);
    let mut shown: String = letters.iter().skip(start).take(SHOWN).collect();
    if start > 0 {
        shown.insert(0, '…');
    }
    if letters.len() > start + SHOWN {
        shown.push('…');
    }
    post.as_object_mut()?.insert("text".to_owned(), json!(shown));
    Some(post)
}

/// Where a word begins.
fn place(text: &[(usize, char)], word: &str) -> Option<usize> {
    let word: Vec<char> = word.chars().collect();
    let fits = |window: &&[(usize, char)]| window.iter().map(|(_, letter)| letter).eq(word.iter());
    text.windows(word.len().max(1)).find(fits)?.first().map(|(at, _)| *at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_compared_small_and_are_not_too_many() {
        assert_eq!(words(" Herons, and  ÄRGER"), ["herons", "and", "ärger"]);
        assert!(words(" , ").is_empty());
        assert_eq!(words(&"x ".repeat(99)).len(), WORDS);
    }

    #[test]
    fn a_word_is_found_where_it_stands() {
        let small = |text: &str| {
            let letters = text.chars().enumerate();
            letters.flat_map(|(at, c)| c.to_lowercase().map(move |c| (at, c))).collect::<Vec<_>>()
        };
        assert_eq!(place(&small("İstanbul Heron"), "heron"), Some(9), "a letter that becomes two when small");
        assert_eq!(place(&small("Heron"), "herons"), None);
    }
}
