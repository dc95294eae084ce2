//! The one writer: works queue up, several share a transaction, each has a savepoint of its own.
//!
//! SQLite has one writer at a time. Many tasks that each begin a transaction fail with "busy" in
//! spite of a timeout; one task with group commit does not, and pays one fsync for many works. On
//! PostgreSQL the same task takes turns with those of other daemons, by a lock.

use std::{collections::VecDeque, sync::Arc};

use futures::future::BoxFuture;
use sqlx::{AssertSqlSafe, ConnectOptions, postgres::PgConnectOptions, sqlite::SqliteConnectOptions};
use tokio::sync::{mpsc, oneshot, watch};

use super::{
    Connection, StoreError, StoreResult,
    postgres::{BEGIN, BEGIN_REPEATABLE, Voice},
    sqlite,
    standing::{Lock, stand, stand_again},
};

/// Works that share one commit at most; more wait for the next one.
const GROUP: usize = 64;

/// Called once the group's commit is known to be durable (or not).
type Answer = Box<dyn FnOnce(StoreResult<()>) + Send>;
/// One work: runs inside its savepoint, then answers after the commit.
type Work = Box<dyn for<'c> FnOnce(&'c mut Connection) -> BoxFuture<'c, (bool, Answer)> + Send>;
/// A work as it waits.
type Waiting = (Lasting, Work);

/// What the answer to a work promises. Either way it outlives a killed daemon.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lasting {
    /// It outlives a power cut.
    Always,
    /// A power cut may take it back, with everything behind it and nothing before it: it would be done again.
    Repeatable,
}

/// Where the writer writes.
pub(super) enum Place {
    /// A file.
    Sqlite(SqliteConnectOptions, Lock),
    /// A server, and whose commits these are.
    Postgres(PgConnectOptions, Voice),
}

impl Place {
    /// Connects, and brings the tables up to date.
    async fn connect_and_migrate(&self) -> StoreResult<Connection> {
        match self {
            Self::Sqlite(options, lock) => {
                let mut connection = Connection::Sqlite(Box::new(Box::new(sqlite::writer(options).await?)));
                stand(&mut connection, lock).await?;
                Ok(connection)
            }
            Self::Postgres(options, _) => {
                let mut connection = Connection::Postgres(Box::new(Box::new(options.connect().await?)));
                stand(&mut connection, &Lock::Session).await?;
                Ok(connection)
            }
        }
    }

    /// Connects to a server again; a file needs none.
    fn connect_again(&self) -> BoxFuture<'_, StoreResult<Option<Connection>>> {
        Box::pin(async move {
            match self {
                Self::Sqlite(..) => Ok(None),
                // Meanwhile a newer program may have come.
                Self::Postgres(options, _) => {
                    let mut connection = Connection::Postgres(Box::new(Box::new(options.connect().await?)));
                    stand_again(&mut connection).await?;
                    Ok(Some(connection))
                }
            }
        })
    }

    async fn begin(&self, connection: &mut Connection, lasting: Lasting) -> Result<(), sqlx::Error> {
        match (connection, lasting) {
            (Connection::Sqlite(c), lasting) => {
                // It is read while it is prepared, so it is prepared each time.
                let begin = match lasting {
                    Lasting::Always => "pragma synchronous = full; begin immediate",
                    Lasting::Repeatable => "pragma synchronous = normal; begin immediate",
                };
                sqlx::raw_sql(begin).execute(&mut ***c).await.map(drop)
            }
            (Connection::Postgres(c), lasting) => {
                let begin = if lasting == Lasting::Always { BEGIN } else { BEGIN_REPEATABLE };
                sqlx::raw_sql(begin).execute(&mut ***c).await.map(drop)
            }
        }
    }

    async fn commit(&self, connection: &mut Connection) -> Result<(), sqlx::Error> {
        match (self, connection) {
            (Self::Postgres(_, voice), Connection::Postgres(c)) => {
                sqlx::raw_sql(AssertSqlSafe(voice.commit())).execute(&mut ***c).await.map(drop)
            }
            (_, connection) => super::run!(connection, "commit").map(drop),
        }
    }
}

/// Handle of the writer task.
#[derive(Clone)]
pub(super) struct Writer {
    works: mpsc::Sender<Waiting>,
}

impl Writer {
    /// Opens the writing connection, migrates, and starts the task.
    #[expect(clippy::disallowed_methods, reason = "the writer is part of the store, not a queued job")]
    pub(super) async fn start(place: Place, commits: Arc<watch::Sender<u64>>) -> StoreResult<Self> {
        let (works, mut queue) = mpsc::channel::<Waiting>(256);
        let mut connection = place.connect_and_migrate().await?;
        tokio::spawn(async move {
            let mut group = VecDeque::new();
            loop {
                if group.is_empty() {
                    let Some(first) = queue.recv().await else { break };
                    group.push_back(first);
                }
                while group.len() < GROUP
                    && let Ok(next) = queue.try_recv()
                {
                    group.push_back(next);
                }
                let lasts = group.iter().any(|(lasting, _)| *lasting == Lasting::Always);
                let lasting = if lasts { Lasting::Always } else { Lasting::Repeatable };
                if let Err(error) = begin(&place, &mut connection, lasting).await {
                    tracing::error!(%error, "cannot begin a transaction");
                    // Dropping the works closes their channels: every caller hears that nothing was kept.
                    group.clear();
                    continue;
                }
                commit_group(&place, &mut connection, &mut group, &commits).await;
            }
        });
        Ok(Self { works })
    }

    /// Queues a work and waits until it is committed.
    pub(super) async fn run<T, F>(&self, lasting: Lasting, work: F) -> StoreResult<T>
    where
        T: Send + 'static,
        F: for<'c> FnOnce(&'c mut Connection) -> BoxFuture<'c, StoreResult<T>> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        let boxed: Work = Box::new(move |connection| {
            Box::pin(async move {
                let result = work(connection).await;
                let worked = result.is_ok();
                let respond: Answer = Box::new(move |committed| {
                    // What the work itself says is nearer to the cause than what became of the group.
                    let _caller_gone = reply.send(result.and_then(|done| committed.map(|()| done)));
                });
                (worked, respond)
            })
        });
        self.works.send((lasting, boxed)).await.map_err(|_| StoreError::Closed)?;
        let unheard = || StoreError::NotKept("it cannot be reached".to_owned());
        answer.await.map_err(|_| unheard())?
    }
}

/// Begins a transaction; a connection to a server that has gone meanwhile is replaced, once.
async fn begin(place: &Place, connection: &mut Connection, lasting: Lasting) -> StoreResult<()> {
    let Err(error) = place.begin(connection, lasting).await else { return Ok(()) };
    let Some(again) = place.connect_again().await? else { return Err(error.into()) };
    tracing::warn!(%error, "connected to the database again");
    *connection = again;
    Ok(place.begin(connection, lasting).await?)
}

/// Runs a group in a transaction that has begun and tells each caller how it ended. A full disk ends the
/// whole transaction in the middle: works that were not begun then stay in the group for the next one.
async fn commit_group(
    place: &Place,
    connection: &mut Connection,
    group: &mut VecDeque<Waiting>,
    commits: &watch::Sender<u64>,
) {
    let (mut answers, mut is_whole) = (Vec::with_capacity(group.len()), true);
    while is_whole && let Some((_, work)) = group.pop_front() {
        let opened = super::run!(connection, "savepoint work");
        let (worked, answer) = work(connection).await;
        let is_kept = worked && opened.is_ok() && super::run!(connection, "release work").is_ok();
        if !is_kept {
            is_whole = super::run!(connection, "rollback to work").is_ok()
                && super::run!(connection, "release work").is_ok();
        }
        answers.push((is_kept, answer));
    }
    let committed = if is_whole {
        place.commit(connection).await.map_err(StoreError::from)
    } else {
        Err(StoreError::NotKept("the transaction was given up".to_owned()))
    };
    if let Err(error) = &committed {
        tracing::error!(%error, "cannot commit");
        let _already_rolled_back = super::run!(connection, "rollback");
    }
    // Before anybody hears of it: who has been answered finds nothing believed that stood before.
    commits.send_modify(|count| *count += 1);
    for (is_kept, answer) in answers {
        answer(match &committed {
            Ok(()) if is_kept => Ok(()),
            Ok(()) => Err(StoreError::NotKept("it was spoiled by an error in it".to_owned())),
            Err(StoreError::Disk(why)) => Err(StoreError::Disk(why.clone())),
            Err(error) => Err(StoreError::NotKept(error.to_string())),
        });
    }
}

/// Whether a database's error code means that the disk is full or fails: "full" and the many kinds of
/// "input or output error" of one, "disk full" and "io error" of the other.
pub(super) fn is_of_the_disk(code: &str) -> bool {
    match code.parse::<u32>() {
        Ok(number) if code.len() < 5 => matches!(number & 0xff, 10 | 13),
        _ => matches!(code, "53100" | "58030"),
    }
}

#[cfg(test)]
mod tests {
    use futures::future::BoxFuture;

    use crate::store::{Connection, Store, StoreError, StoreResult, both::is_postgres, row, rows, run};

    #[tokio::test]
    async fn a_failing_work_takes_back_only_itself() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path()).await.unwrap();
        let good = store.write(|c| {
            Box::pin(async move {
                run!(c, "insert into seen_activities (id, seen_at) values ($1, $2)", "good", 1_i64)?;
                Ok(())
            })
        });
        let bad = store.write(|c| {
            Box::pin(async move {
                run!(c, "insert into seen_activities (id, seen_at) values ($1, $2)", "bad", 1_i64)?;
                Err::<(), _>(StoreError::Missing("nothing"))
            })
        });
        let (good, bad) = tokio::join!(good, bad);
        good.unwrap();
        assert!(matches!(bad, Err(StoreError::Missing(_))));
        let mut reader = store.reader().await.unwrap();
        let ids = rows!(&mut reader, (String,), "select id from seen_activities").unwrap();
        assert_eq!(ids, [("good".to_owned(),)]);
    }

    /// Whether a transaction waits for the disk.
    fn waits(c: &mut Connection) -> BoxFuture<'_, StoreResult<bool>> {
        let mode = if is_postgres() {
            "select case when current_setting('synchronous_commit') = 'off' then 1::bigint else 2::bigint end"
        } else {
            "pragma synchronous"
        };
        Box::pin(async move { Ok(row!(c, (i64,), mode)?.is_some_and(|(mode,)| mode == 2)) })
    }

    #[tokio::test]
    async fn only_what_can_be_done_again_does_not_wait_for_the_disk() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path()).await.unwrap();
        for _ in 0..2 {
            assert!(!store.write_repeatable(waits).await.unwrap());
            assert!(store.write(waits).await.unwrap());
        }
        let (one, other) = tokio::join!(store.write_repeatable(waits), store.write(waits));
        assert!(other.unwrap());
        drop(one);
    }

    #[tokio::test]
    async fn a_full_disk_is_named_and_nothing_of_the_work_stands_until_there_is_room() {
        if is_postgres() {
            return; // Its disk cannot be made small from here.
        }
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path()).await.unwrap();
        let room = |pages: &'static str| {
            store.write(move |c| {
                Box::pin(async move {
                    // Inside a transaction the setting holds at once.
                    row!(c, (i64,), pages)?;
                    Ok(())
                })
            })
        };
        let keep = |id: &'static str, bytes: usize| {
            store.write(move |c| {
                Box::pin(async move {
                    run!(c, "insert into seen_activities (id, seen_at) values ($1, 1)", id)?;
                    let large = "x".repeat(bytes);
                    run!(c, "insert into seen_activities (id, seen_at) values ($1, 2)", large)?;
                    Ok(())
                })
            })
        };
        room("pragma max_page_count = 1").await.unwrap();
        let (large, small) = tokio::join!(keep("large", 3_000_000), keep("small", 1));
        let Err(StoreError::Disk(_)) = &large else { panic!("{large:?}") };
        assert!(large.unwrap_err().to_string().contains("this server's disk"));
        drop(small);
        room("pragma max_page_count = 1000000").await.unwrap();
        keep("after", 3_000_000).await.unwrap();
        let mut reader = store.reader().await.unwrap();
        let found =
            row!(&mut reader, (String,), "select id from seen_activities where id = 'large'").unwrap();
        assert_eq!(found, None);
    }

    #[test]
    fn trouble_with_the_disk_is_told_from_other_trouble() {
        assert!(["13", "10", "778", "53100", "58030"].iter().all(|code| super::is_of_the_disk(code)));
        assert!(["5", "1555", "23505", "42601", "", "x"].iter().all(|code| !super::is_of_the_disk(code)));
    }
}
