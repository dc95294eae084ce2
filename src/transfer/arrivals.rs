//! What arrived here from where, as everybody may read it: how a former home of the same person learns
//! the present addresses when nobody else can tell it.
//!
//! Spec: FEP-1580. Only what strangers can see where it stands now is named.

use serde_json::Value;
use url::Url;

use crate::{
    port::{
        error::AdapterError,
        host::{Host, HostAccount},
    },
    store::{
        Store, StoreError,
        arrivals::{self as rows, Place},
    },
    wire::{self, arrival::Arrival, collection},
};

/// Lines of the map on one page.
const LINES: i64 = 200;
/// The cursor of the first page.
const FIRST: &str = "first";

/// Why a list could not be shown.
#[derive(Debug, thiserror::Error)]
pub enum ArrivalsError {
    /// Our database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The host beside us.
    #[error(transparent)]
    Adapter(#[from] AdapterError),
}

/// The root of the list.
///
/// # Errors
/// [`ArrivalsError`].
pub async fn root(
    store: &Store,
    account: &HostAccount,
    at: &Url,
    moves: &Url,
) -> Result<Value, ArrivalsError> {
    let (_, is_complete) = rows::moves(store, account.id.as_str()).await?;
    Ok(wire::arrival::root(at, &account.actor, &page_address(at, FIRST), moves, is_complete))
}

/// The accounts that moved here.
///
/// # Errors
/// [`ArrivalsError`].
pub async fn moves(store: &Store, account: &HostAccount, at: &Url) -> Result<Value, ArrivalsError> {
    let (actors, _) = rows::moves(store, account.id.as_str()).await?;
    Ok(wire::arrival::moves(at, &account.actor, &actors))
}

/// A page of the list; `None` when there is no such page.
///
/// # Errors
/// [`ArrivalsError`].
pub async fn page(
    store: &Store,
    host: &dyn Host,
    account: &HostAccount,
    at: &Url,
    cursor: &str,
) -> Result<Option<Value>, ArrivalsError> {
    let Some(after) = place_of(cursor) else { return Ok(None) };
    let lines = rows::page(store, account.id.as_str(), &after, LINES).await?;
    let is_full = i64::try_from(lines.len()).is_ok_and(|lines| lines == LINES);
    let next = lines.last().filter(|_| is_full).map(|line| page_address(at, &cursor_of(&line.place)));
    let addresses: Vec<Url> = lines.iter().map(|line| line.new.clone()).collect();
    let located = host.locate_all(&addresses).await?;
    let standing = host.standing(&addresses).await?;
    let mut items = Vec::with_capacity(lines.len());
    for ((line, located), standing) in lines.into_iter().zip(located).zip(standing) {
        let is_shown = |there: &crate::port::host::Located| {
            there.account == account.id && there.visibility.is_open() && there.id == line.new
        };
        if !located.as_ref().is_some_and(is_shown) {
            continue;
        }
        let newest = Arrival { actor: line.actor, old: line.old, new: line.new };
        items.push(wire::arrival::write(&newest));
        for crumb in standing.previously.into_iter().filter(|crumb| crumb.id != newest.old) {
            let earlier = Arrival { actor: crumb.actor, old: crumb.id, new: newest.new.clone() };
            items.push(wire::arrival::write(&earlier));
        }
    }
    Ok(Some(collection::page(&page_address(at, cursor), at, items, next.as_ref()).into()))
}

fn page_address(at: &Url, cursor: &str) -> Url {
    let mut url = at.clone();
    url.query_pairs_mut().append_pair("cursor", cursor);
    url
}

fn cursor_of(place: &Place) -> String {
    format!("{} {} {}", place.transfer, place.kind, place.key)
}

fn place_of(cursor: &str) -> Option<Place> {
    if cursor == FIRST {
        return Some(Place::default());
    }
    let mut parts = cursor.splitn(3, ' ').map(str::to_owned);
    Some(Place { transfer: parts.next()?, kind: parts.next()?, key: parts.next()? })
}
