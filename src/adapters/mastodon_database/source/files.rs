//! The account's files: what posts say of them, the list of them, and their bytes.

use std::collections::BTreeMap;

use futures::StreamExt;
use serde_json::Value;
use sqlx::{AssertSqlSafe, PgConnection};
use url::Url;

use super::{
    MastodonSource,
    owner::Picture,
    phrases::{OWN_FILES, OWN_POSTS},
    window::{Entry, Window},
};
use crate::{
    adapters::mastodon_database::database::silent,
    model::{
        item::Item,
        media::{Attachment, MediaFile, MediaRole},
    },
    port::{
        error::{AdapterError, Cause},
        source::Opened,
    },
    words::text,
};

/// The path below the media directory of a file as it was uploaded.
pub(super) fn path(folder: &str, id: i64, name: &str) -> String {
    format!("{folder}/{}/original/{name}", partition(id))
}

/// An id as a path: padded with zeros to nine digits, or twelve, in threes; what is left over is dropped.
pub(in crate::adapters::mastodon_database) fn partition(id: i64) -> String {
    let digits = if id < 1_000_000_000 { format!("{id:09}") } else { format!("{id:012}") };
    let digits: Vec<char> = digits.chars().collect();
    let parts: Vec<String> = digits.chunks_exact(3).map(|part| part.iter().collect()).collect();
    parts.join("/")
}

/// The path of a post's file.
pub(in crate::adapters::mastodon_database) fn path_of_file(id: i64, name: &str) -> String {
    path(FILES, id, name)
}

/// The path of an account's picture.
pub(in crate::adapters::mastodon_database) fn path_of_picture(
    role: MediaRole,
    id: i64,
    name: &str,
) -> String {
    path(folder(role), id, name)
}

const FILES: &str = "media_attachments/files";

fn folder(role: MediaRole) -> &'static str {
    match role {
        MediaRole::Attachment => FILES,
        MediaRole::Avatar => "accounts/avatars",
        MediaRole::Header => "accounts/headers",
    }
}

fn word(role: MediaRole) -> &'static str {
    if role == MediaRole::Avatar { "avatar" } else { "header" }
}

/// What posts say of their files, by post.
///
/// # Errors
/// [`AdapterError`].
pub(super) async fn attachments(
    source: &MastodonSource,
    c: &mut PgConnection,
    posts: &[i64],
) -> Result<BTreeMap<i64, Vec<(i64, Attachment)>>, AdapterError> {
    type Row = (i64, i64, String, Option<String>, Option<String>, Option<String>, Option<String>);
    let sql = format!(
        "select m.status_id, m.id, m.file_file_name::text, m.file_content_type::text, m.description, \
         m.blurhash::text, m.file_meta::text from media_attachments m join statuses s on s.id = m.status_id \
         where m.status_id = any($2) and {OWN_FILES} order by m.id"
    );
    let rows: Vec<Row> = sqlx::query_as(AssertSqlSafe(sql))
        .bind(source.owner.id)
        .bind(posts)
        .fetch_all(c)
        .await
        .map_err(|error| silent(&error))?;
    let mut by_post: BTreeMap<i64, Vec<(i64, Attachment)>> = BTreeMap::new();
    for (post, id, name, media_type, alt, blurhash, meta) in rows {
        let meta: Value = meta.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or(Value::Null);
        let pixels = |side: &str| u32::try_from(meta.get("original")?.get(side)?.as_u64()?).ok();
        let focus = |axis: &str| meta.get("focus")?.get(axis)?.as_f64();
        let attachment = Attachment {
            url: source.place.file(&path_of_file(id, &name)).into(),
            media_type: media_type.unwrap_or_else(|| "application/octet-stream".to_owned()),
            alt: alt.filter(|text| !text.is_empty()),
            blurhash,
            focal_point: focus("x").zip(focus("y")),
            width: pixels("width"),
            height: pixels("height"),
        };
        by_post.entry(post).or_default().push((id, attachment));
    }
    Ok(by_post)
}

/// The number and columns of a file in the list.
type FileRow = (i64, i64, String, Option<String>, Option<i32>);

fn question(condition: &str) -> String {
    format!(
        "select m.status_id, m.id, m.file_file_name::text, m.file_content_type::text, m.file_file_size \
         from media_attachments m join statuses s on s.id = m.status_id \
         where {OWN_POSTS} and {OWN_FILES} and {condition}"
    )
}

/// Avatar and header first, then the files of posts, post by post.
///
/// # Errors
/// [`AdapterError`].
pub(super) async fn page(
    source: &MastodonSource,
    c: &mut PgConnection,
    window: Window<'_>,
) -> Result<Vec<Entry>, AdapterError> {
    let comes_after = |role: MediaRole| match window.text() {
        "" => true,
        "avatar" => role == MediaRole::Header,
        _ => false,
    };
    let pictures = source.owner.pictures().into_iter().filter(|picture| comes_after(picture.role));
    let mut entries: Vec<Entry> = pictures
        .map(|picture| (word(picture.role).to_owned(), Ok(Item::Media(of_picture(source, &picture)))))
        .collect();
    let (post, file) =
        if matches!(window.text(), "avatar" | "header") { (i64::MIN, i64::MIN) } else { window.pair()? };
    let condition = "(m.status_id, m.id) > ($3, $4) order by m.status_id, m.id limit $5";
    let rows: Vec<FileRow> = sqlx::query_as(AssertSqlSafe(question(condition)))
        .bind(source.owner.id)
        .bind(source.includes_private)
        .bind(post)
        .bind(file)
        .bind(window.rows())
        .fetch_all(c)
        .await
        .map_err(|error| silent(&error))?;
    entries.extend(
        rows.into_iter().map(|row| (format!("{}-{}", row.0, row.1), Ok(Item::Media(of_row(source, row))))),
    );
    Ok(entries)
}

/// Where a file is read with the owner's token, whatever its post's visibility.
fn token_address(source: &MastodonSource, id: &str) -> String {
    let mut url = source.base.clone();
    if let Ok(mut path) = url.path_segments_mut() {
        path.clear().extend(["godwit", "lola", &source.owner.username, "media", id]);
    }
    url.into()
}

fn of_row(source: &MastodonSource, (_, id, name, media_type, size): FileRow) -> MediaFile {
    MediaFile {
        url: source.place.file(&path_of_file(id, &name)).into(),
        fetch_url: Some(token_address(source, &id.to_string())),
        role: MediaRole::Attachment,
        media_type: media_type.unwrap_or_else(|| "application/octet-stream".to_owned()),
        bytes: size.and_then(|bytes| u64::try_from(bytes).ok()),
        sha256: None,
    }
}

fn of_picture(source: &MastodonSource, picture: &Picture) -> MediaFile {
    MediaFile {
        url: source.place.file(&path_of_picture(picture.role, source.owner.id, &picture.file_name)).into(),
        fetch_url: Some(token_address(source, word(picture.role))),
        role: picture.role,
        media_type: picture.media_type.clone(),
        bytes: picture.bytes,
        sha256: None,
    }
}

/// Opens one of the account's files. What the caller says about it counts for nothing but its key: our own
/// look at the tables says where it lies, and whether this consent shows it.
///
/// # Errors
/// [`AdapterError::Item`] when there is no such file here.
pub(super) async fn open(
    source: &MastodonSource,
    c: &mut PgConnection,
    file: &MediaFile,
    from: u64,
) -> Result<Opened, AdapterError> {
    let missing = || AdapterError::item(text!("reasons-not-a-file-of-this-account", address = file.url));
    let path = find(source, c, file).await?.ok_or_else(missing)?;
    let files = &source.place.files;
    let unreadable = |error: std::io::Error| {
        tracing::warn!(%error, url = file.url, "a file cannot be read");
        let why = text!("reasons-cannot-be-read-from-the-disk", name = file.url);
        AdapterError::item(why)
    };
    let place = files.place();
    let broken = move |error: std::io::Error| AdapterError::Busy {
        doing: "reading a media file".to_owned(),
        why: format!("{place}: {error}"),
        after: std::time::Duration::from_mins(1),
        cause: Cause::Disk,
    };
    let read = files.open(&path, from).await.map_err(unreadable)?;
    let bytes = read.bytes.map(move |chunk| chunk.map_err(broken)).boxed();
    Ok(Opened { from: read.from, length: Some(read.length), bytes })
}

/// The path of a file below the media directory, by either of its addresses.
async fn find(
    source: &MastodonSource,
    c: &mut PgConnection,
    file: &MediaFile,
) -> Result<Option<String>, AdapterError> {
    for picture in source.owner.pictures() {
        let own = of_picture(source, &picture);
        if own.url == file.url || own.fetch_url == file.fetch_url {
            return Ok(Some(path_of_picture(picture.role, source.owner.id, &picture.file_name)));
        }
    }
    let token = file.fetch_url.as_deref().and_then(|address| {
        let id: i64 = address.rsplit('/').next()?.parse().ok()?;
        (address == token_address(source, &id.to_string())).then_some(id)
    });
    let name = Url::parse(&file.url).ok();
    let name = name.as_ref().and_then(|url| url.path_segments()?.next_back()).unwrap_or_default();
    let rows: Vec<FileRow> =
        sqlx::query_as(AssertSqlSafe(question("(m.id = $3 or ($3 is null and m.file_file_name = $4))")))
            .bind(source.owner.id)
            .bind(source.includes_private)
            .bind(token)
            .bind(name)
            .fetch_all(c)
            .await
            .map_err(|error| silent(&error))?;
    let is_meant = |row: &FileRow| {
        token.is_some() || source.place.file(&path_of_file(row.1, &row.2)).as_str() == file.url
    };
    Ok(rows.into_iter().find(is_meant).map(|row| path_of_file(row.1, &row.2)))
}

/// Those of these files that are read.
///
/// # Errors
/// [`AdapterError`].
pub(super) async fn by_id(
    source: &MastodonSource,
    c: &mut PgConnection,
    addresses: &[&str],
) -> Result<Vec<Entry>, AdapterError> {
    let names: Vec<String> =
        addresses.iter().filter_map(|url| url.rsplit('/').next()).map(str::to_owned).collect();
    let rows: Vec<FileRow> = sqlx::query_as(AssertSqlSafe(question("m.file_file_name = any($3)")))
        .bind(source.owner.id)
        .bind(source.includes_private)
        .bind(names)
        .fetch_all(c)
        .await
        .map_err(|error| silent(&error))?;
    let pictures = source.owner.pictures().into_iter().map(|picture| of_picture(source, &picture));
    let files = pictures.chain(rows.into_iter().map(|row| of_row(source, row)));
    Ok(files.map(|file| (String::new(), Ok(Item::Media(file)))).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_cut_in_threes_and_the_rest_is_dropped() {
        assert_eq!(partition(117_650_070_804_217_142), "117/650/070/804/217/142");
        assert_eq!(partition(99_123_456_789_012_345), "991/234/567/890/123");
        assert_eq!(partition(42), "000/000/042");
    }
}
