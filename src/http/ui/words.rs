//! Words that several pages share, as `docs/MESSAGES.md` lists them.

use crate::model::{item::ItemKind, object::Visibility};

/// What a person calls a kind of things; other words pass as they are.
pub fn kind(word: &str) -> String {
    let known = match ItemKind::from_word(word) {
        Some(ItemKind::Posts) => "Posts",
        Some(ItemKind::Boosts) => "Boosts",
        Some(ItemKind::Likes) => "Likes",
        Some(ItemKind::Bookmarks) => "Bookmarks",
        Some(ItemKind::Media) => "Pictures and files",
        Some(ItemKind::ProfileImages) => "Profile pictures",
        Some(ItemKind::Following) => "People you follow",
        Some(ItemKind::Blocked) => "People you block",
        Some(ItemKind::Muted) => "People you muted",
        Some(ItemKind::BlockedDomains) => "Servers you block",
        Some(ItemKind::Filters) => "Filters",
        Some(ItemKind::Lists) => "Lists of people",
        Some(ItemKind::Pins) => "Pinned posts",
        Some(ItemKind::FeaturedTags) => "Topics on your page",
        Some(ItemKind::FollowedTags) => "Topics you follow",
        Some(ItemKind::Notes) => "Your notes on people",
        Some(ItemKind::Settings) => "Settings",
        None if word == "map" => "New addresses",
        None => return sentence(&word.replace('_', " ")).trim_end_matches('.').to_owned(),
    };
    known.to_owned()
}

/// What a person calls an audience.
pub fn audience(visibility: Visibility) -> &'static str {
    match visibility {
        Visibility::Public => "public",
        Visibility::Unlisted => "quietly public",
        Visibility::Followers => "followers only",
        Visibility::Direct => "only people mentioned",
    }
}

/// A number that can be read at a glance: `1,204`.
pub fn number(n: u64) -> String {
    let digits = n.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A length in bytes as people read it: `3.0 MB`.
pub fn bytes(n: u64) -> String {
    let tenths = |unit: u64| format!("{}.{}", number(n / unit), n % unit * 10 / unit);
    match n {
        0..1_024 => format!("{n} bytes"),
        1_024..1_048_576 => format!("{} KB", number(n / 1_024)),
        1_048_576..1_073_741_824 => format!("{} MB", tenths(1 << 20)),
        _ => format!("{} GB", tenths(1 << 30)),
    }
}

/// So many of something: `1 post`, `2 posts`.
pub fn count(n: u64, one: &str, many: &str) -> String {
    format!("{} {}", number(n), if n == 1 { one } else { many })
}

/// A message as a sentence: errors of the code begin small and end without a stop.
pub fn sentence(text: &str) -> String {
    let text = text.trim();
    // The name of a server stays as it is.
    let begins_with_a_name =
        text.split_whitespace().next().is_some_and(|word| word.contains(['.', '@', '/']));
    let mut letters = text.chars();
    let first = letters.next().filter(|_| !begins_with_a_name);
    let mut said: String = match first {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => text.to_owned(),
    };
    if !said.is_empty() && !said.ends_with(['.', '?', '!', ':', ';', '…']) {
        said.push('.');
    }
    said
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_and_one_is_one() {
        assert_eq!(
            ["0", "999", "1,000", "1,240,007"].map(str::to_owned),
            [0, 999, 1000, 1_240_007].map(number)
        );
        assert_eq!(
            (count(1, "post", "posts"), count(0, "post", "posts")),
            ("1 post".into(), "0 posts".into())
        );
    }

    #[test]
    fn errors_of_the_code_become_sentences() {
        assert_eq!(sentence("write it like this"), "Write it like this.");
        assert_eq!(sentence("Nothing was taken."), "Nothing was taken.");
        assert_eq!(sentence("écrit"), "Écrit.");
        assert_eq!(sentence("old.example does not answer"), "old.example does not answer.");
        assert_eq!(sentence(""), "");
    }

    #[test]
    fn no_kind_is_shown_by_the_word_of_the_code() {
        for kind in ItemKind::ALL {
            let shown = super::kind(kind.as_str());
            assert!(shown.starts_with(char::is_uppercase) && !shown.contains('_'), "{shown}");
        }
        assert_ne!(kind("media"), "Media");
        assert_eq!(kind("map"), "New addresses");
    }
}
