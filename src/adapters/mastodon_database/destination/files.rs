//! Files written where the server's lie, and what their rows say.

use std::path::PathBuf;

use serde_json::{Value, json};

use super::{
    pictures::{self, Described, Said},
    shelf::{self, Shelf, Sort},
};
use crate::{
    adapters::mastodon_database::files::{Content, Files},
    model::media::Attachment,
    port::{
        destination::StoredBlob,
        error::{AdapterError, Cause},
    },
};

/// Largest file that is opened as a picture, in bytes; the server takes none above 16 million itself.
const LARGEST_PICTURE: u64 = 64 << 20;
/// The server's number for files it cannot show.
const UNSHOWN: i32 = 3;
/// How soon a disk in trouble is tried again.
const AFTER_TROUBLE: std::time::Duration = std::time::Duration::from_mins(1);

/// A file on its way to a post.
#[derive(Debug, Clone)]
pub(super) struct Shown {
    /// The row's key.
    pub(super) id: i64,
    /// Its name on disk.
    pub(super) file_name: String,
    /// What is in it.
    pub(super) blob: StoredBlob,
    /// What the post says of it.
    pub(super) attachment: Attachment,
    /// Whether it is counted: the first post that shows a file has it, others have copies of it.
    pub(super) is_counted: bool,
}

impl Shown {
    fn sort(&self) -> Option<Sort> {
        let (ending, sort) = shelf::known(&self.blob.media_type)?;
        self.file_name.ends_with(&format!(".{ending}")).then_some(sort)
    }

    /// Every path it will have below the media directory.
    pub(super) fn paths(&self) -> Vec<String> {
        let mut paths = vec![Shelf::Media.path(self.id, "original", &self.file_name)];
        paths.extend(self.small_path());
        paths
    }

    fn small_path(&self) -> Option<String> {
        let name = match self.sort()? {
            Sort::Image => self.file_name.clone(),
            Sort::Video => format!("{}.png", self.file_name.rsplit_once('.')?.0),
            Sort::Audio => return None,
        };
        Some(Shelf::Media.path(self.id, "small", &name))
    }

    /// Puts it where the server's files lie and gives the columns of its row, but for the post's.
    ///
    /// # Errors
    /// [`AdapterError::Busy`] when the disk or the bucket is in trouble.
    pub(super) async fn shelve(&self, blob: PathBuf, files: &Files) -> Result<Value, AdapterError> {
        let trouble = |error: std::io::Error| in_trouble(files, &error);
        let sort = self.sort();
        let media_type = match sort {
            Some(_) => self.blob.media_type.as_str(),
            None => "application/octet-stream",
        };
        let original = Shelf::Media.path(self.id, "original", &self.file_name);
        files.put(&original, Content::File(blob.clone()), media_type).await.map_err(trouble)?;
        let described = match sort {
            Some(sort) => Some(self.describe(blob, sort).await?.map_err(trouble)?),
            None => None,
        };
        if let (Some((bytes, _)), Some(path)) =
            (described.as_ref().and_then(|described| described.small.clone()), self.small_path())
        {
            let media_type = if sort == Some(Sort::Image) { media_type } else { "image/png" };
            files.put(&path, Content::Bytes(bytes.into()), media_type).await.map_err(trouble)?;
        }
        Ok(json!({
            "id": self.id,
            "type": sort.map_or(UNSHOWN, Sort::number),
            "file_name": self.file_name,
            "content_type": media_type,
            "bytes": i32::try_from(self.blob.bytes).unwrap_or(i32::MAX),
            "meta": described.as_ref().map(|described| &described.meta),
            "blurhash": described.as_ref().and_then(|described| described.blurhash.as_deref()),
            "description": self.attachment.alt.as_deref().map(super::compose::storable),
        }))
    }

    /// Describes it, off the runtime's own threads.
    async fn describe(&self, blob: PathBuf, sort: Sort) -> Result<std::io::Result<Described>, AdapterError> {
        let attachment = &self.attachment;
        let said = Said {
            focus: attachment.focal_point,
            size: attachment.width.zip(attachment.height),
            blurhash: attachment.blurhash.clone(),
        };
        let is_opened = sort == Sort::Image && self.blob.bytes <= LARGEST_PICTURE;
        let described = tokio::task::spawn_blocking(move || {
            let bytes = if is_opened { std::fs::read(blob)? } else { Vec::new() };
            Ok(pictures::describe(&bytes, sort, &said))
        });
        described.await.map_err(|error| AdapterError::fatal("describing a file", error))
    }
}

/// A file of ours that cannot be read now.
pub(super) fn unread(error: &std::io::Error) -> AdapterError {
    AdapterError::Busy {
        doing: "reading a media file".to_owned(),
        why: error.to_string(),
        after: AFTER_TROUBLE,
        cause: Cause::Disk,
    }
}

/// A disk or a bucket that does not take a file now.
pub(super) fn in_trouble(files: &Files, error: &std::io::Error) -> AdapterError {
    AdapterError::Busy {
        doing: format!("writing into {}", files.place()),
        why: error.to_string(),
        after: AFTER_TROUBLE,
        cause: Cause::Disk,
    }
}
