//! Foreign systems, one file or folder each, behind the traits of [`crate::port`]. They never meet.

pub mod embedded;
pub mod lola;
pub mod mastodon_archive;
