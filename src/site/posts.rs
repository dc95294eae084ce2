//! Posts of the built-in server: writing, deleting, and one post as a viewer may see it.

use serde_json::Value;
use url::Url;

use super::{
    Site, SiteError, SiteResult,
    accounts::Account,
    compose::{self, Mention},
    urls::Meaning,
    viewer::Viewer,
    views::ViewKey,
};
use crate::{
    model::{
        belonging::SettingName,
        id::AccountId,
        item::ItemKind,
        object::{Object, SourceText, Tag, TagKind, Tallies, Visibility},
    },
    store::{
        deletion::{self, Going},
        overview, posts as rows, removals,
    },
    wire,
    words::text,
};

/// Longest text taken, in characters.
pub const LONGEST: usize = 10_000;
/// People one text may name; the rest stays plain text.
const MOST_MENTIONS: usize = 20;

/// A post as a person writes it.
#[derive(Debug, Clone)]
pub struct Draft {
    /// What they typed.
    pub text: String,
    /// Who may see it.
    pub visibility: Visibility,
    /// Content warning; empty is none.
    pub warning: String,
    /// What it answers.
    pub in_reply_to: Option<Url>,
}

/// A post as a viewer may see it: addresses of private files carry a signed view.
#[derive(Debug, Clone)]
pub struct Post {
    /// Its key.
    pub id: String,
    /// Whose it is.
    pub account: AccountId,
    /// What it says.
    pub object: Object,
    /// Whether it is a copy that only its owner sees.
    pub is_trial: bool,
}

/// What an address of a post leads to.
#[derive(Debug, Clone)]
pub enum Found {
    /// The post.
    Post(Box<Post>),
    /// It was open to everybody once and is deleted.
    Gone,
    /// Nothing, or nothing the viewer may know of.
    Nothing,
}

/// Why an account that nobody sees yet does nothing that others would see.
pub(super) fn not_yet() -> SiteError {
    SiteError::Refused(text!("refusals-nobody-sees-this-account-yet"))
}

impl Site {
    /// Writes a post; returns its object so that the caller can deliver the Create.
    ///
    /// # Errors
    /// [`SiteError::Refused`] when it is empty, too long or answers something that is not there.
    pub async fn write_post(&self, account: &Account, draft: Draft) -> SiteResult<Object> {
        if account.held_until.is_some() {
            return Err(not_yet());
        }
        if draft.text.trim().is_empty() {
            return Err(SiteError::Refused(text!("refusals-the-post-is-empty")));
        }
        if draft.text.chars().count() > LONGEST {
            return Err(SiteError::Refused(text!("refusals-the-post-is-longer", most = LONGEST.to_string())));
        }
        let mentions = self.local_mentions(&draft.text).await?;
        let mut audience: Vec<String> = mentions.iter().map(|person| person.actor.to_string()).collect();
        if let Some(parent) = &draft.in_reply_to {
            let author = self.answered_author(account, parent).await?.map(String::from);
            let own = self.urls.actor(&account.username);
            audience.extend(author.filter(|id| id != own.as_str() && !audience.contains(id)));
        }
        let composed = compose::compose(&draft.text, &self.urls, &mentions);
        let followers = self.urls.of_actor(&account.username, "followers");
        let (to, cc) = wire::audience::addressing(draft.visibility, &followers, &audience);
        let id = self.clock.id();
        let settings = self.settings(account).await?;
        let warning = draft.warning.trim();
        let object = Object {
            id: self.urls.post(&account.username, &id),
            url: Some(self.urls.post_page(&account.username, &id)),
            other_urls: Vec::new(),
            kind: "Note".to_owned(),
            attributed_to: self.urls.actor(&account.username),
            name: None,
            content: composed.html,
            source: Some(SourceText { content: draft.text, media_type: "text/plain".to_owned() }),
            summary: (!warning.is_empty()).then(|| warning.to_owned()),
            is_sensitive: !warning.is_empty() || settings.is(SettingName::DefaultSensitive),
            language: settings.value(SettingName::DefaultLanguage).map(str::to_owned),
            published: self.clock.now(),
            updated: None,
            visibility: draft.visibility,
            to,
            cc,
            in_reply_to: draft.in_reply_to,
            quote: None,
            tags: composed.tags,
            attachments: Vec::new(),
            poll: None,
            previously: Vec::new(),
            tallies: Tallies::default(),
            answers: Vec::new(),
            earlier: Vec::new(),
        };
        rows::insert(&self.store, row_of(&account.id, id, &object)).await?;
        Ok(object)
    }

    /// The id of a post of an account's own that others may see, by any of its addresses here.
    ///
    /// # Errors
    /// [`SiteError::Refused`] when it is not theirs, or not open.
    pub async fn own_post(&self, account: &Account, address: &str) -> SiteResult<Url> {
        let id = wire::lenient::web_url(address.trim()).and_then(|url| match self.urls.meaning(&url) {
            Some(Meaning::Thing { kind: ItemKind::Posts, id, .. }) => Some(id),
            _ => None,
        });
        let found = match id {
            Some(id) => rows::by_id(&self.store, &id).await?,
            None => None,
        };
        let own = found.filter(|post| {
            post.account_id == account.id.as_str()
                && post.deleted_at.is_none()
                && Visibility::from_word(&post.visibility).is_open()
        });
        let own = own.ok_or_else(|| SiteError::Refused(text!("refusals-no-such-open-post-of-yours")))?;
        Ok(self.urls.post(&account.username, &own.id))
    }

    /// Deletes a post; returns the Delete to deliver, `None` when nobody else was told of the post.
    ///
    /// # Errors
    /// [`SiteError::Refused`] when it is not theirs.
    pub async fn delete_post(&self, account: &Account, id: &str) -> SiteResult<Option<Value>> {
        let post = rows::by_id(&self.store, id).await?.filter(|post| post.account_id == account.id.as_str());
        let post = post.ok_or_else(|| SiteError::Refused(text!("refusals-no-such-post-of-yours")))?;
        let visibility = Visibility::from_word(&post.visibility);
        let object: Object = super::stored_json("post", &post.object)?;
        let addresses = std::iter::once(object.id.to_string())
            .chain(object.attachments.iter().map(|attachment| attachment.url.clone()));
        let addresses = if visibility.is_open() { addresses.collect() } else { Vec::new() };
        let going = Going { account: account.id.as_str().to_owned(), id: id.to_owned(), addresses };
        deletion::delete(&self.store, &self.blobs, going, self.clock.now_micros()).await?;
        let was_told = !post.is_trial && visibility != Visibility::Direct;
        let activity_id = self.urls.activity(&account.username, "delete", id);
        Ok(was_told.then(|| wire_delete(&activity_id, &object)))
    }

    /// Deletes a post whosever it is, and tells who was told of it; gives its owner. Nothing where there is no such post.
    ///
    /// # Errors
    /// [`SiteError::Store`].
    pub async fn erase_post(&self, id: &str) -> SiteResult<Option<AccountId>> {
        let Some(post) = rows::by_id(&self.store, id).await? else { return Ok(None) };
        let owner = AccountId::from(post.account_id);
        let Some(account) = self.account(&owner).await? else { return Ok(None) };
        let told = self.delete_post(&account, id).await?;
        if let Some(activity) = told.filter(|_| post.deleted_at.is_none()) {
            self.deliver(&account, &activity).await?;
        }
        Ok(Some(owner))
    }

    /// Queues an activity for the followers of an account.
    ///
    /// # Errors
    /// [`SiteError::Store`].
    pub async fn deliver(&self, account: &Account, activity: &Value) -> SiteResult<()> {
        self.deliver_to_followers(&account.id, activity).await?;
        Ok(())
    }

    /// The post at `/users/{username}/posts/{id}` as a viewer may see it.
    ///
    /// # Errors
    /// [`SiteError::Store`].
    pub async fn find_post(&self, account: &Account, id: &str, viewer: &Viewer) -> SiteResult<Found> {
        let is_theirs = |row: &rows::PostRow| row.account_id == account.id.as_str();
        if let Some(row) = rows::visible(&self.store, &viewer.sight(), id).await?.filter(is_theirs) {
            let key = self.view_key().await?;
            return Ok(Found::Post(Box::new(self.present(row, &key)?)));
        }
        let row = rows::by_id(&self.store, id).await?;
        if row.is_none() && removals::is_buried(&self.store, account.id.as_str(), id).await? {
            return Ok(Found::Gone);
        }
        let row = row.filter(is_theirs);
        let was_open = row.is_some_and(|row| {
            row.deleted_at.is_some() && !row.is_trial && Visibility::from_word(&row.visibility).is_open()
        });
        Ok(if was_open { Found::Gone } else { Found::Nothing })
    }

    /// The post of this server that another one answers, with its author, if the viewer may see it.
    ///
    /// # Errors
    /// [`SiteError::Store`].
    pub async fn parent(&self, address: &Url, viewer: &Viewer) -> SiteResult<Option<(Account, Post)>> {
        let Some(Meaning::Thing { kind: ItemKind::Posts, id, .. }) = self.urls.meaning(address) else {
            return Ok(None);
        };
        let Some(row) = rows::visible(&self.store, &viewer.sight(), &id).await? else {
            return Ok(None);
        };
        let post = self.present(row, &self.view_key().await?)?;
        let author = self.account(&post.account).await?;
        Ok(author.filter(|_| post.object.id == *address).map(|author| (author, post)))
    }

    /// A row that passed the viewer's filter, with views added to its private files.
    pub(super) fn present(&self, row: rows::PostRow, key: &ViewKey) -> SiteResult<Post> {
        let mut object: Object = super::stored_json("post", &row.object)?;
        let visibility = Visibility::from_word(&row.visibility);
        object.visibility = visibility;
        if row.hides_origin {
            object.previously.clear();
        }
        if row.is_trial || !visibility.is_open() {
            let now = self.clock.now_micros();
            for attachment in &mut object.attachments {
                if let Some((url, id)) = self.file_id(&attachment.url) {
                    attachment.url = key.seal(url, &id, now).to_string();
                }
            }
        }
        Ok(Post { id: row.id, account: AccountId::from(row.account_id), object, is_trial: row.is_trial })
    }

    /// Who wrote what is being answered. A post of ours must be visible to the one who answers.
    async fn answered_author(&self, account: &Account, parent: &Url) -> SiteResult<Option<Url>> {
        let nothing = || SiteError::Refused(text!("refusals-no-such-post-to-answer"));
        if parent.origin() != self.urls.base().origin() {
            let author = overview::remote_author(&self.store, parent.as_str()).await?;
            return Ok(author.and_then(|author| Url::parse(&author).ok()));
        }
        let Some(Meaning::Thing { kind: ItemKind::Posts, id, .. }) = self.urls.meaning(parent) else {
            return Err(nothing());
        };
        let sight = Viewer::Owner(account.id.clone()).sight();
        let row = rows::visible(&self.store, &sight, &id).await?.ok_or_else(nothing)?;
        let object: Object = super::stored_json("post", &row.object)?;
        if object.id != *parent {
            return Err(nothing());
        }
        Ok(Some(object.attributed_to))
    }

    /// People of this server named in a text.
    pub(super) async fn local_mentions(&self, text: &str) -> SiteResult<Vec<Mention>> {
        let domain = self.urls.domain();
        let mut people = Vec::new();
        for typed in compose::mentions_in(text).into_iter().take(MOST_MENTIONS) {
            let bare = typed.trim_start_matches('@');
            let (name, host) = bare.split_once('@').unwrap_or((bare, &domain));
            if !host.eq_ignore_ascii_case(&domain) {
                continue;
            }
            if let Some(person) = self.public_account(name).await? {
                people.push(Mention {
                    typed: typed.clone(),
                    handle: format!("@{}@{domain}", person.username),
                    actor: self.urls.actor(&person.username),
                    page: self.urls.profile(&person.username),
                });
            }
        }
        Ok(people)
    }
}

/// The names of an object's topics as they are looked up: lower case, without `#`.
pub fn topics(tags: &[Tag]) -> Vec<String> {
    let hashtags = tags.iter().filter(|tag| tag.kind == TagKind::Hashtag);
    hashtags
        .map(|tag| tag.name.trim_start_matches('#').to_lowercase())
        .filter(|name| !name.is_empty())
        .collect()
}

fn row_of(account: &AccountId, id: String, object: &Object) -> rows::NewPost {
    rows::NewPost {
        id,
        account_id: account.as_str().to_owned(),
        object: serde_json::to_string(object).unwrap_or_default(),
        visibility: object.visibility.as_str().to_owned(),
        published_at: object.published.micros(),
        in_reply_to: object.in_reply_to.as_ref().map(Url::to_string),
        transfer_id: None,
        is_trial: false,
        tags: topics(&object.tags),
    }
}

fn wire_delete(id: &Url, object: &Object) -> Value {
    serde_json::json!({
        "@context": wire::context(),
        "id": id,
        "type": "Delete",
        "actor": object.attributed_to,
        "to": object.to,
        "cc": object.cc,
        "object": {"id": object.id, "type": "Tombstone"},
    })
}
