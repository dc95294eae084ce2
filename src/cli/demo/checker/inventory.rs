//! Everything an account shows its owner, read page by page.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result, bail};
use serde_json::Value;
use url::Url;

use super::{
    archive::{Sort, elements, id_of},
    audience::{self, Audience},
};
use crate::cli::demo::browser::{ACTIVITY, ANYTHING, Answer, Browser, PAGES};

/// What an account holds at one home.
#[derive(Debug)]
pub(crate) struct Inventory {
    /// The actor document.
    pub(crate) actor: Value,
    /// Posts and boosts.
    pub(crate) places: Vec<Place>,
    /// Addresses of liked objects.
    pub(crate) likes: Vec<String>,
    /// Addresses of bookmarked objects.
    pub(crate) bookmarks: Vec<String>,
}

/// One post or boost and where it lives.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    /// Which of the two.
    pub(crate) sort: Sort,
    /// Its id here.
    pub(crate) id: String,
    /// Its page for people.
    pub(crate) page: Option<String>,
    /// Ids it had elsewhere, as its document tells.
    pub(crate) former: Vec<String>,
    /// Ids it had elsewhere, as the list of addresses says.
    pub(crate) listed: Vec<String>,
    /// Who may see it.
    pub(crate) audience: Audience,
    /// The object or activity.
    pub(crate) document: Value,
    /// Addresses of its files, as a stranger would ask for them.
    pub(crate) files: Vec<String>,
    /// Whether its files are served to whoever has their address, and stay where they are.
    pub(crate) has_fixed_files: bool,
}

impl Place {
    /// The requests a stranger could make for it: address and `Accept`.
    pub(crate) fn requests(&self) -> Vec<(String, &'static str)> {
        let mut requests = vec![(self.id.clone(), ACTIVITY), (self.id.clone(), PAGES)];
        requests.extend(self.page.clone().map(|page| (page, PAGES)));
        if !self.has_fixed_files {
            requests.extend(self.files.iter().map(|file| (file.clone(), ANYTHING)));
        }
        requests
    }

    /// Its files that open whatever becomes of it.
    pub(crate) fn fixed_files(&self) -> &[String] {
        if self.has_fixed_files { &self.files } else { &[] }
    }

    /// Whether it was at this address before, by its own document or by the list.
    pub(crate) fn was_at(&self, address: &str) -> bool {
        self.former.iter().chain(&self.listed).any(|one| one == address)
    }
}

/// What is known of a home beyond what its documents say.
#[derive(Debug, Default)]
pub(crate) struct Knowledge {
    /// Former ids by the id here, from the list of addresses: where documents do not tell it themselves.
    pub(crate) former: BTreeMap<String, Vec<String>>,
    /// Whether files are served to whoever has their address, and stay where they are.
    pub(crate) has_fixed_files: bool,
}

/// Reads everything of the account behind `actor` with its owner's browser.
///
/// # Errors
/// When a document is missing or a list does not end.
pub(crate) async fn read(owner: &Browser, actor: &Url, known: &Knowledge) -> Result<Inventory> {
    let document = owner.look(actor, ACTIVITY).await?.json()?;
    let followers = word(&document, "followers").unwrap_or_default();
    let list = |name: &str| word(&document, name).unwrap_or_else(|| format!("{actor}/{name}"));
    let mut places = Vec::new();
    for activity in pages(owner, &list("outbox")).await? {
        places.extend(place(owner, &activity, &followers, known).await?);
    }
    let pointed = |items: Vec<Value>| items.iter().filter_map(pointer).collect();
    let likes = pointed(pages(owner, &list("liked")).await?);
    let bookmarks = pointed(pages(owner, &format!("{actor}/bookmarks")).await?);
    Ok(Inventory { actor: document, places, likes, bookmarks })
}

async fn place(
    owner: &Browser,
    activity: &Value,
    followers: &str,
    known: &Knowledge,
) -> Result<Option<Place>> {
    let (sort, document) = match activity.get("type").and_then(Value::as_str) {
        Some("Create") => (Sort::Post, activity.get("object").cloned().unwrap_or_default()),
        Some("Announce") => (Sort::Boost, activity.clone()),
        _ => return Ok(None),
    };
    let document = match &document {
        Value::String(id) => owner.look(&Url::parse(id)?, ACTIVITY).await?.json()?,
        _ => document,
    };
    let crumbs: Vec<String> = match document.get("previously") {
        Some(Value::Array(list)) => list.iter().filter_map(id_of).collect(),
        Some(one) => id_of(one).into_iter().collect(),
        None => Vec::new(),
    };
    let id = id_of(&document).context("something in the outbox has no id")?;
    Ok(Some(Place {
        sort,
        listed: known.former.get(&id).cloned().unwrap_or_default(),
        id,
        page: word(&document, "url").filter(|_| sort == Sort::Post),
        former: crumbs,
        audience: audience::of(&document, followers),
        files: attachments(&document).into_iter().map(|(url, _)| bare(&url)).collect(),
        has_fixed_files: known.has_fixed_files,
        document,
    }))
}

/// Attached files of a post: address as written, and the whole element.
pub(crate) fn attachments(document: &Value) -> Vec<(String, Value)> {
    let list = document.get("attachment").and_then(Value::as_array);
    let one = |file: &Value| {
        let url = file.get("url")?;
        let url = url.as_str().or_else(|| url.get("href")?.as_str())?;
        Some((url.to_owned(), file.clone()))
    };
    list.into_iter().flatten().filter_map(one).collect()
}

/// An address without the owner's view token.
fn bare(address: &str) -> String {
    Url::parse(address).map_or_else(
        |_| address.to_owned(),
        |mut url| {
            url.set_query(None);
            url.to_string()
        },
    )
}

/// The id a fetched document gives itself.
pub(crate) fn id_of_document(answer: &Answer) -> Option<String> {
    answer.json().ok().as_ref().and_then(id_of)
}

/// A field that is text.
pub(crate) fn word(document: &Value, field: &str) -> Option<String> {
    document.get(field).and_then(Value::as_str).map(str::to_owned)
}

/// What a like or bookmark points at.
fn pointer(item: &Value) -> Option<String> {
    item.get("object").and_then(id_of).or_else(|| id_of(item))
}

/// All elements of a paged list.
///
/// # Errors
/// When a page is missing or the pages go round in circles.
pub(crate) async fn pages(browser: &Browser, address: &str) -> Result<Vec<Value>> {
    let (mut next, mut seen, mut items) = (Some(address.to_owned()), BTreeSet::new(), Vec::new());
    while let Some(address) = next {
        if !seen.insert(address.clone()) {
            bail!("the pages of {address} go round in circles");
        }
        let page = browser.look(&Url::parse(&address)?, ACTIVITY).await?.json()?;
        let before = items.len();
        items.extend(elements(&page).cloned());
        let first = page.get("first").filter(|_| items.len() == before);
        if let Some(embedded) = first.filter(|first| first.is_object()) {
            items.extend(elements(embedded).cloned());
            next = embedded.get("next").and_then(id_of);
        } else {
            next = first.or_else(|| page.get("next")).and_then(id_of);
        }
    }
    Ok(items)
}
