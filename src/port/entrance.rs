//! Signing in by the server beside us: people prove there who they are, and no password comes our way.

use async_trait::async_trait;
use url::Url;

use super::{client_api::Applicant, error::AdapterError, remote::Remote};
use crate::model::{id::AccountId, login::Client};

/// Somebody who has an account at the server beside us.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Guest {
    /// The account's key there.
    pub account: AccountId,
    /// Its login name.
    pub username: String,
    /// Whether they answer for that server.
    pub is_admin: bool,
    /// How often they signed in there with their secrets. Coming back with a session does not count.
    pub sign_ins: i64,
    /// When that was last, or they were last seen, in microseconds since 1970.
    pub signed_in_at: Option<i64>,
    /// The time before that.
    pub seen_before: Option<i64>,
}

/// What is said when somebody is sent there.
#[derive(Debug, Clone)]
pub struct Asking<'a> {
    /// Where they are sent back to.
    pub redirect_uri: &'a str,
    /// Comes back as it is.
    pub state: &'a str,
    /// PKCE challenge, S256.
    pub challenge: &'a str,
    /// Whether they shall sign in there anew.
    pub anew: bool,
}

/// The sign-in of the server beside us.
#[async_trait]
pub trait Entrance: Send + Sync {
    /// Makes us known there. Only who somebody is may be read.
    ///
    /// # Errors
    /// [`AdapterError`] when it cannot be asked now, or refuses.
    async fn register(&self, remote: &dyn Remote, us: &Applicant) -> Result<Client, AdapterError>;

    /// Where a person is sent.
    fn way(&self, client: &Client, asking: &Asking<'_>) -> Url;

    /// Whose a code is. What it was exchanged for is given back at once.
    ///
    /// # Errors
    /// [`AdapterError`] when it is not good, or the account may not sign in.
    async fn redeem(
        &self,
        remote: &dyn Remote,
        client: &Client,
        redirect_uri: &str,
        code: &str,
        verifier: &str,
    ) -> Result<AccountId, AdapterError>;

    /// Who has an account there; nothing when nobody may sign in with it.
    ///
    /// # Errors
    /// [`AdapterError`] when it cannot be asked.
    async fn guest(&self, account: &AccountId) -> Result<Option<Guest>, AdapterError>;
}
