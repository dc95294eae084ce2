//! Media files: as attached to a post, and as items of their own.

use serde::{Deserialize, Serialize};

/// A medium as a post shows it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Attachment {
    /// Address (or path in an archive) at the source; the key that joins it to a [`MediaFile`].
    pub url: String,
    /// `image/png` …
    pub media_type: String,
    /// Description for people who do not see it.
    pub alt: Option<String>,
    /// Blurred preview in text form.
    pub blurhash: Option<String>,
    /// Point of interest, each coordinate from -1 to 1.
    pub focal_point: Option<(f64, f64)>,
    /// Pixels.
    pub width: Option<u32>,
    /// Pixels.
    pub height: Option<u32>,
}

/// What a media file is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MediaRole {
    /// Belongs to a post.
    Attachment,
    /// The person's picture.
    Avatar,
    /// The picture across the top of a profile.
    Header,
}

/// One file to be carried, with what the source says about its bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MediaFile {
    /// Address (or path in an archive) as it stands in the attachment.
    pub url: String,
    /// Where the bytes are read, when it is not `url` (a token-only address).
    pub fetch_url: Option<String>,
    /// What it is for.
    pub role: MediaRole,
    /// `image/png` …
    pub media_type: String,
    /// Length the source announces.
    pub bytes: Option<u64>,
    /// SHA-256 the source announces, lower-case hex.
    pub sha256: Option<String>,
}
