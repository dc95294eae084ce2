//! Files we serve: attachments of posts and the pictures of profiles.

use url::Url;

use super::{Site, SiteResult, accounts::Account, urls::Meaning};
use crate::{
    model::{id::AccountId, item::ItemKind, object::Visibility},
    port::destination::StoredBlob,
    store::media as rows,
};

/// A file as it is served.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Served {
    /// Name in the blob store.
    pub sha256: String,
    /// Type found in its bytes.
    pub media_type: String,
    /// Name to save it under.
    pub file_name: String,
    /// Whether everybody may see it; otherwise a signed view is needed.
    pub is_open: bool,
}

/// A picture of a profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Picture {
    /// The person's picture.
    Avatar,
    /// The picture across the top.
    Header,
}

impl Picture {
    fn of(self, account: &Account) -> Option<&StoredBlob> {
        match self {
            Self::Avatar => account.avatar.as_ref(),
            Self::Header => account.header.as_ref(),
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::Avatar => "avatar",
            Self::Header => "header",
        }
    }
}

impl Site {
    /// The address of a profile's picture. It stands below the account's id; its name changes with
    /// the bytes, so that a new picture is seen at once.
    pub fn picture_url(&self, account: &Account, picture: Picture) -> Option<Url> {
        let blob = picture.of(account)?;
        let (_, extension) = blob.media_type.split_once('/').unwrap_or(("", "bin"));
        let mark = blob.sha256.get(..8).unwrap_or("0");
        Some(self.urls.media(account.id.as_str(), &format!("{}-{mark}.{extension}", picture.word())))
    }

    /// Finds what an address `/media/{id}/{file_name}` serves.
    ///
    /// # Errors
    /// [`super::SiteError::Store`].
    pub async fn served(&self, id: &str, file_name: &str) -> SiteResult<Option<Served>> {
        if let Some(row) = rows::by_id(&self.store, id).await? {
            if row.is_deleted {
                return Ok(None);
            }
            let is_open =
                !row.is_trial && row.visibility.is_some_and(|word| Visibility::from_word(&word).is_open());
            return Ok(Some(Served {
                sha256: row.sha256,
                media_type: row.media_type,
                file_name: row.file_name,
                is_open,
            }));
        }
        let Some(account) = self.account(&AccountId::from(id)).await? else {
            return Ok(None);
        };
        let picture = [Picture::Avatar, Picture::Header]
            .into_iter()
            .find(|picture| file_name.starts_with(picture.word()))
            .and_then(|picture| picture.of(&account));
        Ok(picture.map(|blob| Served {
            sha256: blob.sha256.clone(),
            media_type: blob.media_type.clone(),
            file_name: file_name.to_owned(),
            is_open: true,
        }))
    }

    /// The id of one of our files by its address.
    pub(super) fn file_id(&self, address: &str) -> Option<(Url, String)> {
        let url = Url::parse(address).ok()?;
        match self.urls.meaning(&url)? {
            Meaning::Thing { kind: ItemKind::Media, id, .. } => Some((url, id)),
            _ => None,
        }
    }
}
