//! The account's posts, a page at a time: one question for the posts, one each for what belongs to them.

use sqlx::{AssertSqlSafe, FromRow, PgConnection, Row as _, postgres::PgRow};

use super::{
    MastodonSource,
    belonging_to_posts::Belonging,
    phrases::{OWN_POSTS, seconds},
    window::{Entry, Window},
    wording::in_words,
};
use crate::{
    adapters::mastodon_database::database::silent,
    model::{collection::Cursor, moment::Moment, object::Visibility},
    port::error::AdapterError,
};

/// A post's own row.
#[derive(Debug)]
pub(super) struct PostRow {
    pub(super) id: i64,
    pub(super) uri: Option<String>,
    pub(super) text: Option<String>,
    pub(super) spoiler_text: Option<String>,
    pub(super) created: i64,
    pub(super) edited: Option<i64>,
    pub(super) visibility: i32,
    pub(super) sensitive: bool,
    pub(super) language: Option<String>,
    pub(super) shown: Option<Vec<i64>>,
    pub(super) poll_id: Option<i64>,
    pub(super) parent: Option<i64>,
}

/// By place: looking each column up by its name took as long as reading it.
impl<'r> FromRow<'r, PgRow> for PostRow {
    fn from_row(row: &'r PgRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            id: row.try_get(0)?,
            uri: row.try_get(1)?,
            text: row.try_get(2)?,
            spoiler_text: row.try_get(3)?,
            created: row.try_get(4)?,
            edited: row.try_get(5)?,
            visibility: row.try_get(6)?,
            sensitive: row.try_get(7)?,
            language: row.try_get(8)?,
            shown: row.try_get(9)?,
            poll_id: row.try_get(10)?,
            parent: row.try_get(11)?,
        })
    }
}

/// The columns of [`PostRow`], in its order, and what they come from.
fn question(condition: &str) -> String {
    format!(
        "select s.id, s.uri::text, s.text, s.spoiler_text, {created}, {edited}, s.visibility, \
         s.sensitive, s.language::text, s.ordered_media_attachment_ids, s.poll_id, s.in_reply_to_id \
         from statuses s where {OWN_POSTS} and {condition}",
        created = seconds("s.created_at"),
        edited = seconds("s.edited_at"),
    )
}

/// Rows of posts, and what belongs to them.
pub(super) struct Found {
    pub(super) rows: Vec<PostRow>,
    pub(super) belonging: Belonging,
}

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
        return in_words(&source.wording, found).await;
    };
    if !is_going_on {
        source.ahead.expect(Some(next), None);
        return in_words(&source.wording, found).await;
    }
    let cursor = Cursor(next.0.clone());
    let following = find(source, c, Window::new(Some(&cursor), next.1));
    let (entries, following) = tokio::join!(in_words(&source.wording, found), following);
    source.ahead.expect(Some(next), Some(following?));
    entries
}

async fn find(
    source: &MastodonSource,
    c: &mut PgConnection,
    window: Window<'_>,
) -> Result<Found, AdapterError> {
    let sql = question("s.id > $3 order by s.id limit $4");
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
    let sql = question("s.id = any($3)");
    let rows: Vec<PostRow> = sqlx::query_as(AssertSqlSafe(sql))
        .bind(source.owner.id)
        .bind(source.includes_private)
        .bind(ids)
        .fetch_all(&mut *c)
        .await
        .map_err(|error| silent(&error))?;
    let belonging = Belonging::of(source, c, &rows).await?;
    in_words(&source.wording, Found { rows, belonging }).await
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
