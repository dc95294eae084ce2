//! A copy on trial follows its source: what is gone there goes here, unless its owner made it their own.
//! Released rows are never touched.

use std::collections::BTreeSet;

use super::{Connection, Store, StoreResult, belongings, copies::Owner, keyed::rows_of};

/// Something a transfer brought, by the key of its row; a followed or blocked actor is its own key.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Brought {
    /// A post.
    Post(String),
    /// A boost.
    Boost(String),
    /// A like or bookmark.
    Pointer(String),
    /// A file.
    Medium(String),
    /// A followed actor.
    Follow(String),
    /// A blocked actor.
    Block(String),
    /// Something the owner had set up.
    Belonging(String),
    /// Something that leaves no row of its own.
    Nothing,
}

/// Takes away what is gone at the source, in one transaction. For each: whether it is away now; `false`
/// when its owner made it their own here.
///
/// # Errors
/// [`super::StoreError`].
pub async fn withdraw(store: &Store, owner: Owner, batch: Vec<Brought>) -> StoreResult<Vec<bool>> {
    store
        .write(move |c| {
            Box::pin(async move {
                let mut away = Vec::with_capacity(batch.len());
                for brought in batch {
                    away.push(withdraw_one(c, &owner, brought).await?);
                }
                Ok(away)
            })
        })
        .await
}

async fn withdraw_one(c: &mut Connection, owner: &Owner, brought: Brought) -> StoreResult<bool> {
    let (transfer, account) = (&owner.transfer, &owner.account);
    match brought {
        Brought::Post(id) => {
            let edited = row!(
                &mut *c,
                (String,),
                "select id from posts where id = $1 and transfer_id = $2 and edited_at is not null \
                 and deleted_at is null",
                &id,
                transfer,
            )?;
            if edited.is_some() {
                return Ok(false);
            }
            run!(
                &mut *c,
                "update media set post_id = null where post_id = $1 and transfer_id = $2",
                &id,
                transfer
            )?;
            run!(
                &mut *c,
                "delete from post_tags where post_id in \
                 (select id from posts where id = $1 and transfer_id = $2 and account_id = $3 and is_trial)",
                &id,
                transfer,
                account,
            )?;
            run!(
                c,
                "delete from posts where id = $1 and transfer_id = $2 and account_id = $3 and is_trial",
                &id,
                transfer,
                account,
            )?;
        }
        Brought::Medium(id) => {
            // A post that its owner made their own keeps the files it shows.
            let is_shown = row!(
                &mut *c,
                (String,),
                "select m.id from media m join posts p on p.id = m.post_id \
                 where m.id = $1 and m.transfer_id = $2 and p.edited_at is not null",
                &id,
                transfer,
            )?;
            if is_shown.is_some() {
                return Ok(false);
            }
            run!(
                c,
                "delete from media where id = $1 and transfer_id = $2 and account_id = $3 and is_trial",
                &id,
                transfer,
                account,
            )?;
        }
        Brought::Boost(id) => {
            run!(
                c,
                "delete from boosts where id = $1 and transfer_id = $2 and account_id = $3 and is_trial",
                &id,
                transfer,
                account,
            )?;
        }
        Brought::Pointer(id) => {
            run!(
                c,
                "delete from pointers where id = $1 and transfer_id = $2 and account_id = $3 and is_trial",
                &id,
                transfer,
                account,
            )?;
        }
        Brought::Follow(actor) => {
            run!(
                c,
                "delete from following \
                 where actor = $1 and transfer_id = $2 and account_id = $3 and state = 'kept'",
                &actor,
                transfer,
                account,
            )?;
        }
        Brought::Block(actor) => {
            run!(
                c,
                "delete from blocks where actor = $1 and transfer_id = $2 and account_id = $3",
                &actor,
                transfer,
                account,
            )?;
        }
        Brought::Belonging(id) => belongings::withdraw_in(c, owner, &id).await?,
        Brought::Nothing => {}
    }
    Ok(true)
}

/// Those of what a transfer brought that still stand here.
///
/// # Errors
/// [`super::StoreError`].
pub async fn standing_of(store: &Store, transfer: &str, batch: &[Brought]) -> StoreResult<BTreeSet<Brought>> {
    type Kind = (fn(&Brought) -> Option<&str>, &'static str, fn(String) -> Brought);
    const KINDS: [Kind; 7] = [
        (
            |b| if let Brought::Post(id) = b { Some(id) } else { None },
            "select id from posts where transfer_id = $1 and deleted_at is null and id in ({keys})",
            Brought::Post,
        ),
        (
            |b| if let Brought::Boost(id) = b { Some(id) } else { None },
            "select id from boosts where transfer_id = $1 and id in ({keys})",
            Brought::Boost,
        ),
        (
            |b| if let Brought::Pointer(id) = b { Some(id) } else { None },
            "select id from pointers where transfer_id = $1 and id in ({keys})",
            Brought::Pointer,
        ),
        (
            |b| if let Brought::Medium(id) = b { Some(id) } else { None },
            "select id from media where transfer_id = $1 and post_id is not null and id in ({keys})",
            Brought::Medium,
        ),
        (
            |b| if let Brought::Follow(id) = b { Some(id) } else { None },
            "select actor from following where transfer_id = $1 and actor in ({keys})",
            Brought::Follow,
        ),
        (
            |b| if let Brought::Block(id) = b { Some(id) } else { None },
            "select actor from blocks where transfer_id = $1 and actor in ({keys})",
            Brought::Block,
        ),
        (
            |b| if let Brought::Belonging(id) = b { Some(id) } else { None },
            "select id from belongings where transfer_id = $1 and id in ({keys})",
            Brought::Belonging,
        ),
    ];
    let mut c = store.reader().await?;
    let mut found = BTreeSet::new();
    for (key_of, sql, brought) in KINDS {
        let keys: Vec<&str> = batch.iter().filter_map(key_of).collect();
        let here: Vec<(String,)> = rows_of(&mut c, sql, &[transfer], &keys).await?;
        found.extend(here.into_iter().map(|(key,)| brought(key)));
    }
    if batch.contains(&Brought::Nothing) {
        found.insert(Brought::Nothing);
    }
    Ok(found)
}
