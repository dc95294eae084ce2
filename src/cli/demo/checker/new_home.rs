//! Every entry of the archive against its copy at New home: there once, unchanged, for the same people.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;
use url::Url;

use super::{
    archive::{Archive, Entry, Sort, hex, id_of},
    audience::Audience,
    compare::{self, Known, Unlike},
    findings::Findings,
    inventory::{Inventory, Place, attachments},
    old_home::Before,
};
use crate::{
    adapters::stand_in::Difference,
    cli::demo::{
        browser::{ANYTHING, Browser},
        outcome::{Audiences, Items},
    },
};

/// The copies by the archive's id of each entry.
pub(crate) type Copies = BTreeMap<String, Place>;

/// Finds the copy of every entry: exactly one, known by its address at Old home and in the archive.
pub(crate) fn find(archive: &Archive, before: &Before, now: &Inventory, findings: &mut Findings) -> Copies {
    let mut copies = Copies::new();
    for place in &now.places {
        let is_it = |entry: &&Entry| before.places.get(&entry.id).is_some_and(|old| place.was_at(&old.id));
        let Some(entry) = archive.of(place.sort).find(is_it) else {
            findings.add(format!("{} stands at New home and came from nowhere", place.id));
            continue;
        };
        let first_and_last = [Some(&entry.id), before.places.get(&entry.id).map(|old| &old.id)];
        if first_and_last.into_iter().flatten().any(|address| !place.former.contains(address)) {
            findings.accept(Difference::NoFormerAddresses, || {
                format!("{} does not tell its first address any more", place.id)
            });
        }
        if let Some(other) = copies.insert(entry.id.clone(), place.clone()) {
            findings.add(format!("{} and {} are copies of the same thing", other.id, place.id));
        }
    }
    copies
}

/// Compares what is there with what should be; returns the counts of the five kinds (without reasons).
///
/// # Errors
/// When New home does not answer.
pub(crate) async fn check(
    archive: &Archive,
    copies: &Copies,
    now: &Inventory,
    owner: &Browser,
    findings: &mut Findings,
) -> Result<Items> {
    let known = Known::new(archive, copies);
    compare(archive, copies, &known, findings);
    order(archive, copies, findings);
    let mut items = Items::default();
    let sort = |wanted| now.places.iter().filter(|place| place.sort == wanted).count();
    items.posts.source = count(archive.of(Sort::Post).count());
    items.posts.destination = count(sort(Sort::Post));
    items.boosts.source = count(archive.of(Sort::Boost).count());
    items.boosts.destination = count(sort(Sort::Boost));
    items.media.source = count(archive.enclosures().len());
    items.media.destination = count(files(archive, copies, owner, findings).await?);
    items.likes.source = count(archive.likes.len());
    items.likes.destination = count(pointers("like", &archive.likes, &now.likes, &known, findings));
    items.bookmarks.source = count(archive.bookmarks.len());
    items.bookmarks.destination =
        count(pointers("bookmark", &archive.bookmarks, &now.bookmarks, &known, findings));
    Ok(items)
}

/// Compares every entry with its copy.
pub(crate) fn compare(archive: &Archive, copies: &Copies, known: &Known<'_>, findings: &mut Findings) {
    for entry in &archive.entries {
        let Some(copy) = copies.get(&entry.id) else {
            absent(entry, known, findings);
            continue;
        };
        findings.expect(copy.audience == entry.audience, || {
            format!("{} is for {:?}, and was for {:?}", copy.id, copy.audience, entry.audience)
        });
        for Unlike { phrase, way } in compare::differences(entry, copy, known) {
            let sentence = || format!("{}: {phrase}", copy.id);
            match way {
                Some(way) => findings.accept(way, sentence),
                None => findings.add(sentence()),
            }
        }
    }
}

/// What did not arrive is counted with its reason; beside another server only what its ways explain stays away.
fn absent(entry: &Entry, known: &Known<'_>, findings: &mut Findings) {
    let passes_on = entry.document.get("object").and_then(id_of).filter(|_| entry.sort == Sort::Boost);
    if passes_on.is_some_and(|address| !known.is_own(&address)) {
        missed(&entry.id, findings);
    } else if !findings.accepted().is_empty() {
        findings.add(format!("{} did not arrive", entry.id));
    }
}

/// Something that points at a post of others stays away.
fn missed(what: &str, findings: &mut Findings) {
    if !findings.accepted().is_empty() {
        findings.accept(Difference::UnknownPosts, || format!("{what} did not arrive"));
    }
}

/// How many there are for whom.
pub(crate) fn audiences(now: &Inventory) -> Audiences {
    let of = |wanted| count(now.places.iter().filter(|place| place.audience == wanted).count());
    Audiences {
        public: of(Audience::Public),
        unlisted: of(Audience::Unlisted),
        followers: of(Audience::Followers),
        direct: of(Audience::Direct),
    }
}

/// Ids rise with time, so that every list keeps the order in which things were written.
pub(crate) fn order(archive: &Archive, copies: &Copies, findings: &mut Findings) {
    for sort in [Sort::Post, Sort::Boost] {
        let ids = archive.of(sort).filter_map(|entry| copies.get(&entry.id)).map(|copy| &copy.id);
        let mut last: Option<&String> = None;
        for id in ids {
            if let Some(last) = last.filter(|last| key(last) >= key(id)) {
                findings.add(format!("{id} was made after {last}, and its id says otherwise"));
            }
            last = Some(id);
        }
    }
}

fn key(id: &str) -> &str {
    id.trim_end_matches("/activity").rsplit('/').next().unwrap_or_default()
}

/// Fetches every file of every copy and compares the bytes; returns how many different files arrived.
async fn files(
    archive: &Archive,
    copies: &Copies,
    owner: &Browser,
    findings: &mut Findings,
) -> Result<usize> {
    let mut arrived = BTreeSet::new();
    for entry in &archive.entries {
        let Some(copy) = copies.get(&entry.id) else {
            continue;
        };
        let there = attachments(&copy.document);
        let expected: Vec<_> = entry.files.iter().filter(|file| file.sha256.is_some()).collect();
        findings.expect(there.len() == expected.len(), || {
            format!("{} has {} files, and had {}", copy.id, there.len(), expected.len())
        });
        for (file, (address, _)) in expected.into_iter().zip(there) {
            let answer = owner.look(&Url::parse(&address)?, ANYTHING).await?;
            let hash = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, &answer.body);
            let is_same = answer.status == 200 && file.sha256.as_deref() == Some(hex(hash.as_ref()).as_str());
            findings.expect(is_same, || format!("{address} is not the file it was ({})", answer.status));
            if is_same {
                arrived.insert(file.url.clone());
            }
        }
    }
    Ok(arrived.len())
}

/// Compares likes or bookmarks; returns how many are there.
fn pointers(
    what: &str,
    was: &BTreeSet<String>,
    now: &[String],
    known: &Known<'_>,
    findings: &mut Findings,
) -> usize {
    let expected: BTreeSet<String> = was.iter().map(|address| known.moved(address)).collect();
    let there: BTreeSet<String> = now.iter().cloned().collect();
    for address in was {
        if !there.contains(&known.moved(address)) {
            if known.is_own(address) {
                findings.expect(findings.accepted().is_empty(), || {
                    format!("the {what} of {address} did not arrive")
                });
            } else {
                missed(address, findings);
            }
        }
    }
    for stray in there.difference(&expected) {
        findings.add(format!("the {what} of {stray} came from nowhere"));
    }
    findings.expect(there.len() == now.len(), || format!("a {what} stands twice at New home"));
    now.len()
}

fn count(number: usize) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}
