//! The media an archive speaks of: what posts attach, once each, and the two pictures of the profile.

use std::collections::HashSet;

use serde_json::Value;

use super::shelf::{Found, Shelf};
use crate::{
    model::{
        media::{MediaFile, MediaRole},
        object::Object,
    },
    wire,
    words::text,
};

/// The media found so far.
pub struct Gallery<'a> {
    shelf: &'a Shelf<'a>,
    seen: HashSet<String>,
    limit: usize,
    /// The files in the order they were met.
    pub files: Vec<MediaFile>,
    /// How many were told by their file name alone.
    pub by_name: u64,
}

impl<'a> Gallery<'a> {
    /// An empty one that takes `limit` media.
    pub fn new(shelf: &'a Shelf<'a>, limit: usize) -> Self {
        Self { shelf, seen: HashSet::new(), limit, files: Vec::new(), by_name: 0 }
    }

    /// Forgets what was found.
    pub fn clear(&mut self) {
        *self = Self::new(self.shelf, self.limit);
    }

    /// Adds a post's attachments.
    ///
    /// # Errors
    /// A sentence when there are more than an archive can hold.
    pub fn attach(&mut self, post: &Object) -> Result<(), String> {
        for attachment in &post.attachments {
            self.add(&attachment.url, attachment.media_type.clone(), MediaRole::Attachment)?;
        }
        Ok(())
    }

    /// Adds avatar and header of an actor document.
    ///
    /// # Errors
    /// As [`Gallery::attach`].
    pub fn portray(&mut self, actor: &Value) -> Result<(), String> {
        for (field, role) in [("icon", MediaRole::Avatar), ("image", MediaRole::Header)] {
            if let Some((url, media_type)) = wire::actor::picture(actor, field) {
                self.add(&url, media_type, role)?;
            }
        }
        Ok(())
    }

    fn add(&mut self, url: &str, media_type: String, role: MediaRole) -> Result<(), String> {
        if !self.seen.insert(url.to_owned()) {
            return Ok(());
        }
        if self.files.len() >= self.limit {
            return Err(text!("archive-its-posts-name-more-media", most = self.limit.to_string()));
        }
        let found = self.shelf.find(url);
        self.by_name += u64::from(matches!(found, Found::ByName(_)));
        let entry = found.entry();
        self.files.push(MediaFile {
            url: url.to_owned(),
            fetch_url: entry.map(|entry| entry.name.clone()),
            role,
            media_type,
            bytes: entry.map(|entry| entry.bytes),
            sha256: None,
        });
        Ok(())
    }
}
