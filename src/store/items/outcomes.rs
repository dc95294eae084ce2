//! What became of items, and why.

use std::collections::BTreeMap;

use super::ItemState;
use crate::{
    model::{
        id::{AccountId, ItemKey, TransferId},
        item::ItemKind,
    },
    store::{Store, StoreResult, count, keyed::run_for},
};

/// What became of one item, with the reason if it is not here.
pub type Outcome = (ItemKind, ItemKey, ItemState, Option<String>);

/// Notes what became of items; all in one transaction.
///
/// # Errors
/// [`StoreError`](crate::store::StoreError).
pub async fn settle(store: &Store, transfer: &TransferId, outcomes: Vec<Outcome>) -> StoreResult<()> {
    let transfer = transfer.clone();
    store
        .write_repeatable(move |c| {
            Box::pin(async move {
                // Most of a batch end alike.
                let mut alike: BTreeMap<_, Vec<&str>> = BTreeMap::new();
                for (kind, key, state, why) in &outcomes {
                    alike.entry((*kind, *state, why.as_deref())).or_default().push(key.as_str());
                }
                for ((kind, state, why), keys) in alike {
                    let sql = "update items set state = $3, why = $4 \
                               where transfer_id = $1 and kind = $2 and key in ({keys})";
                    let fixed = [Some(transfer.as_str()), Some(kind.as_str()), Some(state.as_str()), why];
                    run_for(c, sql, &fixed, &keys).await?;
                }
                Ok(())
            })
        })
        .await
}

/// Ends every item of a kind that still waits, in one state with one reason.
///
/// # Errors
/// [`StoreError`](crate::store::StoreError).
pub async fn end_rest(
    store: &Store,
    transfer: &TransferId,
    kind: ItemKind,
    (state, why): (ItemState, &str),
) -> StoreResult<()> {
    let (transfer, why) = (transfer.clone(), why.to_owned());
    store
        .write(move |c| {
            Box::pin(async move {
                run!(
                    c,
                    "update items set state = $3, why = $4 \
                     where transfer_id = $1 and kind = $2 and state = 'fetched'",
                    transfer.as_str(),
                    kind.as_str(),
                    state.as_str(),
                    why,
                )?;
                Ok(())
            })
        })
        .await
}

/// Skips posts and boosts that an earlier copy brought to the same account, so that copying twice
/// writes once.
///
/// # Errors
/// [`StoreError`](crate::store::StoreError).
pub async fn skip_copied_before(
    store: &Store,
    transfer: &TransferId,
    account: &AccountId,
    why: &str,
) -> StoreResult<()> {
    let (transfer, account, why) = (transfer.clone(), account.clone(), why.to_owned());
    store
        .write(move |c| {
            Box::pin(async move {
                run!(
                    c,
                    "update items set state = 'skipped', why = $3 \
                     where transfer_id = $1 and kind in ('posts', 'boosts') and state = 'fetched' and exists ( \
                     select 1 from transfers t \
                     join url_map m on m.transfer_id = t.id and m.kind = items.kind and m.key = items.key \
                     join items i on i.transfer_id = t.id and i.kind = m.kind and i.key = m.key \
                     where t.account_id = $2 and t.id <> $1 and i.state = 'written' \
                     and t.state not in ('discarding', 'discarded', 'removing', 'removed'))",
                    transfer.as_str(),
                    account.as_str(),
                    why,
                )?;
                Ok(())
            })
        })
        .await
}

/// The reasons of everything that is not here, with how often each stands.
///
/// # Errors
/// [`StoreError`](crate::store::StoreError).
pub async fn reasons(store: &Store, transfer: &TransferId) -> StoreResult<Vec<(String, u64, String)>> {
    let mut c = store.reader().await?;
    let found = rows!(
        &mut c,
        (String, i64, String),
        "select kind, count(*), coalesce(why, 'no reason was noted') from items \
         where transfer_id = $1 and state in ('skipped', 'declined', 'failed', 'removed') group by kind, why order by kind, why",
        transfer.as_str(),
    )?;
    Ok(found.into_iter().map(|(kind, n, why)| (kind, count(n), why)).collect())
}
