//! Notices a restored backup: a number grows in the database and, beside it, in a file. A database that
//! is behind its file has forgotten something that others may know.

use std::{
    io::{ErrorKind, Write},
    path::Path,
};

use super::{Store, StoreError, StoreResult, departures};

/// Why an announcement that rested, or had begun, does not go on.
const CALLED_OFF: &str = "This server was restored from a backup, and cannot know whether you had called your \
                          announcement off. It was called off; say your last word again if you still want it";
/// The file in the data directory.
pub(super) const FILE: &str = "database.epoch";

/// Counts on, in the database and outside; `true` when the database is seen to be older than the file. Forwarding
/// and announcing are frozen from then on, until [`thaw`].
///
/// # Errors
/// [`StoreError`]; [`StoreError::Unfit`] when the file cannot be read or written.
pub async fn count_on(store: &Store, now: i64) -> StoreResult<bool> {
    let known = read(&store.outside)?;
    let counting = store.write(move |c| {
        Box::pin(async move {
            let count = row!(
                c,
                (i64,),
                "insert into counters (name, value) values ('life', 1) \
                 on conflict (name) do update set value = counters.value + 1 returning value",
            )?;
            let (count,) = count.ok_or(StoreError::Missing("count"))?;
            if count > known {
                return Ok((count, false));
            }
            run!(c, "update counters set value = $1 where name = 'life'", known + 1)?;
            run!(
                c,
                "insert into counters (name, value) values ('frozen', 1) \
                 on conflict (name) do update set value = 1",
            )?;
            // Whether what rested was called off meanwhile is forgotten, and so is whether what had begun was
            // stopped and taken back: its owner says it again.
            let said =
                rows!(c, (String,), "select id from departures where state in ('resting', 'announcing')")?;
            for (id,) in said {
                departures::stop_in(c, &id, CALLED_OFF, now).await?;
            }
            Ok((known + 1, true))
        })
    });
    let (count, is_restored) = counting.await?;
    if is_restored {
        tracing::error!("the database is older than this daemon remembers: a backup was restored");
    }
    write(&store.outside, count)?;
    Ok(is_restored)
}

/// Whether an admin has to look before anybody is forwarded or announced.
///
/// # Errors
/// [`StoreError`].
pub async fn is_frozen(store: &Store) -> StoreResult<bool> {
    let mut c = store.reader().await?;
    let found = row!(&mut c, (i64,), "select value from counters where name = 'frozen' and value > 0")?;
    Ok(found.is_some())
}

/// Lets forwarding go on; `false` when it was not frozen.
///
/// # Errors
/// [`StoreError`].
pub async fn thaw(store: &Store) -> StoreResult<bool> {
    store
        .write(|c| {
            Box::pin(async move {
                Ok(run!(c, "update counters set value = 0 where name = 'frozen' and value > 0")? == 1)
            })
        })
        .await
}

/// The number outside; 0 before the first.
fn read(file: &Path) -> StoreResult<i64> {
    let text = match std::fs::read_to_string(file) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(0),
        Err(error) => return Err(unfit(file, error)),
    };
    text.trim().parse().map_err(|_| unfit(file, std::io::Error::other("it holds no number")))
}

/// Replaces the number outside as a whole.
fn write(file: &Path, count: i64) -> StoreResult<()> {
    let dir = file.parent().unwrap_or(Path::new("."));
    let written = tempfile::NamedTempFile::new_in(dir).and_then(|mut new| {
        writeln!(new, "{count}")?;
        new.as_file().sync_all()?;
        new.persist(file).map_err(|error| error.error)
    });
    written.map(drop).map_err(|error| unfit(file, error))
}

fn unfit(file: &Path, error: std::io::Error) -> StoreError {
    StoreError::Unfit(format!("{}: {error}", file.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_database_that_is_older_than_its_file_freezes_until_an_admin_looked() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path()).await.unwrap();
        for _ in 0..3 {
            count_on(&store, 0).await.unwrap();
            assert!(!is_frozen(&store).await.unwrap());
        }
        let back = store.write(|c| {
            Box::pin(async move {
                // A backup of two starts ago is put in place.
                run!(c, "update counters set value = 1 where name = 'life'")?;
                Ok(())
            })
        });
        back.await.unwrap();
        count_on(&store, 0).await.unwrap();
        assert!(is_frozen(&store).await.unwrap());
        count_on(&store, 0).await.unwrap();
        assert!(is_frozen(&store).await.unwrap(), "it is not forgotten at the next start");
        assert!(thaw(&store).await.unwrap());
        assert!(!thaw(&store).await.unwrap());
        count_on(&store, 0).await.unwrap();
        assert!(!is_frozen(&store).await.unwrap(), "and noticed once");
    }

    #[tokio::test]
    async fn a_file_that_is_behind_says_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path()).await.unwrap();
        count_on(&store, 0).await.unwrap();
        std::fs::remove_file(dir.path().join(FILE)).unwrap();
        count_on(&store, 0).await.unwrap();
        assert!(!is_frozen(&store).await.unwrap());
        std::fs::write(dir.path().join(FILE), "many").unwrap();
        assert!(count_on(&store, 0).await.unwrap_err().to_string().contains(FILE));
    }
}
