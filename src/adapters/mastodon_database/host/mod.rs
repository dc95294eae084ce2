//! What a move changes at the server beside us: aliases, where an account went, signing in its name, and
//! following and blocking with its owner's permission.

mod aliases;
mod keys;
mod permits;
mod sealed;
mod ties;

pub use {
    aliases::{add_alias, remove_alias, set_moved_to},
    keys::signer,
    permits::OwnersPermits,
    sealed::Secrets,
};

pub(super) use ties::Asking;
