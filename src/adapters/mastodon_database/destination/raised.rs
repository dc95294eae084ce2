//! The statements that raise a batch of posts, each of them harmless when it is repeated.

use std::collections::{BTreeMap, BTreeSet};

use sqlx::PgConnection;

use super::{compose::OWNER_ONLY, journal::StatusDetail};
use crate::adapters::mastodon_database::place::Named;

/// A post that has just become visible.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(super) struct Post {
    /// Its visibility now.
    pub(super) visibility: i32,
    /// What it answers.
    pub(super) parent: Option<i64>,
    /// What it passes on.
    pub(super) boost_of: Option<i64>,
    /// When it was written, in microseconds.
    pub(super) created: i64,
}

/// What became of a batch.
pub(super) struct Raised {
    /// Keys of those that stand there at all.
    pub(super) there: BTreeSet<i64>,
    /// Those that became visible by it.
    pub(super) up: Vec<Post>,
}

/// Those that still stand there, kept from changing until the transaction ends.
pub(super) async fn there(
    c: &mut PgConnection,
    account: &Named,
    ids: &[i64],
) -> Result<BTreeSet<i64>, sqlx::Error> {
    let found: Vec<i64> = sqlx::query_scalar(
        "select s.id from unnest($1::bigint[]) as given(id) join statuses s on s.id = given.id \
         where s.account_id = $2 and s.deleted_at is null for update of s",
    )
    .bind(ids)
    .bind(account.id)
    .fetch_all(c)
    .await?;
    Ok(found.into_iter().collect())
}

/// Answers whose parent was written after them.
pub(super) async fn answer(
    c: &mut PgConnection,
    account: &Named,
    details: &BTreeMap<i64, StatusDetail>,
    there: &BTreeSet<i64>,
) -> Result<(), sqlx::Error> {
    let late = details.iter().filter(|(id, _)| there.contains(id));
    let (ids, parents): (Vec<i64>, Vec<i64>) =
        late.filter_map(|(id, detail)| Some((*id, detail.parent?))).unzip();
    if ids.is_empty() {
        return Ok(());
    }
    sqlx::query(
        "update statuses s set in_reply_to_id = p.id, in_reply_to_account_id = coalesce(p.in_reply_to_account_id, p.account_id) \
         from unnest($1::bigint[], $2::bigint[]) as late(id, parent), statuses p \
         where s.id = late.id and s.account_id = $3 and s.in_reply_to_id is null \
         and p.id = late.parent and p.account_id = $3 and p.deleted_at is null",
    )
    .bind(&ids)
    .bind(&parents)
    .bind(account.id)
    .execute(c)
    .await
    .map(drop)
}

/// People who are named. The rows notify nobody.
pub(super) async fn name(
    c: &mut PgConnection,
    details: &BTreeMap<i64, StatusDetail>,
    there: &BTreeSet<i64>,
    now: i64,
) -> Result<(), sqlx::Error> {
    let named = details.iter().filter(|(id, _)| there.contains(id));
    let (ids, people): (Vec<i64>, Vec<i64>) =
        named.flat_map(|(id, detail)| detail.mentions.iter().map(|person| (*id, *person))).unzip();
    if ids.is_empty() {
        return Ok(());
    }
    sqlx::query(
        "insert into mentions (status_id, account_id, silent, created_at, updated_at) \
         select m.status, m.person, false, timestamp 'epoch' + $3 * interval '1 microsecond', \
         timestamp 'epoch' + $3 * interval '1 microsecond' \
         from unnest($1::bigint[], $2::bigint[]) as m(status, person) join accounts a on a.id = m.person \
         on conflict (account_id, status_id) do nothing",
    )
    .bind(&ids)
    .bind(&people)
    .bind(now)
    .execute(c)
    .await
    .map(drop)
}

/// Quotes of the account's own posts; nobody else has to agree to them.
pub(super) async fn quote(
    c: &mut PgConnection,
    account: &Named,
    details: &BTreeMap<i64, StatusDetail>,
    there: &BTreeSet<i64>,
    now: i64,
) -> Result<(), sqlx::Error> {
    let quotes = details.iter().filter(|(id, _)| there.contains(id));
    let (ids, quoted): (Vec<i64>, Vec<i64>) =
        quotes.filter_map(|(id, detail)| Some((*id, detail.quote?))).unzip();
    if ids.is_empty() {
        return Ok(());
    }
    sqlx::query(
        "insert into quotes (account_id, status_id, quoted_account_id, quoted_status_id, state, legacy, \
         created_at, updated_at) \
         select $3, q.id, $3, p.id, 1, false, timestamp 'epoch' + $4 * interval '1 microsecond', \
         timestamp 'epoch' + $4 * interval '1 microsecond' \
         from unnest($1::bigint[], $2::bigint[]) as q(id, quoted) \
         join statuses p on p.id = q.quoted and p.account_id = $3 and p.deleted_at is null \
         on conflict (status_id) do nothing",
    )
    .bind(&ids)
    .bind(&quoted)
    .bind(account.id)
    .bind(now)
    .execute(c)
    .await
    .map(drop)
}

/// Threads that these posts began say so: only theirs, others keep the address they have.
pub(super) async fn root(
    c: &mut PgConnection,
    account: &Named,
    details: &BTreeMap<i64, StatusDetail>,
    there: &BTreeSet<i64>,
) -> Result<(), sqlx::Error> {
    let begun = details.iter().filter(|(id, detail)| detail.begins_thread && there.contains(id));
    let ids: Vec<i64> = begun.map(|(id, _)| *id).collect();
    sqlx::query(
        "update conversations v set parent_status_id = s.id, parent_account_id = s.account_id \
         from unnest($1::bigint[]) as begun(id) join statuses s on s.id = begun.id \
         where s.account_id = $2 and v.id = s.conversation_id \
         and v.uri is null and v.parent_status_id is null",
    )
    .bind(&ids)
    .bind(account.id)
    .execute(c)
    .await
    .map(drop)
}

/// Raises what is hidden; gives what became visible.
pub(super) async fn up(
    c: &mut PgConnection,
    account: &Named,
    to: &BTreeMap<i64, i32>,
) -> Result<Vec<Post>, sqlx::Error> {
    let (ids, visibilities): (Vec<i64>, Vec<i32>) = to.iter().map(|(id, to)| (*id, *to)).unzip();
    sqlx::query_as(
        "update statuses s set visibility = t.visibility \
         from unnest($1::bigint[], $2::integer[]) as t(id, visibility) \
         where s.id = t.id and s.account_id = $3 and s.visibility = $4 and s.deleted_at is null \
         returning s.visibility, s.in_reply_to_id as parent, s.reblog_of_id as boost_of, \
         (extract(epoch from s.created_at) * 1000000)::bigint as created",
    )
    .bind(&ids)
    .bind(&visibilities)
    .bind(account.id)
    .bind(OWNER_ONLY)
    .fetch_all(c)
    .await
}

/// The account has more posts now; none of them is newer than its newest.
pub(super) async fn count_posts(
    c: &mut PgConnection,
    account: &Named,
    raised: &Raised,
    now: i64,
) -> Result<(), sqlx::Error> {
    let Some(last) = raised.up.iter().map(|post| post.created.min(now)).max() else { return Ok(()) };
    sqlx::query(
        "insert into account_stats (account_id, statuses_count, last_status_at, created_at, updated_at) \
         values ($1, $2, timestamp 'epoch' + $3 * interval '1 microsecond', \
         timestamp 'epoch' + $4 * interval '1 microsecond', timestamp 'epoch' + $4 * interval '1 microsecond') \
         on conflict (account_id) do update set \
         statuses_count = account_stats.statuses_count + excluded.statuses_count, \
         last_status_at = greatest(account_stats.last_status_at, excluded.last_status_at), \
         updated_at = excluded.updated_at",
    )
    .bind(account.id)
    .bind(i64::try_from(raised.up.len()).unwrap_or(i64::MAX))
    .bind(last)
    .bind(now)
    .execute(c)
    .await
    .map(drop)
}

/// What was answered or passed on by what became visible has more of that now. Copies of the account's
/// own know their numbers from where they were; they only never have fewer than stand here.
pub(super) async fn count_answers(
    c: &mut PgConnection,
    account: &Named,
    raised: &Raised,
    now: i64,
) -> Result<(), sqlx::Error> {
    let open = || raised.up.iter().filter(|post| post.visibility <= 1);
    let parents: Vec<i64> = open().filter_map(|post| post.parent).collect();
    let boosted: Vec<i64> = open().filter_map(|post| post.boost_of).collect();
    if parents.is_empty() && boosted.is_empty() {
        return Ok(());
    }
    sqlx::query(
        "insert into status_stats (status_id, replies_count, reblogs_count, created_at, updated_at) \
         select n.id, sum(n.replies), sum(n.boosts), timestamp 'epoch' + $4 * interval '1 microsecond', \
         timestamp 'epoch' + $4 * interval '1 microsecond' from ( \
         select s.id, 1 as replies, 0 as boosts from unnest($1::bigint[]) as p(id) join statuses s using (id) \
         where s.account_id <> $3 union all \
         select s.id, 0, 1 from unnest($2::bigint[]) as b(id) join statuses s using (id)) n group by n.id \
         on conflict (status_id) do update set \
         replies_count = status_stats.replies_count + excluded.replies_count, \
         reblogs_count = status_stats.reblogs_count + excluded.reblogs_count, updated_at = excluded.updated_at",
    )
    .bind(&parents)
    .bind(&boosted)
    .bind(account.id)
    .bind(now)
    .execute(&mut *c)
    .await?;
    sqlx::query(
        "insert into status_stats (status_id, replies_count, created_at, updated_at) \
         select s.id, r.replies, timestamp 'epoch' + $3 * interval '1 microsecond', \
         timestamp 'epoch' + $3 * interval '1 microsecond' \
         from (select distinct id from unnest($1::bigint[]) as given(id)) as given \
         join statuses s on s.id = given.id cross join lateral ( \
         select count(*) filter (where r.visibility <= 1 and r.deleted_at is null) as replies \
         from statuses r where r.in_reply_to_id = s.id) r \
         where s.account_id = $2 and r.replies > 0 \
         on conflict (status_id) do update set replies_count = excluded.replies_count, \
         updated_at = excluded.updated_at where status_stats.replies_count < excluded.replies_count",
    )
    .bind(&parents)
    .bind(account.id)
    .bind(now)
    .execute(c)
    .await
    .map(drop)
}
