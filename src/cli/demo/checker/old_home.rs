//! Where everything lives at Old home before anything is announced, and what a stranger is told there.

use std::collections::BTreeMap;

use anyhow::Result;
use serde_json::Value;
use url::Url;

use super::{
    archive::{Archive, Sort},
    findings::Findings,
    inventory::{self, Inventory, Knowledge, Place},
};
use crate::cli::demo::browser::{ACTIVITY, ANYTHING, Answer, Browser, PAGES};

/// Headers that differ from one answer to the next for no reason of ours.
const FLEETING: [&str; 4] = ["date", "set-cookie", "connection", "keep-alive"];

/// What a stranger was told for one request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Told {
    status: u16,
    headers: BTreeMap<String, String>,
    body: Vec<u8>,
}

impl From<Answer> for Told {
    fn from(answer: Answer) -> Self {
        let mut headers = answer.headers;
        headers.retain(|name, _| !FLEETING.contains(&name.as_str()));
        Self { status: answer.status, headers, body: answer.body.to_vec() }
    }
}

/// Old home as it was before the announcement.
#[derive(Debug)]
pub(crate) struct Before {
    /// The actor document.
    pub(crate) actor: Value,
    /// Where the entry with this id in the archive lives.
    pub(crate) places: BTreeMap<String, Place>,
    /// Requests strangers could always make, with the answer.
    pub(crate) open: Vec<(Request, Told)>,
    /// Requests for files that open for whoever has their address, with the answer.
    pub(crate) fixed: Vec<(Request, Told)>,
    /// Requests that never told a stranger anything, with the exact answer.
    pub(crate) hidden: Vec<(Request, Told)>,
    /// The pages of the second account and what stood there.
    pub(crate) bystander: Vec<(Request, u16)>,
}

/// One request about one entry.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    /// Id of the entry in the archive; empty for the second account.
    pub(crate) entry: String,
    /// Address.
    pub(crate) url: Url,
    /// `Accept`.
    pub(crate) accept: &'static str,
}

/// Looks at Old home with its owner's eyes and with a stranger's.
///
/// # Errors
/// When Old home does not answer.
pub(crate) async fn record(
    archive: &Archive,
    owner: &Browser,
    stranger: &Browser,
    actor: &Url,
    bystander: &Url,
    known: &Knowledge,
    findings: &mut Findings,
) -> Result<Before> {
    let inventory = inventory::read(owner, actor, known).await?;
    let places = join(archive, &inventory, findings);
    let mut before = Before {
        actor: inventory.actor,
        places: BTreeMap::new(),
        open: Vec::new(),
        fixed: Vec::new(),
        hidden: Vec::new(),
        bystander: Vec::new(),
    };
    for (entry, place) in &places {
        for (url, accept) in requests(place) {
            let request = Request { entry: entry.clone(), url: Url::parse(&url)?, accept };
            let answer = stranger.look(&request.url, accept).await?;
            if !place.audience.is_open() {
                findings.expect(answer.status >= 400, || {
                    format!("{url} is nobody else's business, and a stranger got {}", answer.status)
                });
                before.hidden.push((request, answer.into()));
            } else if answer.status < 400 {
                before.open.push((request, answer.into()));
            } else {
                // A boost need not have a page; anything else that is open must answer.
                findings.expect(place.sort == Sort::Boost && accept == PAGES, || {
                    format!("{url} is open, and a stranger got {} before the announcement", answer.status)
                });
            }
        }
        for file in place.fixed_files() {
            let request = Request { entry: entry.clone(), url: Url::parse(file)?, accept: ANYTHING };
            let answer = stranger.look(&request.url, request.accept).await?;
            before.fixed.push((request, answer.into()));
        }
    }
    before.places = places;
    for (url, accept) in neighbours(bystander)? {
        let status = stranger.look(&url, accept).await?.status;
        before.bystander.push((Request { entry: String::new(), url, accept }, status));
    }
    Ok(before)
}

/// What is asked for; of hidden posts also what hangs below them.
fn requests(place: &Place) -> Vec<(String, &'static str)> {
    let mut requests = place.requests();
    if !place.audience.is_open() && place.sort == Sort::Post {
        requests.push((format!("{}/activity", place.id), ACTIVITY));
        requests.push((format!("{}/replies", place.id), ACTIVITY));
    }
    requests
}

/// The second account's actor, profile and feed.
fn neighbours(actor: &Url) -> Result<Vec<(Url, &'static str)>> {
    let name = actor.path_segments().and_then(Iterator::last).unwrap_or_default();
    Ok(vec![
        (actor.clone(), ACTIVITY),
        (actor.join(&format!("/@{name}"))?, PAGES),
        (actor.join(&format!("/@{name}.rss"))?, PAGES),
    ])
}

/// Finds each entry of the archive at a home by the id it had before: exactly one place each.
fn join(archive: &Archive, inventory: &Inventory, findings: &mut Findings) -> BTreeMap<String, Place> {
    let mut places = BTreeMap::new();
    for place in &inventory.places {
        let mut entries = archive.of(place.sort).filter(|entry| place.was_at(&entry.id));
        let Some(entry) = entries.next() else {
            findings.add(format!("{} stands at Old home and not in the archive", place.id));
            continue;
        };
        findings.expect(place.audience == entry.audience, || {
            format!(
                "{} is for {:?} at Old home, {:?} in the archive",
                place.id, place.audience, entry.audience
            )
        });
        if places.insert(entry.id.clone(), place.clone()).is_some() {
            findings.add(format!("{} stands twice at Old home", entry.id));
        }
    }
    places
}
