//! The archive of a sample person, packed either way.

use std::{
    io::{self, Write},
    path::PathBuf,
};

use serde_json::{Value, json};
use tempfile::TempDir;
use zip::{ZipWriter, write::SimpleFileOptions};

use super::super::{ArchiveLimits, MastodonArchive, open};
use crate::{
    model::collection::{CollectionKind, Cursor, Page},
    port::{error::AdapterError, source::Source},
};

pub const LIMITS: ArchiveLimits = ArchiveLimits { bytes: 4 << 20, entries: 50 };

pub const ANN: &str = "https://old.example/users/ann";

pub const PICTURE: &str = "media_attachments/files/1/2/original/ab12.png";

/// Names and bytes of an archive's files, to be changed by a test before packing.
#[derive(Clone)]
pub struct Sample(pub Vec<(String, Vec<u8>)>);

pub fn create(number: u32, more: &Value) -> Value {
    let mut note = json!({
        "id": format!("{ANN}/statuses/{number}"), "type": "Note", "attributedTo": ANN,
        "published": "2022-05-06T07:08:09Z", "content": "<p>soup</p>",
        "to": ["https://www.w3.org/ns/activitystreams#Public"], "cc": [format!("{ANN}/followers")],
    });
    note.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    json!({"id": format!("{ANN}/statuses/{number}/activity"), "type": "Create", "actor": ANN, "object": note})
}

pub fn announce(number: u32) -> Value {
    json!({"id": format!("{ANN}/statuses/{number}/activity"), "type": "Announce", "actor": ANN,
        "published": "2022-05-07T00:00:00Z", "to": ["https://www.w3.org/ns/activitystreams#Public"],
        "object": format!("https://b.example/statuses/{number}")})
}

pub fn attached(url: &str) -> Value {
    json!({"attachment": [{"type": "Document", "mediaType": "image/png", "url": url}]})
}

pub fn list(elements: &[Value]) -> Vec<u8> {
    json!({"type": "OrderedCollection", "totalItems": elements.len(), "orderedItems": elements})
        .to_string()
        .into_bytes()
}

impl Sample {
    /// Five posts (one broken), two boosts, one picture, avatar, two likes, one bookmark.
    pub fn ann() -> Self {
        let outbox = [
            create(1, &json!({})),
            announce(2),
            create(3, &attached(&format!("/{PICTURE}"))),
            create(4, &json!({"published": "yesterday"})),
            create(5, &json!({"to": [format!("{ANN}/followers")], "cc": []})),
            announce(6),
            create(7, &json!({"to": ["https://b.example/users/bob"], "cc": []})),
        ];
        let actor = json!({"id": ANN, "type": "Person", "name": "Ann", "inbox": format!("{ANN}/inbox"),
            "followers": format!("{ANN}/followers"), "summary": "<p>cook</p>",
            "icon": {"type": "Image", "mediaType": "image/png", "url": "avatar.png"}});
        let own = |name: &str, bytes: &[u8]| (name.to_owned(), bytes.to_vec());
        Self(vec![
            own("outbox.json", &list(&outbox)),
            own(PICTURE, b"picture"),
            own("likes.json", &list(&[json!("https://b.example/1"), json!("https://b.example/2")])),
            own("bookmarks.json", &list(&[json!("https://b.example/3")])),
            own("avatar.png", b"avatar"),
            own("actor.json", actor.to_string().as_bytes()),
        ])
    }

    /// With a file added or replaced.
    pub fn with(mut self, name: &str, bytes: &[u8]) -> Self {
        self.0.retain(|(other, _)| other != name);
        self.0.push((name.to_owned(), bytes.to_vec()));
        self
    }

    pub fn without(mut self, name: &str) -> Self {
        self.0.retain(|(other, _)| other != name);
        self
    }

    pub fn zip(&self) -> Vec<u8> {
        let mut writer = ZipWriter::new(io::Cursor::new(Vec::new()));
        for (name, bytes) in &self.0 {
            writer.start_file(name.as_str(), SimpleFileOptions::default()).unwrap();
            writer.write_all(bytes).unwrap();
        }
        writer.finish().unwrap().into_inner()
    }

    pub fn tar_gz(&self) -> Vec<u8> {
        gzip(&self.tar(|_| {}))
    }

    /// A bare tar, with what `more` appends before the end.
    pub fn tar(&self, more: impl FnOnce(&mut tar::Builder<Vec<u8>>)) -> Vec<u8> {
        let mut builder = tar::Builder::new(Vec::new());
        for (name, bytes) in &self.0 {
            builder.append(&header(name, tar::EntryType::Regular, bytes.len()), bytes.as_slice()).unwrap();
        }
        more(&mut builder);
        builder.into_inner().unwrap()
    }

    pub fn open(&self) -> MastodonArchive {
        bytes_opened(&self.zip(), LIMITS).unwrap()
    }
}

/// A header with any name: the builder itself would refuse the wrong ones.
pub fn header(name: &str, kind: tar::EntryType, length: usize) -> tar::Header {
    let mut header = tar::Header::new_gnu();
    header.as_old_mut().name[..name.len()].copy_from_slice(name.as_bytes());
    header.set_entry_type(kind);
    header.set_mode(0o644);
    header.set_size(u64::try_from(length).unwrap());
    header.set_cksum();
    header
}

pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// Opens bytes as a file that has no telling name and is gone before it is read.
pub fn bytes_opened(bytes: &[u8], limits: ArchiveLimits) -> Result<MastodonArchive, AdapterError> {
    let folder = TempDir::new().unwrap();
    let path: PathBuf = folder.path().join("upload");
    std::fs::write(&path, bytes).unwrap();
    open(&path, limits)
}

/// The sentence an archive is refused with.
pub fn refusal(bytes: &[u8]) -> String {
    match bytes_opened(bytes, LIMITS) {
        Err(AdapterError::Fatal { why, .. }) => why,
        Err(other) => panic!("{other} is not fatal"),
        Ok(_) => panic!("it was opened"),
    }
}

/// All pages of a collection from a cursor on, put together.
pub async fn walk(archive: &dyn Source, kind: CollectionKind, from: Option<Cursor>, limit: usize) -> Page {
    let (mut whole, mut cursor) = (Page::default(), from);
    loop {
        let page = archive.page(kind, cursor.as_ref(), limit).await.unwrap();
        assert!(page.items.len() + page.unreadable.len() <= limit);
        whole.items.extend(page.items);
        whole.unreadable.extend(page.unreadable);
        match page.next {
            Some(next) => cursor = Some(next),
            None => return whole,
        }
    }
}
