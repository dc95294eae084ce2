//! What a file is: by its header where it has one, by its name, and last by what stands in it.

use url::Url;

use crate::model::{collection::CollectionKind, handle::Handle};

/// What a file holds, and whether its first line is a header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Shape {
    pub(super) kind: CollectionKind,
    pub(super) has_header: bool,
}

/// Says what a file is from its name and its first line; `None` when neither tells.
pub(super) fn of(name: &str, first: &[&str]) -> Option<Shape> {
    let cell = |n: usize| first.get(n).map(|text| plain(text)).unwrap_or_default();
    let has_column = |wanted: &str| first.iter().any(|text| plain(text) == wanted);
    let with_header = |kind| Some(Shape { kind, has_header: true });
    let named = by_name(name);
    match cell(0).as_str() {
        "account address" | "account" if has_column("hide notifications") => {
            with_header(CollectionKind::Muted)
        }
        "account address" | "account" if has_column("show boosts") => with_header(CollectionKind::Following),
        "account address" | "account" => named.and_then(with_header),
        "#domain" | "domain" => with_header(CollectionKind::BlockedDomains),
        "#uri" | "uri" => with_header(CollectionKind::Bookmarks),
        "list name" => with_header(CollectionKind::Lists),
        _ => named.or_else(|| by_content(first)).map(|kind| Shape { kind, has_header: false }),
    }
}

fn plain(text: &str) -> String {
    text.trim().trim_start_matches('\u{feff}').to_lowercase()
}

fn by_name(name: &str) -> Option<CollectionKind> {
    let name = name.to_lowercase();
    let has = |word: &str| name.contains(word);
    match () {
        // Whoever followed the person comes by their own choice, not by a file.
        () if has("followers") => None,
        () if has("domain") => Some(CollectionKind::BlockedDomains),
        () if has("block") => Some(CollectionKind::Blocked),
        () if has("mute") => Some(CollectionKind::Muted),
        () if has("follow") => Some(CollectionKind::Following),
        () if has("list") => Some(CollectionKind::Lists),
        () if has("bookmark") => Some(CollectionKind::Bookmarks),
        () => None,
    }
}

/// Two columns, the second a handle, are a list; addresses are bookmarks; bare names are servers. A
/// column of handles alone may be anything.
fn by_content(first: &[&str]) -> Option<CollectionKind> {
    let is_handle = |text: &&str| text.parse::<Handle>().is_ok();
    let is_web = |text: &&str| Url::parse(text).is_ok_and(|url| matches!(url.scheme(), "http" | "https"));
    match first {
        [_, second] if is_handle(second) => Some(CollectionKind::Lists),
        [only] if is_web(only) => Some(CollectionKind::Bookmarks),
        [only] if !is_handle(only) && only.contains('.') && !only.contains(' ') => {
            Some(CollectionKind::BlockedDomains)
        }
        _ => None,
    }
}
