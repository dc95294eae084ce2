//! Table `items` as a list for people and programs: every item, what became of it, and where it is now.

use super::{Store, StoreResult, from_json};
use crate::model::{id::TransferId, inventory::content_hash_of, listing::Line};

/// Where a page starts and what it is narrowed to.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// Kind and key of the last line of the page before.
    pub after: (String, String),
    /// Only this kind; empty for all.
    pub kind: String,
    /// Only what became of it so; empty for all.
    pub state: String,
}

/// A page of the list, by kind and key.
///
/// # Errors
/// [`super::StoreError`].
pub async fn page(
    store: &Store,
    transfer: &TransferId,
    wanted: &Wanted,
    limit: i64,
) -> StoreResult<Vec<Line>> {
    let mut c = store.reader().await?;
    let found = rows!(
        &mut c,
        (String, String, String, Option<String>, String, Option<String>),
        "select i.kind, i.key, i.state, i.why, i.item, m.new_url from items i \
         left join url_map m on m.transfer_id = i.transfer_id and m.kind = i.kind and m.key = i.key \
         and i.state = 'written' \
         where i.transfer_id = $1 and (i.kind, i.key) > ($2, $3) and ($4 = '' or i.kind = $4) \
         and ($5 = '' or i.state = $5) order by i.kind, i.key limit $6",
        transfer.as_str(),
        &wanted.after.0,
        &wanted.after.1,
        &wanted.kind,
        &wanted.state,
        limit,
    )?;
    let line = |(kind, key, state, why, item, new): (_, _, _, _, String, _)| {
        let value: serde_json::Value = from_json("item", &item)?;
        let content = (!value.is_null()).then(|| content_hash_of(value));
        Ok(Line { kind, key, state, why, content, new })
    };
    found.into_iter().map(line).collect()
}
