//! Tables `belongings` and `list_members`: what owners set up for themselves. Only their owners read
//! them, except for what they set up to be shown.

use super::{Connection, Store, StoreResult, copies::Owner, count, exports::Window, keyed};

/// One thing an owner set up.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
#[expect(missing_docs, reason = "the columns are explained in the migration")]
pub struct BelongingRow {
    pub id: Option<String>,
    pub kind: String,
    pub key: String,
    pub value: String,
    pub position: i64,
    pub ends_at: Option<i64>,
    pub is_trial: bool,
}

/// Somebody on a list.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
#[expect(missing_docs, reason = "the columns are explained in the migration")]
pub struct MemberRow {
    pub list: String,
    pub actor: String,
}

/// Writes what a copy brings; `false` when the account had it already. People of a list the owner
/// had before join it.
///
/// # Errors
/// [`super::StoreError`].
pub(super) async fn copy_in(
    c: &mut Connection,
    owner: &Owner,
    now: i64,
    new: BelongingRow,
    members: Vec<String>,
) -> StoreResult<bool> {
    let (account, transfer) = (owner.account.as_str(), owner.transfer.as_str());
    run!(
        &mut *c,
        "insert into belongings \
         (account_id, kind, key, value, position, ends_at, since, transfer_id, is_trial, id) \
         values ($1, $2, $3, $4, $5, $6, $7, $8, true, $9) on conflict do nothing",
        account,
        &new.kind,
        &new.key,
        new.value,
        new.position,
        new.ends_at,
        now,
        transfer,
        new.id,
    )?;
    add_members_in(c, account, &new.key, members, Some(transfer)).await?;
    let found = row!(
        &mut *c,
        (Option<String>,),
        "select transfer_id from belongings where account_id = $1 and kind = $2 and key = $3",
        account,
        &new.kind,
        &new.key,
    )?;
    Ok(found.is_some_and(|(by,)| by.as_deref() == Some(transfer)))
}

async fn add_members_in(
    c: &mut Connection,
    account: &str,
    list: &str,
    members: Vec<String>,
    transfer: Option<&str>,
) -> StoreResult<()> {
    for actor in members {
        run!(
            &mut *c,
            "insert into list_members (account_id, list, actor, transfer_id, is_trial) \
             values ($1, $2, $3, $4, $5) on conflict (account_id, list, actor) do nothing",
            account,
            list,
            actor,
            transfer,
            transfer.is_some(),
        )?;
    }
    Ok(())
}

/// Writes what the owner themselves set up; it replaces what was there and no longer belongs to a copy.
/// A list has exactly these people afterwards.
///
/// # Errors
/// [`super::StoreError`].
pub async fn put(
    store: &Store,
    account: String,
    new: BelongingRow,
    members: Vec<String>,
    now: i64,
) -> StoreResult<()> {
    store
        .write(move |c| {
            Box::pin(async move {
                run!(
                    &mut *c,
                    "insert into belongings (account_id, kind, key, value, position, ends_at, since, is_trial) \
                     values ($1, $2, $3, $4, $5, $6, $7, false) on conflict (account_id, kind, key) do update set \
                     value = excluded.value, position = excluded.position, ends_at = excluded.ends_at, \
                     id = null, transfer_id = null, is_trial = false",
                    &account,
                    &new.kind,
                    &new.key,
                    new.value,
                    new.position,
                    new.ends_at,
                    now,
                )?;
                if new.kind == "lists" {
                    run!(
                        &mut *c,
                        "delete from list_members where account_id = $1 and list = $2",
                        &account,
                        &new.key
                    )?;
                    add_members_in(c, &account, &new.key, members, None).await?;
                }
                Ok(())
            })
        })
        .await
}

/// Takes one away; with a list, the people on it.
///
/// # Errors
/// [`super::StoreError`].
pub async fn remove(store: &Store, account: String, kind: &'static str, key: String) -> StoreResult<()> {
    store
        .write(move |c| {
            Box::pin(async move {
                run!(
                    &mut *c,
                    "delete from belongings where account_id = $1 and kind = $2 and key = $3",
                    &account,
                    kind,
                    &key
                )?;
                if kind == "lists" {
                    run!(
                        &mut *c,
                        "delete from list_members where account_id = $1 and list = $2",
                        &account,
                        &key
                    )?;
                }
                Ok(())
            })
        })
        .await
}

/// Everything of some kinds, in the order its owner gave.
///
/// # Errors
/// [`super::StoreError`].
pub async fn of(store: &Store, account: &str, kinds: &[&str]) -> StoreResult<Vec<BelongingRow>> {
    let mut c = store.reader().await?;
    keyed::rows_of(
        &mut c,
        "select id, kind, key, value, position, ends_at, is_trial from belongings where account_id = $1 \
         and kind in ({keys}) order by kind, position, key",
        &[account],
        kinds,
    )
    .await
}

/// One of them.
///
/// # Errors
/// [`super::StoreError`].
pub async fn find(store: &Store, account: &str, kind: &str, key: &str) -> StoreResult<Option<BelongingRow>> {
    let mut c = store.reader().await?;
    Ok(row!(
        &mut c,
        BelongingRow,
        "select id, kind, key, value, position, ends_at, is_trial from belongings \
         where account_id = $1 and kind = $2 and key = $3",
        account,
        kind,
        key,
    )?)
}

/// People on all lists of an account.
///
/// # Errors
/// [`super::StoreError`].
pub async fn members(store: &Store, account: &str) -> StoreResult<Vec<MemberRow>> {
    let mut c = store.reader().await?;
    Ok(rows!(
        &mut c,
        MemberRow,
        "select list, actor from list_members where account_id = $1 order by list, actor",
        account,
    )?)
}

/// A page of one kind for its owner to carry away, in the order of keys: nothing of a copy on trial.
///
/// # Errors
/// [`super::StoreError`].
pub async fn exported(
    store: &Store,
    account: &str,
    kind: &str,
    window: Window<'_>,
) -> StoreResult<Vec<BelongingRow>> {
    let mut c = store.reader().await?;
    Ok(rows!(
        &mut c,
        BelongingRow,
        "select id, kind, key, value, position, ends_at, is_trial from belongings \
         where account_id = $1 and kind = $2 and key > $3 and not is_trial order by key limit $4",
        account,
        kind,
        window.after,
        window.limit,
    )?)
}

/// The people on the lists from one key to another, as their owner carries them away.
///
/// # Errors
/// [`super::StoreError`].
pub async fn exported_members(
    store: &Store,
    account: &str,
    first: &str,
    last: &str,
) -> StoreResult<Vec<MemberRow>> {
    let mut c = store.reader().await?;
    Ok(rows!(
        &mut c,
        MemberRow,
        "select list, actor from list_members where account_id = $1 and list >= $2 and list <= $3 \
         and not is_trial order by list, actor",
        account,
        first,
        last,
    )?)
}

/// How many [`exported`] yields over all pages.
///
/// # Errors
/// [`super::StoreError`].
pub async fn number(store: &Store, account: &str, kind: &str) -> StoreResult<u64> {
    let mut c = store.reader().await?;
    let found = row!(
        &mut c,
        (i64,),
        "select cast(count(*) as bigint) from belongings where account_id = $1 and kind = $2 and not is_trial",
        account,
        kind,
    )?;
    Ok(found.map_or(0, |(number,)| count(number)))
}

/// Writes a newer version over what a copy on trial brought; `false` when it is not there any more, or
/// its owner made it their own.
///
/// # Errors
/// [`super::StoreError`].
pub(super) async fn amend_in(
    c: &mut Connection,
    owner: &Owner,
    newer: &BelongingRow,
    members: &[String],
) -> StoreResult<bool> {
    let (transfer, account) = (owner.transfer.as_str(), owner.account.as_str());
    let touched = run!(
        &mut *c,
        "update belongings set value = $4, position = $5, ends_at = $6 \
         where id = $1 and transfer_id = $2 and account_id = $3 and is_trial",
        &newer.id,
        transfer,
        account,
        &newer.value,
        newer.position,
        newer.ends_at,
    )?;
    if touched == 0 {
        return Ok(false);
    }
    run!(
        &mut *c,
        "delete from list_members where account_id = $1 and list = $2 and transfer_id = $3 and is_trial",
        account,
        &newer.key,
        transfer,
    )?;
    add_members_in(c, account, &newer.key, members.to_vec(), Some(transfer)).await?;
    Ok(true)
}

/// Takes away what a copy on trial brought and is gone at the source.
///
/// # Errors
/// [`super::StoreError`].
pub(super) async fn withdraw_in(c: &mut Connection, owner: &Owner, id: &str) -> StoreResult<()> {
    let (transfer, account) = (owner.transfer.as_str(), owner.account.as_str());
    run!(
        &mut *c,
        "delete from list_members where transfer_id = $2 and account_id = $3 and is_trial and list in \
         (select key from belongings where id = $1 and kind = 'lists' and transfer_id = $2)",
        id,
        transfer,
        account,
    )?;
    run!(
        &mut *c,
        "delete from belongings where id = $1 and transfer_id = $2 and account_id = $3 and is_trial",
        id,
        transfer,
        account,
    )?;
    Ok(())
}

/// Ends the trial of what a copy brought.
///
/// # Errors
/// [`super::StoreError`].
pub(super) async fn release_in(c: &mut Connection, owner: &Owner) -> StoreResult<()> {
    let (transfer, account) = (&owner.transfer, &owner.account);
    run!(
        &mut *c,
        "update belongings set is_trial = false where transfer_id = $1 and account_id = $2",
        transfer,
        account
    )?;
    run!(
        &mut *c,
        "update list_members set is_trial = false where transfer_id = $1 and account_id = $2",
        transfer,
        account
    )?;
    Ok(())
}

/// Takes back what a copy brought; what its owner set up themselves stays.
///
/// # Errors
/// [`super::StoreError`].
pub(super) async fn discard_in(c: &mut Connection, owner: &Owner) -> StoreResult<()> {
    let (transfer, account) = (&owner.transfer, &owner.account);
    run!(&mut *c, "delete from belongings where transfer_id = $1 and account_id = $2", transfer, account)?;
    run!(&mut *c, "delete from list_members where transfer_id = $1 and account_id = $2", transfer, account)?;
    Ok(())
}
