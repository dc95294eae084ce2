//! Which programs may work on the tables. A program that finds tables of a newer one goes no further; one
//! that finds older ones brings them up to date while nobody else works on them.
//!
//! Whoever has the tables open holds a lock with the others, as long as it lives: of a file in the data
//! directory, or of its writing connection to PostgreSQL. Nobody who holds it has tables changed under it,
//! and nothing has to be asked with each write.

use std::{fs::File, path::Path, time::Duration};

use sqlx::migrate::Migrator;

use super::{Connection, StoreError, StoreResult};

/// What the tables are brought up to date with.
static TABLES: Migrator = sqlx::migrate!();
/// The file that is locked in a data directory.
const FILE: &str = "tables.lock";
/// How often it is tried to be alone with the tables while others work on them: for ten seconds.
const TRIES: u32 = 40;
/// How often the tables are looked at in all, also while another brings them up to date: for ten minutes, as large ones
/// take a while.
const LOOKS: u32 = 2_400;
/// How long after one look the next one comes.
const PAUSE: Duration = Duration::from_millis(if cfg!(test) { 5 } else { 250 });

/// What is locked.
pub(super) enum Lock {
    /// A file, as long as it is open.
    File(File),
    /// The connection itself, as long as it stands.
    Session,
}

/// How the tables stand to this program.
#[derive(Debug, PartialEq, Eq)]
enum Tables {
    /// They are its own.
    Fit,
    /// They are older, or there are none.
    Behind,
    /// They are of a newer one: its version.
    Ahead(i64),
}

impl Lock {
    /// The lock of a data directory.
    ///
    /// # Errors
    /// [`StoreError::Unfit`] when the file cannot be made.
    pub(super) fn open(data_dir: &Path) -> StoreResult<Self> {
        let path = data_dir.join(FILE);
        let file = File::options().create(true).append(true).open(&path);
        file.map(Self::File).map_err(|why| StoreError::Unfit(format!("{}: {why}", path.display())))
    }

    /// Takes it with others, if nobody is alone with the tables.
    async fn share(&self, c: &mut Connection) -> StoreResult<bool> {
        match self {
            Self::File(file) => Ok(file.try_lock_shared().is_ok()),
            Self::Session => {
                session(c, "select cast(cast(pg_try_advisory_lock_shared(7236837365) as integer) as bigint)")
                    .await
            }
        }
    }

    /// Takes it alone, if nobody has it.
    async fn take(&self, c: &mut Connection) -> StoreResult<bool> {
        match self {
            Self::File(file) => Ok(file.try_lock().is_ok()),
            Self::Session => {
                session(c, "select cast(cast(pg_try_advisory_lock(7236837365) as integer) as bigint)").await
            }
        }
    }

    /// Lets it go.
    async fn let_go(&self, c: &mut Connection) -> StoreResult<()> {
        match self {
            // Whoever cannot let go of it loses it when the file is closed.
            Self::File(file) => drop(file.unlock()),
            Self::Session => {
                let all = "select cast(count(pg_advisory_unlock_all()) as bigint)";
                let _how_many = session(c, all).await?;
            }
        }
        Ok(())
    }
}

/// Asks a server for a lock; whether it is had. Nothing of the answer is a number there but by the cast.
async fn session(c: &mut Connection, sql: &'static str) -> StoreResult<bool> {
    Ok(row!(c, (i64,), sql)?.is_some_and(|(had,)| had == 1))
}

/// Makes sure that the tables are this program's, and stay so as long as the lock is held.
///
/// # Errors
/// [`StoreError::Unfit`] when they are of a newer program, or another works on them that would have to end
/// first; [`StoreError::Migrate`] when they cannot be brought up to date.
pub(super) async fn stand(c: &mut Connection, lock: &Lock) -> StoreResult<()> {
    let (mut tries, mut looks) = (0, 0);
    while tries < TRIES && looks < LOOKS {
        looks += 1;
        if lock.share(c).await? {
            match tables(c).await {
                Tables::Fit => return Ok(()),
                Tables::Ahead(version) => return Err(newer(version)),
                Tables::Behind => lock.let_go(c).await?,
            }
            if lock.take(c).await? {
                let done = bring_up_to_date(c).await;
                lock.let_go(c).await?;
                done?;
                continue;
            }
            tries += 1;
        }
        tokio::time::sleep(PAUSE).await;
    }
    let why = if tries == TRIES {
        "its tables must be brought up to date, and an older godwit still works on them: stop every daemon and \
         command of this database, then start this one again"
    } else {
        "another godwit has been bringing its tables up to date for ten minutes: let it end, then start this one again"
    };
    Err(StoreError::Unfit(why.to_owned()))
}

/// Makes sure that tables which were this program's still are, on a new connection to their server.
///
/// # Errors
/// [`StoreError::Unfit`] when they are not, or are just being changed.
pub(super) async fn stand_again(c: &mut Connection) -> StoreResult<()> {
    if Lock::Session.share(c).await? && tables(c).await == Tables::Fit {
        return Ok(());
    }
    Err(StoreError::Unfit(
        "another program has changed its tables meanwhile: start this one again".to_owned(),
    ))
}

async fn bring_up_to_date(c: &mut Connection) -> StoreResult<()> {
    match c {
        Connection::Sqlite(c) => TABLES.run(&mut ***c).await?,
        Connection::Postgres(c) => TABLES.run(&mut ***c).await?,
    }
    Ok(())
}

async fn tables(c: &mut Connection) -> Tables {
    // Where this cannot be read there are none yet; if it is something else, making them says so.
    let applied = rows!(c, (i64,), "select version from _sqlx_migrations where success").unwrap_or_default();
    let knows = |version: i64| TABLES.iter().any(|one| one.version == version);
    if let Some(version) = applied.iter().map(|(version,)| *version).filter(|version| !knows(*version)).max()
    {
        return Tables::Ahead(version);
    }
    let has = |version: i64| applied.contains(&(version,));
    if TABLES.iter().all(|one| has(one.version)) { Tables::Fit } else { Tables::Behind }
}

fn newer(version: i64) -> StoreError {
    let own = TABLES.iter().map(|one| one.version).max().unwrap_or_default();
    StoreError::Unfit(format!(
        "a newer godwit has brought its tables to version {version}, and this one knows them up to {own}: start \
         the newer program, or restore the backup from before it"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Store;

    async fn apply(store: &Store, sql: &'static str) {
        store
            .write(move |c| {
                Box::pin(async move {
                    run!(c, sql)?;
                    Ok(())
                })
            })
            .await
            .unwrap();
    }

    async fn refusal(dir: &Path) -> String {
        Store::open(dir).await.err().unwrap().to_string()
    }

    #[tokio::test]
    async fn a_database_that_a_newer_program_has_changed_is_left_alone() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path()).await.unwrap();
        apply(
            &store,
            "insert into _sqlx_migrations (version, description, success, checksum, execution_time) \
             select 99999, 'of a newer program', success, checksum, 1 from _sqlx_migrations where version = 1",
        )
        .await;
        let told = refusal(dir.path()).await;
        assert!(told.contains("newer godwit") && told.contains("version 99999"), "{told}");
    }

    #[tokio::test]
    async fn tables_are_not_changed_under_a_program_that_works_on_them() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path()).await.unwrap();
        // As if the last one came with the program that is about to start.
        apply(
            &store,
            "delete from _sqlx_migrations where version = (select max(version) from _sqlx_migrations)",
        )
        .await;
        let told = refusal(dir.path()).await;
        assert!(told.contains("stop every daemon"), "{told}");
    }

    #[tokio::test]
    async fn programs_that_start_together_on_an_empty_database_all_find_it_made() {
        let dir = tempfile::tempdir().unwrap();
        let all = futures::future::join_all((0..4).map(|_| Store::open(dir.path()))).await;
        let refused: Vec<_> = all.into_iter().filter_map(Result::err).collect();
        assert!(refused.is_empty(), "{refused:?}");
    }
}
