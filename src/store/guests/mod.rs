//! People signed in with an account of the server beside us: sessions, and the way to its sign-in and back.

mod application;
mod recovery;
mod sessions;
mod ways;

pub use {
    application::{application, keep_application},
    recovery::{RecoveryRow, keep_code, recovery_of, use_code},
    sessions::{GuestRow, close, close_all, find, open, refresh, spend},
    ways::{WayRow, begin, take},
};
