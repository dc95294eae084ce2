//! Who is signed in with an account of the server beside us.

use super::{GuestError, LASTS_MICROS, Reception, hashed};
use crate::{
    model::id::AccountId,
    port::entrance::Guest,
    store::guests::{self, GuestRow},
};

/// How somebody proved who they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Means {
    /// By signing in at the server beside us.
    Server,
    /// By the code they were given for when it lets them in no more.
    Code,
    /// As the new account they moved to.
    NewAccount,
}

impl Means {
    /// The word in the table.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Server => "server",
            Self::Code => "code",
            Self::NewAccount => "actor",
        }
    }

    fn read(word: &str) -> Self {
        match word {
            "code" => Self::Code,
            "actor" => Self::NewAccount,
            _ => Self::Server,
        }
    }
}

/// A signed-in guest.
#[derive(Debug, Clone)]
pub struct GuestSession {
    /// Who it is, as that server says now.
    pub guest: Guest,
    /// What every form of theirs must repeat.
    pub csrf: String,
    /// Whether they proved it within the last minutes, and did not use it up.
    pub is_fresh: bool,
    /// How.
    pub means: Means,
}

/// Opens a session; the token for the cookie.
pub(super) async fn open(
    reception: &Reception,
    account: &AccountId,
    means: Means,
    fresh_until: i64,
) -> Result<String, GuestError> {
    let (token, now) = (reception.clock.secret(), reception.clock.now_micros());
    let row = GuestRow {
        token_hash: hashed(&token),
        account_id: account.as_str().to_owned(),
        csrf: reception.clock.secret(),
        means: means.as_str().to_owned(),
        created_at: now,
        fresh_until,
    };
    guests::open(&reception.store, row, now - LASTS_MICROS).await?;
    Ok(token)
}

/// The guest a cookie's token belongs to. Whoever may not use that server any more is nobody here either.
///
/// # Errors
/// [`GuestError`]
pub async fn session(reception: &Reception, token: &str) -> Result<Option<GuestSession>, GuestError> {
    let now = reception.clock.now_micros();
    let Some(row) = guests::find(&reception.store, &hashed(token), now - LASTS_MICROS).await? else {
        return Ok(None);
    };
    let means = Means::read(&row.means);
    let guest = reception.entrance.guest(&AccountId::from(row.account_id)).await?;
    let session = |mut guest: Guest| {
        // A code or another account opens one's own forwarding, not the desk.
        guest.is_admin &= means == Means::Server;
        GuestSession { guest, csrf: row.csrf, is_fresh: row.fresh_until > now, means }
    };
    Ok(guest.map(session))
}

/// Uses up that somebody proved who they are just now; `false` when they did not.
///
/// # Errors
/// [`GuestError::Store`].
pub async fn spend(reception: &Reception, token: &str) -> Result<bool, GuestError> {
    Ok(guests::spend(&reception.store, hashed(token), reception.clock.now_micros()).await?)
}

/// Ends a session.
///
/// # Errors
/// [`GuestError::Store`].
pub async fn close(reception: &Reception, token: &str) -> Result<(), GuestError> {
    Ok(guests::close(&reception.store, hashed(token)).await?)
}
