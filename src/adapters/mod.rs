//! Foreign systems, one file or folder each. They never meet.

pub mod lola;
pub mod mastodon_archive;
