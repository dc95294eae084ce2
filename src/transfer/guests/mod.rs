//! People who sign in with an account of the server beside us: they prove there who they are, and we keep
//! short sessions of our own. No password and no lasting token of theirs comes our way.

use std::sync::Arc;

use url::Url;

use crate::{
    port::{clock::SharedClock, entrance::Entrance, error::AdapterError, remote::SharedRemote},
    store::{Store, StoreError, blobs::hex},
};

mod anew;
mod arrive;
mod begin;
mod recover;
mod session;

pub use {
    arrive::{Arrived, arrive},
    begin::{Begun, begin},
    recover::{by_code, by_new_account, has_code, make_code, word},
    session::{GuestSession, Means, close, session, spend},
};

/// Where people come back to from that server's sign-in.
pub const CALLBACK_PATH: &str = "/godwit/guests/callback";
/// How long a session lasts: half a day, in microseconds.
const LASTS_MICROS: i64 = 12 * 3600 * 1_000_000;
/// How long a fresh sign-in counts as one: five minutes, in microseconds.
const FRESH_MICROS: i64 = 5 * 60 * 1_000_000;
/// How long the way there and back may take: half an hour, in microseconds.
const WAY_MICROS: i64 = 30 * 60 * 1_000_000;

/// What the steps of a sign-in work with.
#[derive(Clone)]
pub struct Reception {
    /// Our tables.
    pub store: Store,
    /// Time and randomness.
    pub clock: SharedClock,
    /// The way out.
    pub remote: SharedRemote,
    /// The other server's sign-in.
    pub entrance: Arc<dyn Entrance>,
    /// Our own address.
    pub base: Url,
}

/// Why somebody is not signed in.
#[derive(Debug, thiserror::Error)]
pub enum GuestError {
    /// This browser did not begin this way, or too long ago.
    #[error("this sign-in was not begun by this browser")]
    NotBegunHere,
    /// That server's account is closed, or not open yet.
    #[error("nobody may sign in with this account")]
    MayNotSignIn,
    /// Our own address is none.
    #[error("server.base_url is no origin: {0}")]
    BadAddress(String),
    /// Our database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The server beside us.
    #[error(transparent)]
    Adapter(#[from] AdapterError),
}

/// What of a secret is kept.
fn hashed(secret: &str) -> String {
    hex(aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, secret.as_bytes()).as_ref())
}
