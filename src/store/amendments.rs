//! A copy on trial follows its source: newer versions are written over older ones. What its owner
//! changed here is left alone. Released rows are never touched.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Connection, Store, StoreResult, belongings,
    copies::{CopiedRow, Owner, PostRow, write_medium, write_one},
    from_json,
    keyed::rows_of,
    posts::replace_tags_in,
    to_json,
};
use crate::model::object::{Object, Visibility};

/// How a row took a newer version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken {
    /// It is the newer version now.
    Yes,
    /// Its owner changed it here: theirs stays.
    OwnersStays,
    /// It is not here any more: its owner took it away.
    IsAway,
}

/// What is known of a post before it is touched.
#[derive(sqlx::FromRow)]
struct Standing {
    id: String,
    object: String,
    edited_at: Option<i64>,
    deleted_at: Option<i64>,
}

/// Writes newer versions over what a transfer brought, in one transaction.
///
/// # Errors
/// [`super::StoreError`].
pub async fn amend(store: &Store, owner: Owner, now: i64, batch: Vec<CopiedRow>) -> StoreResult<Vec<Taken>> {
    store
        .write(move |c| {
            Box::pin(async move {
                let posts = batch.iter().filter_map(|row| match row {
                    CopiedRow::Post(post) => Some(post.id.as_str()),
                    _ => None,
                });
                let standing = standing(c, &owner, &posts.collect::<Vec<_>>()).await?;
                let mut taken = Vec::with_capacity(batch.len());
                for row in batch {
                    taken.push(match row {
                        CopiedRow::Post(post) => amend_post(c, &owner, post, &standing).await?,
                        other => amend_other(c, &owner, now, other).await?,
                    });
                }
                Ok(taken)
            })
        })
        .await
}

async fn standing(
    c: &mut Connection,
    owner: &Owner,
    ids: &[&str],
) -> StoreResult<BTreeMap<String, Standing>> {
    let sql = "select id, object, edited_at, deleted_at from posts \
               where transfer_id = $1 and account_id = $2 and is_trial and id in ({keys})";
    let found: Vec<Standing> = rows_of(c, sql, &[&owner.transfer, &owner.account], ids).await?;
    Ok(found.into_iter().map(|row| (row.id.clone(), row)).collect())
}

async fn amend_post(
    c: &mut Connection,
    owner: &Owner,
    post: PostRow,
    standing: &BTreeMap<String, Standing>,
) -> StoreResult<Taken> {
    let Some(now) = standing.get(&post.id).filter(|row| row.deleted_at.is_none()) else {
        return Ok(Taken::IsAway);
    };
    if now.edited_at.is_some() {
        narrow(c, now, &post).await?;
        return Ok(Taken::OwnersStays);
    }
    run!(
        &mut *c,
        "update posts set object = $2, visibility = $3, published_at = $4, in_reply_to = $5, is_reply = $6 \
         where id = $1",
        &post.id,
        post.object,
        post.visibility,
        post.published_at,
        &post.in_reply_to,
        post.in_reply_to.is_some(),
    )?;
    replace_tags_in(c, &post.id, &post.tags).await?;
    let shown: BTreeSet<&str> = post.media.iter().map(|medium| medium.id.as_str()).collect();
    let held = rows!(&mut *c, (String,), "select id from media where post_id = $1", &post.id)?;
    for (id,) in held.iter().filter(|(id,)| !shown.contains(id.as_str())) {
        run!(
            &mut *c,
            "update media set post_id = null where id = $1 and transfer_id = $2",
            id,
            &owner.transfer
        )?;
    }
    for medium in &post.media {
        write_medium(c, owner, Some(&post.id), medium).await?;
    }
    Ok(Taken::Yes)
}

/// Its owner's words stay, but nobody sees them who may no longer see the original.
async fn narrow(c: &mut Connection, now: &Standing, newer: &PostRow) -> StoreResult<()> {
    let (mut object, newer): (Object, Object) =
        (from_json("post", &now.object)?, from_json("post", &newer.object)?);
    if newer.visibility <= object.visibility {
        return Ok(());
    }
    object.visibility = newer.visibility;
    (object.to, object.cc) = (newer.to, newer.cc);
    run!(
        c,
        "update posts set object = $2, visibility = $3 where id = $1",
        &now.id,
        to_json(&object),
        Visibility::as_str(object.visibility),
    )?;
    Ok(())
}

async fn amend_other(c: &mut Connection, owner: &Owner, now: i64, row: CopiedRow) -> StoreResult<Taken> {
    let (transfer, account) = (&owner.transfer, &owner.account);
    let touched = match &row {
        CopiedRow::Boost(boost) => run!(
            &mut *c,
            "update boosts set object_url = $4, visibility = $5, published = $6, previously = $7 \
             where id = $1 and transfer_id = $2 and account_id = $3 and is_trial",
            &boost.id,
            transfer,
            account,
            &boost.object_url,
            boost.visibility,
            &boost.published,
            &boost.previously,
        )?,
        CopiedRow::Pointer(pointer) => run!(
            &mut *c,
            "update pointers set published = $4 \
             where id = $1 and transfer_id = $2 and account_id = $3 and is_trial",
            &pointer.id,
            transfer,
            account,
            &pointer.published,
        )?,
        CopiedRow::Medium(medium) => run!(
            &mut *c,
            "update media set sha256 = $4, bytes = $5, media_type = $6 \
             where id = $1 and transfer_id = $2 and account_id = $3 and is_trial",
            &medium.id,
            transfer,
            account,
            &medium.sha256,
            i64::try_from(medium.bytes).unwrap_or(i64::MAX),
            &medium.media_type,
        )?,
        CopiedRow::Belonging(newer, members) => {
            u64::from(belongings::amend_in(c, owner, newer, members).await?)
        }
        CopiedRow::Follow(_) | CopiedRow::Block(_) | CopiedRow::Post(_) | CopiedRow::Nothing => {
            return Ok(if write_one(c, owner, now, row).await? { Taken::Yes } else { Taken::IsAway });
        }
    };
    Ok(if touched == 1 { Taken::Yes } else { Taken::IsAway })
}
