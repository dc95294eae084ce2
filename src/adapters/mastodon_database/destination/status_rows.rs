//! Rows of posts and boosts: all together where none is there, else one by one around those that are.

use std::collections::{BTreeMap, BTreeSet};

use sqlx::PgConnection;

use super::{
    bulk::Rows,
    compose::OWNER_ONLY,
    statuses::{Over, Status, at},
};
use crate::adapters::mastodon_database::place::Named;

/// Writes rows none of which is there yet.
///
/// # Errors
/// [`sqlx::Error`], also where one of them was there.
pub(super) async fn copy(
    c: &mut PgConnection,
    account: &Named,
    statuses: &[&Status],
) -> Result<(), sqlx::Error> {
    let mut rows = Rows::of(&[
        "id",
        "account_id",
        "uri",
        "text",
        "spoiler_text",
        "created_at",
        "updated_at",
        "edited_at",
        "visibility",
        "conversation_id",
        "in_reply_to_id",
        "in_reply_to_account_id",
        "reply",
        "sensitive",
        "language",
        "ordered_media_attachment_ids",
        "poll_id",
        "reblog_of_id",
        "local",
    ]);
    for status in statuses {
        rows.row()
            .with(status.id)
            .with(account.id)
            .with(&status.uri)
            .with(&status.text)
            .with(&status.warning)
            .at(status.created)
            .at(status.edited.unwrap_or(status.created))
            .at(status.edited)
            .with(OWNER_ONLY)
            .with(status.conversation)
            .with(status.parent.map(|(id, _)| id))
            .with(status.parent.map(|(_, account)| account))
            .with(status.is_reply)
            .with(status.is_sensitive)
            .with(status.language.as_deref())
            .with(Some(&status.media).filter(|media| !media.is_empty()))
            .with(status.poll.as_ref().map(|(id, _)| *id))
            .with(status.boost_of)
            .with(true);
    }
    rows.copy(c, "statuses").await
}

/// Writes rows some of which may be there: those stay, or are written over where they are the account's. Gives the keys of
/// those that were written.
///
/// # Errors
/// [`sqlx::Error`].
pub(super) async fn insert(
    c: &mut PgConnection,
    account: &Named,
    statuses: &[&Status],
    over: Over,
) -> Result<BTreeSet<i64>, sqlx::Error> {
    macro_rules! sql {
        ($conflict:literal) => {
            concat!(
                "insert into statuses (id, account_id, uri, text, spoiler_text, created_at, updated_at, edited_at, \
                 visibility, conversation_id, in_reply_to_id, in_reply_to_account_id, reply, sensitive, language, \
                 ordered_media_attachment_ids, poll_id, reblog_of_id, local) \
                 select s.id, $1, s.uri, s.text, s.warning, ",
                at!("s.created"),
                ", ",
                at!("coalesce(s.edited, s.created)"),
                ", ",
                at!("s.edited"),
                ", $2, s.conversation, s.parent, s.answered, s.reply, s.sensitive, s.language, s.media::bigint[], \
                 s.poll, s.boost_of, true \
                 from unnest($3::bigint[], $4::text[], $5::text[], $6::text[], $7::bigint[], $8::bigint[], \
                 $9::bigint[], $10::bigint[], $11::bigint[], $12::boolean[], $13::boolean[], $14::text[], \
                 $15::text[], $16::bigint[], $17::bigint[]) as s(id, uri, text, warning, created, edited, \
                 conversation, parent, answered, reply, sensitive, language, media, poll, boost_of) \
                 on conflict (id) do ",
                $conflict,
                " returning id"
            )
        };
    }
    let sql = match over {
        Over::No => sql!("nothing"),
        Over::Yes => sql!(
            "update set text = excluded.text, spoiler_text = excluded.spoiler_text, \
             updated_at = excluded.updated_at, edited_at = excluded.edited_at, sensitive = excluded.sensitive, \
             language = excluded.language, poll_id = excluded.poll_id, \
             ordered_media_attachment_ids = excluded.ordered_media_attachment_ids \
             where statuses.account_id = excluded.account_id and statuses.deleted_at is null"
        ),
    };
    let each = || statuses.iter().copied();
    let column = |of: fn(&Status) -> i64| each().map(of).collect::<Vec<_>>();
    let maybe = |of: fn(&Status) -> Option<i64>| each().map(of).collect::<Vec<_>>();
    let text = |of: fn(&Status) -> &str| each().map(of).collect::<Vec<_>>();
    let flag = |of: fn(&Status) -> bool| each().map(of).collect::<Vec<_>>();
    let languages: Vec<Option<&str>> = statuses.iter().map(|status| status.language.as_deref()).collect();
    // Lists of different lengths do not go into one array; as text each is read by itself.
    let media: Vec<Option<String>> = statuses.iter().map(|status| listed(&status.media)).collect();
    let there: Vec<i64> = sqlx::query_scalar(sql)
        .bind(account.id)
        .bind(OWNER_ONLY)
        .bind(column(|status| status.id))
        .bind(text(|status| &status.uri))
        .bind(text(|status| &status.text))
        .bind(text(|status| &status.warning))
        .bind(column(|status| status.created))
        .bind(maybe(|status| status.edited))
        .bind(column(|status| status.conversation))
        .bind(maybe(|status| status.parent.map(|(id, _)| id)))
        .bind(maybe(|status| status.parent.map(|(_, account)| account)))
        .bind(flag(|status| status.is_reply))
        .bind(flag(|status| status.is_sensitive))
        .bind(languages)
        .bind(media)
        .bind(maybe(|status| status.poll.as_ref().map(|(id, _)| *id)))
        .bind(maybe(|status| status.boost_of))
        .fetch_all(c)
        .await?;
    Ok(there.into_iter().collect())
}

/// Which ids of a batch stand already.
#[derive(Default)]
pub(super) struct Standing {
    /// As the posts they were given to, with their threads.
    pub(super) own: BTreeMap<i64, Option<i64>>,
    /// As something else.
    pub(super) others: BTreeSet<i64>,
}

/// Looks which stand; each comes with the address of the post it was given to.
///
/// # Errors
/// [`sqlx::Error`].
pub(super) async fn standing(
    c: &mut PgConnection,
    account: &Named,
    given: &[(i64, &str)],
) -> Result<Standing, sqlx::Error> {
    let ids: Vec<i64> = given.iter().map(|(id, _)| *id).collect();
    let rows: Vec<(i64, Option<i64>, Option<String>)> = sqlx::query_as(
        "select id, conversation_id, case when account_id = $2 then uri::text end from statuses where id = any($1)",
    )
    .bind(&ids)
    .bind(account.id)
    .fetch_all(c)
    .await?;
    let uris: BTreeMap<i64, &str> =
        if rows.is_empty() { BTreeMap::new() } else { given.iter().copied().collect() };
    let mut standing = Standing::default();
    for (id, thread, uri) in rows {
        if uri.as_deref() == uris.get(&id).copied() {
            standing.own.insert(id, thread);
        } else {
            standing.others.insert(id);
        }
    }
    Ok(standing)
}

fn listed(ids: &[i64]) -> Option<String> {
    let ids: Vec<String> = ids.iter().map(i64::to_string).collect();
    (!ids.is_empty()).then(|| format!("{{{}}}", ids.join(",")))
}
