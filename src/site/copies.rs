//! Copies of accounts, written: ids first, then everything visible to its owner only.

use std::collections::BTreeMap;

use url::Url;

use super::{Site, SiteError, SiteResult, accounts::Account, belongings, clean, ids, urls::Meaning};
use crate::{
    model::{
        belonging::Belonging,
        id::{AccountId, LocalId, TransferId},
        item::{Item, ItemKind},
        mapping::Reservation,
        media::MediaRole,
        object::{Object, TagKind},
    },
    port::destination::{Prepared, StoredBlob, Wanted, Written, has_it},
    store::{
        copies::{self as rows, CopiedRow, Owner},
        to_json,
    },
    words::text,
};

/// Files of an item by their address: the key each was given, and what lies on disk.
type Files = BTreeMap<String, (LocalId, StoredBlob)>;

impl Site {
    /// Gives ids and addresses for items that are not here yet. Writes nothing.
    ///
    /// # Errors
    /// [`SiteError::Internal`] when there is no such account.
    pub async fn reserve_copies(
        &self,
        transfer: &TransferId,
        account: &AccountId,
        wanted: &[Wanted],
    ) -> SiteResult<Vec<Reservation>> {
        let account = self.receiver(account).await?;
        Ok(wanted.iter().map(|one| self.reservation(transfer, &account, one)).collect())
    }

    fn reservation(&self, transfer: &TransferId, account: &Account, wanted: &Wanted) -> Reservation {
        let id = ids::reserved(transfer.as_str(), wanted);
        let name = account.username.as_str();
        let (url, page) = match wanted.kind {
            ItemKind::Posts => (self.urls.post(name, &id), Some(self.urls.post_page(name, &id))),
            ItemKind::Boosts => (self.urls.boost(name, &id), None),
            ItemKind::Media => {
                let file_name = ids::file_name(wanted.file_name.as_deref().unwrap_or_default());
                (self.urls.media(&id, &file_name), None)
            }
            // Nobody ever fetches these; the address only has to be ours and unique.
            kind => (self.urls.activity(name, kind.as_str(), &id), None),
        };
        Reservation { key: wanted.key.clone(), kind: wanted.kind, local_id: LocalId::from(id), url, page }
    }

    /// Writes a batch in one transaction; nobody is notified.
    ///
    /// # Errors
    /// [`SiteError::Store`]; [`SiteError::Internal`] when there is no such account.
    pub async fn write_copies(
        &self,
        transfer: &TransferId,
        account: &AccountId,
        batch: Vec<Prepared>,
    ) -> SiteResult<Vec<Written>> {
        let account = self.receiver(account).await?;
        let own = self.urls.actor(&account.username);
        let refusals: Vec<Option<String>> = batch.iter().map(|one| self.refusal(&one.item, &own)).collect();
        let already: Vec<fn() -> String> = batch.iter().map(|one| already(&one.item)).collect();
        let copied = batch.into_iter().zip(&refusals).map(|(one, refusal)| match refusal {
            Some(_) => CopiedRow::Nothing,
            None => self.copied_row(&account, one),
        });
        let (copied, now) = (copied.collect(), self.clock.now_micros());
        let written = rows::write(&self.store, owner(transfer, &account.id), now, copied).await?;
        Ok(refusals
            .into_iter()
            .zip(written.into_iter().zip(already))
            .map(|(refusal, (is_ours, already))| match refusal {
                Some(why) => Written::Skipped(why),
                None if is_ours => Written::Done,
                None => Written::Skipped(already()),
            })
            .collect())
    }

    /// Counts what is here of a transfer, by kind.
    ///
    /// # Errors
    /// [`SiteError::Store`].
    pub async fn count_copies(&self, transfer: &TransferId) -> SiteResult<BTreeMap<ItemKind, u64>> {
        let mut counts: BTreeMap<ItemKind, u64> = ItemKind::ALL.into_iter().map(|kind| (kind, 0)).collect();
        for (word, number) in rows::counts(&self.store, transfer.as_str()).await? {
            let kind = ItemKind::from_word(&word).ok_or_else(|| {
                SiteError::Internal(format!("a stored pointer is of the unknown kind {word}"))
            })?;
            counts.insert(kind, number);
        }
        Ok(counts)
    }

    /// The account a copy is for.
    pub(super) async fn receiver(&self, account: &AccountId) -> SiteResult<Account> {
        self.account(account)
            .await?
            .ok_or_else(|| SiteError::Internal("the account that should receive the copy is gone".to_owned()))
    }

    pub(super) fn copied_row(&self, account: &Account, prepared: Prepared) -> CopiedRow {
        let id = prepared.reservation.local_id.as_str().to_owned();
        match prepared.item {
            Item::Post(object) => CopiedRow::Post(self.post_row(account, id, *object, &prepared.blobs)),
            Item::Boost(boost) => CopiedRow::Boost(rows::BoostRow {
                id,
                object_url: boost.object.into(),
                visibility: boost.visibility.as_str(),
                published: boost.published.text().to_owned(),
                previously: to_json(&boost.previously),
            }),
            Item::Like(reference) => CopiedRow::Pointer(pointer_row(id, ItemKind::Likes, reference)),
            Item::Bookmark(reference) => CopiedRow::Pointer(pointer_row(id, ItemKind::Bookmarks, reference)),
            Item::Follow { actor, .. } => CopiedRow::Follow(actor.into()),
            Item::Block { actor } => CopiedRow::Block(actor.into()),
            Item::Belonging(belonging) => {
                let (row, members) = belongings::row(Some(id), belonging);
                CopiedRow::Belonging(row, members)
            }
            // Files stand with their post, pictures of the profile with the profile.
            Item::Media(file) => match prepared.blobs.get(&file.url) {
                Some((id, blob)) if file.role == MediaRole::Attachment => {
                    CopiedRow::Medium(medium_row(id, blob, &file.url))
                }
                _ => CopiedRow::Nothing,
            },
        }
    }

    /// Why an item makes no sense in this account, if it does not.
    fn refusal(&self, item: &Item, own: &Url) -> Option<String> {
        let about = match item {
            Item::Follow { actor, .. } | Item::Block { actor } => Some(actor),
            Item::Belonging(Belonging::Pin { object, .. }) => {
                let is_here =
                    matches!(self.urls.meaning(object), Some(Meaning::Thing { kind: ItemKind::Posts, .. }));
                return (!is_here).then(|| text!("reasons-the-post-it-pins-was-not-copied"));
            }
            Item::Belonging(belonging) => belonging.about(),
            _ => None,
        };
        about.filter(|actor| *actor == own).map(|_| text!("reasons-points-at-this-account"))
    }

    /// A post under its new addresses, cleaned. What the address says about author and id is said
    /// again here: a row of ours never claims to be somebody else's.
    fn post_row(&self, account: &Account, id: String, mut object: Object, files: &Files) -> rows::PostRow {
        object.id = self.urls.post(&account.username, &id);
        object.url = Some(self.urls.post_page(&account.username, &id));
        object.other_urls.clear();
        object.attributed_to = self.urls.actor(&account.username);
        object.content = clean::html(&object.content);
        for tag in &mut object.tags {
            tag.href = tag.href.take().filter(|href| is_web(href));
        }
        let mut media = Vec::new();
        for attachment in &mut object.attachments {
            if let Some((id, blob)) = files.get(&attachment.url) {
                let medium = medium_row(id, blob, &attachment.url);
                attachment.url = self.urls.media(&medium.id, &medium.file_name).into();
                attachment.media_type.clone_from(&medium.media_type);
                media.push(medium);
            }
        }
        let tags = object.tags.iter().filter(|tag| tag.kind == TagKind::Hashtag);
        rows::PostRow {
            id,
            visibility: object.visibility.as_str(),
            published_at: object.published.micros(),
            in_reply_to: object.in_reply_to.as_ref().map(Url::to_string),
            tags: tags
                .map(|tag| tag.name.trim().trim_start_matches('#').to_lowercase())
                .filter(|name| !name.is_empty())
                .collect(),
            object: to_json(&object),
            media,
        }
    }
}

/// The transfer and account that own rows, as the tables spell them.
pub(super) fn owner(transfer: &TransferId, account: &AccountId) -> Owner {
    Owner { transfer: transfer.as_str().to_owned(), account: account.as_str().to_owned() }
}

/// What is said of an item that the account had before.
fn already(item: &Item) -> fn() -> String {
    match item {
        Item::Belonging(Belonging::List(_)) => || text!("reasons-has-a-list-of-this-name"),
        Item::Belonging(Belonging::Setting { .. } | Belonging::Note { .. }) => {
            || text!("reasons-has-one-of-its-own")
        }
        _ => has_it,
    }
}

fn is_web(address: &str) -> bool {
    Url::parse(address).is_ok_and(|url| matches!(url.scheme(), "http" | "https"))
}

fn pointer_row(id: String, kind: ItemKind, reference: crate::model::item::Reference) -> rows::PointerRow {
    rows::PointerRow {
        id,
        kind: kind.as_str(),
        object_url: reference.object.into(),
        published: reference.published.map(String::from),
    }
}

/// The file's name is the end of its address; the type is what the bytes said.
fn medium_row(id: &LocalId, blob: &StoredBlob, address: &str) -> rows::MediumRow {
    let path = address.split(['?', '#']).next().unwrap_or_default();
    rows::MediumRow {
        id: id.as_str().to_owned(),
        sha256: blob.sha256.clone(),
        bytes: blob.bytes,
        media_type: blob.media_type.clone(),
        file_name: ids::file_name(path.rsplit('/').next().unwrap_or_default()),
    }
}
