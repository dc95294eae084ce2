//! Accounts of the built-in server.

use serde::{Deserialize, Serialize};
use url::Url;

use super::{Site, SiteError, SiteResult, keys};
use crate::{
    model::{
        actor::{Profile, ProfileField},
        id::AccountId,
    },
    port::{destination::StoredBlob, remote::Signer},
    store::{
        accounts as rows,
        held_names::{self, Made},
    },
    words::text,
};

/// Names that would collide with our own addresses or pretend to be the server.
const RESERVED: [&str; 7] = ["actor", "admin", "administrator", "root", "host", "godwit", "support"];

/// What an account may do here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Answers for the server.
    Admin,
    /// Uses it.
    Member,
}

/// A login and its public face.
#[derive(Debug, Clone)]
pub struct Account {
    /// Its key.
    pub id: AccountId,
    /// Login name, lower case.
    pub username: String,
    /// What it may do.
    pub role: Role,
    /// Name, biography, fields.
    pub profile: Profile,
    /// Picture.
    pub avatar: Option<StoredBlob>,
    /// Picture across the top.
    pub header: Option<StoredBlob>,
    /// Public half of its key.
    pub public_key_pem: String,
    /// Actors it says it is also known by.
    pub also_known_as: Vec<Url>,
    /// Where it has moved.
    pub moved_to: Option<Url>,
    /// Copies of it, while it lives on.
    pub copied_to: Vec<Url>,
    /// Microseconds since 1970.
    pub created_at: i64,
    /// It was made on the way of a move, nobody sees it yet, and its name is held until then.
    pub held_until: Option<i64>,
}

impl Account {
    /// Somebody who has an account at the server beside us, as far as our pages show them: everything else
    /// about them is there.
    pub fn guest(id: AccountId, username: String, role: Role) -> Self {
        Self {
            id,
            username,
            role,
            profile: Profile::default(),
            avatar: None,
            header: None,
            public_key_pem: String::new(),
            also_known_as: Vec::new(),
            moved_to: None,
            copied_to: Vec::new(),
            created_at: 0,
            held_until: None,
        }
    }
}

impl Site {
    /// Makes an account.
    ///
    /// # Errors
    /// [`SiteError::Refused`] when the name is taken, reserved or malformed, or the password is short.
    pub async fn create_account(&self, username: &str, password: &str, role: Role) -> SiteResult<Account> {
        self.make_account(username, password, role, (None, None)).await
    }

    /// Makes an account where there are fewer than so many; its name may only be held until some time.
    pub(super) async fn make_account(
        &self,
        username: &str,
        password: &str,
        role: Role,
        (most, held_until): (Option<u64>, Option<i64>),
    ) -> SiteResult<Account> {
        let username = shaped(username, role)?;
        let password_hash = self.passwords.hash(password).await?;
        let pair = tokio::task::spawn_blocking(keys::generate)
            .await
            .map_err(|error| SiteError::Internal(format!("making a signing key: {error}")))??;
        let account = rows::NewAccount {
            id: self.clock.id(),
            username: username.clone(),
            role: if role == Role::Admin { "admin" } else { "member" }.to_owned(),
            password_hash,
            private_key_pem: pair.private_pem,
            public_key_pem: pair.public_pem,
            created_at: self.clock.now_micros(),
        };
        match held_names::make(&self.store, account, most, held_until).await? {
            Made::Yes => {}
            Made::Taken => return Err(taken(&username)),
            Made::Full(most) => {
                return Err(SiteError::Refused(text!(
                    "refusals-has-enough-accounts",
                    here = self.urls.domain(),
                    most = most.to_string()
                )));
            }
        }
        self.account_named(&username).await?.ok_or(SiteError::Internal("the account is gone again".into()))
    }

    /// Whether somebody could have this name here.
    ///
    /// # Errors
    /// [`SiteError::Refused`] with the reason when not.
    pub async fn name_is_free(&self, username: &str) -> SiteResult<()> {
        let username = shaped(username, Role::Member)?;
        match self.account_named(&username).await? {
            Some(_) => Err(taken(&username)),
            None => Ok(()),
        }
    }

    /// Says what an account may do here.
    ///
    /// # Errors
    /// [`SiteError::Refused`] when there is no such account.
    pub async fn set_role(&self, username: &str, role: Role) -> SiteResult<Account> {
        let missing = || SiteError::Refused(text!("refusals-there-is-no-account", name = username));
        let account = self.account_named(username).await?.ok_or_else(missing)?;
        let word = if role == Role::Admin { "admin" } else { "member" };
        let line = crate::store::audit::AuditRow {
            id: self.clock.id(),
            at: self.clock.now_micros(),
            account_id: Some(account.id.as_str().to_owned()),
            what: "role_changed".to_owned(),
            detail: word.to_owned(),
        };
        rows::set_role(&self.store, account.id.as_str(), word, line).await?;
        self.account_named(username).await?.ok_or_else(missing)
    }

    /// Finds an account by key.
    ///
    /// # Errors
    /// [`SiteError::Store`].
    pub async fn account(&self, id: &AccountId) -> SiteResult<Option<Account>> {
        rows::by_id(&self.store, id.as_str()).await?.map(read).transpose()
    }

    /// Finds an account by login name, in any case.
    ///
    /// # Errors
    /// [`SiteError::Store`].
    pub async fn account_named(&self, username: &str) -> SiteResult<Option<Account>> {
        rows::by_username(&self.store, &username.to_ascii_lowercase()).await?.map(read).transpose()
    }

    /// An account that others may know of, by login name: not one whose name is only held.
    ///
    /// # Errors
    /// [`SiteError::Store`].
    pub async fn public_account(&self, username: &str) -> SiteResult<Option<Account>> {
        Ok(self.account_named(username).await?.filter(|account| account.held_until.is_none()))
    }

    /// The key that signs for an account.
    ///
    /// # Errors
    /// [`SiteError::Internal`] when there is no such account.
    pub async fn signer(&self, account: &AccountId) -> SiteResult<Signer> {
        let row = rows::by_id(&self.store, account.as_str())
            .await?
            .ok_or_else(|| SiteError::Internal("there is no such account to sign for".to_owned()))?;
        let private_key_pem = rows::private_key(&self.store, account.as_str()).await?.unwrap_or_default();
        Ok(Signer {
            key_id: format!("{}#main-key", self.urls.actor(&row.username)),
            private_key_pem: private_key_pem.into(),
        })
    }

    /// The key that signs for the server itself, made at first use.
    ///
    /// # Errors
    /// [`SiteError::Store`].
    pub async fn host_signer(&self) -> SiteResult<Signer> {
        let (private_key_pem, _) = self.host_key().await?;
        Ok(Signer {
            key_id: format!("{}#main-key", self.urls.host_actor()),
            private_key_pem: private_key_pem.into(),
        })
    }

    /// The server's own key pair in PEM: private, public.
    ///
    /// # Errors
    /// [`SiteError::Store`].
    pub async fn host_key(&self) -> SiteResult<(String, String)> {
        if let Some(pair) = rows::host_key(&self.store).await? {
            return Ok(pair);
        }
        let pair = tokio::task::spawn_blocking(keys::generate)
            .await
            .map_err(|error| SiteError::Internal(format!("making the server's key: {error}")))??;
        rows::keep_host_key(&self.store, pair.private_pem, pair.public_pem).await?;
        rows::host_key(&self.store)
            .await?
            .ok_or_else(|| SiteError::Internal("the server's key is gone again".to_owned()))
    }

    /// Whether a password is this account's.
    ///
    /// # Errors
    /// [`SiteError::Store`].
    pub async fn check_password(&self, account: &AccountId, password: &str) -> SiteResult<bool> {
        let hash = rows::by_id(&self.store, account.as_str()).await?.map(|row| row.password_hash);
        self.passwords.fits(password, hash).await
    }
}

/// A name as it is stored, if it is one.
fn shaped(username: &str, role: Role) -> SiteResult<String> {
    let username = username.trim().to_ascii_lowercase();
    let is_shaped = |c: char| c.is_ascii_alphanumeric() || c == '_';
    if username.is_empty() || username.len() > 30 || !username.chars().all(is_shaped) {
        return Err(SiteError::Refused(text!("refusals-a-name-has-letters")));
    }
    if RESERVED.contains(&username.as_str()) && role != Role::Admin {
        return Err(SiteError::Refused(text!("refusals-kept-for-the-server-itself", name = username)));
    }
    Ok(username)
}

fn taken(username: &str) -> SiteError {
    SiteError::Refused(text!("refusals-the-name-is-taken", name = username))
}

/// A row as the rest of the site sees it: without its secrets.
fn read(row: rows::AccountRow) -> SiteResult<Account> {
    let fields: Vec<ProfileField> = rows::json("fields", &row.fields)?;
    let blob = |text: Option<String>| text.map(|text| rows::json("picture", &text)).transpose();
    Ok(Account {
        id: AccountId::from(row.id),
        username: row.username,
        role: if row.role == "admin" { Role::Admin } else { Role::Member },
        profile: Profile { name: row.name, summary: row.summary, fields },
        avatar: blob(row.avatar)?,
        header: blob(row.header)?,
        public_key_pem: row.public_key_pem,
        also_known_as: rows::json("also_known_as", &row.also_known_as)?,
        moved_to: row.moved_to.and_then(|url| Url::parse(&url).ok()),
        copied_to: rows::json("copied_to", &row.copied_to)?,
        created_at: row.created_at,
        held_until: row.held_until,
    })
}
