//! Versions of posts that were replaced. The server keeps one row for each, the one that stands now among them.

use std::collections::BTreeMap;

use sqlx::{AssertSqlSafe, PgConnection};

use super::{
    phrases::seconds,
    posts::{PostRow, moment},
};
use crate::{
    adapters::mastodon_database::database::silent,
    model::{
        earlier::{Earlier, MOST_EARLIER},
        media::Attachment,
        object::SourceText,
    },
    port::error::AdapterError,
};

/// A version: its post, when it was written, text, warning, whether media were hidden, files in order, what was
/// said of each, choices of the poll.
#[derive(Debug, sqlx::FromRow)]
pub(super) struct Version {
    status_id: i64,
    written: i64,
    text: String,
    warning: String,
    sensitive: bool,
    media: Option<Vec<i64>>,
    said: Option<Vec<Option<String>>>,
    options: Option<Vec<Option<String>>>,
}

/// Versions by post, oldest first.
pub(super) type Versions = BTreeMap<i64, Vec<Version>>;

/// Reads those of posts that were edited.
///
/// # Errors
/// [`AdapterError`].
pub(super) async fn of(c: &mut PgConnection, posts: &[PostRow]) -> Result<Versions, AdapterError> {
    let edited: BTreeMap<i64, &PostRow> =
        posts.iter().filter(|post| post.edited.is_some()).map(|post| (post.id, post)).collect();
    if edited.is_empty() {
        return Ok(Versions::new());
    }
    let sql = format!(
        "select status_id, {} as written, text, spoiler_text as warning, coalesce(sensitive, false) as sensitive, \
         ordered_media_attachment_ids as media, media_descriptions as said, poll_options::text[] as options \
         from status_edits where status_id = any($1) order by status_id, id",
        seconds("created_at")
    );
    let ids: Vec<i64> = edited.keys().copied().collect();
    let rows: Vec<Version> =
        sqlx::query_as(AssertSqlSafe(sql)).bind(ids).fetch_all(c).await.map_err(|error| silent(&error))?;
    let mut versions = Versions::new();
    for row in rows {
        versions.entry(row.status_id).or_default().push(row);
    }
    for (id, all) in &mut versions {
        // The last one is the post as it stands.
        if let (Some(last), Some(now)) = (all.last(), edited.get(id)) {
            let same = |column: &Option<String>, text: &str| column.as_deref().unwrap_or_default() == text;
            if same(&now.text, &last.text) && same(&now.spoiler_text, &last.warning) {
                all.pop();
            }
        }
        all.drain(..all.len().saturating_sub(MOST_EARLIER));
    }
    Ok(versions)
}

impl Version {
    /// As it travels. `shown` are the files the post shows now: of others nothing is carried.
    pub(super) fn carried(self, shown: &[(i64, Attachment)], html: impl Fn(&str) -> String) -> Earlier {
        let said = self.said.unwrap_or_default();
        let of = |(place, id): (usize, &i64)| {
            let (_, attachment) = shown.iter().find(|(one, _)| one == id)?;
            let alt = said.get(place).cloned().flatten().filter(|text| !text.is_empty());
            Some(Attachment { alt, ..attachment.clone() })
        };
        Earlier {
            written: moment(self.written),
            content: html(&self.text),
            source: Some(SourceText { content: self.text, media_type: "text/plain".to_owned() }),
            summary: Some(self.warning).filter(|text| !text.is_empty()),
            is_sensitive: self.sensitive,
            attachments: self.media.unwrap_or_default().iter().enumerate().filter_map(of).collect(),
            options: self.options.unwrap_or_default().into_iter().flatten().collect(),
        }
    }
}
