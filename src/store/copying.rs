//! A batch of what a transfer brings, written with one statement for each table it touches.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Connection, StoreResult, belongings,
    copies::{BoostRow, CopiedRow, MediumRow, Owner, PointerRow, PostRow},
    keyed::rows_of,
    many::{self, Value},
};

/// The rows of a batch by table, and what each element of the batch waits for.
#[derive(Default)]
struct Sorted<'b> {
    posts: Vec<&'b PostRow>,
    /// With the post that shows it, if it is in the batch.
    media: Vec<(&'b MediumRow, Option<&'b str>)>,
    boosts: Vec<&'b BoostRow>,
    pointers: Vec<&'b PointerRow>,
    follows: Vec<&'b str>,
    blocks: Vec<&'b str>,
}

impl<'b> Sorted<'b> {
    fn new(batch: &'b [CopiedRow]) -> Self {
        let mut sorted = Self::default();
        for copied in batch {
            match copied {
                CopiedRow::Post(post) => {
                    sorted.media.extend(post.media.iter().map(|medium| (medium, Some(post.id.as_str()))));
                    sorted.posts.push(post);
                }
                CopiedRow::Medium(medium) => sorted.media.push((medium, None)),
                CopiedRow::Boost(boost) => sorted.boosts.push(boost),
                CopiedRow::Pointer(pointer) => sorted.pointers.push(pointer),
                CopiedRow::Follow(actor) => sorted.follows.push(actor),
                CopiedRow::Block(actor) => sorted.blocks.push(actor),
                // Few, and each with members of its own.
                CopiedRow::Belonging(..) | CopiedRow::Nothing => {}
            }
        }
        sorted
    }
}

/// Writes a batch. For each row: whether it stands here because of this transfer; `false` when the
/// account had it already.
pub(super) async fn write(
    c: &mut Connection,
    owner: &Owner,
    now: i64,
    batch: &[CopiedRow],
) -> StoreResult<Vec<bool>> {
    let sorted = Sorted::new(batch);
    posts(c, owner, &sorted.posts).await?;
    media(c, owner, &sorted.media).await?;
    boosts(c, owner, &sorted.boosts).await?;
    let pointers = pointers(c, owner, &sorted.pointers).await?;
    let follows = follows(c, owner, now, &sorted.follows).await?;
    let blocks = blocks(c, owner, now, &sorted.blocks).await?;
    let mut stands = Vec::with_capacity(batch.len());
    for copied in batch {
        stands.push(match copied {
            CopiedRow::Pointer(pointer) => pointers.contains(&pointer.id),
            CopiedRow::Follow(actor) => follows.contains(actor),
            CopiedRow::Block(actor) => blocks.contains(actor),
            CopiedRow::Belonging(row, members) => {
                belongings::copy_in(c, owner, now, row.clone(), members.clone()).await?
            }
            CopiedRow::Post(_) | CopiedRow::Medium(_) | CopiedRow::Boost(_) | CopiedRow::Nothing => true,
        });
    }
    Ok(stands)
}

async fn posts(c: &mut Connection, owner: &Owner, posts: &[&PostRow]) -> StoreResult<()> {
    let rows: Vec<_> = posts
        .iter()
        .map(|post| {
            [
                Value::Text(&post.id),
                Value::Text(&owner.account),
                Value::Text(&post.object),
                Value::Text(post.visibility),
                Value::Number(post.published_at),
                Value::Maybe(post.in_reply_to.as_deref()),
                Value::Flag(post.in_reply_to.is_some()),
                Value::Text(&owner.transfer),
                Value::Flag(true),
            ]
        })
        .collect();
    let sql = "insert into posts (id, account_id, object, visibility, published_at, in_reply_to, is_reply, \
               transfer_id, is_trial) values {rows} on conflict (id) do nothing";
    many::insert(c, sql, &rows).await?;
    let topics = posts.iter().flat_map(|post| post.tags.iter().map(|tag| [tag, &post.id]));
    let rows: Vec<_> = topics.map(|row| row.map(|text| Value::Text(text))).collect();
    let sql = "insert into post_tags (tag, post_id) values {rows} on conflict (tag, post_id) do nothing";
    many::insert(c, sql, &rows).await
}

/// A file that two posts show stays with the first of them: its visibility never widens afterwards.
async fn media(c: &mut Connection, owner: &Owner, media: &[(&MediumRow, Option<&str>)]) -> StoreResult<()> {
    // One statement may touch a row once.
    let mut first: BTreeMap<&str, (&MediumRow, Option<&str>)> = BTreeMap::new();
    for (medium, post) in media {
        let (_, shown_by) = first.entry(&medium.id).or_insert((medium, None));
        *shown_by = shown_by.or(*post);
    }
    let rows: Vec<_> = first
        .values()
        .map(|(medium, post)| {
            [
                Value::Text(&medium.id),
                Value::Text(&owner.account),
                Value::Maybe(*post),
                Value::Text(&medium.sha256),
                Value::Number(i64::try_from(medium.bytes).unwrap_or(i64::MAX)),
                Value::Text(&medium.media_type),
                Value::Text(&medium.file_name),
                Value::Text(&owner.transfer),
                Value::Flag(true),
            ]
        })
        .collect();
    let sql = "insert into media (id, account_id, post_id, sha256, bytes, media_type, file_name, transfer_id, \
               is_trial) values {rows} \
               on conflict (id) do update set post_id = coalesce(media.post_id, excluded.post_id) \
               where media.transfer_id = excluded.transfer_id and media.account_id = excluded.account_id";
    many::insert(c, sql, &rows).await
}

async fn boosts(c: &mut Connection, owner: &Owner, boosts: &[&BoostRow]) -> StoreResult<()> {
    let rows: Vec<_> = boosts
        .iter()
        .map(|boost| {
            [
                Value::Text(&boost.id),
                Value::Text(&owner.account),
                Value::Text(&boost.object_url),
                Value::Text(boost.visibility),
                Value::Text(&boost.published),
                Value::Text(&boost.previously),
                Value::Text(&owner.transfer),
                Value::Flag(true),
            ]
        })
        .collect();
    let sql = "insert into boosts (id, account_id, object_url, visibility, published, previously, transfer_id, \
               is_trial) values {rows} on conflict (id) do nothing";
    many::insert(c, sql, &rows).await
}

/// Ids of those that are this transfer's.
async fn pointers(
    c: &mut Connection,
    owner: &Owner,
    pointers: &[&PointerRow],
) -> StoreResult<BTreeSet<String>> {
    let rows: Vec<_> = pointers
        .iter()
        .map(|pointer| {
            [
                Value::Text(&pointer.id),
                Value::Text(&owner.account),
                Value::Text(pointer.kind),
                Value::Text(&pointer.object_url),
                Value::Maybe(pointer.published.as_deref()),
                Value::Text(&owner.transfer),
                Value::Flag(true),
            ]
        })
        .collect();
    let sql = "insert into pointers (id, account_id, kind, object_url, published, transfer_id, is_trial) \
               values {rows} on conflict do nothing";
    many::insert(c, sql, &rows).await?;
    let ids: Vec<&str> = pointers.iter().map(|pointer| pointer.id.as_str()).collect();
    let sql = "select id from pointers where account_id = $1 and transfer_id = $2 and id in ({keys})";
    own(c, sql, owner, &ids).await
}

/// Those that are followed because of this transfer.
async fn follows(
    c: &mut Connection,
    owner: &Owner,
    now: i64,
    actors: &[&str],
) -> StoreResult<BTreeSet<String>> {
    let rows: Vec<_> = actors
        .iter()
        .map(|actor| {
            let (account, transfer) = (Value::Text(&owner.account), Value::Text(&owner.transfer));
            let (nothing, kept) = (Value::Text(""), Value::Text("kept"));
            [account, Value::Text(actor), nothing, nothing, kept, Value::Number(now), transfer]
        })
        .collect();
    let sql = "insert into following (account_id, actor, inbox, follow_id, state, since, transfer_id) \
               values {rows} on conflict (account_id, actor) do nothing";
    many::insert(c, sql, &rows).await?;
    let sql = "select actor from following where account_id = $1 and transfer_id = $2 and actor in ({keys})";
    own(c, sql, owner, actors).await
}

/// Those that are blocked because of this transfer.
async fn blocks(
    c: &mut Connection,
    owner: &Owner,
    now: i64,
    actors: &[&str],
) -> StoreResult<BTreeSet<String>> {
    let rows: Vec<_> = actors
        .iter()
        .map(|actor| {
            let (account, transfer) = (Value::Text(&owner.account), Value::Text(&owner.transfer));
            [account, Value::Text(actor), Value::Number(now), transfer]
        })
        .collect();
    let sql = "insert into blocks (account_id, actor, since, transfer_id) values {rows} \
               on conflict (account_id, actor) do nothing";
    many::insert(c, sql, &rows).await?;
    let sql = "select actor from blocks where account_id = $1 and transfer_id = $2 and actor in ({keys})";
    own(c, sql, owner, actors).await
}

async fn own(
    c: &mut Connection,
    sql: &'static str,
    owner: &Owner,
    keys: &[&str],
) -> StoreResult<BTreeSet<String>> {
    let found: Vec<(String,)> = rows_of(c, sql, &[&owner.account, &owner.transfer], keys).await?;
    Ok(found.into_iter().map(|(key,)| key).collect())
}
