//! New home, when it is a former home of the same person: what once led away from here ends before
//! anything is announced, so that no two homes ever send visitors to each other; and the names the
//! person had before their last home are said here as well.

use super::{Engine, TransferResult, onward};
use crate::{
    model::actor::Actor,
    port::{host::HostAccount, lookup},
    store::onwards,
};

/// Other names of an account that are looked at.
const MOST_NAMES: usize = 16;

/// Ends every departure of an account. The owner's word for the move back is their word for this.
///
/// # Errors
/// [`super::TransferError`] with its disposition; doing it again changes nothing.
pub(super) async fn end_departures(engine: &Engine, account: &HostAccount) -> TransferResult<()> {
    if account.moved_to.is_some() {
        engine.host.set_moved_to(&account.id, None).await?;
    }
    let (letter, inboxes) = onward::update(&*engine.host, &*engine.clock, account).await?;
    if onwards::come_back(&engine.store, account.id.as_str().to_owned(), letter, inboxes).await? {
        tracing::info!(account.id = %account.id, "the account is back; nothing leads away from it any more");
    }
    Ok(())
}

/// Says here, too, that the account is also those who moved to its last home: only then can they lead
/// on to here. A name is taken over only if the account behind it says itself that it moved there.
///
/// # Errors
/// [`super::TransferError`] when the host cannot be asked; an earlier home that is silent is left out.
pub(super) async fn take_names_over(
    engine: &Engine,
    account: &HostAccount,
    last: &Actor,
) -> TransferResult<()> {
    let known = |id: &url::Url| *id == account.actor || account.also_known_as.contains(id);
    for earlier in last.also_known_as.iter().filter(|id| !known(id)).take(MOST_NAMES) {
        match lookup::actor(&*engine.remote, &engine.signer, earlier, None).await {
            Ok((actor, _)) if actor.moved_to.as_ref() == Some(&last.id) => {
                engine.host.add_alias(&account.id, earlier).await?;
            }
            Ok(_) => {}
            Err(error) => {
                tracing::info!(%error, "an earlier home is silent; its name is not taken over");
            }
        }
    }
    Ok(())
}
