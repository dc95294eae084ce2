//! Table `originals`: items that are the account's own things come back, so nothing is written for
//! them; their lines of the map lead to what stands here.

use std::{collections::BTreeMap, sync::Arc};

use super::{Store, StoreResult, keyed::rows_of};
use crate::model::id::TransferId;

/// One item, and what stands here for it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the columns are explained in the migration")]
pub struct OriginalRow {
    pub kind: &'static str,
    pub key: String,
    pub local_id: String,
    pub new_url: String,
    pub new_page: Option<String>,
    pub visibility: &'static str,
    /// Why nothing is written for it.
    pub why: Arc<str>,
}

/// Whether anything that was read may have been here before: it says that it was somewhere before, or
/// earlier copies of the account stand.
///
/// # Errors
/// [`super::StoreError`].
pub async fn are_possible(store: &Store, transfer: &TransferId, account: &str) -> StoreResult<bool> {
    let mut c = store.reader().await?;
    let found = row!(
        &mut c,
        (bool,),
        "select exists (select 1 from former_addresses where transfer_id = $1) or exists \
         (select 1 from transfers where account_id = $2 and id <> $1 \
         and state in ('kept', 'handing_over', 'awaiting_announcement', 'done'))",
        transfer.as_str(),
        account,
    )?;
    Ok(found.is_none_or(|(is_possible,)| is_possible))
}

/// Where earlier copies of an account brought what had these addresses, there or before: by address,
/// the address here.
///
/// # Errors
/// [`super::StoreError`].
pub async fn brought_before(
    store: &Store,
    transfer: &TransferId,
    account: &str,
    addresses: &[&str],
) -> StoreResult<BTreeMap<String, String>> {
    let mut c = store.reader().await?;
    let sql = "select m.old_url, m.new_url from transfers t join url_map m on m.transfer_id = t.id \
               where t.account_id = $1 and t.id <> $2 \
               and t.state in ('kept', 'handing_over', 'awaiting_announcement', 'done') \
               and m.kind in ('posts', 'boosts') and m.old_url in ({keys})";
    let fixed = [account, transfer.as_str()];
    let found: Vec<(String, String)> = rows_of(&mut c, sql, &fixed, addresses).await?;
    let sql = "select f.address, m.new_url from transfers t join former_addresses f on f.transfer_id = t.id \
               join url_map m on m.transfer_id = f.transfer_id and m.kind = f.kind and m.key = f.key \
               where t.account_id = $1 and t.id <> $2 \
               and t.state in ('kept', 'handing_over', 'awaiting_announcement', 'done') \
               and f.address in ({keys})";
    let siblings: Vec<(String, String)> = rows_of(&mut c, sql, &fixed, addresses).await?;
    Ok(siblings.into_iter().chain(found).collect())
}

/// Keeps what was recognized and ends its items: one transaction. An item that is dealt with already
/// stays as it is.
///
/// # Errors
/// [`super::StoreError`].
pub async fn keep(store: &Store, transfer: &TransferId, found: Vec<OriginalRow>) -> StoreResult<()> {
    let transfer = transfer.clone();
    store
        .write(move |c| {
            Box::pin(async move {
                for row in found {
                    let ended = run!(
                        c,
                        "update items set state = 'skipped', why = $4 \
                         where transfer_id = $1 and kind = $2 and key = $3 and state = 'fetched'",
                        transfer.as_str(),
                        row.kind,
                        row.key.as_str(),
                        &*row.why,
                    )?;
                    if ended == 0 {
                        continue;
                    }
                    run!(
                        c,
                        "insert into originals (transfer_id, kind, key) values ($1, $2, $3) \
                         on conflict (transfer_id, kind, key) do nothing",
                        transfer.as_str(),
                        row.kind,
                        row.key.as_str(),
                    )?;
                    run!(
                        c,
                        "insert into url_map (transfer_id, kind, key, old_url, local_id, new_url, new_page, \
                         visibility, handed_over) values ($1, $2, $3, $3, $4, $5, $6, $7, $8) \
                         on conflict do nothing",
                        transfer.as_str(),
                        row.kind,
                        row.key.as_str(),
                        row.local_id,
                        row.new_url,
                        row.new_page,
                        row.visibility,
                        false,
                    )?;
                }
                Ok(())
            })
        })
        .await
}
