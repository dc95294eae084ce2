//! The archive of a person who wrote a lot: replies, links among their own posts, topics, pictures,
//! boosts and likes, some of it private.

use std::{
    fs::File,
    io::Write,
    path::{Path, PathBuf},
};

use serde_json::{Value, json};
use zip::{ZipWriter, write::SimpleFileOptions};

/// The person; their server does not exist.
const ACTOR: &str = "https://birds.example/users/dora";
const PUBLIC: &str = "https://www.w3.org/ns/activitystreams#Public";
/// Every so many posts one has a picture.
const PICTURE_EVERY: usize = 20;
/// Bytes of a picture.
const PICTURE_BYTES: usize = 20_000;

/// Writes the archive; its path.
pub fn write(dir: &Path, posts: usize) -> PathBuf {
    let path = dir.join("dora.zip");
    let mut zip = ZipWriter::new(File::create(&path).unwrap());
    let mut put = |name: &str, bytes: &[u8]| {
        zip.start_file(name, SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    };
    let mut outbox: Vec<Value> = (0..posts).map(post).collect();
    outbox.extend((0..posts / 10).map(boost));
    // Every real archive has something that nobody can read.
    let mut broken = post(posts);
    if let Some(object) = broken.get_mut("object") {
        object["published"] = json!("yesterday");
    }
    outbox.push(broken);
    put("outbox.json", &list("outbox.json", &outbox));
    for number in (0..posts).step_by(PICTURE_EVERY) {
        let mut bytes = b"\x89PNG\r\n\x1a\n".to_vec();
        let fill = number.to_be_bytes();
        bytes.extend(fill.iter().cycle().take(PICTURE_BYTES));
        put(&picture(number), &bytes);
    }
    let likes: Vec<Value> =
        (0..posts / 5).map(|n| json!(format!("https://friends.example/notes/{n}"))).collect();
    put("likes.json", &list("likes.json", &likes));
    let actor = json!({
        "id": ACTOR, "type": "Person", "preferredUsername": "dora", "name": "Dora", "summary": "<p>Many words.</p>",
        "inbox": format!("{ACTOR}/inbox"), "followers": format!("{ACTOR}/followers"),
    });
    put("actor.json", actor.to_string().as_bytes());
    zip.finish().unwrap();
    path
}

fn id(number: usize) -> String {
    format!("{ACTOR}/statuses/{}", 100_000_000_000 + number)
}

fn page(number: usize) -> String {
    format!("https://birds.example/@dora/{}", 100_000_000_000 + number)
}

fn picture(number: usize) -> String {
    format!("media_attachments/files/{number}/original/{number:016x}.png")
}

/// About half a minute apart, from 2018 on.
fn time(number: usize) -> String {
    let second = 1_520_000_000 + i64::try_from(number).unwrap() * 31;
    godwit::model::moment::Moment::from_micros(second * 1_000_000).text().to_owned()
}

fn post(number: usize) -> Value {
    let followers = format!("{ACTOR}/followers");
    let (to, cc) = match number % 10 {
        7 => (json!([followers]), json!([PUBLIC])),
        8 => (json!([followers]), json!([])),
        9 => (json!(["https://friends.example/users/bob"]), json!([])),
        _ => (json!([PUBLIC]), json!([followers])),
    };
    let parent = (number % 3 == 1).then(|| id(number - 1));
    let link = if number % 5 == 4 {
        format!(r#" See <a href="{}">what I wrote before</a>."#, page(number - 3))
    } else {
        String::new()
    };
    let text = format!(
        "<p>Sighting number {number}: a bar-tailed godwit on its way south, tired and far from home.{link}</p>"
    );
    let attachment = if number.is_multiple_of(PICTURE_EVERY) {
        json!([{"type": "Document", "mediaType": "image/png", "url": format!("/{}", picture(number)), "name": "a bird"}])
    } else {
        json!([])
    };
    let object = json!({
        "id": id(number), "type": "Note", "published": time(number), "url": page(number), "attributedTo": ACTOR,
        "to": to, "cc": cc, "inReplyTo": parent, "sensitive": false, "summary": null, "atomUri": id(number),
        "content": text, "contentMap": {"en": text}, "attachment": attachment,
        "tag": [{"type": "Hashtag", "name": "#birds", "href": "https://birds.example/tags/birds"}],
    });
    json!({
        "id": format!("{}/activity", id(number)), "type": "Create", "actor": ACTOR, "published": time(number),
        "to": to, "cc": cc, "object": object,
    })
}

fn boost(number: usize) -> Value {
    json!({
        "id": format!("{ACTOR}/statuses/{}/activity", 900_000_000_000 + number), "type": "Announce", "actor": ACTOR,
        "published": time(number), "to": [PUBLIC], "cc": [format!("{ACTOR}/followers")],
        "object": format!("https://friends.example/notes/{number}"),
    })
}

fn list(name: &str, items: &[Value]) -> Vec<u8> {
    let document = json!({
        "@context": "https://www.w3.org/ns/activitystreams", "id": name, "type": "OrderedCollection",
        "totalItems": items.len(), "orderedItems": items,
    });
    document.to_string().into_bytes()
}
