//! A former home: the account that left here has left its new home as well. Its present home's list of
//! arrivals says what is where, our own map joins the two halves, and nothing of it is believed before
//! it is proven; until then old addresses lead where they led.

use std::collections::BTreeMap;

use url::Url;

use super::{
    findings::{Finding, target_findings, target_of},
    hand_over::is_on_origin_of,
    prove,
    source_side::{SourceSide, SourceSideError, SourceSideResult, plain_url},
    tokens::Grant,
};
use crate::{
    model::{actor::authority, ending::Ending, policy::Decision, problem::ProblemKind},
    oauth::scope::Scope,
    port::{
        clock::Clock,
        error::{AdapterError, Cause},
        host::{Host, HostAccount},
        lookup,
        remote::{Request, Response},
    },
    store::{
        deliveries::Letter,
        departures::{self, DepartureRow},
        forwards::ForwardRow,
        onwards::{self, Followed, NewOnward},
    },
    wire,
    words::text,
};

/// Documents of one list at most: a list that goes on like this has no end.
const MOST_DOCUMENTS: i64 = 20_000;
/// Lines of one document that are looked at.
const MOST_LINES: usize = 2_000;

/// A home that an account left for here says that the account has left it, too. Believed only if the
/// account over there says the same.
///
/// # Errors
/// [`SourceSideError::Refused`].
pub async fn told(side: &SourceSide, grant: &Grant, further: &str) -> SourceSideResult<()> {
    if grant.scope != Scope::HandOver {
        let why = text!("refusals-good-for-reading-only");
        return Err(SourceSideError::refused(ProblemKind::InsufficientScope, why));
    }
    let target = plain_url(further).ok_or_else(|| {
        SourceSideError::refused(ProblemKind::BadTarget, text!("refusals-the-further-address-is-unreadable"))
    })?;
    let all = departures::of_account(&side.store, grant.account.as_str()).await?;
    let by_them = all.into_iter().find(|row| {
        matches!(row.state.as_str(), "announced" | "passed")
            && plain_url(&row.target).is_some_and(|url| is_on_origin_of(&url, &grant.client_id))
    });
    let by_them = by_them.ok_or_else(|| {
        SourceSideError::refused(ProblemKind::NotStarted, text!("refusals-has-not-moved-to-your-server"))
    })?;
    let (there, _) = lookup::actor(&*side.remote, &side.signer, &target_of(&by_them)?, None).await?;
    // It has moved there; or it is back, and lives where it is.
    let is_so = match &there.moved_to {
        Some(moved_to) => *moved_to == target,
        None => there.id == target,
    };
    if !is_so {
        let why = text!("refusals-does-not-say-that-it-lives-there");
        return Err(SourceSideError::refused(ProblemKind::BadTarget, why));
    }
    let account = side.account(grant.account.as_str()).await?;
    match begin(side, &account, &target).await?.into_iter().next() {
        Some(finding) => Err(SourceSideError::refused(ProblemKind::BadTarget, finding.why)),
        None => Ok(()),
    }
}

/// Begins to follow an account to where it lives now. What stands in the way is answered and nothing
/// happens. The caller has the owner's word: their password, or the permission they gave.
///
/// # Errors
/// [`SourceSideError`].
pub async fn begin(side: &SourceSide, account: &HostAccount, target: &Url) -> SourceSideResult<Vec<Finding>> {
    let there = authority(target);
    if let Decision::Refused(why) =
        side.rules().await?.decide(&authority(&side.base), &there, Some(&side.handle(account)))
    {
        return Ok(vec![Finding { why }]);
    }
    let (actor, document) = match lookup::actor(&*side.remote, &side.signer, target, None).await {
        Ok(read) => read,
        Err(error @ AdapterError::Fatal { .. }) => {
            tracing::info!(%error, "the further home cannot be read");
            let why = text!("refusals-cannot-be-read-now", there = there);
            return Ok(vec![Finding { why }]);
        }
        Err(error) => return Err(error.into()),
    };
    let mut found = target_findings(account, target, &actor);
    let Some(list) = list_of(target, &document) else {
        let why = text!("refusals-does-not-list-arrivals", there = there);
        found.push(Finding { why });
        return Ok(found);
    };
    if !found.is_empty() {
        return Ok(found);
    }
    let new = NewOnward {
        id: side.clock.id(),
        account_id: account.id.as_str().to_owned(),
        target: target.to_string(),
        list: list.to_string(),
        now: side.clock.now_micros(),
    };
    if !onwards::begin(&side.store, new).await? {
        let why = text!("refusals-has-not-moved-away");
        return Ok(vec![Finding { why }]);
    }
    side.note(account.id.as_str(), "further home", target.as_str()).await?;
    Ok(Vec::new())
}

/// Does the next bit; `true` when there is more to do.
///
/// # Errors
/// [`SourceSideError`]; a busy adapter error says when to come back.
pub async fn advance(side: &SourceSide, departure_id: &str) -> SourceSideResult<bool> {
    let Some(departure) = departures::find(&side.store, departure_id).await? else { return Ok(false) };
    if departure.state != "onward" {
        return Ok(false);
    }
    let account = side.account(&departure.account_id).await?;
    let target = target_of(&departure)?;
    let progress = onwards::find(&side.store, &departure.id).await?.unwrap_or_default();
    if !progress.is_read {
        if progress.documents >= MOST_DOCUMENTS {
            return give_up(side, &departure, &text!("refusals-arrivals-have-no-end")).await;
        }
        let Some(at) = progress.next_page.as_deref().and_then(plain_url) else {
            return give_up(side, &departure, &text!("refusals-arrivals-lead-nowhere")).await;
        };
        return read_on(side, &account, &departure, &target, at).await;
    }
    if prove::batch(side, &account, &departure).await? {
        return Ok(true);
    }
    let (actor, document) = match lookup::actor(&*side.remote, &side.signer, &target, None).await {
        Ok(read) => read,
        Err(error @ AdapterError::Fatal { .. }) => {
            tracing::info!(%error, "the further home cannot be read");
            let why = text!("refusals-cannot-be-read-now", there = authority(&target));
            return give_up(side, &departure, &why).await;
        }
        Err(error) => return Err(error.into()),
    };
    if let Some(finding) = target_findings(&account, &target, &actor).into_iter().next() {
        return give_up(side, &departure, &finding.why).await;
    }
    prove::close(side, &departure, &target, &document).await?;
    follow(side, &account, &departure, actor.url).await?;
    Ok(false)
}

/// Reads the next document of the list and keeps what it names of ours.
async fn read_on(
    side: &SourceSide,
    account: &HostAccount,
    departure: &DepartureRow,
    target: &Url,
    at: Url,
) -> SourceSideResult<bool> {
    let doing = format!("reading what arrived at {}", authority(target));
    let response = side.remote.send(Request::get(at.clone()).signed(side.signer.clone())).await;
    let response = response.map_err(|error| error.into_adapter(&doing))?;
    if let Some(busy) = busy(&doing, &response) {
        return Err(busy.into());
    }
    if !response.is_success() {
        let why = text!("refusals-arrivals-cannot-be-read", there = authority(target));
        return give_up(side, departure, &why).await;
    }
    let document = match response.activity(&at).await {
        Ok(document) => document,
        Err(error) => {
            tracing::info!(%error, doing, "a list of arrivals cannot be read");
            let why = text!("refusals-arrivals-cannot-be-read", there = authority(target));
            return give_up(side, departure, &why).await;
        }
    };
    let read = wire::collection::read(document);
    let lines: Vec<wire::arrival::Arrival> =
        read.items.iter().take(MOST_LINES).filter_map(wire::arrival::read).collect();
    let named = own(side, account, departure, target, lines).await?;
    let next = read.next.filter(|next| next.origin() == target.origin() && *next != at);
    onwards::save(&side.store, departure.id.clone(), named, next.map(String::from)).await?;
    Ok(true)
}

/// What of a list is ours: an address of our own object, or the address one of ours leads to now.
async fn own(
    side: &SourceSide,
    account: &HostAccount,
    departure: &DepartureRow,
    target: &Url,
    lines: Vec<wire::arrival::Arrival>,
) -> SourceSideResult<Vec<ForwardRow>> {
    let lines: Vec<_> = lines
        .into_iter()
        .filter(|line| line.new.origin() == target.origin() && plain_url(line.new.as_str()).is_some())
        .collect();
    let entry = |old_url: &str, new: &Url, kind: &str, visibility: &str| ForwardRow {
        departure_id: departure.id.clone(),
        old_url: old_url.to_owned(),
        new_url: new.to_string(),
        new_page: None,
        kind: kind.to_owned(),
        visibility: visibility.to_owned(),
        proof: "none".to_owned(),
        why: None,
    };
    let (here, elsewhere): (Vec<_>, Vec<_>) =
        lines.into_iter().partition(|line| line.old.origin() == side.base.origin());
    let olds: Vec<Url> = here.iter().map(|line| line.old.clone()).collect();
    let mut named = Vec::new();
    for (line, located) in here.iter().zip(side.host.locate_all(&olds).await?) {
        let Some(located) = located.filter(|located| located.account == account.id) else { continue };
        let (kind, visibility) = (located.kind.as_str(), located.visibility.as_str());
        named.push(entry(located.id.as_str(), &line.new, kind, visibility));
    }
    let further: BTreeMap<&str, &Url> = elsewhere.iter().map(|line| (line.old.as_str(), &line.new)).collect();
    let olds: Vec<&str> = further.keys().copied().collect();
    for (led_to, row) in onwards::leading_to(&side.store, account.id.as_str(), &olds).await? {
        if let Some(new) = further.get(led_to.as_str()) {
            named.push(entry(&row.old_url, new, &row.kind, &row.visibility));
        }
    }
    Ok(named)
}

/// Everything is proven that can be: old addresses lead there now, and the account's document says so.
async fn follow(
    side: &SourceSide,
    account: &HostAccount,
    departure: &DepartureRow,
    page: Option<Url>,
) -> SourceSideResult<()> {
    let target = target_of(departure)?;
    // Who only had their links led on says nothing of it in their account either.
    if departure.ending == Ending::Announce.as_str() {
        side.host.set_moved_to(&account.id, Some(&target)).await?;
    }
    let (letter, inboxes) = update(&*side.host, &*side.clock, account).await?;
    let page = page.filter(|page| page.origin() == target.origin() && plain_url(page.as_str()).is_some());
    let followed = Followed {
        departure_id: departure.id.clone(),
        account_id: account.id.as_str().to_owned(),
        target_page: page.map(String::from),
        letter,
        inboxes,
        now: side.clock.now_micros(),
    };
    if onwards::follow(&side.store, followed).await? {
        side.note(account.id.as_str(), "leads on to", target.as_str()).await?;
    }
    Ok(())
}

/// The Update that tells what the account's document says now, and where it goes. No Move: servers
/// that heard of the first one ignore a second for days, and followers have heard of the last one.
pub(super) async fn update(
    host: &dyn Host,
    clock: &dyn Clock,
    account: &HostAccount,
) -> Result<(Letter, Vec<String>), AdapterError> {
    let document = host.actor_document(&account.id).await?;
    let followers = wire::lenient::url(&document, "followers").unwrap_or_else(|| account.actor.clone());
    let mut id = account.actor.clone();
    id.set_fragment(Some(&format!("updates/{}", clock.id())));
    let activity = wire::activity::update_actor(&id, &account.actor, &followers, &document).to_string();
    let letter = Letter {
        account_id: account.id.as_str().to_owned(),
        activity_id: id.into(),
        activity,
        announcement_id: None,
        at: clock.now_micros(),
    };
    let mut inboxes: Vec<String> =
        host.move_inboxes(&account.id).await?.into_iter().map(String::from).collect();
    inboxes.sort_unstable();
    inboxes.dedup();
    Ok((letter, inboxes))
}

async fn give_up(side: &SourceSide, departure: &DepartureRow, why: &str) -> SourceSideResult<bool> {
    tracing::info!(departure.id, why, "a further home is not followed");
    onwards::give_up(&side.store, departure.id.clone(), why.to_owned()).await?;
    Ok(false)
}

/// The list of arrivals an actor names, if it is on its own server.
fn list_of(target: &Url, document: &serde_json::Value) -> Option<Url> {
    wire::arrival::list_of(document)
        .filter(|at| at.origin() == target.origin() && plain_url(at.as_str()).is_some())
}

fn busy(doing: &str, response: &Response) -> Option<AdapterError> {
    matches!(response.status, 429 | 500..=599).then(|| AdapterError::Busy {
        doing: doing.to_owned(),
        why: format!("it answered {}", response.status),
        after: response.retry_after().unwrap_or(std::time::Duration::from_secs(30)),
        cause: Cause::Strained,
    })
}

#[cfg(test)]
mod chains;
#[cfg(test)]
mod tests;
