//! Table `troubled_peers`: servers that asked to be left alone for a while, or do not answer. What one daemon
//! has found out holds for all that share the database.

use super::{Store, StoreResult};

/// How long a server is remembered after it could be asked again: an hour, in microseconds.
const REMEMBERED: i64 = 3_600_000_000;

/// A server in trouble.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    /// Until when it is left alone, in microseconds since 1970.
    pub until: i64,
    /// How often in a row it did not answer.
    pub misses: i64,
    /// What it answered when it asked to be left alone; 0 where it does not answer.
    pub status: u16,
}

/// Servers that are remembered, by origin.
///
/// # Errors
/// [`super::StoreError`].
pub async fn all(store: &Store, now: i64) -> StoreResult<Vec<(String, Trouble)>> {
    let mut c = store.reader().await?;
    let found = rows!(
        &mut c,
        (String, i64, i64, i64),
        "select peer, until, misses, status from troubled_peers where until > $1 order by peer",
        now.saturating_sub(REMEMBERED),
    )?;
    let read = |(peer, until, misses, status): (String, i64, i64, i64)| {
        (peer, Trouble { until, misses, status: u16::try_from(status).unwrap_or(0) })
    };
    Ok(found.into_iter().map(read).collect())
}

/// Notes one. A longer pause that another daemon has noted stays.
///
/// # Errors
/// [`super::StoreError`].
pub async fn note(store: &Store, peer: String, trouble: Trouble, now: i64) -> StoreResult<()> {
    store
        .write_repeatable(move |c| {
            Box::pin(async move {
                run!(&mut *c, "delete from troubled_peers where until < $1", now.saturating_sub(REMEMBERED))?;
                run!(
                    &mut *c,
                    "insert into troubled_peers (peer, until, misses, status) values ($1, $2, $3, $4) \
                     on conflict (peer) do update set until = excluded.until, misses = excluded.misses, \
                     status = excluded.status where troubled_peers.until < excluded.until",
                    peer,
                    trouble.until,
                    trouble.misses,
                    i64::from(trouble.status),
                )?;
                Ok(())
            })
        })
        .await
}

/// It answers again.
///
/// # Errors
/// [`super::StoreError`].
pub async fn forget(store: &Store, peer: String) -> StoreResult<()> {
    store
        .write_repeatable(move |c| {
            Box::pin(async move {
                run!(c, "delete from troubled_peers where peer = $1", peer)?;
                Ok(())
            })
        })
        .await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trouble(until: i64) -> Trouble {
        Trouble { until, misses: 1, status: 503 }
    }

    #[tokio::test]
    async fn the_longest_pause_holds_until_it_is_taken_back_or_long_over() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path()).await.unwrap();
        for until in [50, 90, 70] {
            note(&store, "https://a.example".into(), trouble(until), 0).await.unwrap();
        }
        assert_eq!(all(&store, 80).await.unwrap(), [("https://a.example".to_owned(), trouble(90))]);
        assert_eq!(all(&store, 90 + REMEMBERED).await.unwrap(), []);
        forget(&store, "https://a.example".into()).await.unwrap();
        assert_eq!(all(&store, 80).await.unwrap(), []);
    }
}
