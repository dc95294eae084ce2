//! The one writer: works queue up, several share a transaction, each has a savepoint of its own.
//!
//! SQLite has one writer at a time. Many tasks that each begin a transaction fail with "busy" in
//! spite of a timeout; one task with group commit does not, and pays one fsync for many works.

use std::sync::Arc;

use futures::future::BoxFuture;
use sqlx::{ConnectOptions, sqlite::SqliteConnectOptions};
use tokio::sync::{mpsc, oneshot, watch};

use super::{Connection, StoreError, StoreResult};

/// Works that share one commit at most; more wait for the next one.
const GROUP: usize = 64;

/// Called once the group's commit is known to be durable (or not).
type Answer = Box<dyn FnOnce(StoreResult<()>) + Send>;
/// One work: runs inside its savepoint, then answers after the commit.
type Work = Box<dyn for<'c> FnOnce(&'c mut Connection) -> BoxFuture<'c, (bool, Answer)> + Send>;

/// Handle of the writer task.
#[derive(Clone)]
pub(super) struct Writer {
    works: mpsc::Sender<Work>,
}

impl Writer {
    /// Opens the writing connection, migrates, and starts the task.
    #[expect(clippy::disallowed_methods, reason = "the writer is part of the store, not a queued job")]
    pub(super) async fn start(
        options: &SqliteConnectOptions,
        commits: Arc<watch::Sender<u64>>,
    ) -> StoreResult<Self> {
        let mut connection = options.connect().await?;
        sqlx::migrate!().run(&mut connection).await?;
        let (works, mut queue) = mpsc::channel::<Work>(256);
        let mut connection = Connection::SqliteWriter(connection);
        tokio::spawn(async move {
            while let Some(first) = queue.recv().await {
                let mut group = vec![first];
                while group.len() < GROUP
                    && let Ok(next) = queue.try_recv()
                {
                    group.push(next);
                }
                commit_group(&mut connection, group).await;
                commits.send_modify(|count| *count += 1);
            }
        });
        Ok(Self { works })
    }

    /// Queues a work and waits until it is committed.
    pub(super) async fn run<T, F>(&self, work: F) -> StoreResult<T>
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
                    let _caller_gone = reply.send(committed.and(result));
                });
                (worked, respond)
            })
        });
        self.works.send(boxed).await.map_err(|_| StoreError::Closed)?;
        answer.await.map_err(|_| StoreError::Closed)?
    }
}

/// Runs a group in one transaction and tells each caller how it ended.
async fn commit_group(connection: &mut Connection, group: Vec<Work>) {
    if let Err(error) = super::run!(connection, "begin immediate") {
        tracing::error!(%error, "cannot begin a transaction");
        // Dropping the works closes their channels: every caller hears `Closed`.
        return;
    }
    let mut answers = Vec::with_capacity(group.len());
    for work in group {
        let opened = super::run!(connection, "savepoint work");
        let (worked, answer) = work(connection).await;
        let closed = if worked && opened.is_ok() {
            super::run!(connection, "release work")
        } else {
            match super::run!(connection, "rollback to work") {
                Ok(_) => super::run!(connection, "release work"),
                Err(error) => Err(error),
            }
        };
        answers.push((closed, answer));
    }
    let committed = super::run!(connection, "commit");
    if let Err(error) = &committed {
        tracing::error!(%error, "cannot commit");
        let _already_rolled_back = super::run!(connection, "rollback");
    }
    for (closed, answer) in answers {
        let outcome = match (&committed, closed) {
            (Ok(_), Ok(_)) => Ok(()),
            (Ok(_), Err(error)) => Err(StoreError::Database(error)),
            (Err(error), _) => Err(StoreError::Conflict(format!("the database could not commit: {error}"))),
        };
        answer(outcome);
    }
}

#[cfg(test)]
mod tests {
    use crate::store::{Store, StoreError, row, run};

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
        let (ids,) = row!(&mut reader, (String,), "select group_concat(id, ',') from seen_activities")
            .unwrap()
            .unwrap();
        assert_eq!(ids, "good");
    }
}
