//! Who leaves, as the desk sees it: permissions and announcements by server, and what is unusual.

use super::{Store, StoreResult};

/// Permissions to read that one server holds or held.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct ByServer {
    /// The server's document.
    pub client_id: String,
    /// Accounts that gave it one.
    pub accounts: i64,
    /// Accounts that did so lately.
    pub lately: i64,
    /// Permissions that hold.
    pub open: i64,
    /// When the last one was given.
    pub last_at: i64,
}

/// By server, the busiest first.
///
/// # Errors
/// [`super::StoreError`].
pub async fn by_server(store: &Store, since: i64, limit: i64) -> StoreResult<Vec<ByServer>> {
    let mut c = store.reader().await?;
    Ok(rows!(
        &mut c,
        ByServer,
        "select client_id, cast(count(distinct account_id) as bigint) as accounts, \
         cast(count(distinct case when created_at > $1 then account_id end) as bigint) as lately, \
         cast(sum(case when revoked_at is null then 1 else 0 end) as bigint) as open, \
         cast(max(created_at) as bigint) as last_at \
         from consents where scope <> 'godwit_hand_over' group by client_id \
         order by lately desc, accounts desc, client_id limit $2",
        since,
        limit,
    )?)
}

/// Moves that were announced, and accounts that gave permissions to several servers lately.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Unusual {
    /// Departures that are announced.
    pub announced: i64,
    /// Accounts with permissions for at least three servers lately, and for how many.
    pub scattered: Vec<(String, i64)>,
}

/// What is unusual.
///
/// # Errors
/// [`super::StoreError`].
pub async fn unusual(store: &Store, since: i64) -> StoreResult<Unusual> {
    let mut c = store.reader().await?;
    let announced: Option<(i64,)> = row!(
        &mut c,
        (i64,),
        "select cast(count(*) as bigint) from departures where announced_at is not null"
    )?;
    let scattered = rows!(
        &mut c,
        (String, i64),
        "select account_id, cast(count(distinct client_id) as bigint) from consents \
         where scope <> 'godwit_hand_over' and created_at > $1 group by account_id \
         having count(distinct client_id) >= 3 order by account_id limit 100",
        since,
    )?;
    Ok(Unusual { announced: announced.map_or(0, |(n,)| n), scattered })
}

/// Takes every permission back that a server (its document's address) holds.
///
/// # Errors
/// [`super::StoreError`].
pub async fn revoke_all(store: &Store, client_id: &str, line: super::audit::AuditRow) -> StoreResult<u64> {
    let client_id = client_id.to_owned();
    store
        .write(move |c| {
            Box::pin(async move {
                let held = rows!(
                    c,
                    (String,),
                    "select id from consents where client_id = $1 and revoked_at is null order by id limit 10000",
                    &client_id,
                )?;
                for (id,) in &held {
                    super::consents::revoke_in(c, id, line.at).await?;
                }
                super::audit::insert_in(c, &line).await?;
                Ok(u64::try_from(held.len()).unwrap_or(u64::MAX))
            })
        })
        .await
}
