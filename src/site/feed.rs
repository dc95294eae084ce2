//! The RSS feed of an account: its public posts, whoever asks. Spec: RSS 2.0.

use chrono::DateTime;

use super::{
    Site, SiteResult,
    accounts::Account,
    clean::{self, escape},
    lists::{Entry, Shelf},
    posts::Post,
    viewer::Viewer,
};
use crate::model::object::Visibility;

/// Posts in a feed.
const ITEMS: usize = 20;
/// Longest title, in characters.
const TITLE: usize = 80;

impl Site {
    /// The feed of an account. It has no owner's view: readers share feeds.
    ///
    /// # Errors
    /// [`super::SiteError::Store`].
    pub async fn feed(&self, account: &Account) -> SiteResult<String> {
        let part = self.entries(account, &Viewer::Stranger, Shelf::WithoutReplies, None, ITEMS).await?;
        let handle = format!("@{}@{}", account.username, self.urls.domain());
        let name = if account.profile.name.is_empty() { &handle } else { &account.profile.name };
        let items: String = part
            .items
            .iter()
            .filter_map(|entry| match entry {
                Entry::Post(post) if post.object.visibility == Visibility::Public => Some(item(post)),
                _ => None,
            })
            .collect();
        Ok(format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<rss version=\"2.0\"><channel><title>{}</title>\
             <link>{}</link><description>{}</description>{items}</channel></rss>\n",
            xml(name),
            xml(self.urls.profile(&account.username).as_str()),
            xml(&format!("Public posts of {handle}")),
        ))
    }
}

fn item(post: &Post) -> String {
    let object = &post.object;
    let page = object.url.as_ref().unwrap_or(&object.id);
    let text = clean::words(&object.content);
    let title = object.name.as_deref().or(object.summary.as_deref()).unwrap_or(&text);
    // What stands behind a warning on our pages does not stand open in a feed.
    let body = match &object.summary {
        Some(warning) => format!("<p>{}</p>", escape(&format!("Behind a warning: {warning}"))),
        None => clean::html(&object.content),
    };
    let date = DateTime::from_timestamp_micros(object.published.micros()).unwrap_or_default().to_rfc2822();
    format!(
        "<item><title>{}</title><link>{}</link><guid isPermaLink=\"false\">{}</guid><pubDate>{date}</pubDate>\
         <description>{}</description></item>",
        xml(&clean::excerpt(&clean::words(&escape(title)), TITLE)),
        xml(page.as_str()),
        xml(object.id.as_str()),
        xml(&body),
    )
}

/// Text in XML: escaped, without the control characters XML cannot hold at all.
fn xml(text: &str) -> String {
    let holdable = |c: char| !c.is_control() || matches!(c, '\n' | '\t' | '\r');
    escape(
        &text.chars().filter(|c| holdable(*c) && !matches!(c, '\u{fffe}' | '\u{ffff}')).collect::<String>(),
    )
}
