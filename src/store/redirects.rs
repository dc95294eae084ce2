//! The look-ups of redirects, both sides: one indexed read each.

use super::{Store, StoreResult};

/// Where an account went, as far as a redirect needs it.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
#[expect(missing_docs, reason = "the columns are explained in the migration")]
pub struct ForwardingRow {
    pub id: String,
    pub target: String,
    pub target_page: Option<String>,
    pub announced_at: i64,
}

/// Where one object went.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
#[expect(missing_docs, reason = "the columns are explained in the migration")]
pub struct PlaceRow {
    pub new_url: String,
    pub new_page: Option<String>,
    pub visibility: String,
    pub proof: String,
}

/// Whether anybody here is being forwarded at all; spares every other request the rest. Nobody is while a
/// restored backup has frozen it.
///
/// # Errors
/// [`super::StoreError`].
pub async fn is_anybody_forwarded(store: &Store) -> StoreResult<bool> {
    let mut c = store.reader().await?;
    let found = row!(
        &mut c,
        (String,),
        "select id from departures where state = 'announced' and is_forwarding and ending <> 'copy' \
         and not exists (select 1 from counters where name = 'frozen' and value > 0) limit 1",
    )?;
    Ok(found.is_some())
}

/// The departure an account is forwarded by.
///
/// # Errors
/// [`super::StoreError`].
pub async fn forwarding(store: &Store, account: &str) -> StoreResult<Option<ForwardingRow>> {
    let mut c = store.reader().await?;
    Ok(row!(
        &mut c,
        ForwardingRow,
        "select id, target, target_page, announced_at from departures \
         where account_id = $1 and state = 'announced' and is_forwarding and announced_at is not null \
         and ending <> 'copy' \
         order by announced_at desc limit 1",
        account,
    )?)
}

/// Where an account's departures take an object: the one that holds now, else a home it has passed
/// since and where the object was proven.
///
/// # Errors
/// [`super::StoreError`].
pub async fn place(store: &Store, departure: &str, old_url: &str) -> StoreResult<Option<PlaceRow>> {
    let mut c = store.reader().await?;
    Ok(row!(
        &mut c,
        PlaceRow,
        "select f.new_url, f.new_page, f.visibility, f.proof from departures now \
         join departures d on d.account_id = now.account_id and (d.id = now.id or d.state = 'passed') \
         join forwards f on f.departure_id = d.id and f.old_url = $2 \
         where now.id = $1 and (d.id = now.id or f.proof in ('proven', 'erased')) \
         order by case f.proof when 'erased' then 0 when 'proven' then 1 else 2 end, case when d.id = now.id then 0 else 1 end, \
         d.announced_at desc limit 1",
        departure,
        old_url,
    )?)
}

/// Where something went that is deleted here, by its id: what was proven before it was deleted, of an
/// account that is being forwarded. When it was announced comes with it.
///
/// # Errors
/// [`super::StoreError`].
pub async fn gone(store: &Store, old_url: &str) -> StoreResult<Option<(PlaceRow, i64)>> {
    let mut c = store.reader().await?;
    let found = row!(
        &mut c,
        (String, Option<String>, String, String, i64),
        "select f.new_url, f.new_page, f.visibility, f.proof, now.announced_at from forwards f \
         join departures d on d.id = f.departure_id \
         join departures now on now.account_id = d.account_id and now.state = 'announced' and now.is_forwarding \
         where f.old_url = $1 and f.proof in ('proven', 'erased') and (d.id = now.id or d.state = 'passed') \
         and now.announced_at is not null \
         order by case f.proof when 'erased' then 0 else 1 end, case when d.id = now.id then 0 else 1 end, d.announced_at desc limit 1",
        old_url,
    )?;
    Ok(found.map(|(new_url, new_page, visibility, proof, at)| {
        (PlaceRow { new_url, new_page, visibility, proof }, at)
    }))
}

/// What became of something that arrived here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Arrived {
    /// It lives at this address.
    At(String),
    /// It stood open here and was erased.
    Erased,
}

fn arrived_as((url, is_erased): (String, bool)) -> Arrived {
    if is_erased { Arrived::Erased } else { Arrived::At(url) }
}

/// Where something that arrived here lives now, by any address it had before. Only what strangers
/// may see, and only of copies that are visible and that no admin has taken out of sight.
///
/// # Errors
/// [`super::StoreError`].
pub async fn arrived(store: &Store, account: &str, old_url: &str) -> StoreResult<Option<Arrived>> {
    let mut c = store.reader().await?;
    let by_id = row!(
        &mut c,
        (String, bool),
        "select m.new_url, exists (select 1 from erasures e where e.transfer_id = m.transfer_id \
         and e.kind = m.kind and e.key = m.key) \
         from transfers t join url_map m on m.transfer_id = t.id and m.old_url = $2 \
         where t.account_id = $1 and m.visibility in ('public', 'unlisted') \
         and t.state in ('kept', 'handing_over', 'awaiting_announcement', 'done') \
         and coalesce(t.ending, '') <> 'quiet' \
         and not exists (select 1 from hidden_imports h where h.transfer_id = t.id) limit 1",
        account,
        old_url,
    )?;
    if let Some(found) = by_id {
        return Ok(Some(arrived_as(found)));
    }
    let by_other_address = row!(
        &mut c,
        (String, bool),
        "select m.new_url, exists (select 1 from erasures e where e.transfer_id = m.transfer_id \
         and e.kind = m.kind and e.key = m.key) from transfers t \
         join old_addresses a on a.transfer_id = t.id and a.address = $2 \
         join url_map m on m.transfer_id = t.id and m.kind = a.kind and m.key = a.key \
         where t.account_id = $1 and m.visibility in ('public', 'unlisted') \
         and t.state in ('kept', 'handing_over', 'awaiting_announcement', 'done') \
         and coalesce(t.ending, '') <> 'quiet' \
         and not exists (select 1 from hidden_imports h where h.transfer_id = t.id) limit 1",
        account,
        old_url,
    )?;
    Ok(by_other_address.map(arrived_as))
}

/// Where something lives that came from an old address, whosever it is and whoever may see it.
///
/// # Errors
/// [`super::StoreError`].
pub async fn brought_from(store: &Store, old_url: &str) -> StoreResult<Option<String>> {
    let mut c = store.reader().await?;
    let found = row!(
        &mut c,
        (String,),
        "select m.new_url from transfers t join url_map m on m.transfer_id = t.id and m.old_url = $1 \
         where t.state not in ('discarded', 'removed') \
         union select m.new_url from transfers t \
         join old_addresses a on a.transfer_id = t.id and a.address = $1 \
         join url_map m on m.transfer_id = t.id and m.kind = a.kind and m.key = a.key \
         where t.state not in ('discarded', 'removed') limit 1",
        old_url,
    )?;
    Ok(found.map(|(url,)| url))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A transfer of ann's in `state` that knows a public post (by two addresses) and a private one.
    async fn with_map(state: &'static str) -> (tempfile::TempDir, Store) {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path()).await.unwrap();
        store
            .write(move |c| {
                Box::pin(async move {
                    run!(
                        c,
                        "insert into transfers (id, account_id, asked_for, origin, state, attempts, next_at, \
                         created_at, changed_at) values ('t', 'ann-id', '', '{}', $1, 0, 0, 0, 0)",
                        state,
                    )?;
                    for (key, visibility) in [("open", "unlisted"), ("hidden", "followers")] {
                        run!(
                            c,
                            "insert into url_map (transfer_id, kind, key, old_url, local_id, new_url, \
                             visibility, handed_over) values ('t', 'posts', $1, $1, $1, $2, $3, false)",
                            key,
                            format!("https://new.example/{key}"),
                            visibility,
                        )?;
                    }
                    run!(
                        c,
                        "insert into old_addresses (transfer_id, address, kind, key) \
                         values ('t', 'page of open', 'posts', 'open')"
                    )?;
                    Ok(())
                })
            })
            .await
            .unwrap();
        (dir, store)
    }

    #[tokio::test]
    async fn what_arrived_is_found_by_any_old_address_and_only_if_it_is_for_strangers() {
        let (_dir, store) = with_map("done").await;
        for address in ["open", "page of open"] {
            let found = arrived(&store, "ann-id", address).await.unwrap();
            assert_eq!(found, Some(Arrived::At("https://new.example/open".to_owned())), "{address}");
        }
        assert_eq!(arrived(&store, "ann-id", "hidden").await.unwrap(), None);
        assert_eq!(arrived(&store, "ann-id", "never seen").await.unwrap(), None);
        assert_eq!(arrived(&store, "bob-id", "open").await.unwrap(), None);
    }

    #[tokio::test]
    async fn a_copy_on_trial_is_not_found() {
        for state in ["importing", "trial", "discarded"] {
            let (_dir, store) = with_map(state).await;
            assert_eq!(arrived(&store, "ann-id", "open").await.unwrap(), None, "{state}");
        }
    }
}
