//! During the trial New home shows strangers nothing of the copy: not by address, not in any list.

use anyhow::Result;
use serde_json::Value;
use url::Url;

use super::{
    archive::{Archive, Sort},
    findings::Findings,
    inventory::word,
};
use crate::cli::demo::{
    browser::{ACTIVITY, ANYTHING, Browser, PAGES},
    homes::Home,
    outcome::Redirects,
};

/// Digits of a number that nobody guesses.
const NUMBER: usize = 15;
/// Words of the archive that New home's search is asked for.
const SEARCHES: usize = 5;

/// Reads the whole list of old and new addresses, as its owner.
///
/// # Errors
/// When New home does not answer.
pub(crate) async fn map(owner: &Browser, new: &Home, transfer: &str) -> Result<Vec<Value>> {
    let list = new.at(&format!("/api/v1/transfers/{transfer}/map"))?;
    let (mut next, mut entries) = (Some(list.clone()), Vec::new());
    while let Some(url) = next {
        let page = owner.json(&url).await?;
        let found = page.get("entries").and_then(Value::as_array).cloned().unwrap_or_default();
        let is_empty = found.is_empty();
        entries.extend(found);
        next = word(&page, "next").filter(|_| !is_empty).map(|cursor| {
            let mut url = list.clone();
            url.query_pairs_mut().append_pair("cursor", &cursor);
            url
        });
    }
    Ok(entries)
}

/// Asks New home as a stranger for every new address and every list.
///
/// # Errors
/// When New home does not answer.
pub(crate) async fn check(
    archive: &Archive,
    map: &[Value],
    new: &Home,
    name: &str,
    stranger: &Browser,
    counts: &mut Redirects,
    findings: &mut Findings,
) -> Result<()> {
    let addresses: Vec<String> = map.iter().filter_map(|entry| word(entry, "new")).collect();
    let own =
        addresses.iter().filter(|address| address.starts_with(new.url.as_str()) && key(address).is_some());
    for address in own {
        for accept in [ACTIVITY, PAGES, ANYTHING] {
            counts.hidden_checked += 1;
            let status = stranger.look(&Url::parse(address)?, accept).await?.status;
            if status != 404 {
                counts.hidden_leaked += 1;
                findings
                    .add(format!("{address} ({accept}) is not announced yet, and a stranger gets {status}"));
            }
        }
    }
    for (url, accept) in lists(archive, new, name)? {
        counts.hidden_checked += 1;
        let shown = stranger.look(&url, accept).await?.text();
        if addresses.iter().any(|address| key(address).is_some_and(|key| shown.contains(key))) {
            counts.hidden_leaked += 1;
            findings.add(format!("{url} ({accept}) shows a stranger something that is not announced yet"));
        }
    }
    Ok(())
}

/// The part of an address that is nobody else's: the id in it.
fn key(address: &str) -> Option<&str> {
    let is_telling = |part: &&str| {
        (part.len() == 36 && part.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-'))
            || (part.len() >= NUMBER && part.bytes().all(|b| b.is_ascii_digit()))
    };
    address.split('/').find(is_telling)
}

/// Everything that lists posts.
fn lists(archive: &Archive, new: &Home, name: &str) -> Result<Vec<(Url, &'static str)>> {
    let mut lists = vec![(new.at("/")?, PAGES)];
    for part in ["outbox", "outbox?cursor=", "featured", "liked", "followers", "following"] {
        lists.push((new.at(&format!("/users/{name}/{part}"))?, ACTIVITY));
    }
    for part in ["", "/with_replies", "/media", ".rss"] {
        lists.push((new.at(&format!("/@{name}{part}"))?, PAGES));
    }
    let tags = archive.of(Sort::Post).filter_map(|entry| entry.document.get("tag").and_then(Value::as_array));
    for tag in tags.flatten().filter(|tag| word(tag, "type").as_deref() == Some("Hashtag")) {
        let topic = word(tag, "name").unwrap_or_default();
        let mut url = new.at("/tags/")?;
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().push(topic.trim_start_matches('#'));
        }
        lists.push((url.clone(), PAGES));
        lists.push((url, ACTIVITY));
    }
    let texts = archive.of(Sort::Post).filter(|entry| entry.audience.is_open());
    let texts = texts.filter_map(|entry| word(&entry.document, "content"));
    for text in texts.take(SEARCHES) {
        let words = super::html::read(&text, &std::collections::BTreeMap::new()).text;
        let mut url = new.at("/search")?;
        let longest = words.split(' ').max_by_key(|word| word.len()).unwrap_or_default().to_owned();
        url.query_pairs_mut().append_pair("q", &longest);
        lists.push((url, PAGES));
    }
    Ok(lists)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_telling_part_of_an_address_is_its_id() {
        let id = "01890a5d-ac96-774b-bcce-b302099a8057";
        assert_eq!(key(&format!("http://new.localhost:1/users/ann/posts/{id}")), Some(id));
        assert_eq!(key(&format!("http://new.localhost:1/media/{id}/a.png")), Some(id));
        assert_eq!(key("http://new.localhost:1/users/ann"), None);
        let number = "110285480000001234";
        assert_eq!(
            key(&format!("http://new.localhost:1/users/ann/statuses/{number}/activity")),
            Some(number)
        );
    }
}
