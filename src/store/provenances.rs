//! Table `provenances`: how far what came with a transfer was vouched for.

use super::{Store, StoreResult};
use crate::model::{id::TransferId, provenance::Provenance};

/// Keeps the grade of a transfer; a later look may find another.
///
/// # Errors
/// [`super::StoreError`].
pub async fn keep(store: &Store, id: &TransferId, grade: Provenance) -> StoreResult<()> {
    let id = id.clone();
    store
        .write(move |c| {
            Box::pin(async move {
                run!(
                    c,
                    "insert into provenances (transfer_id, grade) values ($1, $2) \
                     on conflict (transfer_id) do update set grade = excluded.grade",
                    id.as_str(),
                    grade.as_str(),
                )?;
                Ok(())
            })
        })
        .await
}

/// The grade of a post that was copied; none for one written here, or for one that says nothing of where it was.
///
/// # Errors
/// [`super::StoreError`].
pub async fn of_post(store: &Store, post: &str) -> StoreResult<Option<Provenance>> {
    let mut c = store.reader().await?;
    let found = row!(
        &mut c,
        (String,),
        "select v.grade from provenances v join posts p on p.transfer_id = v.transfer_id \
         where p.id = $1 and not p.hides_origin",
        post,
    )?;
    Ok(found.and_then(|(word,)| Provenance::from_word(&word)))
}
