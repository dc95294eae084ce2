//! Posts rewritten by their owner. A post that came with a copy is the owner's own from then on: what
//! changes at its old place no longer writes over it.

use serde_json::Value;

use super::{Site, SiteError, SiteResult, accounts::Account, clean, compose, posts::LONGEST, posts::topics};
use crate::{
    model::object::{Object, SourceText, TagKind},
    store::posts as rows,
    wire,
    words::text,
};

/// What a person makes of a post of theirs. Who may see it stays as it was.
#[derive(Debug, Clone)]
pub struct Edit {
    /// The new text, as typed.
    pub text: String,
    /// The new content warning; empty is none.
    pub warning: String,
}

/// A post after an edit.
#[derive(Debug)]
pub struct Edited {
    /// The post as it stands now.
    pub object: Object,
    /// The Update to deliver; `None` when nobody else was told of the post.
    pub update: Option<Value>,
}

impl Site {
    /// Rewrites a post. Whatever the text did not change (files, poll, date, audience) stays.
    ///
    /// # Errors
    /// [`SiteError::Refused`] when it is not theirs, empty or too long.
    pub async fn edit_post(&self, account: &Account, id: &str, edit: Edit) -> SiteResult<Edited> {
        let is_theirs =
            |post: &rows::PostRow| post.account_id == account.id.as_str() && post.deleted_at.is_none();
        let post = rows::by_id(&self.store, id).await?.filter(is_theirs);
        let post = post.ok_or_else(|| SiteError::Refused(text!("refusals-no-such-post-of-yours")))?;
        let mut object: Object = super::stored_json("post", &post.object)?;
        let is_bare = object.attachments.is_empty() && object.poll.is_none();
        if edit.text.trim().is_empty() && is_bare {
            return Err(SiteError::Refused(text!("refusals-the-post-is-empty")));
        }
        if edit.text.chars().count() > LONGEST {
            return Err(SiteError::Refused(text!("refusals-the-post-is-longer", most = LONGEST.to_string())));
        }
        // A text that was not touched keeps its form: links and emphasis of another server survive.
        if normal(&edit.text) != normal(&typed(&object)) {
            let mentions = self.local_mentions(&edit.text).await?;
            let composed = compose::compose(&edit.text, &self.urls, &mentions);
            object.tags.retain(|tag| tag.kind == TagKind::Emoji);
            object.tags.extend(composed.tags);
            object.content = composed.html;
            object.source = Some(SourceText { content: edit.text, media_type: "text/plain".to_owned() });
        }
        let warning = edit.warning.trim();
        if warning != shown_warning(&object) {
            object.summary = (!warning.is_empty()).then(|| warning.to_owned());
            object.is_sensitive = object.is_sensitive || object.summary.is_some();
        }
        object.updated = Some(self.clock.now());
        let changed = rows::Rewritten {
            id: post.id,
            account_id: post.account_id,
            object: crate::store::to_json(&object),
            tags: topics(&object.tags),
            edited_at: self.clock.now_micros(),
        };
        if !rows::rewrite(&self.store, changed).await? {
            return Err(SiteError::Refused(text!("refusals-the-post-was-deleted-meanwhile")));
        }
        let was_told = !post.is_trial && object.visibility != crate::model::object::Visibility::Direct;
        let update = was_told.then(|| {
            let activity = self.urls.activity(&account.username, "update", &self.clock.id());
            wire::activity::update(&activity, &object)
        });
        Ok(Edited { object, update })
    }
}

/// The text of a post as its author would type it: what they typed, or the words of its HTML.
pub fn typed(object: &Object) -> String {
    if let Some(source) = &object.source {
        return source.content.clone();
    }
    let html = object.content.replace("\r\n", " ").replace('\n', " ");
    let html =
        html.replace("</p>", "\n\n").replace("<br/>", "\n").replace("<br />", "\n").replace("<br>", "\n");
    let lines: Vec<String> = html.lines().map(clean::words).collect();
    lines.join("\n").trim().to_owned()
}

/// The warning as a person reads it.
pub fn shown_warning(object: &Object) -> String {
    object.summary.as_deref().map(clean::words).unwrap_or_default()
}

/// Browsers send line ends of their own.
fn normal(text: &str) -> String {
    text.replace("\r\n", "\n").trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::site::{fixture::Fixture, posts::Draft};

    #[tokio::test]
    async fn an_edit_is_told_to_those_who_knew_the_post_and_keeps_what_was_not_touched() {
        let fixture = Fixture::open().await;
        let (site, ann) = (&fixture.site, fixture.account("ann").await);
        let draft = Draft {
            text: "first #birds".into(),
            visibility: crate::model::object::Visibility::Public,
            warning: String::new(),
            in_reply_to: None,
        };
        let written = site.write_post(&ann, draft).await.unwrap();
        let id = written.id.path_segments().unwrap().next_back().unwrap().to_owned();
        let edit = |text: &str, warning: &str| Edit { text: text.into(), warning: warning.into() };
        let edited = site.edit_post(&ann, &id, edit("first #birds\r\n", "mud")).await.unwrap();
        assert_eq!((&edited.object.content, &edited.object.tags), (&written.content, &written.tags));
        assert_eq!(edited.object.summary.as_deref(), Some("mud"));
        assert!(edited.object.is_sensitive && edited.object.updated.is_some());
        assert_eq!(edited.update.unwrap()["type"], "Update");
        let edited = site.edit_post(&ann, &id, edit("second", "")).await.unwrap();
        assert_eq!((edited.object.content.as_str(), edited.object.tags.len()), ("<p>second</p>", 0));
        assert_eq!((edited.object.summary, edited.object.visibility), (None, written.visibility));
        let bob = fixture.account("bob").await;
        assert!(site.edit_post(&bob, &id, edit("mine now", "")).await.is_err());
        assert!(site.edit_post(&ann, &id, edit(" ", "")).await.is_err());
    }

    #[test]
    fn a_text_of_another_server_is_shown_as_it_would_be_typed() {
        let html = r#"<p>one<br/>two &amp; <a href="https://a.example">three</a></p><p>four</p>"#;
        let object = serde_json::json!({
            "id": "https://old.example/1", "type": "Note", "attributedTo": "https://old.example/ann",
            "published": "2022-05-06T07:08:09Z", "content": html,
        });
        let object = wire::object::read(&object, None).unwrap();
        assert_eq!(typed(&object), "one\ntwo & three\n\nfour");
    }
}
