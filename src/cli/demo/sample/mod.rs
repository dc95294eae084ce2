//! An archive of a person who does not exist, made when it is needed: nobody's data, every oddity.

mod picture;
mod posts;

use std::{
    fs::File,
    io::Write,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};
use serde_json::{Value, json};
use zip::{ZipWriter, write::SimpleFileOptions};

use posts::Person;

/// Writes the sample into `dir`; Ann mentions the follower `name` of the server `third` in it.
///
/// # Errors
/// When the file cannot be written.
pub(crate) fn write(dir: &Path, third: &str, name: &str) -> Result<PathBuf> {
    let path = dir.join("archive-sample.zip");
    let file = File::create(&path).with_context(|| format!("writing {}", path.display()))?;
    let host = third.split("://").nth(1).unwrap_or(third).trim_end_matches('/');
    let fay = Person {
        href: format!("{}/users/{name}", third.trim_end_matches('/')),
        name: format!("@{name}@{host}"),
    };
    fill(ZipWriter::new(file), &fay).with_context(|| format!("writing {}", path.display()))?;
    Ok(path)
}

fn fill(mut zip: ZipWriter<File>, fay: &Person) -> Result<()> {
    let mut put = |name: &str, bytes: &[u8]| -> Result<()> {
        zip.start_file(name, SimpleFileOptions::default())?;
        zip.write_all(bytes)?;
        Ok(())
    };
    let posts = posts::all(fay);
    // Counters of real archives are off; this one is too.
    let announced = posts.len() + 1;
    put("outbox.json", &list("outbox.json", announced, &posts)?)?;
    for (index, path) in (0_u8..).zip(posts::PICTURES) {
        put(path, &picture::png(32, 24, [40 * index, 120, 200 - 30 * index])?)?;
    }
    let likes = [
        json!("https://friends.example/notes/12"),
        json!("https://friends.example/notes/13"),
        json!("https://elsewhere.example/@cy/5"),
        json!(posts::id(1)),
    ];
    put("likes.json", &list("likes.json", likes.len(), &likes)?)?;
    let bookmarks = [json!("https://friends.example/notes/14"), json!(posts::id(11))];
    put("bookmarks.json", &list("bookmarks.json", bookmarks.len(), &bookmarks)?)?;
    put("avatar.png", &picture::png(48, 48, [200, 90, 60])?)?;
    put("header.png", &picture::png(120, 40, [60, 140, 160])?)?;
    put("actor.json", &serde_json::to_vec(&actor())?)?;
    zip.finish()?;
    Ok(())
}

fn list(name: &str, announced: usize, items: &[Value]) -> Result<Vec<u8>> {
    let list = json!({
        "@context": "https://www.w3.org/ns/activitystreams", "id": name, "type": "OrderedCollection",
        "totalItems": announced, "orderedItems": items,
    });
    Ok(serde_json::to_vec(&list)?)
}

fn actor() -> Value {
    let id = posts::actor();
    json!({
        "@context": ["https://www.w3.org/ns/activitystreams", "https://w3id.org/security/v1"],
        "id": id, "type": "Person", "preferredUsername": "ann", "name": "Ann of the flats",
        "summary": "<p>Waders, tides, bread.</p>", "url": "https://birds.example/@ann",
        "inbox": format!("{id}/inbox"), "outbox": "outbox.json", "followers": format!("{id}/followers"),
        "following": format!("{id}/following"), "manuallyApprovesFollowers": false, "discoverable": true,
        "published": "2023-02-01T00:00:00Z", "likes": "likes.json", "bookmarks": "bookmarks.json", "tag": [],
        "attachment": [{"type": "PropertyValue", "name": "Where", "value": "Between the tides"}],
        "icon": {"type": "Image", "mediaType": "image/png", "url": "avatar.png"},
        "image": {"type": "Image", "mediaType": "image/png", "url": "header.png"},
        "publicKey": {"id": format!("{id}#main-key"), "owner": id, "publicKeyPem": ""},
    })
}
