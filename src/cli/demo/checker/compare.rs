//! One entry of the archive against its copy, field by field.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{
    archive::{Archive, Entry, Sort, id_of},
    html,
    inventory::{Place, attachments, word},
    new_home::Copies,
};
use crate::adapters::stand_in::Difference;

/// Something that is not as it was.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Unlike {
    /// What, as a phrase.
    pub(crate) phrase: String,
    /// Which of the ways of another server it follows from, if it can.
    pub(crate) way: Option<Difference>,
}

impl Unlike {
    fn plain(phrase: impl Into<String>) -> Self {
        Self { phrase: phrase.into(), way: None }
    }
}

/// Every address of every entry, there and here.
pub(crate) struct Known<'a> {
    /// From an address in the archive to the entry's id.
    there: BTreeMap<String, String>,
    /// From an address at New home to the entry's id.
    here: BTreeMap<String, String>,
    copies: &'a Copies,
}

impl<'a> Known<'a> {
    /// Collects the addresses.
    pub(crate) fn new(archive: &Archive, copies: &'a Copies) -> Self {
        let mut here = BTreeMap::new();
        for (entry, copy) in copies {
            for address in std::iter::once(&copy.id).chain(&copy.page) {
                here.insert(address.clone(), entry.clone());
            }
        }
        Self { there: archive.addresses(), here, copies }
    }

    /// Whether this is the address of something the person made.
    pub(crate) fn is_own(&self, address: &str) -> bool {
        self.there.contains_key(address)
    }

    /// Where something that stood at this address should be found now.
    pub(crate) fn moved(&self, address: &str) -> String {
        let copy = self.there.get(address).and_then(|id| self.copies.get(id));
        copy.map_or_else(|| address.to_owned(), |copy| copy.id.clone())
    }
}

/// Everything that is not as it was.
pub(crate) fn differences(entry: &Entry, copy: &Place, known: &Known<'_>) -> Vec<Unlike> {
    let (was, is) = (&entry.document, &copy.document);
    let mut found = Vec::new();
    if word(is, "published").as_deref() != Some(entry.published.as_str()) {
        let phrase = format!("made at {:?}, and it was {}", word(is, "published"), entry.published);
        found.push(Unlike::plain(phrase));
    }
    if entry.sort == Sort::Boost {
        let (was, is) = (was.get("object").and_then(id_of), is.get("object").and_then(id_of));
        if was.map(|object| known.moved(&object)) != is {
            found.push(Unlike::plain("passes on something else"));
        }
        return found;
    }
    for field in ["type", "summary", "updated", "name"] {
        if said(was, field) != said(is, field) {
            let phrase = format!("its {field} is {:?}, and was {:?}", word(is, field), word(was, field));
            found.push(Unlike::plain(phrase));
        }
    }
    let is_sensitive = |post: &Value| post.get("sensitive").and_then(Value::as_bool).unwrap_or(false);
    let checks = [
        ("its warning flag has changed", is_sensitive(was) == is_sensitive(is)),
        ("its language has changed", language(was) == language(is)),
        ("its poll has changed", poll(was) == poll(is)),
        ("its topics have changed", topics(was) == topics(is)),
        ("what it quotes has changed", quoted(was).map(|id| known.moved(&id)) == quoted(is)),
    ];
    found.extend(text(was, is, known));
    found.extend(checks.into_iter().filter(|(_, is_same)| !is_same).map(|(phrase, _)| Unlike::plain(phrase)));
    found.extend(answered(was, is, known));
    found.extend(described(entry, is));
    found
}

/// Whether the text has changed.
fn text(was: &Value, is: &Value, known: &Known<'_>) -> Option<Unlike> {
    let (old, new) = (html::read(&content(was), &known.there), html::read(&content(is), &known.here));
    if old == new {
        return None;
    }
    // The names of those it mentions, as they are where they are not known.
    let people = tags(was, "Mention").filter_map(|tag| word(tag, "name"));
    let short = people.fold(new.text.clone(), |text, full| {
        let name = full.trim_start_matches('@').split('@').next().unwrap_or_default();
        text.replace(&full, &format!("@{name}"))
    });
    let way = (short == old.text && new.links == old.links).then_some(Difference::NamesInFull);
    Some(Unlike { phrase: format!("its text has changed: it is {new:?}, and was {old:?}"), way })
}

/// Whether it answers something else.
fn answered(was: &Value, is: &Value, known: &Known<'_>) -> Option<Unlike> {
    let (old, new) = (pointed(was, "inReplyTo", known), is.get("inReplyTo").and_then(id_of));
    if old == new {
        return None;
    }
    let first = was.get("inReplyTo").and_then(id_of);
    let was_of_others = first.is_some_and(|address| !known.there.contains_key(&address));
    let way = (new.is_none() && was_of_others).then_some(Difference::LoneAnswers);
    Some(Unlike { phrase: format!("what it answers has changed: it is {new:?}, and was {old:?}"), way })
}

/// A field that says something; an empty text says as little as none.
fn said(document: &Value, field: &str) -> Option<String> {
    word(document, field).filter(|text| !text.is_empty())
}

fn content(post: &Value) -> String {
    let any = || post.get("contentMap")?.as_object()?.values().find_map(Value::as_str).map(str::to_owned);
    word(post, "content").or_else(any).unwrap_or_default()
}

fn language(post: &Value) -> Option<&String> {
    post.get("contentMap")?.as_object()?.keys().next()
}

fn pointed(post: &Value, field: &str, known: &Known<'_>) -> Option<String> {
    post.get(field).and_then(id_of).map(|address| known.moved(&address))
}

fn quoted(post: &Value) -> Option<String> {
    ["quote", "quoteUrl", "quoteUri", "_misskey_quote"]
        .iter()
        .find_map(|field| post.get(field).and_then(id_of))
}

/// A poll as far as it is compared.
#[derive(PartialEq, Eq)]
struct Poll {
    has_several: bool,
    choices: Vec<(Option<String>, u64)>,
    voters: Option<u64>,
}

fn poll(post: &Value) -> Option<Poll> {
    let several = post.get("anyOf").filter(|list| list.is_array());
    let choices = several.or_else(|| post.get("oneOf"))?.as_array()?;
    let votes = |choice: &Value| choice.get("replies")?.get("totalItems")?.as_u64();
    let choice = |choice: &Value| (word(choice, "name"), votes(choice).unwrap_or(0));
    let voters = post.get("votersCount").and_then(Value::as_u64);
    Some(Poll { has_several: several.is_some(), choices: choices.iter().map(choice).collect(), voters })
}

fn tags<'a>(post: &'a Value, kind: &'a str) -> impl Iterator<Item = &'a Value> {
    let tags = post.get("tag").and_then(Value::as_array);
    tags.into_iter().flatten().filter(move |tag| word(tag, "type").as_deref() == Some(kind))
}

fn topics(post: &Value) -> BTreeSet<String> {
    tags(post, "Hashtag").filter_map(|tag| word(tag, "name")).map(|name| name.to_lowercase()).collect()
}

/// What is said about each file. The bytes are compared elsewhere.
fn described(entry: &Entry, is: &Value) -> Vec<Unlike> {
    let had: Vec<(String, Value)> = attachments(&entry.document);
    let had = had.iter().zip(&entry.files).filter(|(_, file)| file.sha256.is_some()).map(|((_, one), _)| one);
    let mut found = Vec::new();
    for (number, (was, (_, is))) in (1..).zip(had.zip(attachments(is))) {
        for field in ["name", "blurhash"] {
            if said(was, field) != said(&is, field) {
                let new = said(&is, field).filter(|_| field == "blurhash");
                let is_picture = new.is_some_and(|hash| blurhash::decode(&hash, 8, 8, 1.0).is_ok());
                let phrase = format!("the {field} of file {number} has changed");
                found.push(Unlike { phrase, way: is_picture.then_some(Difference::BlurredAnew) });
            }
        }
        if was.get("focalPoint").filter(|point| point.is_array()) != is.get("focalPoint") {
            found.push(Unlike::plain(format!("the focal point of file {number} has changed")));
        }
    }
    found
}

#[cfg(test)]
#[path = "compare_tests.rs"]
mod tests;
