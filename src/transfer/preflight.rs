//! Before anybody signs in: is Old home there, what does it run, does it refuse us, has the account moved before.

use url::Url;

use super::{
    Engine, TransferResult,
    admit::{allowed, applicant, has_room},
    as_client::not_this_way,
    discover::hands_over,
    start,
    start::Wish,
};
use crate::{
    model::{
        actor::authority,
        handle::Handle,
        id::{AccountId, TransferId},
        outlook::{Outlook, Prospect},
    },
    port::lookup,
};

/// A transfer that may begin, and what is known of Old home.
#[derive(Debug)]
pub struct Preflight {
    /// The transfer that was opened.
    pub id: TransferId,
    /// Where the person is asked.
    pub consent_page: Url,
    /// Old home as its name stands in handles.
    pub host: String,
    /// Name and version it gives itself.
    pub software: Option<String>,
    /// Whether it says publicly that it refuses this server.
    pub refuses_us: bool,
    /// Where the account says that it moved before.
    pub moved_to: Option<Url>,
    /// What cannot be had of a home that is read as a client only, a sentence each.
    pub not_this_way: Vec<String>,
}

/// What is known of Old home while nobody here has an account yet.
#[derive(Debug)]
pub struct Facts {
    /// Old home as its name stands in handles.
    pub host: String,
    /// The account there, as it was typed.
    pub handle: String,
    /// Its name there, without the server.
    pub name: String,
    /// Name and version Old home gives itself.
    pub software: Option<String>,
    /// Whether it can hand accounts over, as one of our kind does.
    pub hands_over: bool,
    /// Whether it says publicly that it refuses this server.
    pub refuses_us: bool,
    /// Where the account says that it moved before.
    pub moved_to: Option<Url>,
}

/// Looks around for somebody who has no account here yet: the rules of this server, the account there, its
/// server. Nothing is opened.
///
/// # Errors
/// As [`start::start`].
pub async fn look(engine: &Engine, typed: &str) -> TransferResult<Facts> {
    let (handle, actor_id) = start::named(engine, typed).await?;
    let who = applicant(engine, &actor_id, typed).await;
    allowed(engine, &who).await?;
    has_room(engine, &who, None, &actor_id).await?;
    let host = authority(&actor_id);
    let asking = async {
        let (actor, _) = lookup::actor(&*engine.remote, &engine.signer, &actor_id, None).await?;
        let hands_over = hands_over(engine, &actor).await?;
        TransferResult::Ok((actor, hands_over))
    };
    let (Outlook { software, prospect, .. }, asked) = futures::join!(engine.neighbours.look(&host), asking);
    let (actor, hands_over) = asked?;
    let typed_name = typed.trim().parse::<Handle>().ok().map(|handle| handle.name);
    let last = || actor_id.path_segments().and_then(|mut parts| parts.rfind(|part| !part.is_empty()));
    let name = typed_name.or_else(|| last().map(str::to_owned)).unwrap_or_default();
    let refuses_us = prospect == Prospect::BlocksUs;
    Ok(Facts { host, handle, name, software, hands_over, refuses_us, moved_to: actor.moved_to })
}

/// Opens a transfer and looks around.
///
/// # Errors
/// As [`start::start`].
pub async fn preflight(
    engine: &Engine,
    account: &AccountId,
    typed: &str,
    wish: &Wish,
) -> TransferResult<Preflight> {
    let (id, consent_page) = start::start(engine, account, typed, wish).await?;
    let transfer = crate::store::transfers::find(&engine.store, &id).await?;
    let actor_id = transfer.as_ref().and_then(super::status::old_actor);
    let host = actor_id.map_or_else(|| authority(&consent_page), authority);
    let looking = engine.neighbours.look(&host);
    let asking = async {
        let (actor, _) = lookup::actor(&*engine.remote, &engine.signer, actor_id?, None).await.ok()?;
        actor.moved_to
    };
    let (Outlook { software, prospect, .. }, moved_to) = futures::join!(looking, asking);
    let refuses_us = prospect == Prospect::BlocksUs;
    let not_this_way = transfer.as_ref().map(not_this_way).unwrap_or_default();
    Ok(Preflight { id, consent_page, host, software, refuses_us, moved_to, not_this_way })
}
