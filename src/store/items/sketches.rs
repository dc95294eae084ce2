//! What planning and reserving need of an item, read without the rest of it: most of an item are its text
//! and its addresses, and reading all of them takes several times as long.

use std::borrow::Cow;

use serde::{Deserialize, de::IgnoredAny};

use super::ItemState;
use crate::{
    model::{
        id::{ItemKey, TransferId},
        item::ItemKind,
        moment::Moment,
        object::{TagKind, Visibility},
    },
    port::destination::StoredBlob,
    store::{Store, StoreResult, from_json},
};

/// What an id and an address are made from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sketch {
    /// Its key.
    pub key: ItemKey,
    /// Its original time in microseconds; 0 where the source does not say.
    pub published_at: i64,
    /// Order of reading.
    pub position: i64,
    /// When it was made, where that is known.
    pub published: Option<Moment>,
    /// Who may see it at the source.
    pub visibility: Visibility,
    /// Where a file was.
    pub address: Option<String>,
    /// What a file's bytes say that they are.
    pub media_type: Option<String>,
}

/// What a post shows, and what of it cannot come as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is looked at by itself and counted by itself")]
pub struct PostSketch {
    /// Its key.
    pub key: ItemKey,
    /// Its original time in microseconds.
    pub published_at: i64,
    /// Order of reading.
    pub position: i64,
    /// Keys of the files it shows.
    pub shown: Vec<String>,
    /// Whether it says of nobody that it is for them.
    pub is_unaddressed: bool,
    /// Whether votes can still be cast in it.
    pub has_open_poll: bool,
    /// Whether pictures stand between its words.
    pub has_emoji: bool,
    /// Whether there is nothing in it.
    pub is_empty: bool,
}

/// The fields of an item that a [`Sketch`] is made from; which of them mean something its kind says.
#[derive(Deserialize)]
struct Fields {
    published: Option<Moment>,
    visibility: Option<Visibility>,
}

#[derive(Deserialize)]
struct FileFields {
    url: String,
}

#[derive(Deserialize)]
struct PostFields<'t> {
    #[serde(borrow)]
    content: Cow<'t, str>,
    name: Option<IgnoredAny>,
    summary: Option<IgnoredAny>,
    to: Vec<IgnoredAny>,
    cc: Vec<IgnoredAny>,
    tags: Vec<TagFields>,
    attachments: Vec<FileFields>,
    poll: Option<PollFields>,
}

#[derive(Deserialize)]
struct TagFields {
    kind: TagKind,
}

#[derive(Deserialize)]
struct PollFields {
    closed: Option<IgnoredAny>,
}

/// Key, JSON, time, position, JSON of the blob.
type Row = (String, String, i64, i64, Option<String>);

/// Items of a kind that wait for being written, in the order of their original time after the (time,
/// position) `after`.
///
/// # Errors
/// [`StoreError`](crate::store::StoreError).
pub async fn sketches(
    store: &Store,
    transfer: &TransferId,
    kind: ItemKind,
    after: (i64, i64),
    limit: i64,
) -> StoreResult<Vec<Sketch>> {
    rows(store, transfer, kind, after, limit).await?.into_iter().map(|row| sketch(kind, row)).collect()
}

/// As [`sketches`], what planning needs of posts.
///
/// # Errors
/// [`StoreError`](crate::store::StoreError).
pub async fn post_sketches(
    store: &Store,
    transfer: &TransferId,
    after: (i64, i64),
    limit: i64,
) -> StoreResult<Vec<PostSketch>> {
    rows(store, transfer, ItemKind::Posts, after, limit).await?.into_iter().map(post_sketch).collect()
}

async fn rows(
    store: &Store,
    transfer: &TransferId,
    kind: ItemKind,
    after: (i64, i64),
    limit: i64,
) -> StoreResult<Vec<Row>> {
    let mut c = store.reader().await?;
    Ok(rows!(
        &mut c,
        Row,
        "select key, item, published_at, position, blob from items \
         where transfer_id = $1 and kind = $2 and state = $3 and (published_at, position) > ($4, $5) \
         order by published_at, position limit $6",
        transfer.as_str(),
        kind.as_str(),
        ItemState::Fetched.as_str(),
        after.0,
        after.1,
        limit,
    )?)
}

fn sketch(kind: ItemKind, (key, item, published_at, position, blob): Row) -> StoreResult<Sketch> {
    use ItemKind as K;
    let fields = match kind {
        K::Posts | K::Boosts | K::Likes | K::Bookmarks => from_json("item", &item)?,
        _ => Fields { published: None, visibility: None },
    };
    let address = match kind {
        K::Media | K::ProfileImages => Some(from_json::<FileFields>("item", &item)?.url),
        _ => None,
    };
    let blob: Option<StoredBlob> = blob.map(|text| from_json("blob", &text)).transpose()?;
    Ok(Sketch {
        key: ItemKey::from(key),
        published_at,
        position,
        published: fields.published,
        // What was never shown is its owner's own.
        visibility: fields.visibility.unwrap_or(Visibility::Direct),
        address,
        media_type: blob.map(|blob| blob.media_type),
    })
}

fn post_sketch((key, item, published_at, position, _): Row) -> StoreResult<PostSketch> {
    let post: PostFields<'_> = from_json("item", &item)?;
    Ok(PostSketch {
        key: ItemKey::from(key),
        published_at,
        position,
        is_unaddressed: post.to.is_empty() && post.cc.is_empty(),
        has_open_poll: post.poll.as_ref().is_some_and(|poll| poll.closed.is_none()),
        has_emoji: post.tags.iter().any(|tag| tag.kind == TagKind::Emoji),
        is_empty: post.content.trim().is_empty()
            && post.attachments.is_empty()
            && post.poll.is_none()
            && post.name.is_none()
            && post.summary.is_none(),
        shown: post.attachments.into_iter().map(|file| file.url).collect(),
    })
}
