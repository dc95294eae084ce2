//! New home: the owner has consented. The copy becomes visible, the link to the old account is
//! published, and the URL map is handed over in batches.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use url::Url;

use super::{
    Engine, TransferError, TransferResult,
    access::{end_reading, hand_over_login},
    announce_there, certificate, come_back, join,
    status::old_actor,
};
use crate::{
    model::{
        actor::{Actor, authority},
        certificate::Occasion,
        ending::Ending,
        login::Login,
        moment::Moment,
        transfer::{Origin, Transfer, TransferState},
    },
    port::{
        error::{AdapterError, Cause},
        lookup,
        remote::Request,
    },
    store::{notes, onward_words, transfers, url_map},
    words::text,
};

/// Entries in one batch.
const BATCH: i64 = 200;

/// How long we wait before asking again whether Old home has announced: one second, doubled each
/// time up to some four minutes. Looking at the page asks at once.
const FIRST_WAIT_MICROS: i64 = 1_000_000;

/// What a transfer waits for once the last word was spoken at Old home.
pub const ANNOUNCING: &str = "Old home is announcing the move";

/// What it waits for while the last word rests at Old home; the time it is due follows.
const RESTING: &str = "Old home announces the move at ";

/// How long we wait at most before asking again while it rests: it may be called off.
const REST_WAIT_MICROS: i64 = 15 * 60 * 1_000_000;

/// When Old home will announce, while the last word rests there.
pub fn rests_until(transfer: &Transfer) -> Option<Moment> {
    let is_waiting = transfer.state == TransferState::AwaitingAnnouncement;
    let problem = transfer.problem.as_deref().filter(|_| is_waiting)?;
    Moment::parse(problem.strip_prefix(RESTING)?).ok()
}

/// Releases, links, hands over. Doing it again changes nothing.
///
/// # Errors
/// [`TransferError`] with its disposition.
pub async fn hand_over(engine: &Engine, transfer: &Transfer) -> TransferResult<()> {
    if let Origin::ClientApi { actor, .. } = &transfer.origin {
        return announce_there::prepare(engine, transfer, actor).await;
    }
    let (old, login, actor) = old_home(engine, transfer).await?;
    let account = engine.host.account(&transfer.account).await?;
    let account =
        account.ok_or_else(|| TransferError::Refused(text!("refusals-the-account-here-is-gone")))?;
    let ending = transfer.ending.unwrap_or(Ending::Announce);
    engine.destination.hide_origin(&transfer.id, &transfer.account, false).await?;
    engine.destination.release(&transfer.id, &transfer.account).await?;
    join::join(engine, transfer, true).await?;
    engine.host.add_alias(&transfer.account, &old).await?;
    come_back::end_departures(engine, &account).await?;
    come_back::take_names_over(engine, &account, &actor).await?;
    start(engine, &login, &actor, &account.actor, transfer, ending).await?;
    let endpoint = actor.endpoints.hand_over.clone();
    let endpoint = endpoint.ok_or_else(|| TransferError::Refused(text!("refusals-takes-no-list")))?;
    let (mut after, mut refusals) = (String::new(), BTreeMap::new());
    // A copy beside the old account leaves the old addresses alone.
    while ending.redirects() {
        let batch = url_map::entries(&engine.store, &transfer.id, &after, BATCH, true).await?;
        let Some((last, _)) = batch.last() else { break };
        after.clone_from(last);
        let entries: Vec<Value> = batch.iter().map(|(_, entry)| json!(entry)).collect();
        let answer = post(engine, &login, &endpoint, &json!({"entries": entries, "complete": false})).await?;
        let refused = refused(&answer);
        let taken =
            batch.iter().map(|(_, entry)| entry.old.to_string()).filter(|old| !refused.contains_key(old));
        url_map::mark_handed_over(&engine.store, &transfer.id, taken.collect()).await?;
        for why in refused.into_values() {
            *refusals.entry(why).or_insert(0_u64) += 1;
        }
    }
    for (why, times) in refusals {
        notes::note(&engine.store, &transfer.id, "map", times, &why).await?;
    }
    post(engine, &login, &endpoint, &json!({"entries": [], "complete": true})).await?;
    // Before the state changes: whoever comes here again after a crash gives it back then.
    end_reading(engine, &transfer.id).await?;
    let (from, to) = (TransferState::HandingOver, TransferState::AwaitingAnnouncement);
    transfers::step(&engine.store, &transfer.id, from, to, engine.clock.now_micros()).await?;
    Ok(())
}

/// Asks Old home whether it has announced. `Done` only when it says so itself.
///
/// # Errors
/// [`TransferError`] with its disposition.
pub async fn settle(engine: &Engine, transfer: &Transfer) -> TransferResult<()> {
    if let Origin::ClientApi { actor, .. } = &transfer.origin {
        return announce_there::settle(engine, transfer, actor).await;
    }
    let (_, login, actor) = old_home(engine, transfer).await?;
    let status = actor.endpoints.status.clone();
    let status = status.ok_or_else(|| TransferError::Refused(text!("refusals-does-not-say-how-far")))?;
    let answer = request(engine, &login, Request::get(status).accepting("application/json")).await?;
    let now = engine.clock.now_micros();
    let state = answer.get("state").and_then(Value::as_str);
    let here = transfer.ending.unwrap_or(Ending::Announce);
    let there = answer.get("ending").and_then(Value::as_str).unwrap_or(Ending::Announce.as_str());
    if state == Some("announced") && there != here.as_str() {
        let why = text!("refusals-ended-in-another-way", there = there);
        return Err(TransferError::Refused(why));
    }
    if state == Some("announced") {
        certificate::issue(engine, transfer, Occasion::Done).await?;
        let (from, to) = (TransferState::AwaitingAnnouncement, TransferState::Done);
        onward_words::owe_return(&engine.store, transfer.account.as_str(), transfer.id.as_str(), now).await?;
        transfers::step(&engine.store, &transfer.id, from, to, now).await?;
        return Ok(());
    }
    let due_at = answer.get("due_at").and_then(Value::as_str).filter(|_| state == Some("resting"));
    if let Some(due) = due_at.and_then(|text| Moment::parse(text).ok()) {
        let waits_for = format!("{RESTING}{}", Moment::from_micros(due.micros()).text());
        // Asked again soon enough to hear that it was called off, and right after it is due.
        let soon = now + FIRST_WAIT_MICROS;
        let next = due.micros().saturating_add(FIRST_WAIT_MICROS).clamp(soon, now + REST_WAIT_MICROS);
        transfers::wait_for(&engine.store, &transfer.id, waits_for, next).await?;
        return Ok(());
    }
    let asked = transfers::attempts(&engine.store, &transfer.id).await?;
    let doublings = u32::try_from(asked.clamp(0, 8)).unwrap_or(8);
    let waits_for = (state == Some("announcing")).then(|| ANNOUNCING.to_owned());
    let wait = FIRST_WAIT_MICROS.saturating_mul(2_i64.saturating_pow(doublings));
    transfers::put_off(&engine.store, &transfer.id, waits_for, now + wait).await?;
    Ok(())
}

/// Where the person speaks the last word.
///
/// # Errors
/// [`TransferError`] when Old home does not say where.
pub async fn finish_page(engine: &Engine, transfer: &Transfer) -> TransferResult<Url> {
    if let Origin::ClientApi { actor, move_page, .. } = &transfer.origin {
        return Ok(move_page.clone().unwrap_or_else(|| actor.clone()));
    }
    let (old, _, actor) = old_home(engine, transfer).await?;
    let finish = actor
        .endpoints
        .finish
        .ok_or_else(|| TransferError::Refused(text!("refusals-no-page-for-the-last-word")))?;
    // The person types their password there, so it must be the server whose password it is.
    let is_there =
        finish.origin() == old.origin() && finish.username().is_empty() && finish.password().is_none();
    if is_there {
        Ok(finish)
    } else {
        let why = text!("refusals-sends-you-elsewhere", there = authority(&finish));
        Err(TransferError::Refused(why))
    }
}

pub(super) async fn old_home(engine: &Engine, transfer: &Transfer) -> TransferResult<(Url, Login, Actor)> {
    let old = old_actor(transfer).cloned();
    let old = old.ok_or_else(|| TransferError::Refused(text!("refusals-came-from-a-file")))?;
    let login = hand_over_login(engine, &transfer.id).await?;
    // Where two servers share an origin, the one that knows about moves answers whoever holds its token.
    let token = login.access_token.as_deref().filter(|_| login.token_endpoint.origin() == old.origin());
    let (actor, _) = lookup::actor(&*engine.remote, &engine.signer, &old, token).await?;
    Ok((old, login, actor))
}

/// Tells Old home who the new actor is and which page the person comes back to.
async fn start(
    engine: &Engine,
    login: &Login,
    actor: &Actor,
    new_actor: &Url,
    transfer: &Transfer,
    ending: Ending,
) -> TransferResult<()> {
    let endpoint = actor.endpoints.start.clone();
    let endpoint =
        endpoint.ok_or_else(|| TransferError::Refused(text!("refusals-cannot-be-told-who-you-are")))?;
    let oracle = format!("{new_actor}?redirect_ap_obj=");
    let back =
        engine.base.join(&format!("/transfers/{}", transfer.id)).unwrap_or_else(|_| engine.base.clone());
    let fields = [
        ("actor", new_actor.as_str()),
        ("oracle", oracle.as_str()),
        ("return", back.as_str()),
        ("ending", ending.as_str()),
    ];
    let answer = request(engine, login, Request::post_form(endpoint, &fields)).await?;
    // A server that does not know the word would announce, and that cannot be called back.
    let understood = answer.get("ending").and_then(Value::as_str).unwrap_or(Ending::Announce.as_str());
    if understood == ending.as_str() {
        return Ok(());
    }
    Err(TransferError::Refused(text!("refusals-can-only-announce")))
}

async fn post(engine: &Engine, login: &Login, endpoint: &Url, body: &Value) -> TransferResult<Value> {
    request(engine, login, Request::post_json(endpoint.clone(), body)).await
}

/// One request under the hand-over grant, to the issuer's own origin only.
pub(super) async fn request(engine: &Engine, login: &Login, request: Request) -> TransferResult<Value> {
    let doing = "handing the new addresses to Old home";
    if request.url.origin() != login.token_endpoint.origin() {
        let why = format!("{} is not at Old home", request.url);
        return Err(TransferError::Adapter(AdapterError::fatal(doing, why).because(Cause::Astray)));
    }
    let token = login.access_token.clone().unwrap_or_default();
    let request = request.bearing(&token).signed(engine.signer.clone());
    let response = engine.remote.send(request).await.map_err(|error| error.into_adapter(doing))?;
    let (status, after) = (response.status, response.retry_after());
    if response.is_success() {
        return Ok(response.json().await.unwrap_or(Value::Null));
    }
    let said = response.json().await.ok();
    let said = said.as_ref().and_then(|v| v.get("detail")).and_then(Value::as_str).unwrap_or_default();
    let said: String = said.chars().take(300).collect();
    let why = format!("Old home answered {status}: {said}");
    Err(TransferError::Adapter(match status {
        429 | 500..=599 => AdapterError::Busy {
            doing: doing.to_owned(),
            why,
            after: after.unwrap_or(std::time::Duration::from_secs(10)),
            cause: Cause::Strained,
        },
        _ if !said.is_empty() => {
            let old = authority(&login.token_endpoint);
            return Err(TransferError::Refused(text!("refusals-old-home-says", old = old, said = said)));
        }
        _ => AdapterError::fatal(doing, why).because(Cause::of_status(status)),
    }))
}

/// Entries Old home did not take, with its reasons.
fn refused(answer: &Value) -> BTreeMap<String, String> {
    answer
        .get("refused")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(|entry| {
            let said = entry.get("why").and_then(Value::as_str).map(str::to_owned);
            let said = said.unwrap_or_else(|| text!("reasons-no-reason-given"));
            let why = text!("reasons-did-not-take-an-address", said = said);
            Some((entry.get("old")?.as_str()?.to_owned(), why))
        })
        .collect()
}
