//! What arrived at an account, as everybody may know it: lines of the map of every copy that is
//! visible, newest copy first.

use url::Url;

use super::{Store, StoreError, StoreResult, from_json};
use crate::model::transfer::Origin;

/// Where a page begins.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Place {
    /// The transfer; empty before the first.
    pub transfer: String,
    /// The kind within it.
    pub kind: String,
    /// The key within the kind.
    pub key: String,
}

/// One line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arrival {
    /// Where it stands in the list.
    pub place: Place,
    /// Whose it was, where a server was asked for it.
    pub actor: Option<Url>,
    /// Where it lived.
    pub old: Url,
    /// Where it lives here.
    pub new: Url,
}

#[derive(sqlx::FromRow)]
struct ArrivalRow {
    transfer_id: String,
    kind: String,
    key: String,
    old_url: String,
    new_url: String,
    origin: String,
}

/// The next lines after a place. Hidden things and quiet copies are left out; who asks must still look whether what
/// is named here stands open now.
///
/// # Errors
/// [`StoreError`].
pub async fn page(store: &Store, account: &str, after: &Place, limit: i64) -> StoreResult<Vec<Arrival>> {
    let mut c = store.reader().await?;
    let found = rows!(
        &mut c,
        ArrivalRow,
        "select m.transfer_id, m.kind, m.key, m.old_url, m.new_url, t.origin from transfers t \
         join url_map m on m.transfer_id = t.id \
         join items i on i.transfer_id = m.transfer_id and i.kind = m.kind and i.key = m.key \
         left join originals o on o.transfer_id = m.transfer_id and o.kind = m.kind and o.key = m.key \
         where t.account_id = $1 and t.state in ('kept', 'handing_over', 'awaiting_announcement', 'done') \
         and coalesce(t.ending, '') <> 'quiet' \
         and not exists (select 1 from hidden_imports h where h.transfer_id = t.id) \
         and m.kind in ('posts', 'boosts', 'media') and m.old_url <> '' \
         and (m.kind = 'media' or m.visibility in ('public', 'unlisted')) \
         and (i.state = 'written' or o.key is not null) \
         and ($2 = '' or t.id < $2 or (t.id = $2 and (m.kind, m.key) > ($3, $4))) \
         order by m.transfer_id desc, m.kind, m.key limit $5",
        account,
        after.transfer.as_str(),
        after.kind.as_str(),
        after.key.as_str(),
        limit,
    )?;
    found.into_iter().map(read).collect()
}

fn read(row: ArrivalRow) -> StoreResult<Arrival> {
    let url = |text: &str| {
        Url::parse(text)
            .map_err(|error| StoreError::Corrupt { what: "address of the map", why: error.to_string() })
    };
    Ok(Arrival {
        actor: from_json::<Origin>("origin", &row.origin)?.actor().cloned(),
        old: url(&row.old_url)?,
        new: url(&row.new_url)?,
        place: Place { transfer: row.transfer_id, kind: row.kind, key: row.key },
    })
}

/// The accounts that have moved here, newest first, and whether every visible copy is complete.
///
/// # Errors
/// [`StoreError`].
pub async fn moves(store: &Store, account: &str) -> StoreResult<(Vec<Url>, bool)> {
    let mut c = store.reader().await?;
    let found = rows!(
        &mut c,
        (String, String),
        "select origin, state from transfers where account_id = $1 and coalesce(ending, 'announce') = 'announce' \
         and state in ('keeping', 'handing_over', 'done') order by id desc",
        account,
    )?;
    let is_complete = found.iter().all(|(_, state)| state == "done");
    let mut actors = Vec::new();
    for (origin, state) in found {
        if let (Some(actor), "done") = (from_json::<Origin>("origin", &origin)?.actor(), state.as_str())
            && !actors.contains(actor)
        {
            actors.push(actor.clone());
        }
    }
    Ok((actors, is_complete))
}
