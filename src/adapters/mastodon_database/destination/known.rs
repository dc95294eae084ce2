//! What the server beside us knows of posts and people that others' addresses name. What is asked for is looked up row
//! by row (`offset 0` keeps it so): where a database has no idea yet how many rows it has, a list in a condition, or a
//! table simply joined, made it go through all of them.

use std::collections::BTreeMap;

use sqlx::PgConnection;
use url::Url;

use crate::adapters::mastodon_database::place::{Meaning, Place, Whose};

/// A post of anybody that the server has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Post {
    /// Its id there.
    pub(super) id: i64,
    /// Whose it is.
    pub(super) account: i64,
    /// Its thread.
    pub(super) conversation: Option<i64>,
    /// Who may see it, as the server's number.
    pub(super) visibility: i32,
    /// Whether it only passes on another.
    pub(super) is_boost: bool,
    /// Whom it answers, where it is an answer.
    pub(super) answers: Option<i64>,
}

/// Somebody the server knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Person {
    /// Their key there.
    pub(super) id: i64,
    /// `@name@host`, also for the server's own.
    pub(super) handle: String,
}

type PostRow = (i64, i64, Option<i64>, i32, bool, Option<i64>, Option<String>, Option<String>);

/// The posts behind addresses, in any spelling the server answers on.
///
/// # Errors
/// [`sqlx::Error`].
pub(super) async fn posts(
    c: &mut PgConnection,
    place: &Place,
    urls: &[&Url],
) -> Result<BTreeMap<String, Post>, sqlx::Error> {
    let own = |url: &Url| match place.meaning(url) {
        Some(Meaning::Status(whose, id, _)) => Some((whose, id)),
        _ => None,
    };
    let texts: Vec<&str> = urls.iter().map(|url| url.as_str()).collect();
    let ids: Vec<i64> = urls.iter().filter_map(|url| own(url)).map(|(_, id)| id).collect();
    if texts.is_empty() {
        return Ok(BTreeMap::new());
    }
    let rows: Vec<PostRow> = sqlx::query_as(
        "select s.* from unnest($1::text[]) as given(uri) cross join lateral ( \
         select s.id, s.account_id, s.conversation_id, s.visibility, s.reblog_of_id is not null, \
         s.in_reply_to_account_id, s.uri::text, null from statuses s \
         where s.uri = given.uri and s.deleted_at is null offset 0) s union all \
         select s.* from unnest($2::bigint[]) as given(id) cross join lateral ( \
         select s.id, s.account_id, s.conversation_id, s.visibility, s.reblog_of_id is not null, \
         s.in_reply_to_account_id, null, lower(a.username) from statuses s join accounts a on a.id = s.account_id \
         where s.id = given.id and s.deleted_at is null and (s.local or s.uri is null) offset 0) s",
    )
    .bind(&texts)
    .bind(&ids)
    .fetch_all(c)
    .await?;
    let (mut by_id, mut by_uri) = (BTreeMap::new(), BTreeMap::new());
    for (id, account, conversation, visibility, is_boost, answers, uri, name) in rows {
        let post = Post { id, account, conversation, visibility, is_boost, answers };
        match uri {
            Some(uri) => drop(by_uri.insert(uri, post)),
            None => drop(by_id.insert(id, (name.unwrap_or_default(), post))),
        }
    }
    // Who names a number under somebody's name means none of anybody else's.
    let named = |url: &Url| {
        let (whose, id) = own(url)?;
        let (name, post) = by_id.get(&id)?;
        let is_theirs = match whose {
            Whose::Id(account) => account == post.account,
            Whose::Name(asked) => asked == *name,
        };
        is_theirs.then_some(post)
    };
    let found = urls.iter().filter_map(|url| {
        let post = by_uri.get(url.as_str()).or_else(|| named(url))?;
        Some((url.to_string(), post.clone()))
    });
    Ok(found.collect())
}

/// The people behind actors' addresses.
///
/// # Errors
/// [`sqlx::Error`].
pub(super) async fn people(
    c: &mut PgConnection,
    place: &Place,
    urls: &[&str],
) -> Result<BTreeMap<String, Person>, sqlx::Error> {
    let (mut names, mut ids) = (Vec::new(), Vec::new());
    let own = |url: &str| match place.meaning(&Url::parse(url).ok()?) {
        Some(Meaning::Account(whose)) => Some(whose),
        _ => None,
    };
    for url in urls {
        match own(url) {
            Some(Whose::Name(name)) => names.push(name),
            Some(Whose::Id(id)) => ids.push(id),
            None => {}
        }
    }
    if urls.is_empty() {
        return Ok(BTreeMap::new());
    }
    let rows: Vec<(i64, String, Option<String>, Option<String>)> = sqlx::query_as(
        "select a.id, a.username::text, a.domain::text, a.uri::text \
         from unnest($1::text[]) as given(uri) join accounts a on a.uri = given.uri \
         where a.domain is not null union all \
         select a.id, a.username::text, null, null \
         from unnest($2::text[]) as given(name) join accounts a on lower(a.username) = given.name \
         where coalesce(lower(a.domain), '') = '' union all \
         select a.id, a.username::text, null, null \
         from unnest($3::bigint[]) as given(id) join accounts a on a.id = given.id where a.domain is null",
    )
    .bind(urls)
    .bind(&names)
    .bind(&ids)
    .fetch_all(c)
    .await?;
    let (mut others, mut by_name, mut by_id) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
    for (id, username, domain, uri) in rows {
        let host = domain.as_deref().unwrap_or(&place.domain);
        let person = Person { id, handle: format!("@{username}@{host}") };
        if let Some(uri) = uri {
            others.insert(uri, person);
        } else {
            by_name.insert(username.to_lowercase(), person.clone());
            by_id.insert(id, person);
        }
    }
    let found = urls.iter().filter_map(|url| {
        let person = match own(url) {
            Some(Whose::Name(name)) => by_name.get(&name),
            Some(Whose::Id(id)) => by_id.get(&id),
            None => others.get(*url),
        };
        Some(((*url).to_owned(), person?.clone()))
    });
    Ok(found.collect())
}
