//! Coming back from the sign-in of the server beside us.

use super::{
    FRESH_MICROS, GuestError, Reception, WAY_MICROS, anew::is_anew, begin, hashed, session::Means,
    session::open,
};
use crate::{port::entrance::Guest, store::guests};

/// Somebody who came back.
#[derive(Debug)]
pub struct Arrived {
    /// For their cookie.
    pub token: String,
    /// Where they wanted to go.
    pub next: String,
    /// Who it is.
    pub guest: Guest,
    /// Whether they signed in there just now.
    pub is_fresh: bool,
}

/// Signs somebody in who came back with a code. `browser` is what their cookie says.
///
/// # Errors
/// [`GuestError::NotBegunHere`] when the way was not begun by this browser, or too long ago.
pub async fn arrive(
    reception: &Reception,
    state: &str,
    browser: &str,
    code: &str,
) -> Result<Arrived, GuestError> {
    let now = reception.clock.now_micros();
    let way = guests::take(&reception.store, hashed(state), hashed(browser), now - WAY_MICROS).await?;
    let way = way.ok_or(GuestError::NotBegunHere)?;
    let client = begin::application(reception).await?;
    let redirect_uri = begin::callback(reception)?.to_string();
    let (remote, entrance) = (&*reception.remote, &reception.entrance);
    let account = entrance.redeem(remote, &client, &redirect_uri, code, &way.verifier).await?;
    let guest = entrance.guest(&account).await?;
    let guest = guest.ok_or(GuestError::MayNotSignIn)?;
    // Whoever comes back as somebody else has proven nothing about whom we asked for.
    let before = way.sign_ins.filter(|_| way.account_id.as_deref() == Some(account.as_str()));
    let is_fresh = (before.is_some() || way.account_id.is_none()) && is_anew(&guest, before, way.created_at);
    let fresh_until = if is_fresh { now + FRESH_MICROS } else { 0 };
    let token = open(reception, &guest.account, Means::Server, fresh_until).await?;
    Ok(Arrived { token, next: way.next, guest, is_fresh })
}
