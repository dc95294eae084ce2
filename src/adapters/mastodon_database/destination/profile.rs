//! What the owner left empty in the profile is filled at the release.

use std::io::ErrorKind;

use serde_json::{Value, json};
use sqlx::{Connection as _, PgConnection};

use super::{
    MastodonDestination,
    compose::storable,
    files,
    journal::{self, FILES, ours},
    pictures,
    plain::{self, Named as Handles},
    release,
    shelf::Shelf,
    touched::ACCOUNTS,
};
use crate::{
    adapters::mastodon_database::{database::silent, files::Content, place::Named},
    model::id::TransferId,
    port::{destination::StoredBlob, error::AdapterError},
    store::{host_profiles::HostProfile, host_rows},
};

/// Lines the server's table about a person has.
const FIELDS: usize = 4;
/// Sides of a picture of an account, in pixels.
pub(in crate::adapters::mastodon_database) const AVATAR: (u32, u32) = (400, 400);
/// Sides of the picture across the top.
pub(in crate::adapters::mastodon_database) const HEADER: (u32, u32) = (1500, 500);
/// Largest picture that is opened, in bytes: what the server itself takes.
const LARGEST: u64 = 8 << 20;

impl MastodonDestination {
    /// Fills what is empty; gives nobody notice of it.
    pub(super) async fn fill_profile(
        &self,
        c: &mut PgConnection,
        transfer: &TransferId,
        account: &Named,
        waiting: HostProfile,
    ) -> Result<(), AdapterError> {
        let profile = &waiting.profile;
        let nobody = Handles::new();
        let fields: Vec<Value> = profile
            .fields
            .iter()
            .take(FIELDS)
            .map(|field| {
                let value = storable(&plain::from_html(&field.value, &nobody));
                json!({"name": storable(&field.name), "value": value, "verified_at": null})
            })
            .collect();
        let avatar = self.picture(transfer, account, Shelf::Avatars, waiting.avatar, AVATAR).await?;
        let header = self.picture(transfer, account, Shelf::Headers, waiting.header, HEADER).await?;
        let mut work = c.begin().await.map_err(|error| silent(&error))?;
        let row = json!({
            "name": storable(&profile.name),
            "note": storable(&plain::from_html(&profile.summary, &nobody)),
            "fields": fields,
            "avatar": avatar,
            "header": header,
            "now": self.clock.now_micros(),
        });
        let touched = fill(&mut work, account, &row).await.map_err(|error| silent(&error))?;
        host_rows::touch(&self.store, transfer.as_str(), touched).await.map_err(ours)?;
        work.commit().await.map_err(|error| silent(&error))
    }

    /// Shelves a picture of an account; one that is no picture is left out.
    async fn picture(
        &self,
        transfer: &TransferId,
        account: &Named,
        shelf: Shelf,
        blob: Option<StoredBlob>,
        (width, height): (u32, u32),
    ) -> Result<Option<Value>, AdapterError> {
        let Some(blob) = blob.filter(|blob| blob.bytes <= LARGEST) else { return Ok(None) };
        let files = &self.place.files;
        let read = async {
            let from = self.blobs.on_disk(&blob.sha256).await?;
            tokio::fs::read(from.as_ref()).await
        };
        let read = match read.await {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            read => read.map_err(|error| files::unread(&error))?,
        };
        let cropped = tokio::task::spawn_blocking(move || pictures::cropped(&read, width, height));
        let Ok(Some((bytes, ending))) = cropped.await else { return Ok(None) };
        let name = self.file_name(ending);
        let path = shelf.path(account.id, "original", &name);
        let noted = vec![journal::row(FILES, &path, "", account.id, &account.id)];
        host_rows::note(&self.store, transfer.as_str(), noted).await.map_err(ours)?;
        let length = i64::try_from(bytes.len()).unwrap_or(i64::MAX);
        let media_type = if ending == "jpeg" { "image/jpeg" } else { "image/png" };
        let put = files.put(&path, Content::Bytes(bytes.into()), media_type).await;
        put.map_err(|error| files::in_trouble(files, &error))?;
        Ok(Some(json!({"name": name, "type": media_type, "bytes": length})))
    }
}

async fn fill(
    c: &mut PgConnection,
    account: &Named,
    row: &Value,
) -> Result<Vec<host_rows::Touched>, sqlx::Error> {
    let before = ACCOUNTS.see(c, &[account.id]).await?;
    sqlx::query(
        "update accounts a set \
         display_name = case when a.display_name = '' then r.name else a.display_name end, \
         note = case when a.note = '' then r.note else a.note end, \
         fields = case when coalesce(jsonb_array_length(nullif(a.fields, 'null')), 0) = 0 \
                  and jsonb_array_length(r.fields) > 0 then r.fields else a.fields end, \
         avatar_file_name = coalesce(a.avatar_file_name, r.avatar ->> 'name'), \
         avatar_content_type = coalesce(a.avatar_content_type, r.avatar ->> 'type'), \
         avatar_file_size = coalesce(a.avatar_file_size, (r.avatar ->> 'bytes')::integer), \
         avatar_updated_at = case when a.avatar_file_name is null and r.avatar ->> 'name' is not null \
                             then n.at else a.avatar_updated_at end, \
         avatar_storage_schema_version = case when a.avatar_file_name is null and r.avatar ->> 'name' is not null \
                             then 1 else a.avatar_storage_schema_version end, \
         header_file_name = coalesce(a.header_file_name, r.header ->> 'name'), \
         header_content_type = coalesce(a.header_content_type, r.header ->> 'type'), \
         header_file_size = coalesce(a.header_file_size, (r.header ->> 'bytes')::integer), \
         header_updated_at = case when a.header_file_name is null and r.header ->> 'name' is not null \
                             then n.at else a.header_updated_at end, \
         header_storage_schema_version = case when a.header_file_name is null and r.header ->> 'name' is not null \
                             then 1 else a.header_storage_schema_version end, \
         updated_at = n.at \
         from jsonb_to_record($2) as r(name text, note text, fields jsonb, avatar jsonb, header jsonb, now bigint), \
         lateral (select timestamp 'epoch' + r.now * interval '1 microsecond' as at) n \
         where a.id = $1",
    )
    .bind(account.id)
    .bind(row)
    .execute(&mut *c)
    .await?;
    release::compared(c, ACCOUNTS, &before, &[account.id]).await
}
