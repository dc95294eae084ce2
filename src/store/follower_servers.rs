//! Table `follower_servers`: where the followers of a transfer's account live, and what is expected there.

use super::{
    Store, StoreResult, count,
    many::{self, Value},
};
use crate::model::{
    id::TransferId,
    outlook::{Outlook, Prospect, ServerShare},
};

/// A server and what is known of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FollowerServer {
    /// How many followers live there.
    pub share: ServerShare,
    /// What a look at it brought; `None` before.
    pub outlook: Option<Outlook>,
}

/// Puts servers down; what is known of one already stays.
///
/// # Errors
/// [`super::StoreError`].
pub async fn put_down(store: &Store, transfer: &TransferId, shares: Vec<ServerShare>) -> StoreResult<()> {
    let transfer = transfer.clone();
    let write = store.write(move |c| {
        Box::pin(async move {
            let rows: Vec<_> = shares
                .iter()
                .map(|share| {
                    let followers = i64::try_from(share.followers).unwrap_or(i64::MAX);
                    [Value::Text(transfer.as_str()), Value::Text(&share.host), Value::Number(followers)]
                })
                .collect();
            let sql = "insert into follower_servers (transfer_id, host, followers) values {rows} \
                       on conflict (transfer_id, host) do update set followers = excluded.followers";
            many::insert(c, sql, &rows).await
        })
    });
    write.await
}

/// The servers with most followers that nobody has looked at.
///
/// # Errors
/// [`super::StoreError`].
pub async fn unknown(store: &Store, transfer: &TransferId, limit: i64) -> StoreResult<Vec<String>> {
    let mut c = store.reader().await?;
    let found = rows!(
        &mut c,
        (String,),
        "select host from follower_servers where transfer_id = $1 and prospect is null \
         order by followers desc, host limit $2",
        transfer.as_str(),
        limit,
    )?;
    Ok(found.into_iter().map(|(host,)| host).collect())
}

/// Keeps what looks at servers brought.
///
/// # Errors
/// [`super::StoreError`].
pub async fn keep(store: &Store, transfer: &TransferId, looks: Vec<(String, Outlook)>) -> StoreResult<()> {
    let transfer = transfer.clone();
    let write = store.write(move |c| {
        Box::pin(async move {
            for (host, outlook) in looks {
                run!(
                    c,
                    "update follower_servers set software = $3, prospect = $4, why = $5 \
                     where transfer_id = $1 and host = $2",
                    transfer.as_str(),
                    host,
                    outlook.software,
                    outlook.prospect.as_str(),
                    outlook.why,
                )?;
            }
            Ok(())
        })
    });
    write.await
}

/// A row as it stands.
type Row = (String, i64, Option<String>, Option<String>, Option<String>);

/// The servers of a transfer, most followers first.
///
/// # Errors
/// [`super::StoreError`].
pub async fn all(store: &Store, transfer: &TransferId) -> StoreResult<Vec<FollowerServer>> {
    let mut c = store.reader().await?;
    let found = rows!(
        &mut c,
        Row,
        "select host, followers, software, prospect, why from follower_servers where transfer_id = $1 \
         order by followers desc, host",
        transfer.as_str(),
    )?;
    let read = |(host, followers, software, prospect, why): Row| FollowerServer {
        share: ServerShare { host, followers: count(followers) },
        outlook: prospect.as_deref().and_then(Prospect::from_word).map(|prospect| Outlook {
            software,
            prospect,
            why: why.unwrap_or_default(),
        }),
    };
    Ok(found.into_iter().map(read).collect())
}
