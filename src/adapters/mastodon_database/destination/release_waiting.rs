//! What waited for the release is written: likes, bookmarks, pins, topics, mutes, servers, filters,
//! lists, notes, settings. Each row has the key it was given before, so that it comes once.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use sqlx::{Connection as _, PgConnection};

use super::{
    MastodonDestination,
    compose::{storable, topic},
    journal::{self, WAITING, ours},
    release, settings,
    tags::{self, Topics},
    touched::{STATUS_STATS, USERS},
    waiting::Waiting,
};
use crate::{
    adapters::mastodon_database::{database::silent, place::Named},
    model::{
        belonging::{Belonging, Filter, FilterAction, ListReplies, PeopleList},
        id::TransferId,
        item::Item,
    },
    port::error::AdapterError,
    store::host_rows::{self, RELEASED, Touched},
};

/// Things written in one transaction.
const BATCH: i64 = 200;

impl MastodonDestination {
    /// Writes everything that waits, in the order it came.
    pub(super) async fn release_waiting(
        &self,
        c: &mut PgConnection,
        transfer: &TransferId,
        account: &Named,
    ) -> Result<(), AdapterError> {
        let mut after = (i64::MIN, String::new());
        loop {
            let page = host_rows::page(&self.store, transfer.as_str(), WAITING, (after.0, &after.1), BATCH);
            let page = page.await.map_err(ours)?;
            let Some(last) = page.last() else { return Ok(()) };
            after = (last.position, last.row_key.clone());
            let open: Vec<_> = page.iter().filter(|row| row.state != RELEASED).collect();
            if open.is_empty() {
                continue;
            }
            let mut waiting = Vec::with_capacity(open.len());
            for row in &open {
                waiting.push(journal::detail::<Waiting>(row)?);
            }
            self.write_some(c, transfer, account, &waiting).await?;
            let keys = open.iter().map(|row| row.row_key.clone()).collect();
            host_rows::released(&self.store, transfer.as_str(), WAITING, keys).await.map_err(ours)?;
        }
    }

    async fn write_some(
        &self,
        c: &mut PgConnection,
        transfer: &TransferId,
        account: &Named,
        waiting: &[Waiting],
    ) -> Result<(), AdapterError> {
        let now = self.clock.now_micros();
        let named: BTreeMap<String, String> = waiting
            .iter()
            .filter_map(|one| match &one.item {
                Item::Belonging(Belonging::FeaturedTag { name } | Belonging::FollowedTag { name }) => {
                    Some((topic(name), storable(name)))
                }
                _ => None,
            })
            .collect();
        let topics = if named.is_empty() {
            Topics::new()
        } else {
            tags::named_ensured(&self.store, c, transfer, named, now).await?
        };
        let mut work = c.begin().await.map_err(|error| silent(&error))?;
        let touched = write_in(&mut work, account, waiting, &topics, now).await;
        let touched = touched.map_err(|error| silent(&error))?;
        host_rows::touch(&self.store, transfer.as_str(), touched).await.map_err(ours)?;
        work.commit().await.map_err(|error| silent(&error))
    }
}

async fn write_in(
    c: &mut PgConnection,
    account: &Named,
    waiting: &[Waiting],
    topics: &Topics,
    now: i64,
) -> Result<Vec<Touched>, sqlx::Error> {
    let liked: Vec<i64> =
        waiting.iter().filter(|one| matches!(one.item, Item::Like(_))).filter_map(|one| one.status).collect();
    let before = STATUS_STATS.see(c, &liked).await?;
    let users = USERS.see(c, &[account.id]).await?;
    for one in waiting {
        match &one.item {
            Item::Like(_) => like(c, account, one, now).await?,
            Item::Bookmark(_) => about_post(c, account, one, "bookmarks", now).await?,
            Item::Belonging(belonging) => write_belonging(c, account, one, belonging, topics, now).await?,
            _ => {}
        }
    }
    let mut touched = release::compared(c, STATUS_STATS, &before, &liked).await?;
    touched.extend(release::compared(c, USERS, &users, &[account.id]).await?);
    Ok(touched)
}

/// A row that joins the account to a post, as long as the post is there.
macro_rules! joined {
    ($table:literal) => {
        concat!(
            "insert into ",
            $table,
            " (id, account_id, status_id, created_at, updated_at) \
             select $1, $2, s.id, timestamp 'epoch' + $4 * interval '1 microsecond', \
             timestamp 'epoch' + $4 * interval '1 microsecond' \
             from statuses s where s.id = $3 and s.deleted_at is null on conflict do nothing"
        )
    };
}

async fn about_post(
    c: &mut PgConnection,
    account: &Named,
    one: &Waiting,
    table: &str,
    _now: i64,
) -> Result<(), sqlx::Error> {
    let sql = if table == "status_pins" { joined!("status_pins") } else { joined!("bookmarks") };
    let done = sqlx::query(sql).bind(one.id).bind(account.id).bind(one.status).bind(one.at);
    done.execute(c).await.map(drop)
}

/// A like tells nobody, but it counts.
async fn like(c: &mut PgConnection, account: &Named, one: &Waiting, now: i64) -> Result<(), sqlx::Error> {
    let done = sqlx::query(joined!("favourites")).bind(one.id).bind(account.id).bind(one.status).bind(one.at);
    if done.execute(&mut *c).await?.rows_affected() == 0 {
        return Ok(());
    }
    sqlx::query(
        "insert into status_stats (status_id, favourites_count, created_at, updated_at) \
         values ($1, 1, timestamp 'epoch' + $2 * interval '1 microsecond', \
         timestamp 'epoch' + $2 * interval '1 microsecond') \
         on conflict (status_id) do update set favourites_count = status_stats.favourites_count + 1, \
         updated_at = excluded.updated_at",
    )
    .bind(one.status)
    .bind(now)
    .execute(c)
    .await
    .map(drop)
}

async fn write_belonging(
    c: &mut PgConnection,
    account: &Named,
    one: &Waiting,
    belonging: &Belonging,
    topics: &Topics,
    now: i64,
) -> Result<(), sqlx::Error> {
    let base = json!({"id": one.id, "account_id": account.id, "at": now});
    let more = match belonging {
        Belonging::Pin { position, .. } => {
            // The youngest pin stands first.
            let pinned = Waiting { at: now.saturating_sub(i64::from(*position)), ..one.clone() };
            return about_post(c, account, &pinned, "status_pins", now).await;
        }
        Belonging::Mute { hides_notifications, .. } => {
            json!({"target_account_id": one.person, "hide_notifications": hides_notifications})
        }
        Belonging::Note { text, .. } => json!({"target_account_id": one.person, "comment": storable(text)}),
        Belonging::DomainBlock { domain } => json!({"domain": domain}),
        Belonging::FeaturedTag { name } => {
            let Some(tag) = topics.get(&topic(name)) else { return Ok(()) };
            json!({"tag_id": tag, "name": name, "statuses_count": 0})
        }
        Belonging::FollowedTag { name } => {
            let Some(tag) = topics.get(&topic(name)) else { return Ok(()) };
            json!({"tag_id": tag})
        }
        Belonging::Filter(filter) => return write_filter(c, base, filter).await,
        Belonging::List(list) => return write_list(c, account, one.id, base, list).await,
        Belonging::Setting { name, value } => return set(c, account, *name, value, now).await,
    };
    let sql = match belonging {
        Belonging::Mute { .. } => {
            "insert into mutes (id, account_id, target_account_id, hide_notifications, created_at, updated_at) \
             select r.id, r.account_id, a.id, r.hide_notifications, \
             timestamp 'epoch' + r.at * interval '1 microsecond', timestamp 'epoch' + r.at * interval '1 microsecond' \
             from jsonb_to_record($1) as r(id bigint, account_id bigint, at bigint, target_account_id bigint, \
             hide_notifications boolean) join accounts a on a.id = r.target_account_id on conflict do nothing"
        }
        Belonging::Note { .. } => {
            "insert into account_notes (id, account_id, target_account_id, comment, created_at, updated_at) \
             select r.id, r.account_id, a.id, r.comment, \
             timestamp 'epoch' + r.at * interval '1 microsecond', timestamp 'epoch' + r.at * interval '1 microsecond' \
             from jsonb_to_record($1) as r(id bigint, account_id bigint, at bigint, target_account_id bigint, \
             comment text) join accounts a on a.id = r.target_account_id on conflict do nothing"
        }
        Belonging::DomainBlock { .. } => {
            "insert into account_domain_blocks (id, account_id, domain, created_at, updated_at) \
             select r.id, r.account_id, r.domain, \
             timestamp 'epoch' + r.at * interval '1 microsecond', timestamp 'epoch' + r.at * interval '1 microsecond' \
             from jsonb_to_record($1) as r(id bigint, account_id bigint, at bigint, domain text) \
             on conflict do nothing"
        }
        Belonging::FeaturedTag { .. } => {
            "insert into featured_tags (id, account_id, tag_id, name, statuses_count, created_at, updated_at) \
             select r.id, r.account_id, r.tag_id, r.name, 0, \
             timestamp 'epoch' + r.at * interval '1 microsecond', timestamp 'epoch' + r.at * interval '1 microsecond' \
             from jsonb_to_record($1) as r(id bigint, account_id bigint, at bigint, tag_id bigint, name text) \
             on conflict do nothing"
        }
        _ => {
            "insert into tag_follows (id, account_id, tag_id, created_at, updated_at) \
             select r.id, r.account_id, r.tag_id, \
             timestamp 'epoch' + r.at * interval '1 microsecond', timestamp 'epoch' + r.at * interval '1 microsecond' \
             from jsonb_to_record($1) as r(id bigint, account_id bigint, at bigint, tag_id bigint) \
             on conflict do nothing"
        }
    };
    sqlx::query(sql).bind(with(base, more)).execute(c).await.map(drop)
}

fn with(base: Value, more: Value) -> Value {
    let (Value::Object(mut all), Value::Object(more)) = (base, more) else { return Value::Null };
    all.extend(more);
    Value::Object(all)
}

async fn write_filter(c: &mut PgConnection, base: Value, filter: &Filter) -> Result<(), sqlx::Error> {
    let places: Vec<&str> = filter.places.iter().map(|place| place.as_str()).collect();
    let phrases: Vec<Value> = filter
        .phrases
        .iter()
        .map(|phrase| json!({"keyword": storable(&phrase.text), "whole_word": phrase.is_whole_word}))
        .collect();
    let more = json!({
        "phrase": storable(&filter.title),
        "context": places,
        "action": match filter.action { FilterAction::Warn => 0, FilterAction::Hide => 1 },
        "ends": filter.ends.as_ref().map(crate::model::moment::Moment::micros),
        "phrases": phrases,
    });
    sqlx::query(
        "with made as (insert into custom_filters (id, account_id, phrase, context, action, expires_at, created_at, \
         updated_at) select r.id, r.account_id, r.phrase, r.context, r.action, \
         timestamp 'epoch' + r.ends * interval '1 microsecond', \
         timestamp 'epoch' + r.at * interval '1 microsecond', timestamp 'epoch' + r.at * interval '1 microsecond' \
         from jsonb_to_record($1) as r(id bigint, account_id bigint, at bigint, phrase text, context varchar[], \
         action integer, ends bigint) on conflict (id) do nothing returning id, created_at) \
         insert into custom_filter_keywords (custom_filter_id, keyword, whole_word, created_at, updated_at) \
         select m.id, k.keyword, k.whole_word, m.created_at, m.created_at from made m, \
         jsonb_to_recordset($1 -> 'phrases') as k(keyword text, whole_word boolean)",
    )
    .bind(with(base, more))
    .execute(c)
    .await
    .map(drop)
}

/// A list with those of its people whom the account follows; the server shows nobody else in it.
async fn write_list(
    c: &mut PgConnection,
    account: &Named,
    id: i64,
    base: Value,
    list: &PeopleList,
) -> Result<(), sqlx::Error> {
    let replies = match list.replies {
        ListReplies::List => 0,
        ListReplies::Followed => 1,
        ListReplies::None => 2,
    };
    let more = json!({"title": storable(&list.title), "replies": replies, "exclusive": list.is_exclusive});
    sqlx::query(
        "insert into lists (id, account_id, title, replies_policy, exclusive, created_at, updated_at) \
         select r.id, r.account_id, r.title, r.replies, r.exclusive, \
         timestamp 'epoch' + r.at * interval '1 microsecond', timestamp 'epoch' + r.at * interval '1 microsecond' \
         from jsonb_to_record($1) as r(id bigint, account_id bigint, at bigint, title text, replies integer, \
         exclusive boolean) on conflict (id) do nothing",
    )
    .bind(with(base, more))
    .execute(&mut *c)
    .await?;
    let members: Vec<&str> = list.members.iter().map(url::Url::as_str).collect();
    sqlx::query(
        "insert into list_accounts (list_id, account_id, follow_id) \
         select $1, a.id, f.id from accounts a join follows f on f.target_account_id = a.id and f.account_id = $2 \
         where a.uri = any($3) and exists (select from lists l where l.id = $1 and l.account_id = $2) \
         on conflict do nothing",
    )
    .bind(id)
    .bind(account.id)
    .bind(members)
    .execute(c)
    .await
    .map(drop)
}

async fn set(
    c: &mut PgConnection,
    account: &Named,
    name: crate::model::belonging::SettingName,
    value: &str,
    now: i64,
) -> Result<(), sqlx::Error> {
    let text: Option<Option<String>> =
        sqlx::query_scalar("select settings from users where account_id = $1 order by id limit 1 for update")
            .bind(account.id)
            .fetch_optional(&mut *c)
            .await?;
    let Some(text) = text else { return Ok(()) };
    let mut chosen = match text.as_deref().map(serde_json::from_str::<Map<String, Value>>) {
        None => Map::new(),
        Some(Ok(chosen)) => chosen,
        // What is not understood stays as it is.
        Some(Err(_)) => return Ok(()),
    };
    if !settings::set(&mut chosen, name, value) {
        return Ok(());
    }
    sqlx::query(
        "update users set settings = $2, updated_at = timestamp 'epoch' + $3 * interval '1 microsecond' \
         where account_id = $1",
    )
    .bind(account.id)
    .bind(Value::Object(chosen).to_string())
    .bind(now)
    .execute(c)
    .await
    .map(drop)
}
