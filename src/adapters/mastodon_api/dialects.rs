//! What differs between servers that answer the same interface: one line of data each.
//!
//! Read from their sources, or left at what every one of them answers. A server that does not offer
//! something answers 404 or says that it is not implemented, whatever stands here.

use super::walk::Way;
use crate::{model::collection::CollectionKind as K, words::text};

/// So many requests in so many seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    /// Requests.
    pub requests: i64,
    /// Seconds.
    pub seconds: i64,
}

/// Which filters a server has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Filters {
    /// A title, words and an action each.
    Second,
    /// One phrase each.
    First,
}

/// A server's way of answering.
#[derive(Debug)]
pub struct Dialect {
    /// What the software calls itself in `NodeInfo`.
    pub names: &'static [&'static str],
    /// An id below every other; lists begin behind it, oldest first. Without it they are read backwards.
    pub first_id: Option<&'static str>,
    /// Posts on one page at most.
    pub posts: usize,
    /// People on one page at most.
    pub people: usize,
    /// Accounts it says the owner's relation to in one answer.
    pub relations: usize,
    /// Lists that are not walked like the others.
    pub ways: &'static [(K, Way)],
    /// All requests with one token.
    pub all: Limit,
    /// Requests for pages with one token.
    pub paging: Limit,
    /// What it does not have.
    pub without: &'static [K],
    /// Which filters it has.
    pub filters: Filters,
    /// From which version on many posts can be asked for at once; never where there is none.
    pub many_since: Option<(u32, u32)>,
    /// Whether the id of a post is the last part of its address.
    pub ids_end_addresses: bool,
    /// Whether it tells of one post at a time what was typed, and not in its lists.
    pub tells_sources: bool,
    /// What may be read, in its words; parts of `read` where it has parts.
    pub scopes: &'static str,
    /// Its own page where the owner moves their followers on, where it has one.
    pub move_page: Option<&'static str>,
    /// What else its owner should know beforehand, in sentences.
    pub says: &'static [fn() -> String],
}

/// All that belongs to reading, part by part: nothing else is asked for.
const PARTS: &str = "read:accounts read:statuses read:follows read:blocks read:mutes read:lists read:filters \
                     read:bookmarks read:favourites";
/// One request a second.
const CALM: Limit = Limit { requests: 300, seconds: 300 };

/// Whatever answers and is not in the table: nothing is taken for granted.
pub static UNKNOWN: Dialect = Dialect {
    names: &[],
    first_id: None,
    posts: 20,
    people: 40,
    relations: 40,
    ways: &[],
    all: CALM,
    paging: CALM,
    without: &[],
    filters: Filters::Second,
    many_since: None,
    ids_end_addresses: false,
    tells_sources: false,
    scopes: "read",
    move_page: None,
    says: &[],
};

/// The table.
static DIALECTS: [Dialect; 8] = [
    Dialect {
        names: &["mastodon", "glitchsoc", "hometown"],
        first_id: Some("0"),
        posts: 40,
        people: 80,
        relations: 80,
        paging: Limit { requests: 300, seconds: 900 },
        many_since: Some((4, 3)),
        ids_end_addresses: true,
        tells_sources: true,
        scopes: PARTS,
        move_page: Some("/settings/migration"),
        ..UNKNOWN
    },
    Dialect {
        names: &["gotosocial"],
        first_id: Some("00000000000000000000000000"),
        posts: 40,
        people: 80,
        relations: 80,
        // Behind an id it gives the newest of these, not the next ones: whatever is between would be missed.
        ways: &[(K::Bookmarks, Way::Backwards), (K::Liked, Way::Backwards)],
        without: &[K::FeaturedTags, K::BlockedDomains],
        ids_end_addresses: true,
        move_page: Some("/settings/user/migration"),
        says: &[
            || text!("reasons-knows-no-blocked-servers"),
            || text!("reasons-leaves-out-what-a-filter-hides"),
        ],
        ..UNKNOWN
    },
    Dialect {
        names: &["pleroma", "akkoma", "soapbox", "rebased"],
        posts: 40,
        people: 40,
        without: &[K::FeaturedTags, K::FollowedTags],
        filters: Filters::First,
        says: &[|| text!("reasons-gives-out-no-topics")],
        ..UNKNOWN
    },
    Dialect {
        names: &["pixelfed"],
        posts: 40,
        relations: 20,
        // Of posts it names no next page, and leaves some out of full ones; the links of followed accounts
        // have their names exchanged, and those of likes go on behind the first one of a page.
        ways: &[(K::Content, Way::Silent), (K::Following, Way::Counted), (K::Liked, Way::Behind("like_id"))],
        without: &[K::Filters, K::Lists, K::FeaturedTags, K::Pins],
        filters: Filters::First,
        move_page: Some("/settings/account/migration/manage"),
        says: &[|| text!("reasons-gives-out-no-answers-and-boosts")],
        ..UNKNOWN
    },
    Dialect {
        names: &["friendica"],
        posts: 40,
        without: &[K::BlockedDomains, K::FeaturedTags, K::Filters],
        filters: Filters::First,
        says: &[|| text!("reasons-gives-out-no-blocked-servers")],
        ..UNKNOWN
    },
    Dialect {
        names: &["mitra"],
        posts: 40,
        people: 80,
        relations: 80,
        tells_sources: true,
        without: &[K::Blocked, K::BlockedDomains, K::FeaturedTags, K::FollowedTags, K::Filters],
        says: &[|| text!("reasons-gives-out-no-blocked-accounts")],
        ..UNKNOWN
    },
    Dialect {
        names: &["snac", "snac2"],
        relations: 1,
        ways: &[(K::Content, Way::Whole), (K::Liked, Way::Whole), (K::Bookmarks, Way::Whole)],
        without: &[K::BlockedDomains, K::FeaturedTags, K::Filters],
        says: &[|| text!("reasons-gives-out-its-newest-only")],
        ..UNKNOWN
    },
    Dialect {
        names: &["iceshrimp", "iceshrimp.net", "firefish", "sharkey"],
        posts: 40,
        without: &[K::BlockedDomains, K::FeaturedTags],
        ..UNKNOWN
    },
];

/// The way a software answers; `software` is its name and perhaps its version, as `NodeInfo` says them.
pub fn of(software: &str) -> &'static Dialect {
    let name = software.split_whitespace().next().unwrap_or_default().to_lowercase();
    DIALECTS.iter().find(|dialect| dialect.names.contains(&name.as_str())).unwrap_or(&UNKNOWN)
}

/// Whether that software, at the version it names, answers many posts at once.
pub fn gives_many(software: &str) -> bool {
    let Some(since) = of(software).many_since else { return false };
    let version = software.split_whitespace().nth(1).unwrap_or_default();
    let mut parts = version.split(|c: char| !c.is_ascii_digit()).map(|part| part.parse::<u32>().ok());
    let said = (parts.next().flatten(), parts.next().flatten());
    matches!(said, (Some(major), Some(minor)) if (major, minor) >= since)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn software_is_known_by_its_name_whatever_its_version() {
        assert_eq!(of("Mastodon 4.5.2+glitch").first_id, Some("0"));
        assert_eq!(of("gotosocial 0.20.0").move_page, Some("/settings/user/migration"));
        assert!(std::ptr::eq(of("something 1.0"), &raw const UNKNOWN));
        assert!(std::ptr::eq(of(""), &raw const UNKNOWN));
    }

    #[test]
    fn many_posts_are_asked_for_only_where_the_version_says_so() {
        for (software, gives) in [
            ("mastodon 4.3.0", true),
            ("mastodon 4.10.1-beta", true),
            ("mastodon 5.0", true),
            ("mastodon 4.2.9", false),
            ("mastodon", false),
            ("gotosocial 0.20.0", false),
        ] {
            assert_eq!(gives_many(software), gives, "{software}");
        }
    }

    #[test]
    fn no_name_stands_twice() {
        let mut names: Vec<_> = DIALECTS.iter().flat_map(|dialect| dialect.names).collect();
        let before = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), before);
    }
}
