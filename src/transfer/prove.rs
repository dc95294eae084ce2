//! An entry of the list is believed when the new object itself says so: written by the new account,
//! and once the old one. What nothing speaks for is never redirected.

use std::{collections::BTreeMap, time::Duration};

use futures::{StreamExt, stream};
use serde_json::Value;
use url::Url;

use super::source_side::{SourceSide, SourceSideResult, plain_url};
use crate::{
    model::{actor::authority, object::Breadcrumb},
    port::{
        error::{AdapterError, Cause, Disposition},
        host::HostAccount,
        remote::Request,
    },
    store::{
        departures::DepartureRow,
        forwards::{self, ForwardRow, Proof, Proven},
    },
    wire,
    words::text,
};

/// Objects looked at between two writes; a crash repeats at most these.
const BATCH: i64 = 200;
/// Objects fetched at the same time: one server is asked, and it has other guests.
const AT_ONCE: usize = 8;
/// How long silent objects are asked for again: half an hour after the owner's word, in
/// microseconds. After that the announcement goes on without them.
const PATIENCE_MICROS: i64 = 30 * 60 * 1_000_000;

/// Looks at the next objects; `true` when there may be more.
///
/// # Errors
/// [`AdapterError::Busy`] when the new server does not answer for some of them right now.
pub(super) async fn batch(
    side: &SourceSide,
    account: &HostAccount,
    departure: &DepartureRow,
) -> SourceSideResult<bool> {
    let entries = forwards::to_prove(&side.store, &departure.id, BATCH).await?;
    if entries.is_empty() {
        return Ok(false);
    }
    let is_last_call =
        departure.asked_at.is_none_or(|asked| side.clock.now_micros() - asked > PATIENCE_MICROS);
    let own: Vec<Url> = entries.iter().filter_map(|entry| Url::parse(&entry.old_url).ok()).collect();
    let standing = side.host.standing(&own).await?;
    let mut came: BTreeMap<String, Vec<Breadcrumb>> =
        own.into_iter().map(String::from).zip(standing.into_iter().map(|own| own.previously)).collect();
    let entries: Vec<_> =
        entries.into_iter().map(|entry| (came.remove(&entry.old_url).unwrap_or_default(), entry)).collect();
    let looked: Vec<_> = stream::iter(entries)
        .map(|(came, entry)| async move {
            let outcome = look(side, account, &departure.target, &entry, &came).await;
            (entry, outcome)
        })
        .buffer_unordered(AT_ONCE)
        .collect()
        .await;
    let (mut proofs, mut busy) = (Vec::with_capacity(looked.len()), None);
    for (entry, outcome) in looked {
        match outcome {
            Ok(outcome) => proofs.push(Proof { old_url: entry.old_url, outcome }),
            Err(error) if is_last_call => {
                proofs.push(Proof { old_url: entry.old_url, outcome: Err(error.to_string()) });
            }
            Err(error) => busy = Some(error),
        }
    }
    forwards::keep_proofs(&side.store, departure.id.clone(), proofs).await?;
    busy.map_or(Ok(true), |error| Err(error.into()))
}

/// Looks at one new object. The outer error is a reason to come back.
async fn look(
    side: &SourceSide,
    account: &HostAccount,
    target: &str,
    entry: &ForwardRow,
    came: &[Breadcrumb],
) -> Result<Result<Proven, String>, AdapterError> {
    let Ok(url) = Url::parse(&entry.new_url) else {
        return Ok(Err(text!("reasons-its-new-address-is-unreadable")));
    };
    let there = authority(&url);
    let doing = format!("looking at {url}");
    let response = match side.remote.send(Request::get(url.clone()).signed(side.signer.clone())).await {
        Ok(response) => response,
        Err(error) => return later_or_never(error.into_adapter(doing)),
    };
    if matches!(response.status, 429 | 500..=599) {
        let after = response.retry_after().unwrap_or(Duration::from_secs(30));
        return Err(AdapterError::Busy {
            doing,
            why: format!("{there} answered {}", response.status),
            after,
            cause: Cause::Strained,
        });
    }
    if !response.is_success() {
        return Ok(Err(text!(
            "reasons-answered-for-it",
            there = there,
            status = response.status.to_string()
        )));
    }
    if response.url != url {
        // Whoever follows the old address must be there with one hop.
        return Ok(Err(text!("reasons-sends-on-from-it", there = there)));
    }
    match response.activity(&url).await {
        Ok(document) => {
            let judged = judge(&document, target, account, entry, came);
            match judged {
                Err(Doubt::Silent) if is_answered(side, target, entry).await? => {
                    Ok(Ok(shown(&document, target)))
                }
                Err(doubt) => Ok(Err(doubt.said())),
                Ok(proven) => Ok(Ok(proven)),
            }
        }
        Err(error) => later_or_never(error.into_adapter(doing)),
    }
}

/// Whether the new account's own address says that the old object is this new one: where the server beside
/// New home's daemon knows no `previously`, the daemon answers there. Spec: LOLA 0.3, `redirect_ap_obj`.
async fn is_answered(side: &SourceSide, target: &str, entry: &ForwardRow) -> Result<bool, AdapterError> {
    let Ok(mut url) = Url::parse(target) else { return Ok(false) };
    url.query_pairs_mut().append_pair("redirect_ap_obj", &entry.old_url);
    let doing = format!("asking {} where {} is", authority(&url), entry.old_url);
    let response = side.remote.send(Request::get(url).signed(side.signer.clone())).await;
    match response {
        Ok(response) if matches!(response.status, 429 | 500..=599) => {
            let after = response.retry_after().unwrap_or(Duration::from_secs(30));
            let why = format!("it answered {}", response.status);
            Err(AdapterError::Busy { doing, why, after, cause: Cause::Strained })
        }
        Ok(response) => Ok(response.is_success() && response.url.as_str() == entry.new_url),
        Err(error) => match later_or_never(error.into_adapter(doing)) {
            Err(later) => Err(later),
            Ok(_) => Ok(false),
        },
    }
}

/// Why a fetched object is not believed.
#[derive(Debug, PartialEq, Eq)]
enum Doubt {
    /// It is another thing.
    Other,
    /// It is somebody else's.
    Stranger,
    /// It is the new account's, and says nothing of the old one.
    Silent,
}

impl Doubt {
    fn said(&self) -> String {
        match self {
            Self::Other => text!("reasons-something-with-another-id"),
            Self::Stranger => text!("reasons-not-by-the-new-account"),
            Self::Silent => text!("reasons-does-not-say-that-it-was-this-one"),
        }
    }
}

fn later_or_never(error: AdapterError) -> Result<Result<Proven, String>, AdapterError> {
    match error.disposition() {
        Disposition::Retry { .. } => Err(error),
        _ => Ok(Err(error.to_string())),
    }
}

/// Whether a fetched object speaks for an entry. Pure.
///
/// It says that it was ours once; or ours says so: it came from there, and what it came from is
/// reached again when an account goes back. `came` is what our own object says of itself.
fn judge(
    document: &Value,
    target: &str,
    account: &HostAccount,
    entry: &ForwardRow,
    came: &[Breadcrumb],
) -> Result<Proven, Doubt> {
    if wire::lenient::text(document, "id").as_deref() != Some(entry.new_url.as_str()) {
        return Err(Doubt::Other);
    }
    let mut authors = wire::lenient::ids(document, "attributedTo");
    authors.extend(wire::lenient::ids(document, "actor"));
    if authors.is_empty() || authors.iter().any(|author| author != target) {
        return Err(Doubt::Stranger);
    }
    let speaks =
        wire::lenient::field(document, "previously").filter_map(wire::object::breadcrumb).any(|crumb| {
            crumb.id.as_str() == entry.old_url && crumb.actor.is_none_or(|actor| actor == account.actor)
        });
    let is_origin = came.iter().any(|crumb| {
        crumb.id.as_str() == entry.new_url
            && crumb.actor.as_ref().is_none_or(|actor| actor.as_str() == target)
    });
    if !speaks && !is_origin {
        return Err(Doubt::Silent);
    }
    Ok(shown(document, target))
}

/// What a new object that is believed shows: its page and its files.
fn shown(document: &Value, target: &str) -> Proven {
    let is_home = |url: &Url| Url::parse(target).is_ok_and(|target| target.origin() == url.origin());
    let page = wire::lenient::url(document, "url").and_then(|url| plain_url(url.as_str()));
    let page = page.filter(is_home).map(String::from);
    let files = wire::lenient::field(document, "attachment")
        .filter_map(|attachment| wire::lenient::url(attachment, "url"))
        .map(String::from)
        .collect();
    Proven { page, files }
}

/// Ends proving: pictures of the new profile count as shown, everything left over is refused.
pub(super) async fn close(
    side: &SourceSide,
    departure: &DepartureRow,
    target: &Url,
    document: &Value,
) -> SourceSideResult<()> {
    let files = ["icon", "image"]
        .iter()
        .filter_map(|field| wire::actor::picture(document, field))
        .map(|(url, _)| url)
        .collect();
    let why = text!("reasons-nothing-proven-shows-it", there = authority(target));
    Ok(forwards::close_proofs(&side.store, departure.id.clone(), files, why).await?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn judged(change: impl Fn(&mut Value)) -> Result<Proven, Doubt> {
        judged_with(&[], change)
    }

    #[test]
    fn what_our_object_came_from_is_where_it_goes_back_to() {
        let crumb = |actor: &str, id: &str| Breadcrumb {
            actor: Some(Url::parse(actor).unwrap()),
            id: Url::parse(id).unwrap(),
        };
        let (ann, eve) = ("https://new.example/users/ann", "https://new.example/users/eve");
        let there = "https://new.example/users/ann/posts/1";
        let silent = |d: &mut Value| d["previously"] = json!([]);
        assert!(judged_with(&[crumb(ann, there)], silent).is_ok());
        assert!(judged_with(&[crumb(eve, there)], silent).is_err(), "it came from somebody else");
        assert!(judged_with(&[crumb(ann, "https://new.example/users/ann/posts/2")], silent).is_err());
        let anothers = |d: &mut Value| {
            silent(d);
            d["attributedTo"] = json!(eve);
        };
        assert!(judged_with(&[crumb(ann, there)], anothers).is_err(), "it is somebody else's there");
    }

    fn judged_with(came: &[Breadcrumb], change: impl Fn(&mut Value)) -> Result<Proven, Doubt> {
        let account = HostAccount {
            id: "ann-id".into(),
            username: "ann".into(),
            actor: Url::parse("https://old.example/users/ann").unwrap(),
            page: Url::parse("https://old.example/@ann").unwrap(),
            moved_to: None,
            also_known_as: Vec::new(),
        };
        let entry = ForwardRow {
            departure_id: "d".into(),
            old_url: "https://old.example/users/ann/posts/1".into(),
            new_url: "https://new.example/users/ann/posts/1".into(),
            new_page: None,
            kind: "posts".into(),
            visibility: "public".into(),
            proof: "none".into(),
            why: None,
        };
        let mut document = json!({
            "id": entry.new_url, "type": "Note", "attributedTo": "https://new.example/users/ann",
            "url": "https://new.example/@ann/1",
            "previously": [{"actor": account.actor, "id": entry.old_url}],
            "attachment": [{"type": "Document", "url": "https://new.example/media/1/a.png"}]
        });
        change(&mut document);
        judge(&document, "https://new.example/users/ann", &account, &entry, came)
    }

    #[test]
    fn an_object_that_names_its_old_id_is_proven_with_page_and_files() {
        let proven = judged(|_| {}).unwrap();
        assert_eq!(proven.page.as_deref(), Some("https://new.example/@ann/1"));
        assert_eq!(proven.files, ["https://new.example/media/1/a.png"]);
        assert!(judged(|d| d["previously"] = json!("https://old.example/users/ann/posts/1")).is_ok());
    }

    #[test]
    fn an_object_that_does_not_speak_for_the_entry_is_refused() {
        type Change = fn(&mut Value);
        let changes: [Change; 6] = [
            |d| d["previously"] = json!([]),
            |d| d["previously"] = json!("https://old.example/users/ann/posts/2"),
            |d| {
                d["previously"] =
                    json!({"actor": "https://x.example/u", "id": "https://old.example/users/ann/posts/1"});
            },
            |d| d["attributedTo"] = json!("https://new.example/users/eve"),
            |d| d["attributedTo"] = json!(["https://new.example/users/ann", "https://new.example/users/eve"]),
            |d| d["id"] = json!("https://new.example/users/ann/posts/7"),
        ];
        for change in changes {
            assert!(judged(change).is_err());
        }
    }

    #[test]
    fn a_page_elsewhere_is_not_a_page() {
        for elsewhere in
            ["https://evil.example/1", "https://bank.example@new.example/1", "https://a:b@new.example/1"]
        {
            assert_eq!(judged(|d| d["url"] = json!(elsewhere)).unwrap().page, None, "{elsewhere}");
        }
    }
}
