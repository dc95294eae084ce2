//! What was typed, where a server tells it of one post at a time only: a request for each post, so that
//! it is asked for in small accounts. Of larger ones the HTML comes, from which the text can be made.

use serde_json::Value;

use super::{ApiSource, client::Failed, pace::Lane, parents::is_plain};
use crate::{
    model::{collection::CollectionKind as K, object::SourceText},
    port::error::AdapterError,
    wire::lenient,
};

/// Posts of an account up to which it is asked: some minutes at the pace that servers allow.
const MOST: i64 = 200;

impl ApiSource {
    /// Requests that asking for what was typed takes.
    pub(super) fn sources(&self) -> i64 {
        let posts = self.number("statuses_count");
        if self.dialect.tells_sources && posts <= MOST { posts } else { 0 }
    }

    /// What was typed as a post.
    pub(super) async fn typed(&self, post: &Value) -> Result<Option<SourceText>, AdapterError> {
        let Some(id) = lenient::text(post, "id").filter(|id| is_plain(id) && self.sources() > 0) else {
            return Ok(None);
        };
        let url = self.client.at(&format!("/api/v1/statuses/{id}/source"))?;
        let said = match self.client.get(&url, Lane::Plain, K::Content).await {
            Ok(answer) => answer.value,
            Err(Failed::Missing) => return Ok(None),
            Err(Failed::Adapter(error)) => return Err(error),
        };
        let media_type = lenient::text(&said, "content_type").unwrap_or_else(|| "text/plain".to_owned());
        Ok(lenient::text(&said, "text").map(|content| SourceText { content, media_type }))
    }
}
