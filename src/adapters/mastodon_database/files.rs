//! The server's files: below its media directory, or under the same names in its bucket.

use std::{
    io::{self, SeekFrom},
    path::{Path, PathBuf},
};

use bytes::Bytes;
use futures::{
    StreamExt,
    stream::{self, BoxStream},
};
use tokio::io::AsyncSeekExt;
use tokio_util::io::ReaderStream;

use crate::store::bucket::Bucket;

/// Bytes read from a file at once.
const CHUNK_BYTES: usize = 64 << 10;

/// Where the server keeps its files.
#[derive(Debug, Clone)]
pub enum Files {
    /// Below a directory (`PAPERCLIP_ROOT_PATH`).
    Directory(PathBuf),
    /// In a bucket (`S3_BUCKET`).
    Bucket(Bucket),
}

/// An opened file.
pub(super) struct Read {
    /// From which byte on.
    pub(super) from: u64,
    /// How long the whole file is, in bytes.
    pub(super) length: u64,
    /// The bytes.
    pub(super) bytes: BoxStream<'static, io::Result<Bytes>>,
}

/// What goes into a file.
#[derive(Debug, Clone)]
pub(super) enum Content {
    /// The bytes of another.
    File(PathBuf),
    /// These.
    Bytes(Bytes),
}

impl Files {
    /// What it is called where something about it is said.
    pub(super) fn place(&self) -> &'static str {
        match self {
            Self::Directory(_) => "the server's media directory",
            Self::Bucket(_) => "the server's bucket",
        }
    }

    /// Opens a file, from a byte on; from the beginning where it is not that long.
    ///
    /// # Errors
    /// [`io::ErrorKind::NotFound`], or what the disk or the bucket says.
    pub(super) async fn open(&self, path: &str, from: u64) -> io::Result<Read> {
        match self {
            Self::Directory(root) => {
                let mut file = tokio::fs::File::open(on_disk(root, path)?).await?;
                let length = file.metadata().await?.len();
                let from = if from < length { from } else { 0 };
                file.seek(SeekFrom::Start(from)).await?;
                let bytes = ReaderStream::with_capacity(file, CHUNK_BYTES).boxed();
                Ok(Read { from, length, bytes })
            }
            Self::Bucket(bucket) => {
                let path = plain(path)?;
                let length = bucket.length(path).await?;
                let from = if from < length { from } else { 0 };
                let bytes = if length == 0 {
                    stream::empty().boxed()
                } else {
                    bucket.read(path, from..length).await?
                };
                Ok(Read { from, length, bytes })
            }
        }
    }

    /// Whether a file is there and can be read.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub(super) async fn look(&self, path: &str) -> io::Result<()> {
        match self {
            Self::Directory(root) => tokio::fs::File::open(on_disk(root, path)?).await.map(drop),
            Self::Bucket(bucket) => bucket.length(plain(path)?).await.map(drop),
        }
    }

    /// Writes a file so that it is there whole or not at all, readable for whoever serves it.
    ///
    /// # Errors
    /// What the disk or the bucket says.
    pub(super) async fn put(&self, path: &str, content: Content, media_type: &str) -> io::Result<()> {
        match (self, content) {
            (Self::Directory(root), content) => {
                let place = on_disk(root, path)?;
                tokio::task::spawn_blocking(move || write(&place, &content)).await?
            }
            (Self::Bucket(bucket), Content::File(from)) => {
                bucket.put_file(plain(path)?, &from, media_type).await
            }
            (Self::Bucket(bucket), Content::Bytes(bytes)) => {
                bucket.put(plain(path)?, bytes, media_type).await
            }
        }
    }

    /// Takes files away, and the folders that become empty by it; one that is not there is fine.
    ///
    /// # Errors
    /// What the disk or the bucket says to the first that stays.
    pub(super) async fn take_away(&self, paths: Vec<String>) -> io::Result<()> {
        match self {
            Self::Directory(root) => {
                let root = root.clone();
                let taken = move || paths.iter().try_for_each(|path| remove(&root, path));
                tokio::task::spawn_blocking(taken).await?
            }
            Self::Bucket(bucket) => {
                for path in &paths {
                    plain(path)?;
                }
                bucket.remove(&paths).await
            }
        }
    }
}

/// A path that leads nowhere else.
fn plain(path: &str) -> io::Result<&str> {
    let is_plain =
        |part: &str| !part.is_empty() && part != "." && part != ".." && !part.contains(['\\', '\0']);
    if path.split('/').all(is_plain) {
        return Ok(path);
    }
    Err(io::Error::new(io::ErrorKind::NotFound, "this is no name of a file of the server's"))
}

fn on_disk(root: &Path, path: &str) -> io::Result<PathBuf> {
    Ok(plain(path)?.split('/').fold(root.to_owned(), |place, part| place.join(part)))
}

fn write(path: &Path, content: &Content) -> io::Result<()> {
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

fn remove(root: &Path, path: &str) -> io::Result<()> {
    let place = on_disk(root, path)?;
    match std::fs::remove_file(&place) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
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
    use futures::TryStreamExt;

    use super::*;

    #[test]
    fn a_name_that_leads_out_of_the_directory_is_no_place() {
        let root = Path::new("/srv/files");
        assert_eq!(on_disk(root, "a/b.png").unwrap(), PathBuf::from("/srv/files/a/b.png"));
        for path in ["a/../../etc/passwd", "a//b", "/etc/passwd", "a/\0", "..", ""] {
            assert!(on_disk(root, path).is_err(), "{path}");
        }
    }

    #[tokio::test]
    async fn a_file_leaves_no_folder_behind_and_nothing_of_others_goes_with_it() {
        let dir = tempfile::tempdir().unwrap();
        let files = Files::Directory(dir.path().to_owned());
        let path = |text: &str| on_disk(dir.path(), text).unwrap();
        files.put("a/b/c/one.png", Content::Bytes(Bytes::from_static(b"12")), "image/png").await.unwrap();
        files.put("a/b/d/two.png", Content::File(path("a/b/c/one.png")), "image/png").await.unwrap();
        files.take_away(vec!["a/b/c/one.png".to_owned()]).await.unwrap();
        assert!(!path("a/b/c").exists() && path("a/b/d/two.png").exists());
        let read = files.open("a/b/d/two.png", 1).await.unwrap();
        assert_eq!((read.from, read.length), (1, 2));
        assert_eq!(read.bytes.try_collect::<Vec<_>>().await.unwrap().concat(), b"2");
        assert_eq!(files.open("a/b/d/two.png", 7).await.unwrap().from, 0);
        for _ in 0..2 {
            files.take_away(vec!["a/b/d/two.png".to_owned()]).await.unwrap();
        }
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0);
    }
}
