//! Table `media`: files attached to posts.

use super::{Connection, Store, StoreResult};

/// A file together with what its post says about who may see it.
#[derive(Debug, Clone, sqlx::FromRow)]
#[expect(missing_docs, reason = "the columns are explained in the migration")]
pub struct MediaRow {
    pub id: String,
    pub account_id: String,
    pub post_id: Option<String>,
    pub sha256: String,
    pub bytes: i64,
    pub media_type: String,
    pub file_name: String,
    pub is_trial: bool,
    /// `null` when its post is not written, is deleted or is on trial.
    pub visibility: Option<String>,
    /// Whether its post is deleted: then nobody may see it.
    pub is_deleted: bool,
}

/// What a new file brings.
#[expect(missing_docs, reason = "the columns are explained in the migration")]
#[derive(Debug, Clone)]
pub struct NewMedia {
    pub id: String,
    pub account_id: String,
    pub post_id: Option<String>,
    pub sha256: String,
    pub bytes: i64,
    pub media_type: String,
    pub file_name: String,
    pub transfer_id: Option<String>,
    pub is_trial: bool,
}

/// Adds a file inside a write; `false` when it is already there.
///
/// # Errors
/// [`super::StoreError`].
pub async fn insert_in(c: &mut Connection, new: NewMedia) -> StoreResult<bool> {
    let added = run!(
        c,
        "insert into media (id, account_id, post_id, sha256, bytes, media_type, file_name, transfer_id, \
         is_trial) values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict (id) do nothing",
        new.id,
        new.account_id,
        new.post_id,
        new.sha256,
        new.bytes,
        new.media_type,
        new.file_name,
        new.transfer_id,
        new.is_trial,
    )?;
    Ok(added == 1)
}

/// Finds a file.
///
/// # Errors
/// [`super::StoreError`].
pub async fn by_id(store: &Store, id: &str) -> StoreResult<Option<MediaRow>> {
    let mut c = store.reader().await?;
    Ok(row!(
        &mut c,
        MediaRow,
        "select m.id, m.account_id, m.post_id, m.sha256, m.bytes, m.media_type, m.file_name, m.is_trial, \
         case when p.deleted_at is null and not p.is_trial then p.visibility end as visibility, \
         (p.deleted_at is not null) as is_deleted \
         from media m left join posts p on p.id = m.post_id where m.id = $1",
        id,
    )?)
}
