//! The account's posts, a page at a time: one question for the posts, one each for what belongs to them.

use sqlx::{AssertSqlSafe, PgConnection};
use url::Url;

use super::{
    MastodonSource,
    belonging_to_posts::Belonging,
    phrases::{OWN_POSTS, seconds},
    text::{self, Links},
    window::{Entry, Window},
};
use crate::{
    adapters::mastodon_database::{database::silent, place::Named},
    model::{
        collection::Cursor,
        item::Item,
        moment::Moment,
        object::{Object, SourceText, TagKind, Tallies, Visibility},
    },
    port::error::AdapterError,
    wire::audience,
};

/// A post's own row.
#[derive(Debug, sqlx::FromRow)]
pub(super) struct PostRow {
    pub(super) id: i64,
    uri: Option<String>,
    pub(super) text: Option<String>,
    pub(super) spoiler_text: Option<String>,
    created: i64,
    pub(super) edited: Option<i64>,
    visibility: i32,
    sensitive: bool,
    language: Option<String>,
    pub(super) shown: Option<Vec<i64>>,
    pub(super) poll_id: Option<i64>,
    parent: Option<String>,
    replies: i64,
    likes: i64,
    boosts: i64,
}

/// The columns of [`PostRow`] and what they come from.
fn question(source: &MastodonSource, condition: &str) -> String {
    let phrases = &source.phrases;
    format!(
        "select s.id, s.uri::text, s.text, s.spoiler_text, {created} as created, {edited} as edited, s.visibility, \
         s.sensitive, s.language::text, s.ordered_media_attachment_ids as shown, s.poll_id, \
         case when p.deleted_at is null then {parent} end as parent, coalesce(t.replies_count, 0) as replies, \
         coalesce(t.favourites_count, 0) as likes, coalesce(t.reblogs_count, 0) as boosts \
         from statuses s left join statuses p on p.id = s.in_reply_to_id \
         left join accounts pa on pa.id = p.account_id left join status_stats t on t.status_id = s.id \
         where {OWN_POSTS} and {condition}",
        created = seconds("s.created_at"),
        edited = seconds("s.edited_at"),
        parent = phrases.post("p", "pa"),
    )
}

/// Rows of posts, and what belongs to them.
pub(super) struct Found {
    rows: Vec<PostRow>,
    belonging: Belonging,
}

/// Posts put into words before the database is listened to again.
const AT_ONCE: usize = 50;

/// A page of posts in the order of their ids, which is that of their times.
///
/// # Errors
/// [`AdapterError`].
pub(super) async fn page(
    source: &MastodonSource,
    c: &mut PgConnection,
    window: Window<'_>,
) -> Result<Vec<Entry>, AdapterError> {
    let (found, is_going_on) = source.ahead.take(&window.at());
    let found = match found {
        Some(found) => found,
        None => find(source, c, window).await?,
    };
    let next = window.next(&found.rows, |row| row.id);
    let Some(next) = next.filter(|_| is_going_on || window.is_first()) else {
        source.ahead.expect(None, None);
        return Ok(in_words(source, found).await);
    };
    if !is_going_on {
        source.ahead.expect(Some(next), None);
        return Ok(in_words(source, found).await);
    }
    let cursor = Cursor(next.0.clone());
    let following = find(source, c, Window::new(Some(&cursor), next.1));
    let (following, entries) = tokio::join!(following, in_words(source, found));
    source.ahead.expect(Some(next), Some(following?));
    Ok(entries)
}

async fn find(
    source: &MastodonSource,
    c: &mut PgConnection,
    window: Window<'_>,
) -> Result<Found, AdapterError> {
    let sql = question(source, "s.id > $3 order by s.id limit $4");
    let rows: Vec<PostRow> = sqlx::query_as(AssertSqlSafe(sql))
        .bind(source.owner.id)
        .bind(source.includes_private)
        .bind(window.number()?)
        .bind(window.rows())
        .fetch_all(&mut *c)
        .await
        .map_err(|error| silent(&error))?;
    let belonging = Belonging::of(source, c, &rows).await?;
    Ok(Found { rows, belonging })
}

/// Those of these posts that are read.
///
/// # Errors
/// [`AdapterError`].
pub(super) async fn by_id(
    source: &MastodonSource,
    c: &mut PgConnection,
    ids: &[i64],
) -> Result<Vec<Entry>, AdapterError> {
    let sql = question(source, "s.id = any($3)");
    let rows: Vec<PostRow> = sqlx::query_as(AssertSqlSafe(sql))
        .bind(source.owner.id)
        .bind(source.includes_private)
        .bind(ids)
        .fetch_all(&mut *c)
        .await
        .map_err(|error| silent(&error))?;
    let belonging = Belonging::of(source, c, &rows).await?;
    Ok(in_words(source, Found { rows, belonging }).await)
}

async fn in_words(source: &MastodonSource, found: Found) -> Vec<Entry> {
    let Found { rows, mut belonging } = found;
    let owner = source.owner.named();
    let mut entries = Vec::with_capacity(rows.len());
    for (number, row) in rows.into_iter().enumerate() {
        if number % AT_ONCE == AT_ONCE - 1 {
            tokio::task::yield_now().await;
        }
        let key = row.id.to_string();
        entries.push((key, Ok(Item::Post(Box::new(object(source, &owner, row, &mut belonging))))));
    }
    entries
}

/// The server's numbers for audiences; every one that is not known is the most private.
pub(in crate::adapters::mastodon_database) fn audience_of(number: i32) -> Visibility {
    match number {
        0 => Visibility::Public,
        1 => Visibility::Unlisted,
        2 => Visibility::Followers,
        _ => Visibility::Direct,
    }
}

/// A time without fractions, as the server's own documents state it.
pub(super) fn moment(seconds: i64) -> Moment {
    Moment::from_micros(seconds.saturating_mul(1_000_000))
}

/// As comparing origins, which would copy the host's name twice.
fn is_same_origin(one: &Url, other: &Url) -> bool {
    one.scheme() == other.scheme()
        && one.host_str() == other.host_str()
        && one.port_or_known_default() == other.port_or_known_default()
}

fn object(source: &MastodonSource, owner: &Named, row: PostRow, belonging: &mut Belonging) -> Object {
    let place = &source.place;
    let stated = row.uri.as_deref().and_then(|uri| Url::parse(uri).ok());
    // An id on another server cannot be this account's.
    let id = stated.filter(|url| is_same_origin(url, &place.web));
    let id = id.unwrap_or_else(|| place.status(owner, row.id));
    let visibility = audience_of(row.visibility);
    let people = belonging.people.remove(&row.id).unwrap_or_default();
    let versions = belonging.versions.remove(&row.id).unwrap_or_default();
    let files = belonging.files(row.id, row.shown.as_deref());
    let poll = row.poll_id.and_then(|poll| belonging.polls.remove(&poll));
    let text = row.text.unwrap_or_default();
    let summary = row.spoiler_text.filter(|text| !text.is_empty());
    let links = Links {
        people: people.iter().flat_map(|person| person.spellings.iter().cloned()).collect(),
        topics: Some(source.topics.clone()),
    };
    let mut tags: Vec<_> = people.into_iter().map(|person| person.tag).collect();
    let named: Vec<String> = tags.iter().filter_map(|tag| tag.href.clone()).collect();
    tags.extend(belonging.topics.remove(&row.id).unwrap_or_default());
    tags.extend(belonging.emoji_of(&[&text, summary.as_deref().unwrap_or_default()]));
    debug_assert!(tags.iter().take(named.len()).all(|tag| tag.kind == TagKind::Mention));
    let (to, cc) = audience::addressing(visibility, &source.followers, &named);
    let html = |text: &str| text::html(text, &links);
    let earlier = versions.into_iter().map(|version| version.carried(&files, html)).collect();
    let number = |count: i64| u64::try_from(count).unwrap_or(0);
    Object {
        url: Some(place.status_page(owner, row.id)),
        other_urls: Vec::new(),
        kind: if poll.is_some() { "Question" } else { "Note" }.to_owned(),
        attributed_to: source.actor.clone(),
        name: None,
        content: html(&text),
        source: Some(SourceText { content: text, media_type: "text/plain".to_owned() }),
        summary,
        is_sensitive: row.sensitive,
        language: row.language.filter(|tag| !tag.is_empty() && tag.len() <= 35),
        published: moment(row.created),
        updated: row.edited.map(moment),
        visibility,
        to,
        cc,
        in_reply_to: row.parent.and_then(|parent| Url::parse(&parent).ok()),
        quote: belonging.quotes.remove(&row.id),
        tags,
        attachments: files.into_iter().map(|(_, attachment)| attachment).collect(),
        poll,
        previously: Vec::new(),
        tallies: Tallies {
            replies: number(row.replies),
            likes: number(row.likes),
            shares: number(row.boosts),
        },
        answers: Vec::new(),
        earlier,
        id,
    }
}
