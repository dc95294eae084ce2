//! Files: as a post shows them, and as what is to be fetched.

use serde_json::Value;

use crate::{
    model::{
        item::Item,
        media::{Attachment, MediaFile, MediaRole},
    },
    wire::lenient,
};

/// Types by the end of an address; the interface names only families.
const TYPES: [(&str, &str); 16] = [
    ("jpg", "image/jpeg"),
    ("jpeg", "image/jpeg"),
    ("png", "image/png"),
    ("gif", "image/gif"),
    ("webp", "image/webp"),
    ("avif", "image/avif"),
    ("heic", "image/heic"),
    ("mp4", "video/mp4"),
    ("m4v", "video/mp4"),
    ("webm", "video/webm"),
    ("mov", "video/quicktime"),
    ("mp3", "audio/mpeg"),
    ("ogg", "audio/ogg"),
    ("oga", "audio/ogg"),
    ("flac", "audio/flac"),
    ("m4a", "audio/mp4"),
];

/// What a post shows, and the file behind it: the original, never the small one.
pub fn attached(value: &Value) -> Option<(Attachment, MediaFile)> {
    let url = lenient::url(value, "url").or_else(|| lenient::url(value, "remote_url"))?;
    let media_type = media_type(url.path(), value.get("type").and_then(Value::as_str));
    let size = value.pointer("/meta/original");
    let pixels = |field: &str| {
        size.and_then(|size| size.get(field)).and_then(Value::as_u64).and_then(|n| u32::try_from(n).ok())
    };
    let focus = |field: &str| value.pointer(&format!("/meta/focus/{field}")).and_then(Value::as_f64);
    let attachment = Attachment {
        url: url.to_string(),
        media_type: media_type.clone(),
        alt: lenient::text(value, "description"),
        blurhash: lenient::text(value, "blurhash"),
        focal_point: focus("x").zip(focus("y")),
        width: pixels("width"),
        height: pixels("height"),
    };
    Some((attachment, file(url.as_str(), MediaRole::Attachment, media_type)))
}

/// The pictures of a profile; one that every account has from the beginning is none.
pub fn pictures(account: &Value) -> Vec<Item> {
    [("avatar", MediaRole::Avatar), ("header", MediaRole::Header)]
        .into_iter()
        .filter_map(|(field, role)| {
            let url = lenient::url(account, field)?;
            let is_given = [
                "missing.png",
                "/default.",
                "/assets/default",
                "default_avatar",
                "/images/avi.png",
                "/images/banner.png",
                "/identicon",
                "/susie.png",
            ]
            .iter()
            .any(|mark| url.path().contains(mark));
            let media_type = media_type(url.path(), Some("image"));
            (!is_given).then(|| Item::Media(file(url.as_str(), role, media_type)))
        })
        .collect()
}

fn file(url: &str, role: MediaRole, media_type: String) -> MediaFile {
    MediaFile { url: url.to_owned(), fetch_url: None, role, media_type, bytes: None, sha256: None }
}

fn media_type(path: &str, family: Option<&str>) -> String {
    let end = path.rsplit_once('.').map(|(_, end)| end.to_ascii_lowercase()).unwrap_or_default();
    let known = TYPES.iter().find(|(name, _)| *name == end).map(|(_, kind)| *kind);
    known
        .unwrap_or(match family {
            Some("image") => "image/jpeg",
            Some("gifv" | "video") => "video/mp4",
            Some("audio") => "audio/mpeg",
            _ => "application/octet-stream",
        })
        .to_owned()
}
