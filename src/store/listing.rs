//! Table `items` as a list for people and programs: every item, what became of it, and where it is now.

use super::{Store, StoreResult, compared::content_of};
use crate::model::{id::TransferId, listing::Line};

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
        (String, String, String, Option<String>, Option<String>, Option<String>, Option<String>),
        "select i.kind, i.key, i.state, i.why, i.content, case when i.content is null then i.item end, m.new_url \
         from items i \
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
    let line = |(kind, key, state, why, content, item, new): (_, _, _, _, _, Option<String>, _)| {
        let content = content_of(content, item.as_deref())?;
        Ok(Line { kind, key, state, why, content, new })
    };
    found.into_iter().map(line).collect()
}
