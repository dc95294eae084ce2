//! Which rows of the server beside us came with which transfer. What is written there is noted here
//! first: after a crash everything that may have come is known.

use super::{
    Store, StoreResult,
    keyed::{rows_of, run_for},
    many::{self, Value},
};

/// A place for one thing, given before it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Which kind of thing.
    pub kind: String,
    /// Its key at the source.
    pub key: String,
    /// Their table.
    pub space: &'static str,
    /// Its id there.
    pub row_id: i64,
    /// The name of a file; empty for other things.
    pub name: String,
}

/// One row of theirs.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct HostRow {
    /// Their table, or another place.
    pub place: String,
    /// Its id there.
    pub row_key: String,
    /// What it is counted as.
    pub kind: String,
    /// Order of writing.
    pub position: i64,
    /// Whether it was released.
    pub state: String,
    /// What the release needs, JSON.
    pub detail: String,
}

/// A row of theirs that stood there before.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Touched {
    /// Their table.
    pub place: String,
    /// Its id there.
    pub row_key: String,
    /// As it was, JSON.
    pub before: String,
    /// As it was left, JSON.
    pub after: String,
}

/// Written, on trial.
pub const WRITTEN: &str = "written";
/// Has its true visibility.
pub const RELEASED: &str = "released";

/// Keeps places; those whose id is another's, or whose thing has one already, are left as they are. Gives
/// whether all were kept. A power cut may take them back as long as nothing stands there.
///
/// # Errors
/// [`super::StoreError`].
pub async fn reserve(store: &Store, transfer: &str, places: Vec<Place>) -> StoreResult<bool> {
    let transfer = transfer.to_owned();
    store
        .write_repeatable(move |c| {
            Box::pin(async move {
                let rows: Vec<_> = places
                    .iter()
                    .map(|place| {
                        [
                            Value::Text(&transfer),
                            Value::Text(&place.kind),
                            Value::Text(&place.key),
                            Value::Text(place.space),
                            Value::Number(place.row_id),
                            Value::Text(&place.name),
                        ]
                    })
                    .collect();
                let sql = "insert into host_places (transfer_id, kind, key, space, row_id, name) \
                           values {rows} on conflict do nothing";
                // Rows are not asked for: each would come by itself, from one thread to another.
                Ok(many::added(c, sql, &rows).await? == u64::try_from(rows.len()).unwrap_or(u64::MAX))
            })
        })
        .await
}

/// The places that were given to things of one kind: key, id and name.
///
/// # Errors
/// [`super::StoreError`].
pub async fn places(
    store: &Store,
    transfer: &str,
    kind: &str,
    keys: &[&str],
) -> StoreResult<Vec<(String, i64, String)>> {
    let mut c = store.reader().await?;
    let sql = "select key, row_id, name from host_places \
               where transfer_id = $1 and kind = $2 and key in ({keys})";
    rows_of(&mut c, sql, &[transfer, kind], keys).await
}

/// Notes rows; a row that is known already keeps its state.
///
/// # Errors
/// [`super::StoreError`].
pub async fn note(store: &Store, transfer: &str, rows: Vec<HostRow>) -> StoreResult<()> {
    let transfer = transfer.to_owned();
    store
        .write(move |c| {
            Box::pin(async move {
                let rows: Vec<_> = rows
                    .iter()
                    .map(|row| {
                        [
                            Value::Text(&transfer),
                            Value::Text(&row.place),
                            Value::Text(&row.row_key),
                            Value::Text(&row.kind),
                            Value::Number(row.position),
                            Value::Text(&row.state),
                            Value::Text(&row.detail),
                        ]
                    })
                    .collect();
                let sql = "insert into host_rows (transfer_id, place, row_key, kind, position, state, detail) \
                           values {rows} on conflict (transfer_id, place, row_key) do update set \
                           kind = excluded.kind, position = excluded.position, detail = excluded.detail";
                many::insert(c, sql, &rows).await
            })
        })
        .await
}

/// Rows at one place behind `after`, in order.
///
/// # Errors
/// [`super::StoreError`].
pub async fn page(
    store: &Store,
    transfer: &str,
    place: &str,
    after: (i64, &str),
    limit: i64,
) -> StoreResult<Vec<HostRow>> {
    let mut c = store.reader().await?;
    Ok(rows!(
        &mut c,
        HostRow,
        "select place, row_key, kind, position, state, detail from host_rows \
         where transfer_id = $1 and place = $2 and (position, row_key) > ($3, $4) \
         order by position, row_key limit $5",
        transfer,
        place,
        after.0,
        after.1,
        limit,
    )?)
}

/// The rows with these keys at one place.
///
/// # Errors
/// [`super::StoreError`].
pub async fn of(store: &Store, transfer: &str, place: &str, keys: &[&str]) -> StoreResult<Vec<HostRow>> {
    let mut c = store.reader().await?;
    let sql = "select place, row_key, kind, position, state, detail from host_rows \
               where transfer_id = $1 and place = $2 and row_key in ({keys})";
    rows_of(&mut c, sql, &[transfer, place], keys).await
}

/// How many rows stand at one place, by kind.
///
/// # Errors
/// [`super::StoreError`].
pub async fn count(store: &Store, transfer: &str, place: &str) -> StoreResult<Vec<(String, u64)>> {
    let mut c = store.reader().await?;
    let found = rows!(
        &mut c,
        (String, i64),
        "select kind, cast(count(*) as bigint) from host_rows where transfer_id = $1 and place = $2 group by kind",
        transfer,
        place,
    )?;
    Ok(found.into_iter().map(|(kind, number)| (kind, super::count(number))).collect())
}

/// What came with kept copies into an account and was not written there: the details, by kind.
///
/// # Errors
/// [`super::StoreError`].
pub async fn kept(store: &Store, account: &str, kind: &str) -> StoreResult<Vec<String>> {
    let mut c = store.reader().await?;
    let found = rows!(
        &mut c,
        (String,),
        "select r.detail from host_rows r join host_profiles p on p.transfer_id = r.transfer_id \
         where p.account_id = $1 and p.released_at is not null and r.place = 'waiting' and r.kind = $2 \
         and r.state = 'released' order by r.transfer_id, r.position, r.row_key",
        account,
        kind,
    )?;
    Ok(found.into_iter().map(|(detail,)| detail).collect())
}

/// Notes that rows have their true visibility.
///
/// # Errors
/// [`super::StoreError`].
pub async fn released(store: &Store, transfer: &str, place: &str, keys: Vec<String>) -> StoreResult<()> {
    let (transfer, place) = (transfer.to_owned(), place.to_owned());
    store
        .write(move |c| {
            Box::pin(async move {
                let sql = "update host_rows set state = 'released' \
                           where transfer_id = $1 and place = $2 and row_key in ({keys})";
                let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
                run_for(c, sql, &[Some(&transfer), Some(&place)], &keys).await
            })
        })
        .await
}

/// Forgets rows that are gone.
///
/// # Errors
/// [`super::StoreError`].
pub async fn forget(store: &Store, transfer: &str, place: &str, keys: Vec<String>) -> StoreResult<()> {
    let (transfer, place) = (transfer.to_owned(), place.to_owned());
    store
        .write(move |c| {
            Box::pin(async move {
                let sql =
                    "delete from host_rows where transfer_id = $1 and place = $2 and row_key in ({keys})";
                let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
                run_for(c, sql, &[Some(&transfer), Some(&place)], &keys).await
            })
        })
        .await
}

/// Notes changed rows. How a row was before is only ever noted once.
///
/// # Errors
/// [`super::StoreError`].
pub async fn touch(store: &Store, transfer: &str, touched: Vec<Touched>) -> StoreResult<()> {
    let transfer = transfer.to_owned();
    store
        .write(move |c| {
            Box::pin(async move {
                let rows: Vec<_> = touched
                    .iter()
                    .map(|row| {
                        [
                            Value::Text(&transfer),
                            Value::Text(&row.place),
                            Value::Text(&row.row_key),
                            Value::Text(&row.before),
                            Value::Text(&row.after),
                        ]
                    })
                    .collect();
                let sql = "insert into host_touched (transfer_id, place, row_key, before, after) \
                           values {rows} on conflict (transfer_id, place, row_key) do update set \
                           after = excluded.after";
                many::insert(c, sql, &rows).await
            })
        })
        .await
}

/// Changed rows behind `after` (place and key), in order.
///
/// # Errors
/// [`super::StoreError`].
pub async fn touched(
    store: &Store,
    transfer: &str,
    after: (&str, &str),
    limit: i64,
) -> StoreResult<Vec<Touched>> {
    let mut c = store.reader().await?;
    Ok(rows!(
        &mut c,
        Touched,
        "select place, row_key, before, after from host_touched \
         where transfer_id = $1 and (place, row_key) > ($2, $3) order by place, row_key limit $4",
        transfer,
        after.0,
        after.1,
        limit,
    )?)
}

/// Forgets changed rows that are as they were again.
///
/// # Errors
/// [`super::StoreError`].
pub async fn untouched(store: &Store, transfer: &str, rows: Vec<(String, String)>) -> StoreResult<()> {
    let transfer = transfer.to_owned();
    store
        .write(move |c| {
            Box::pin(async move {
                for (place, row_key) in rows {
                    run!(
                        c,
                        "delete from host_touched where transfer_id = $1 and place = $2 and row_key = $3",
                        &transfer,
                        place,
                        row_key,
                    )?;
                }
                Ok(())
            })
        })
        .await
}

/// Forgets everything of a transfer, once nothing of it is there any more.
///
/// # Errors
/// [`super::StoreError`].
pub async fn clear(store: &Store, transfer: &str) -> StoreResult<()> {
    let transfer = transfer.to_owned();
    store
        .write(move |c| {
            Box::pin(async move {
                run!(c, "delete from host_places where transfer_id = $1", &transfer)?;
                run!(c, "delete from host_rows where transfer_id = $1", &transfer)?;
                run!(c, "delete from host_touched where transfer_id = $1", &transfer)?;
                run!(c, "delete from host_profiles where transfer_id = $1", &transfer)?;
                Ok(())
            })
        })
        .await
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn store() -> (Store, tempfile::TempDir) {
        let dir = tempfile::tempdir().unwrap();
        (Store::open(dir.path()).await.unwrap(), dir)
    }

    fn row(place: &str, key: &str, position: i64, detail: &str) -> HostRow {
        let (place, row_key, detail) = (place.to_owned(), key.to_owned(), detail.to_owned());
        HostRow { place, row_key, kind: "posts".into(), position, state: WRITTEN.into(), detail }
    }

    #[tokio::test]
    async fn a_place_is_given_once_and_never_to_two() {
        let (store, _dir) = store().await;
        let place = |key: &str, row_id| Place {
            kind: "posts".into(),
            key: key.into(),
            space: "statuses",
            row_id,
            name: String::new(),
        };
        assert!(reserve(&store, "t1", vec![place("a", 1), place("b", 2)]).await.unwrap());
        for (transfer, taken) in [("t1", place("a", 3)), ("t1", place("c", 2)), ("t2", place("a", 1))] {
            assert!(!reserve(&store, transfer, vec![taken]).await.unwrap());
        }
        let mut given = places(&store, "t1", "posts", &["a", "b", "c"]).await.unwrap();
        given.sort();
        assert_eq!(given, [("a".to_owned(), 1, String::new()), ("b".to_owned(), 2, String::new())]);
        assert!(places(&store, "t2", "posts", &["a"]).await.unwrap().is_empty());
    }

    #[tokio::test]
    async fn a_row_that_is_noted_again_keeps_its_state_and_stands_in_order() {
        let (store, _dir) = store().await;
        note(&store, "t1", vec![row("statuses", "9", 2, "x"), row("statuses", "8", 1, "x")]).await.unwrap();
        released(&store, "t1", "statuses", vec!["9".into()]).await.unwrap();
        note(&store, "t1", vec![row("statuses", "9", 2, "y")]).await.unwrap();
        let rows = page(&store, "t1", "statuses", (i64::MIN, ""), 10).await.unwrap();
        let seen: Vec<_> = rows.iter().map(|row| (&*row.row_key, &*row.state, &*row.detail)).collect();
        assert_eq!(seen, [("8", WRITTEN, "x"), ("9", RELEASED, "y")]);
        assert_eq!(page(&store, "t1", "statuses", (1, "8"), 10).await.unwrap().len(), 1);
        forget(&store, "t1", "statuses", vec!["8".into()]).await.unwrap();
        assert!(of(&store, "t1", "statuses", &["8"]).await.unwrap().is_empty());
    }

    #[tokio::test]
    async fn how_a_row_was_before_stays_as_it_was_noted_first() {
        let (store, _dir) = store().await;
        let touched_row = |before: &str, after: &str| Touched {
            place: "account_stats".into(),
            row_key: "1".into(),
            before: before.into(),
            after: after.into(),
        };
        touch(&store, "t1", vec![touched_row("null", "1")]).await.unwrap();
        touch(&store, "t1", vec![touched_row("1", "2")]).await.unwrap();
        assert_eq!(touched(&store, "t1", ("", ""), 9).await.unwrap(), [touched_row("null", "2")]);
        clear(&store, "t1").await.unwrap();
        assert!(touched(&store, "t1", ("", ""), 9).await.unwrap().is_empty());
    }
}
