//! The one transaction of an announcement, and how far its deliveries are.

use super::{Connection, Store, StoreResult, count, onward_words};

/// Everything that changes at once when an account's departure is told.
#[derive(Debug, Clone)]
pub struct Announcement {
    /// Which departure; also marks its deliveries.
    pub departure_id: String,
    /// Who signs.
    pub account_id: String,
    /// The new account's page for people.
    pub target_page: Option<String>,
    /// Distinct inboxes.
    pub inboxes: Vec<String>,
    /// Id and JSON of the Update, then of the Move: sent to each inbox in this order.
    pub activities: [(String, String); 2],
    /// Sorts before everything queued later.
    pub base_id: String,
    /// Microseconds since 1970.
    pub now: i64,
}

/// How many inboxes were told.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
pub struct DeliveryCounts {
    /// Waiting.
    pub queued: u64,
    /// Taken by the other side.
    pub delivered: u64,
    /// Given up.
    pub dead: u64,
}

/// Turns a departure into an announced one: forwarding goes on and every inbox gets its rows.
/// Doing it again changes nothing.
///
/// # Errors
/// [`super::StoreError`].
pub async fn announce(store: &Store, announcement: Announcement) -> StoreResult<()> {
    store
        .write(move |c| {
            Box::pin(async move {
                let changed = run!(
                    c,
                    "update departures set state = 'announced', is_forwarding = $2, announced_at = $3, \
                     target_page = $4, problem = null where id = $1 and state = 'announcing'",
                    announcement.departure_id.as_str(),
                    true,
                    announcement.now,
                    announcement.target_page.as_deref(),
                )?;
                if changed == 1 {
                    enqueue_in(c, &announcement).await?;
                    onward_words::owe_in(c, &announcement.departure_id, announcement.now).await?;
                }
                Ok(())
            })
        })
        .await
}

/// What changes when a departure ends without a word to anybody.
#[derive(Debug, Clone)]
pub struct Settled {
    /// Which departure.
    pub departure_id: String,
    /// The new account's page for people.
    pub target_page: Option<String>,
    /// Microseconds since 1970.
    pub now: i64,
}

/// Ends a departure that tells nobody. Doing it again changes nothing.
///
/// # Errors
/// [`super::StoreError`].
pub async fn settle(store: &Store, settled: Settled) -> StoreResult<()> {
    store
        .write(move |c| {
            Box::pin(async move {
                run!(
                    c,
                    "update departures set state = 'announced', is_forwarding = $2, announced_at = $3, \
                     target_page = $4, problem = null where id = $1 and state = 'announcing'",
                    settled.departure_id.as_str(),
                    true,
                    settled.now,
                    settled.target_page.as_deref(),
                )?;
                Ok(())
            })
        })
        .await
}

async fn enqueue_in(c: &mut Connection, announcement: &Announcement) -> StoreResult<()> {
    // An inbox hears of the second only after the first: earlier in time, and first among equals.
    for (turn, (activity_id, activity)) in (0_i64..).zip(&announcement.activities) {
        for (place, inbox) in announcement.inboxes.iter().enumerate() {
            run!(
                c,
                "insert into deliveries (id, account_id, inbox, activity_id, activity, announcement_id, state, \
                 attempts, next_at) values ($1, $2, $3, $4, $5, $6, 'queued', 0, $7) \
                 on conflict (activity_id, inbox) do nothing",
                format!("{}-{turn}-{place:08}", announcement.base_id),
                announcement.account_id.as_str(),
                inbox.as_str(),
                activity_id.as_str(),
                activity.as_str(),
                announcement.departure_id.as_str(),
                announcement.now + turn,
            )?;
        }
    }
    Ok(())
}

/// Counts the inboxes that were told of a departure itself (the activity that moves).
///
/// # Errors
/// [`super::StoreError`].
pub async fn deliveries(store: &Store, departure: &str) -> StoreResult<DeliveryCounts> {
    let mut c = store.reader().await?;
    let found = rows!(
        &mut c,
        (String, i64),
        "select v.state, count(*) from deliveries v join departures d on d.id = v.announcement_id \
         where v.announcement_id = $1 and v.activity_id = d.activity_id group by v.state",
        departure,
    )?;
    let of =
        |word: &str| found.iter().find(|(state, _)| state == word).map_or(0, |(_, number)| count(*number));
    Ok(DeliveryCounts { queued: of("queued"), delivered: of("delivered"), dead: of("dead") })
}

/// Every inbox that is told of a departure itself, with how that stands: `queued`, `delivered` or `dead`.
///
/// # Errors
/// [`super::StoreError`].
pub async fn told(store: &Store, departure: &str) -> StoreResult<Vec<(String, String)>> {
    let mut c = store.reader().await?;
    Ok(rows!(
        &mut c,
        (String, String),
        "select v.inbox, v.state from deliveries v join departures d on d.id = v.announcement_id \
         where v.announcement_id = $1 and v.activity_id = d.activity_id order by v.inbox",
        departure,
    )?)
}
