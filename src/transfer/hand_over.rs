//! The destination says who it is and gives back the list of new addresses. All of it stays inert
//! until the owner announces and each entry is proven.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use url::Url;

use super::{
    source_side::{SourceSide, SourceSideError, SourceSideResult, plain_url},
    tokens::Grant,
};
use crate::{
    model::{ending::Ending, problem::ProblemKind},
    oauth::scope::Scope,
    port::host::Located,
    store::{
        departures::{self, DepartureRow, NewDeparture},
        forwards::{self, ForwardRow},
    },
    words::text,
};

/// Entries of one batch at most; more are refused as a whole.
pub const BATCH: usize = 1000;

/// One line of the list, as it comes: nothing of it is believed.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
pub struct Entry {
    /// An address of ours.
    pub old: String,
    /// The exact new id.
    pub new: String,
    /// Its page for people.
    #[serde(default)]
    pub page: Option<String>,
}

/// A batch.
#[derive(Debug, Clone, Default, Deserialize, utoipa::ToSchema)]
pub struct Batch {
    /// Its lines.
    pub entries: Vec<Entry>,
    /// Whether that was all.
    #[serde(default)]
    pub complete: bool,
    /// Addresses of ours whose objects or files were erased where they went, at any time (our extension).
    #[serde(default)]
    pub erased: Vec<String>,
}

/// One line that was not taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct RefusedEntry {
    /// Its old address.
    pub old: String,
    /// A sentence.
    pub why: String,
}

/// What became of a batch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Taken {
    /// Lines that are in the list now, whether new or known before.
    pub accepted: usize,
    /// Lines that are not.
    pub refused: Vec<RefusedEntry>,
}

/// The destination names the new actor. It may only name one on its own origin.
///
/// # Errors
/// [`SourceSideError::Refused`].
pub async fn start(
    side: &SourceSide,
    grant: &Grant,
    target: &str,
    return_url: Option<&str>,
) -> SourceSideResult<()> {
    start_as(side, grant, target, return_url, Ending::Announce).await.map(|_| ())
}

/// As [`start`], with the ending that is asked for; answers with the one that holds.
///
/// # Errors
/// As [`start`].
pub async fn start_as(
    side: &SourceSide,
    grant: &Grant,
    target: &str,
    return_url: Option<&str>,
    ending: Ending,
) -> SourceSideResult<Ending> {
    let target = plain_url(target).filter(|url| is_on_origin_of(url, &grant.client_id)).ok_or_else(|| {
        SourceSideError::refused(ProblemKind::BadTarget, text!("refusals-must-live-on-the-server-that-asks"))
    })?;
    let return_url = return_url.and_then(plain_url).filter(|url| url.origin() == target.origin());
    let new = NewDeparture {
        id: side.clock.id(),
        account_id: grant.account.as_str().to_owned(),
        consent_id: grant.consent.as_str().to_owned(),
        is_hand_over: grant.scope == Scope::HandOver,
        target: target.to_string(),
        target_page: None,
        return_url: return_url.map(String::from),
        ending,
        created_at: side.clock.now_micros(),
    };
    departures::start(&side.store, new).await?;
    side.note(grant.account.as_str(), "started", target.as_str()).await?;
    // What was announced before stays as it was announced.
    let known = departures::of_account(&side.store, grant.account.as_str()).await?;
    let known = known.iter().find(|row| row.target == target.as_str()).and_then(DepartureRow::ending);
    Ok(known.unwrap_or(ending))
}

pub(super) fn is_on_origin_of(url: &Url, other: &str) -> bool {
    Url::parse(other).is_ok_and(|other| other.origin() == url.origin())
}

/// The departure a grant works on: the one it is bound to, else the latest towards its server.
///
/// # Errors
/// [`SourceSideError::Store`].
pub async fn departure_of(side: &SourceSide, grant: &Grant) -> SourceSideResult<Option<DepartureRow>> {
    let all = departures::of_account(&side.store, grant.account.as_str()).await?;
    let all = || {
        all.iter().filter(|row| {
            row.state != "withdrawn"
                && plain_url(&row.target).is_some_and(|url| is_on_origin_of(&url, &grant.client_id))
        })
    };
    let bound = all().find(|row| row.consent_id.as_deref() == Some(grant.consent.as_str()));
    Ok(bound.or_else(|| all().next()).cloned())
}

/// Takes a batch. Each line stands for itself; the same batch twice is one batch.
///
/// # Errors
/// [`SourceSideError::Refused`] when the batch as a whole cannot be taken.
pub async fn take(side: &SourceSide, grant: &Grant, batch: Batch) -> SourceSideResult<Taken> {
    if grant.scope != Scope::HandOver {
        let why = text!("refusals-handing-over-needs-a-consent");
        return Err(SourceSideError::refused(ProblemKind::InsufficientScope, why));
    }
    if batch.entries.len().max(batch.erased.len()) > BATCH {
        let why = text!("refusals-a-batch-has-at-most", most = BATCH.to_string());
        return Err(SourceSideError::refused(ProblemKind::TooMany, why));
    }
    let departure = departure_of(side, grant).await?.ok_or_else(|| {
        SourceSideError::refused(ProblemKind::NotStarted, text!("refusals-say-first-which-account"))
    })?;
    erase(side, grant, &departure, &batch.erased).await?;
    if batch.entries.is_empty() && !batch.complete {
        return Ok(Taken { accepted: 0, refused: Vec::new() });
    }
    let target = Url::parse(&departure.target).map_err(|_| {
        SourceSideError::refused(ProblemKind::BadTarget, text!("refusals-the-new-address-is-unreadable"))
    })?;
    departures::bind(&side.store, departure.id.clone(), grant.consent.as_str().to_owned()).await?;
    let total = batch.entries.len();
    let (mut good, mut refused) = (Vec::with_capacity(total), Vec::new());
    let read = batch.entries.into_iter().map(|entry| (addresses(&target, &entry), entry));
    let (mut lines, mut olds) = (Vec::with_capacity(total), Vec::with_capacity(total));
    for (addresses, entry) in read {
        match addresses {
            Ok((old, new)) => {
                olds.push(old);
                lines.push((entry, new));
            }
            Err(why) => refused.push(RefusedEntry { old: entry.old, why }),
        }
    }
    let located = side.host.locate_all(&olds).await?;
    // The same words for another's and for nobody's: a list must not be a way to ask who owns what.
    let of_nobody = text!("refusals-nothing-of-this-account");
    for ((entry, new), located) in lines.into_iter().zip(located) {
        match located.filter(|located| located.account == grant.account) {
            Some(located) => {
                let row = line(&departure.id, &target, &entry, &new, &located);
                good.push((entry.old, row));
            }
            None => refused.push(RefusedEntry { old: entry.old, why: of_nobody.clone() }),
        }
    }
    let rows = good.iter().map(|(_, row)| row.clone()).collect();
    let elsewhere = forwards::add(&side.store, departure.id, rows, batch.complete).await?;
    let elsewhere: BTreeSet<String> = elsewhere.into_iter().collect();
    let why = if matches!(departure.state.as_str(), "started" | "resting") {
        text!("refusals-another-was-handed-over-before")
    } else {
        text!("refusals-the-list-is-closed")
    };
    for (old, _) in good.into_iter().filter(|(_, row)| elsewhere.contains(&row.old_url)) {
        refused.push(RefusedEntry { old, why: why.clone() });
    }
    if batch.complete {
        side.note(grant.account.as_str(), "map complete", target.as_str()).await?;
    }
    Ok(Taken { accepted: total - refused.len(), refused })
}

/// What was erased where it went is gone here, too, for everybody whom its address led there; what was never open, or
/// never proven, stays as it is answered.
async fn erase(
    side: &SourceSide,
    grant: &Grant,
    departure: &DepartureRow,
    erased: &[String],
) -> SourceSideResult<()> {
    if erased.is_empty() {
        return Ok(());
    }
    let urls: Vec<Url> = erased.iter().filter_map(|url| plain_url(url)).collect();
    let located = side.host.locate_all(&urls).await?;
    let ids = located.into_iter().zip(&urls).filter_map(|(located, url)| match located {
        Some(located) => (located.account == grant.account).then_some(located.id),
        None => side.host.id_of(url),
    });
    let ids: Vec<String> = ids.map(String::from).collect();
    if forwards::erase(&side.store, departure.id.clone(), ids).await? > 0 {
        side.note(grant.account.as_str(), "erased", &departure.target).await?;
    }
    Ok(())
}

/// The two addresses of a line, if they can be believed to be such.
fn addresses(target: &Url, entry: &Entry) -> Result<(Url, Url), String> {
    let old = plain_url(&entry.old).ok_or_else(|| text!("refusals-old-is-no-plain-address"))?;
    let new = plain_url(&entry.new)
        .filter(|new| new.origin() == target.origin())
        .ok_or_else(|| text!("refusals-new-is-no-plain-address"))?;
    Ok((old, new))
}

/// A line as it is kept. Kind and visibility are ours to know: what the line says of them is not asked.
fn line(departure: &str, target: &Url, entry: &Entry, new: &Url, located: &Located) -> ForwardRow {
    let page = entry.page.as_deref().and_then(plain_url).filter(|page| page.origin() == target.origin());
    ForwardRow {
        departure_id: departure.to_owned(),
        old_url: located.id.to_string(),
        new_url: new.to_string(),
        new_page: page.map(String::from),
        kind: located.kind.as_str().to_owned(),
        visibility: located.visibility.as_str().to_owned(),
        proof: "none".to_owned(),
        why: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transfer::{consent, fakes::Bench};

    fn batch(entries: &[(&str, &str)]) -> Batch {
        let entry = |(old, new): &(&str, &str)| Entry { old: (*old).into(), new: (*new).into(), page: None };
        Batch { entries: entries.iter().map(entry).collect(), complete: true, ..Batch::default() }
    }

    async fn started() -> (Bench, Grant) {
        let bench = Bench::new().await;
        let grant = bench.grant(Scope::HandOver).await;
        start(&bench.side, &grant, "https://new.example/users/ann", Some("https://new.example/transfers/1"))
            .await
            .unwrap();
        (bench, grant)
    }

    #[tokio::test]
    async fn a_read_token_hands_nothing_over() {
        let (bench, _) = started().await;
        let grant = bench.grant(Scope::Read).await;
        let refused = take(&bench.side, &grant, batch(&[])).await;
        assert!(matches!(
            refused,
            Err(SourceSideError::Refused { kind: ProblemKind::InsufficientScope, .. })
        ));
    }

    #[tokio::test]
    async fn addresses_of_others_and_addresses_elsewhere_are_refused_one_by_one() {
        let (bench, grant) = started().await;
        let taken = take(
            &bench.side,
            &grant,
            batch(&[
                ("https://old.example/users/ann/posts/1", "https://new.example/users/ann/posts/1"),
                ("https://old.example/users/bob/posts/1", "https://new.example/users/ann/posts/2"),
                ("https://old.example/users/ann/posts/2", "https://evil.example/users/ann/posts/2"),
                ("https://old.example/users/ann/posts/2", "https://a:b@new.example/posts/2"),
                ("https://old.example/users/ann/posts/2", "https://new.example/posts/2#x"),
            ]),
        )
        .await
        .unwrap();
        assert_eq!((taken.accepted, taken.refused.len()), (1, 4));
    }

    #[tokio::test]
    async fn the_first_new_address_stays() {
        let (bench, grant) = started().await;
        let first = [("https://old.example/users/ann/posts/1", "https://new.example/users/ann/posts/1")];
        let other = [("https://old.example/@ann/1", "https://new.example/users/ann/posts/9")];
        for _ in 0..2 {
            assert_eq!(take(&bench.side, &grant, batch(&first)).await.unwrap().accepted, 1);
        }
        let taken = take(&bench.side, &grant, batch(&other)).await.unwrap();
        assert_eq!(taken.accepted, 0, "another spelling of the same old address");
        let departure = departure_of(&bench.side, &grant).await.unwrap().unwrap();
        assert_eq!(forwards::counts(&bench.store, &departure.id).await.unwrap().entries, 1);
    }

    #[tokio::test]
    async fn a_server_names_only_accounts_of_its_own() {
        let (bench, grant) = started().await;
        assert!(start(&bench.side, &grant, "https://third.example/users/ann", None).await.is_err());
        start(&bench.side, &grant, "https://new.example/users/ann", Some("https://evil.example/"))
            .await
            .unwrap();
        assert_eq!(departure_of(&bench.side, &grant).await.unwrap().unwrap().return_url, None);
    }

    #[tokio::test]
    async fn revoking_before_the_announcement_withdraws_the_list() {
        let (bench, grant) = started().await;
        let entries = [("https://old.example/users/ann/posts/1", "https://new.example/users/ann/posts/1")];
        take(&bench.side, &grant, batch(&entries)).await.unwrap();
        let reading = bench.grant(Scope::Read).await;
        start(&bench.side, &reading, "https://new.example/users/ann", None).await.unwrap();
        let departure = departure_of(&bench.side, &grant).await.unwrap().unwrap();
        consent::revoke(&bench.side, &grant.account, grant.consent.as_str()).await.unwrap();
        let row = departures::find(&bench.store, &departure.id).await.unwrap().unwrap();
        assert_eq!(row.state, "withdrawn");
        assert_eq!(forwards::counts(&bench.store, &departure.id).await.unwrap().entries, 0);
    }
}
