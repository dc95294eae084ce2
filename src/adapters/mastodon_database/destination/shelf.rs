//! Where files lie below the server's media directory, and what they are called.

use crate::adapters::mastodon_database::source::partition;

/// Which files of the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shelf {
    /// Files of posts.
    Media,
    /// Pictures of accounts.
    Avatars,
    /// Pictures across the top.
    Headers,
}

impl Shelf {
    fn folder(self) -> &'static str {
        match self {
            Self::Media => "media_attachments/files",
            Self::Avatars => "accounts/avatars",
            Self::Headers => "accounts/headers",
        }
    }

    /// The path below the media directory of one file in one form (`original`, `small`, `static`).
    pub(super) fn path(self, id: i64, style: &str, file_name: &str) -> String {
        format!("{}/{}/{style}/{file_name}", self.folder(), partition(id))
    }
}

/// Types that the server shows, with the ending of their files and the number of their sort.
const KNOWN: [(&str, &str, Sort); 15] = [
    ("image/jpeg", "jpeg", Sort::Image),
    ("image/png", "png", Sort::Image),
    ("image/gif", "gif", Sort::Image),
    ("image/webp", "webp", Sort::Image),
    ("image/avif", "avif", Sort::Image),
    ("video/mp4", "mp4", Sort::Video),
    ("video/webm", "webm", Sort::Video),
    ("video/quicktime", "mov", Sort::Video),
    ("audio/mpeg", "mp3", Sort::Audio),
    ("audio/ogg", "ogg", Sort::Audio),
    ("audio/flac", "flac", Sort::Audio),
    ("audio/x-flac", "flac", Sort::Audio),
    ("audio/wav", "wav", Sort::Audio),
    ("audio/x-wav", "wav", Sort::Audio),
    ("audio/m4a", "m4a", Sort::Audio),
];

/// How a file is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sort {
    /// A picture.
    Image,
    /// A film.
    Video,
    /// Sound.
    Audio,
}

impl Sort {
    /// The server's number for it.
    pub(super) fn number(self) -> i32 {
        match self {
            Self::Image => 0,
            Self::Video => 2,
            Self::Audio => 4,
        }
    }
}

/// The ending and sort of a type; `None` where the server shows no such files.
pub(super) fn known(media_type: &str) -> Option<(&'static str, Sort)> {
    let bare = media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let bare = if bare == "image/jpg" { "image/jpeg".to_owned() } else { bare };
    KNOWN.iter().find(|(name, ..)| *name == bare).map(|(_, ending, sort)| (*ending, *sort))
}

/// A name of the server's own kind: sixteen hexadecimal digits of randomness and an ending.
pub(super) fn file_name(random: [u8; 8], ending: &str) -> String {
    format!("{:016x}.{ending}", u64::from_be_bytes(random))
}

/// The ending of files of types the server does not show: nothing a browser would run.
pub(super) const UNKNOWN: &str = "bin";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_cut_in_threes_and_the_rest_is_dropped() {
        assert_eq!(partition(117_650_070_804_217_142), "117/650/070/804/217/142");
        assert_eq!(partition(99_123_456_789_012_345), "991/234/567/890/123");
        assert_eq!(partition(42), "000/000/042");
        assert_eq!(partition(999_999_999), "999/999/999");
        assert_eq!(partition(1_000_000_000), "001/000/000/000");
    }

    #[test]
    fn a_path_is_shelf_id_form_and_name() {
        let path = Shelf::Media.path(117_650_070_804_217_142, "small", "0123456789abcdef.png");
        assert_eq!(path, "media_attachments/files/117/650/070/804/217/142/small/0123456789abcdef.png");
        assert_eq!(
            Shelf::Avatars.path(7, "original", "a.png"),
            "accounts/avatars/000/000/007/original/a.png"
        );
    }

    #[test]
    fn only_types_that_are_shown_get_an_ending() {
        assert_eq!(known("image/jpg; charset=x"), Some(("jpeg", Sort::Image)));
        assert_eq!(known("text/html"), None);
        assert_eq!(known("image/svg+xml"), None);
    }

    #[test]
    fn a_name_has_sixteen_digits_whatever_was_drawn() {
        assert_eq!(file_name([0; 8], "png"), "0000000000000000.png");
        assert_eq!(file_name([255; 8], "mp4"), "ffffffffffffffff.mp4");
    }
}
