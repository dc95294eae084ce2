//! Table `deliveries`: one row per activity and inbox, written in the transaction that caused it.

use super::{Connection, Store, StoreResult, count};

/// An activity on its way.
#[derive(Debug, Clone)]
pub struct Letter {
    /// Who signs.
    pub account_id: String,
    /// Id of the activity; one inbox gets it once.
    pub activity_id: String,
    /// The activity as JSON text.
    pub activity: String,
    /// The announcement it belongs to.
    pub announcement_id: Option<String>,
    /// Not before this time, in microseconds since 1970.
    pub at: i64,
}

/// A row that is due.
#[derive(Debug, Clone, sqlx::FromRow)]
#[expect(missing_docs, reason = "the columns are explained in the migration")]
pub struct Due {
    pub id: String,
    pub account_id: String,
    pub inbox: String,
    pub activity: String,
    pub attempts: i64,
}

/// How an attempt ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It was taken.
    Delivered {
        /// The answer's status.
        status: u16,
    },
    /// It never will be.
    Dead {
        /// The answer's status, if there was one.
        status: Option<u16>,
        /// Why.
        why: String,
    },
    /// It is tried again.
    Again {
        /// When, in microseconds since 1970.
        at: i64,
        /// The answer's status, if there was one.
        status: Option<u16>,
        /// Why.
        why: String,
    },
}

/// How far an announcement is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
pub struct Progress {
    /// Still to be sent.
    pub queued: u64,
    /// Taken by their servers.
    pub delivered: u64,
    /// Given up.
    pub dead: u64,
}

/// Puts a letter into the post for each inbox; an inbox that already has it is left alone.
/// Yields how many rows are new.
///
/// # Errors
/// [`super::StoreError`].
pub async fn enqueue_in(c: &mut Connection, letter: &Letter, inboxes: &[String]) -> StoreResult<u64> {
    let mut added = 0;
    for inbox in inboxes {
        added += run!(
            &mut *c,
            "insert into deliveries (id, account_id, inbox, activity_id, activity, announcement_id, state, \
             attempts, next_at) values ($1, $2, $3, $4, $5, $6, 'queued', 0, $7) \
             on conflict (activity_id, inbox) do nothing",
            row_id(&letter.activity_id, inbox),
            letter.account_id.as_str(),
            inbox.as_str(),
            letter.activity_id.as_str(),
            letter.activity.as_str(),
            letter.announcement_id.as_deref(),
            letter.at,
        )?;
    }
    Ok(added)
}

/// The natural key of a row: what it says to whom.
fn row_id(activity_id: &str, inbox: &str) -> String {
    use aws_lc_rs::digest::{SHA256, digest};
    super::blobs::hex(digest(&SHA256, format!("{activity_id}\n{inbox}").as_bytes()).as_ref())
}

/// Rows that are due, oldest first, at most `per_inbox` of one inbox so that no server crowds out others.
///
/// # Errors
/// [`super::StoreError`].
pub async fn due(store: &Store, now: i64, per_inbox: i64, limit: i64) -> StoreResult<Vec<Due>> {
    let mut c = store.reader().await?;
    Ok(rows!(
        &mut c,
        Due,
        "select id, account_id, inbox, activity, attempts from ( \
           select id, account_id, inbox, activity, attempts, next_at, \
                  row_number() over (partition by inbox order by next_at, id) as place \
           from deliveries where state = 'queued' and next_at <= $1 \
         ) as waiting where place <= $2 order by next_at, id limit $3",
        now,
        per_inbox,
        limit,
    )?)
}

/// Records how an attempt ended.
///
/// # Errors
/// [`super::StoreError`].
pub async fn record(store: &Store, id: String, outcome: Outcome) -> StoreResult<()> {
    let (state, at, status, why) = match outcome {
        Outcome::Delivered { status } => ("delivered", None, Some(status), None),
        Outcome::Dead { status, why } => ("dead", None, status, Some(why)),
        Outcome::Again { at, status, why } => ("queued", Some(at), status, Some(why)),
    };
    store
        .write(move |c| {
            Box::pin(async move {
                run!(
                    c,
                    "update deliveries set state = $2, next_at = coalesce($3, next_at), last_status = $4, \
                     last_error = $5, attempts = attempts + 1 where id = $1 and state = 'queued'",
                    id,
                    state,
                    at,
                    status.map(i64::from),
                    why,
                )?;
                Ok(())
            })
        })
        .await
}

/// Lets every other row (than `tried`) of an inbox wait until `at`, because its server does not answer now.
///
/// # Errors
/// [`super::StoreError`].
pub async fn hold(store: &Store, inbox: String, tried: String, at: i64) -> StoreResult<()> {
    store
        .write(move |c| {
            Box::pin(async move {
                run!(
                    c,
                    "update deliveries set next_at = $3 \
                     where inbox = $1 and id <> $2 and state = 'queued' and next_at < $3",
                    inbox,
                    tried,
                    at,
                )?;
                Ok(())
            })
        })
        .await
}

/// When the next row is due, in microseconds since 1970.
///
/// # Errors
/// [`super::StoreError`].
pub async fn next_due(store: &Store) -> StoreResult<Option<i64>> {
    let mut c = store.reader().await?;
    let found = row!(&mut c, (Option<i64>,), "select min(next_at) from deliveries where state = 'queued'")?;
    Ok(found.and_then(|(at,)| at))
}

/// How far an announcement is.
///
/// # Errors
/// [`super::StoreError`].
pub async fn progress(store: &Store, announcement_id: &str) -> StoreResult<Progress> {
    let mut c = store.reader().await?;
    let states = rows!(
        &mut c,
        (String, i64),
        "select state, cast(count(*) as bigint) from deliveries where announcement_id = $1 group by state",
        announcement_id,
    )?;
    let mut progress = Progress::default();
    for (state, number) in states {
        match state.as_str() {
            "delivered" => progress.delivered = count(number),
            "dead" => progress.dead = count(number),
            _ => progress.queued += count(number),
        }
    }
    Ok(progress)
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn store() -> (Store, tempfile::TempDir) {
        let dir = tempfile::tempdir().unwrap();
        (Store::open(dir.path()).await.unwrap(), dir)
    }

    async fn enqueue(store: &Store, activity_id: &str, inboxes: &[&str], at: i64) -> u64 {
        let letter = Letter {
            account_id: "a".into(),
            activity_id: activity_id.into(),
            activity: "{}".into(),
            announcement_id: Some("announcement".into()),
            at,
        };
        let inboxes: Vec<String> = inboxes.iter().map(|inbox| (*inbox).to_owned()).collect();
        store.write(move |c| Box::pin(async move { enqueue_in(c, &letter, &inboxes).await })).await.unwrap()
    }

    #[tokio::test]
    async fn an_inbox_gets_an_activity_once() {
        let (store, _dir) = store().await;
        assert_eq!(enqueue(&store, "one", &["x", "y", "x"], 1).await, 2);
        assert_eq!(enqueue(&store, "one", &["x", "z"], 1).await, 1);
        assert_eq!(due(&store, 1, 9, 9).await.unwrap().len(), 3);
        assert_eq!(due(&store, 0, 9, 9).await.unwrap().len(), 0);
    }

    #[tokio::test]
    async fn one_inbox_does_not_crowd_out_the_others() {
        let (store, _dir) = store().await;
        for number in 0..5 {
            enqueue(&store, &format!("many-{number}"), &["busy"], number).await;
        }
        enqueue(&store, "late", &["quiet"], 9).await;
        let inboxes: Vec<_> = due(&store, 9, 2, 3).await.unwrap().into_iter().map(|due| due.inbox).collect();
        assert_eq!(inboxes, ["busy", "busy", "quiet"]);
    }

    #[tokio::test]
    async fn outcomes_are_counted_by_announcement_and_final_ones_stay() {
        let (store, _dir) = store().await;
        enqueue(&store, "one", &["x", "y", "z"], 5).await;
        let rows = due(&store, 5, 9, 9).await.unwrap();
        record(&store, rows[0].id.clone(), Outcome::Delivered { status: 202 }).await.unwrap();
        record(&store, rows[1].id.clone(), Outcome::Dead { status: Some(410), why: "gone".into() })
            .await
            .unwrap();
        let again = Outcome::Again { at: 90, status: None, why: "no answer".into() };
        record(&store, rows[2].id.clone(), again.clone()).await.unwrap();
        record(&store, rows[0].id.clone(), again).await.unwrap();
        let progress = progress(&store, "announcement").await.unwrap();
        assert_eq!(progress, Progress { queued: 1, delivered: 1, dead: 1 });
        assert_eq!(next_due(&store).await.unwrap(), Some(90));
        assert_eq!(due(&store, 90, 9, 9).await.unwrap()[0].attempts, 1);
    }

    #[tokio::test]
    async fn an_inbox_can_be_held_back() {
        let (store, _dir) = store().await;
        enqueue(&store, "one", &["x", "y"], 5).await;
        hold(&store, "x".into(), "another".into(), 60).await.unwrap();
        assert_eq!(due(&store, 5, 9, 9).await.unwrap()[0].inbox, "y");
    }
}
