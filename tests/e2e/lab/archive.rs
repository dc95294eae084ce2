//! An archive with as many posts and files as a story needs, so that there is time to interrupt it.

use std::{
    fs::File,
    io::Write,
    path::{Path, PathBuf},
};

use serde_json::{Value, json};
use zip::{ZipWriter, write::SimpleFileOptions};

/// Who wrote it, at a server that does not exist.
const ACTOR: &str = "https://birds.example/users/ann";
const PUBLIC: &str = "https://www.w3.org/ns/activitystreams#Public";

/// Writes an archive of `posts` public posts, each an answer to the one before; the first `files` of
/// them have a file each.
pub fn write(dir: &Path, posts: usize, files: usize) -> PathBuf {
    let path = dir.join(format!("archive-{posts}-{files}.zip"));
    let mut zip = ZipWriter::new(File::create(&path).unwrap());
    let mut put = |name: &str, bytes: &[u8]| {
        zip.start_file(name, SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    };
    for number in 0..files {
        put(&file(number), &picture(number));
    }
    let activities: Vec<Value> = (0..posts).map(|number| create(number, number < files)).collect();
    for (name, items) in [("outbox.json", activities), ("likes.json", vec![]), ("bookmarks.json", vec![])] {
        let list = json!({
            "@context": "https://www.w3.org/ns/activitystreams", "id": name, "type": "OrderedCollection",
            "totalItems": items.len(), "orderedItems": items,
        });
        put(name, list.to_string().as_bytes());
    }
    let actor = json!({
        "@context": "https://www.w3.org/ns/activitystreams", "id": ACTOR, "type": "Person", "name": "Ann",
        "preferredUsername": "ann", "summary": "", "url": "https://birds.example/@ann",
        "inbox": format!("{ACTOR}/inbox"), "outbox": "outbox.json", "followers": format!("{ACTOR}/followers"),
        "likes": "likes.json", "bookmarks": "bookmarks.json", "published": "2023-01-01T00:00:00Z",
    });
    put("actor.json", actor.to_string().as_bytes());
    zip.finish().unwrap();
    path
}

/// Some bytes that pass for a picture, different for each number.
pub fn picture(number: usize) -> Vec<u8> {
    let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
    bytes.extend(number.to_be_bytes().repeat(2000));
    bytes
}

fn file(number: usize) -> String {
    format!("media_attachments/files/{number:03}/original/{number:016x}.png")
}

fn create(number: usize, has_file: bool) -> Value {
    let id = format!("{ACTOR}/statuses/{}", 1000 + number);
    let published =
        format!("2023-02-{:02}T{:02}:{:02}:00Z", 1 + number / 1440, number / 60 % 24, number % 60);
    let (to, cc) = ([PUBLIC], [format!("{ACTOR}/followers")]);
    let parent = (number > 0).then(|| format!("{ACTOR}/statuses/{}", 999 + number));
    let attachment = if has_file {
        json!([{"type": "Document", "mediaType": "image/png", "url": file(number), "name": "a file"}])
    } else {
        json!([])
    };
    json!({
        "id": format!("{id}/activity"), "type": "Create", "actor": ACTOR, "published": published,
        "to": to, "cc": cc,
        "object": {
            "id": id, "type": "Note", "summary": null, "inReplyTo": parent, "published": published,
            "url": format!("https://birds.example/@ann/{}", 1000 + number), "attributedTo": ACTOR,
            "to": to, "cc": cc, "sensitive": false, "content": format!("<p>Number {number}</p>"),
            "attachment": attachment, "tag": [],
        },
    })
}
