//! What a person calls a kind of things.

use crate::{
    model::{collection::CollectionKind, item::ItemKind},
    words::text,
};

/// The name of a kind, as it stands on pages.
pub fn name(kind: ItemKind) -> String {
    match kind {
        ItemKind::Posts => text!("site-posts"),
        ItemKind::Boosts => text!("site-boosts"),
        ItemKind::Likes => text!("site-likes"),
        ItemKind::Bookmarks => text!("site-bookmarks"),
        ItemKind::Media => text!("site-pictures-and-files"),
        ItemKind::ProfileImages => text!("site-profile-pictures"),
        ItemKind::Following => text!("site-people-you-follow"),
        ItemKind::Blocked => text!("site-people-you-block"),
        ItemKind::Muted => text!("site-people-you-muted"),
        ItemKind::BlockedDomains => text!("site-servers-you-block"),
        ItemKind::Filters => text!("site-filters"),
        ItemKind::Lists => text!("site-lists-of-people"),
        ItemKind::Pins => text!("site-pinned-posts"),
        ItemKind::FeaturedTags => text!("site-topics-on-your-page"),
        ItemKind::FollowedTags => text!("site-topics-you-follow"),
        ItemKind::Notes => text!("site-your-notes-on-people"),
        ItemKind::Settings => text!("site-settings"),
    }
}

/// The name of what a collection mainly holds.
pub fn name_of_list(kind: CollectionKind) -> String {
    name(kind.main_item())
}
