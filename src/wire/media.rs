//! One element of the media collection: an extension of ours beside LOLA's collections.

use serde_json::{Value, json};

use super::lenient;
use crate::model::media::{MediaFile, MediaRole};

/// Writes an element.
///
/// # Shape
/// `{"type":"Document","url":public address,"href":where the bytes are read with the token,
/// "role":"attachment"|"avatar"|"header","mediaType":…,"size":bytes,"sha256":lower-case hex}`
pub fn write(file: &MediaFile) -> Value {
    json!({
        "type": "Document",
        "url": file.url,
        "href": file.fetch_url,
        "role": file.role,
        "mediaType": file.media_type,
        "size": file.bytes,
        "sha256": file.sha256,
    })
}

/// Reads an element.
///
/// # Errors
/// A sentence that says what is missing.
pub fn read(value: &Value) -> Result<MediaFile, String> {
    let role = match value.get("role").and_then(Value::as_str) {
        Some("avatar") => MediaRole::Avatar,
        Some("header") => MediaRole::Header,
        _ => MediaRole::Attachment,
    };
    Ok(MediaFile {
        url: lenient::text(value, "url").ok_or("the file has no address")?,
        fetch_url: lenient::text(value, "href"),
        role,
        media_type: lenient::text(value, "mediaType")
            .unwrap_or_else(|| "application/octet-stream".to_owned()),
        bytes: value.get("size").and_then(Value::as_u64),
        sha256: lenient::text(value, "sha256").map(|hash| hash.to_ascii_lowercase()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_element_written_reads_back_equal() {
        let file = MediaFile {
            url: "https://old.example/media/1/a.png".into(),
            fetch_url: Some("https://old.example/godwit/lola/ann/media/1".into()),
            role: MediaRole::Header,
            media_type: "image/png".into(),
            bytes: Some(12),
            sha256: Some("ab".into()),
        };
        assert_eq!(read(&write(&file)).unwrap(), file);
    }
}
