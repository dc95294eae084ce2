//! New home: the days between copy and announcement. Keep it, throw it away, or announce.

use url::Url;

use super::{
    Engine, TransferError, TransferResult, access, admit, announce_there, bring, certificate,
    discover::{discover, takes_map},
    hide,
    look::leave_trial,
    start::ask,
    status::old_actor,
};
use crate::{
    model::{
        certificate::Occasion,
        ending::Ending,
        login::Purpose,
        transfer::{Origin, Transfer, TransferState},
    },
    port::lookup,
    store::{endings, items, logins, transfers},
    words::text,
};

/// Begins to make the copy visible without announcing anything; [`release`] does it. From here on it
/// can no longer be thrown away without trace.
///
/// # Errors
/// [`TransferError`] when it is not in its trial.
pub async fn keep(engine: &Engine, transfer: &Transfer) -> TransferResult<()> {
    keep_as(engine, transfer, Ending::Keep).await
}

/// As [`keep`], and nothing here says where it was before.
///
/// # Errors
/// As [`keep`].
pub async fn keep_quietly(engine: &Engine, transfer: &Transfer) -> TransferResult<()> {
    keep_as(engine, transfer, Ending::Quiet).await
}

async fn keep_as(engine: &Engine, transfer: &Transfer, ending: Ending) -> TransferResult<()> {
    match transfer.state {
        TransferState::Looking | TransferState::Keeping | TransferState::Kept => Ok(()),
        TransferState::Trial => {
            hide::must_be_in_sight(engine, transfer).await?;
            certificate::must_be_accepted(engine, transfer).await?;
            endings::decide(&engine.store, &transfer.id, ending).await?;
            leave_trial(engine, transfer, TransferState::Keeping).await
        }
        _ => Err(TransferError::Refused(text!("refusals-only-a-trial-is-kept"))),
    }
}

/// Gives everything the visibility it had; notifies nobody.
///
/// # Errors
/// [`TransferError`] with its disposition; going on later shows the rest.
pub async fn release(engine: &Engine, transfer: &Transfer) -> TransferResult<()> {
    if transfer.ending == Some(Ending::Quiet) {
        engine.destination.hide_origin(&transfer.id, &transfer.account, true).await?;
    }
    engine.destination.release(&transfer.id, &transfer.account).await?;
    // Before the state changes: whoever comes here again after a crash gives it back then.
    access::end_reading(engine, &transfer.id).await?;
    certificate::issue(engine, transfer, Occasion::Kept).await?;
    let (from, to) = (TransferState::Keeping, TransferState::Kept);
    transfers::step(&engine.store, &transfer.id, from, to, engine.clock.now_micros()).await?;
    bring::forget(engine, &transfer.id);
    Ok(())
}

/// Begins to throw the copy away; [`discard_all`] does it.
///
/// # Errors
/// [`TransferError`] when it has become visible already.
pub async fn discard(engine: &Engine, transfer: &Transfer) -> TransferResult<()> {
    if transfer.state == TransferState::Discarded {
        return Ok(());
    }
    if !transfer.state.can_discard() {
        let why = text!("refusals-visible-already");
        return Err(TransferError::Refused(why));
    }
    let next = if transfer.state == TransferState::AwaitingConsent {
        TransferState::Discarded
    } else {
        TransferState::Discarding
    };
    transfers::step(&engine.store, &transfer.id, transfer.state, next, engine.clock.now_micros()).await?;
    Ok(())
}

/// Takes everything back: the copy, what was gathered for it, its files, and Old home's permission.
///
/// # Errors
/// [`TransferError`] with its disposition; going on later takes back the rest.
pub async fn discard_all(engine: &Engine, transfer: &Transfer) -> TransferResult<()> {
    engine.destination.discard(&transfer.id, &transfer.account).await?;
    forget(engine, transfer).await?;
    let (from, to) = (TransferState::Discarding, TransferState::Discarded);
    transfers::step(&engine.store, &transfer.id, from, to, engine.clock.now_micros()).await?;
    Ok(())
}

/// Gives Old home's permissions back and forgets what was gathered, once the copy itself is gone.
pub(super) async fn forget(engine: &Engine, transfer: &Transfer) -> TransferResult<()> {
    for purpose in [Purpose::Read, Purpose::HandOver] {
        if let Some(login) = logins::find(&engine.store, &transfer.id, purpose).await? {
            access::give_back(engine, &login).await;
        }
    }
    let removing = engine.blobs.removing().await;
    let left = items::unreferenced_blobs(&engine.store, &transfer.id).await?;
    if let Err(error) = removing.remove_all(&engine.store, left).await {
        tracing::warn!(%error, "files of a discarded copy could not be removed");
    }
    bring::forget(engine, &transfer.id);
    transfers::erase(&engine.store, &transfer.id).await?;
    Ok(())
}

/// The owner says announce: as [`ask_old_home`].
///
/// # Errors
/// As [`ask_old_home`].
pub async fn announce(engine: &Engine, transfer: &Transfer) -> TransferResult<Url> {
    ask_old_home(engine, transfer, Ending::Announce).await
}

/// The owner says announce, redirect or copy: asks Old home for the consent that each of them needs.
///
/// Nothing is public yet and nothing has changed; that begins when the person comes back with the
/// consent. Whoever turns back there finds the copy as it was.
///
/// # Errors
/// [`TransferError::Refused`] when the copy is not there to be announced.
pub async fn ask_old_home(engine: &Engine, transfer: &Transfer, ending: Ending) -> TransferResult<Url> {
    let Some(old) = old_actor(transfer) else {
        let why = text!("refusals-a-file-announces-nothing");
        return Err(TransferError::Refused(why));
    };
    if !matches!(
        transfer.state,
        TransferState::Trial | TransferState::Kept | TransferState::AwaitingAnnouncement
    ) {
        return Err(TransferError::Refused(text!("refusals-only-a-finished-copy")));
    }
    hide::must_be_in_sight(engine, transfer).await?;
    if !ending.is_spoken_at_old_home() {
        return Err(TransferError::Refused(text!("refusals-has-no-part")));
    }
    if let Origin::ClientApi { .. } = transfer.origin {
        announce_there::begin(engine, transfer, ending).await?;
        let mut page = engine.base.clone();
        page.set_path(&format!("/transfers/{}", transfer.id));
        return Ok(page);
    }
    certificate::must_be_accepted(engine, transfer).await?;
    // As long as we may read there, the server that knows about moves answers, whoever else is beside it.
    let reading = logins::find(&engine.store, &transfer.id, Purpose::Read).await?;
    let reading = reading.filter(|login| login.token_endpoint.origin() == old.origin());
    let token = reading.as_ref().and_then(|login| login.access_token.as_deref());
    let (actor, _) = lookup::actor(&*engine.remote, &engine.signer, old, token).await?;
    if !takes_map(engine, &actor).await? {
        let why = text!("refusals-cannot-announce-this-way");
        return Err(TransferError::Refused(why));
    }
    let discovered = discover(engine, &actor).await?;
    let (mut login, url) = ask(engine, &transfer.id, Purpose::HandOver, &discovered, old.clone());
    if let Some(given) = logins::find(&engine.store, &transfer.id, Purpose::HandOver).await? {
        // Whoever turns back there has not taken back what they gave before.
        login.access_token = given.access_token;
        login.refresh_token = given.refresh_token;
        login.expires_at = given.expires_at;
    }
    logins::keep(&engine.store, &transfer.id, &login).await?;
    endings::wish(&engine.store, &transfer.id, ending).await?;
    Ok(url)
}

/// The person confirms that the other account Old home named is meant.
///
/// # Errors
/// [`TransferError`] when nothing waits for a confirmation.
pub async fn confirm(engine: &Engine, transfer: &Transfer) -> TransferResult<()> {
    if let Some(login) = logins::find(&engine.store, &transfer.id, Purpose::Read).await? {
        transfers::keep_origin(&engine.store, &transfer.id, transfer.origin.clone().of(login.actor)).await?;
    }
    let (from, to) = (TransferState::AwaitingConfirmation, TransferState::Surveying);
    transfers::step(&engine.store, &transfer.id, from, to, engine.clock.now_micros()).await?;
    Ok(())
}

/// Takes a failed transfer up again where it stopped.
///
/// # Errors
/// [`TransferError`] when it did not fail.
pub async fn retry(engine: &Engine, transfer: &Transfer) -> TransferResult<()> {
    let at = transfer.resume_at.filter(|_| transfer.state == TransferState::Failed);
    let Some(at) = at else {
        return Err(TransferError::Refused(text!("refusals-nothing-to-try-again")));
    };
    if matches!(
        at,
        TransferState::Fetching
            | TransferState::Planned
            | TransferState::Importing
            | TransferState::Verifying
    ) {
        return admit::go_on(engine, transfer, at).await;
    }
    transfers::step(&engine.store, &transfer.id, TransferState::Failed, at, engine.clock.now_micros())
        .await?;
    Ok(())
}
