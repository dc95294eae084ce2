//! Foreign systems, one folder each, that never meet.

pub mod mastodon_archive;
