//! What a move changes at the server beside us: aliases, where an account went, and signing in its name.

mod aliases;
mod keys;
mod sealed;

pub use {
    aliases::{add_alias, remove_alias, set_moved_to},
    keys::signer,
    sealed::Secrets,
};
