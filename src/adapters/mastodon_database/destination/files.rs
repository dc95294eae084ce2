//! Files written into the server's media directory, and what their rows say.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::{
    pictures::{self, Said},
    shelf::{self, Shelf, Sort},
};
use crate::{
    model::media::Attachment,
    port::{destination::StoredBlob, error::AdapterError},
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

    /// Puts it on disk and gives the columns of its row, but for the post's.
    ///
    /// # Errors
    /// [`AdapterError::Busy`] when the disk is in trouble.
    pub(super) async fn shelve(&self, blob: PathBuf, root: PathBuf) -> Result<Value, AdapterError> {
        let shown = self.clone();
        tokio::task::spawn_blocking(move || shown.shelve_now(&blob, &root))
            .await
            .map_err(|error| AdapterError::fatal("writing a file", error))?
            .map_err(|error| AdapterError::Busy {
                doing: "writing into the server's media directory".to_owned(),
                why: error.to_string(),
                after: AFTER_TROUBLE,
            })
    }

    fn shelve_now(&self, blob: &Path, root: &Path) -> std::io::Result<Value> {
        let attachment = &self.attachment;
        let original = Shelf::Media.path(self.id, "original", &self.file_name);
        put(&shelf::on_disk(root, &original), Content::File(blob))?;
        let said = Said {
            focus: attachment.focal_point,
            size: attachment.width.zip(attachment.height),
            blurhash: attachment.blurhash.clone(),
        };
        let sort = self.sort();
        let mut described = None;
        if let Some(sort) = sort {
            let is_opened = sort == Sort::Image && self.blob.bytes <= LARGEST_PICTURE;
            let bytes = if is_opened { std::fs::read(blob)? } else { Vec::new() };
            described = Some(pictures::describe(&bytes, sort, &said));
        }
        let small = described.as_ref().and_then(|described| described.small.as_ref());
        if let (Some((bytes, _)), Some(path)) = (small, self.small_path()) {
            put(&shelf::on_disk(root, &path), Content::Bytes(bytes))?;
        }
        Ok(json!({
            "id": self.id,
            "type": sort.map_or(UNSHOWN, Sort::number),
            "file_name": self.file_name,
            "content_type": if sort.is_some() { self.blob.media_type.as_str() } else { "application/octet-stream" },
            "bytes": i32::try_from(self.blob.bytes).unwrap_or(i32::MAX),
            "meta": described.as_ref().map(|described| &described.meta),
            "blurhash": described.as_ref().and_then(|described| described.blurhash.as_deref()),
            "description": attachment.alt.as_deref().map(super::compose::storable),
        }))
    }
}

/// What goes into a file.
pub(super) enum Content<'a> {
    /// The bytes of another.
    File(&'a Path),
    /// These.
    Bytes(&'a [u8]),
}

/// Writes a file so that it is there whole or not at all, readable for whoever serves it.
pub(super) fn put(path: &Path, content: Content<'_>) -> std::io::Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let mut part = path.as_os_str().to_owned();
    part.push(".part");
    match content {
        Content::File(from) => std::fs::copy(from, &part).map(drop)?,
        Content::Bytes(bytes) => std::fs::write(&part, bytes)?,
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        std::fs::set_permissions(&part, std::fs::Permissions::from_mode(0o644))?;
    }
    std::fs::rename(&part, path)
}

/// Takes files away, and the folders that become empty by it, up to the media directory.
pub(super) fn take_away(root: &Path, path: &str) -> std::io::Result<()> {
    let place = shelf::on_disk(root, path);
    match std::fs::remove_file(&place) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut folder = place.parent();
    while let Some(empty) = folder.filter(|folder| folder.starts_with(root) && *folder != root) {
        // A folder that holds something else stays, and so do those above it.
        if std::fs::remove_dir(empty).is_err() && empty.exists() {
            break;
        }
        folder = empty.parent();
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_leaves_no_folder_behind_and_nothing_of_others_goes_with_it() {
        let dir = tempfile::tempdir().unwrap();
        let path = |text: &str| shelf::on_disk(dir.path(), text);
        put(&path("a/b/c/one.png"), Content::Bytes(b"1")).unwrap();
        put(&path("a/b/d/two.png"), Content::File(&path("a/b/c/one.png"))).unwrap();
        take_away(dir.path(), "a/b/c/one.png").unwrap();
        assert!(!path("a/b/c").exists() && path("a/b/d/two.png").exists());
        for _ in 0..2 {
            take_away(dir.path(), "a/b/d/two.png").unwrap();
        }
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0);
    }
}
