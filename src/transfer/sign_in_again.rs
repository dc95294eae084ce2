//! New home: its owner is asked at Old home once more, because the first answer never came, or Old home stopped taking
//! the permission in the middle of a copy; the copy then goes on where it stopped.

use url::Url;

use super::{Engine, TransferError, TransferResult, as_client, discover::discover, start, trial::retry};
use crate::{
    model::{
        login::{Login, Purpose},
        transfer::{Origin, Transfer, TransferState},
    },
    port::lookup,
    store::logins,
    words::text,
};

/// Whether a copy waits for a first permission, or stands still and could go on with another one.
pub fn is_possible(transfer: &Transfer) -> bool {
    let waits = match transfer.state {
        TransferState::AwaitingConsent => true,
        TransferState::Failed => transfer.resume_at.is_some_and(|at| at != TransferState::AwaitingConsent),
        _ => false,
    };
    waits && transfer.origin.actor().is_some()
}

/// Prepares the question once more; where the owner is asked. We make ourselves known anew: a server may
/// have forgotten us along with the permission.
///
/// # Errors
/// [`TransferError::Refused`] when nothing stands still, or nobody can be asked.
pub async fn ask(engine: &Engine, transfer: &Transfer) -> TransferResult<Url> {
    let Some(actor) = transfer.origin.actor().filter(|_| is_possible(transfer)) else {
        return Err(TransferError::Refused(text!("refusals-waits-for-no-permission")));
    };
    let (actor, _) = lookup::actor(&*engine.remote, &engine.signer, actor, None).await?;
    let (login, url) = if matches!(transfer.origin, Origin::ClientApi { .. }) {
        let silent = || TransferError::Refused(text!("refusals-lets-nobody-ask"));
        let (_, login, url) = as_client::ask(engine, &transfer.id, &actor).await?.ok_or_else(silent)?;
        (login, url)
    } else {
        let discovered = discover(engine, &actor).await?;
        start::ask(engine, &transfer.id, Purpose::Read, &discovered, actor.id.clone())
    };
    logins::keep(&engine.store, &transfer.id, &login).await?;
    Ok(url)
}

/// Takes the new permission, if it is for the account that is being copied, and goes on.
///
/// # Errors
/// [`TransferError::Refused`] when it is for another account; the copy is as before then.
pub(super) async fn go_on(
    engine: &Engine,
    transfer: &Transfer,
    granted: &Login,
    copied: &Url,
) -> TransferResult<()> {
    if granted.actor != *copied {
        let (named, copied) = (granted.actor.as_str(), copied.as_str());
        let why = text!("refusals-answered-for-another", named = named, copied = copied);
        return Err(TransferError::Refused(why));
    }
    logins::keep(&engine.store, &transfer.id, granted).await?;
    retry(engine, transfer).await
}
