//! Table `erasures`: single things of a copy that were erased here after they stood open, for Old home to know.
//!
//! What was never open to everybody is not in it: that something is gone would say that it was there.

use super::{Connection, Store, StoreResult, keyed::run_for};
use crate::model::id::TransferId;

/// Something Old home is to be told of.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
#[expect(missing_docs, reason = "the columns are explained in the migration")]
pub struct Erasure {
    pub transfer_id: String,
    pub old_url: String,
    pub attempts: i64,
}

/// Notes that what stood open at these addresses here is erased, whichever copy brought it. What a further home has
/// taken on stands there: addresses that led here lead on to it, and only that home can say that it is gone.
pub(super) async fn note_in(c: &mut Connection, addresses: &[String], now: i64) -> StoreResult<()> {
    for address in addresses {
        run!(
            c,
            "insert into erasures (transfer_id, kind, key, old_url, erased_at, attempts, next_at) \
             select m.transfer_id, m.kind, m.key, m.old_url, cast($2 as bigint), 0, 0 \
             from url_map m join transfers t on t.id = m.transfer_id \
             where m.new_url = $1 and m.old_url <> '' and m.kind in ('posts', 'media') \
             and (m.kind = 'media' or m.visibility in ('public', 'unlisted')) \
             and t.state in ('keeping', 'kept', 'handing_over', 'awaiting_announcement', 'done') \
             and not exists (select 1 from forwards f join departures d on d.id = f.departure_id \
             where f.old_url = $1 and f.proof in ('none', 'proven') and d.state not in ('returned', 'withdrawn')) \
             on conflict (transfer_id, kind, key) do nothing",
            address,
            now,
        )?;
    }
    Ok(())
}

/// The next of one transfer that Old home is to be told of.
///
/// # Errors
/// [`super::StoreError`].
pub async fn due(store: &Store, now: i64, limit: i64) -> StoreResult<Vec<Erasure>> {
    let mut c = store.reader().await?;
    Ok(rows!(
        &mut c,
        Erasure,
        "select transfer_id, old_url, attempts from erasures where told_at is null and next_at <= $1 \
         and transfer_id = (select transfer_id from erasures where told_at is null and next_at <= $1 \
         order by next_at, transfer_id limit 1) order by old_url limit $2",
        now,
        limit,
    )?)
}

/// When the next is due.
///
/// # Errors
/// [`super::StoreError`].
pub async fn next_due(store: &Store) -> StoreResult<Option<i64>> {
    let mut c = store.reader().await?;
    let found: Option<(Option<i64>,)> =
        row!(&mut c, (Option<i64>,), "select min(next_at) from erasures where told_at is null")?;
    Ok(found.and_then(|(at,)| at))
}

/// Old home knows of these, or nobody has to be told.
///
/// # Errors
/// [`super::StoreError`].
pub async fn told(store: &Store, id: &TransferId, old: Vec<String>, now: i64) -> StoreResult<()> {
    let (id, now) = (id.as_str().to_owned(), now.to_string());
    store
        .write(move |c| {
            Box::pin(async move {
                let keys: Vec<&str> = old.iter().map(String::as_str).collect();
                let sql = "update erasures set told_at = cast($2 as bigint) \
                           where transfer_id = $1 and old_url in ({keys})";
                run_for(c, sql, &[Some(&id), Some(&now)], &keys).await
            })
        })
        .await
}

/// Those of a transfer wait until `next_at`.
///
/// # Errors
/// [`super::StoreError`].
pub async fn put_off(store: &Store, id: &TransferId, next_at: i64) -> StoreResult<()> {
    let id = id.clone();
    store
        .write(move |c| {
            Box::pin(async move {
                run!(
                    c,
                    "update erasures set attempts = attempts + 1, next_at = $2 \
                     where transfer_id = $1 and told_at is null",
                    id.as_str(),
                    next_at,
                )?;
                Ok(())
            })
        })
        .await
}
