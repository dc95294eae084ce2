//! What a move changes at the server beside us: aliases, where an account went, signing in its name, and
//! following and blocking with its owner's permission.

mod acquaintance;
mod aliases;
mod entrance;
mod keys;
mod permits;
mod sealed;
mod ties;
mod told;

pub use {
    acquaintance::meet,
    aliases::{add_alias, remove_alias, set_moved_to},
    entrance::FrontDoor,
    keys::signer,
    permits::OwnersPermits,
    sealed::Secrets,
    told::{is_told, note_told},
};

pub(super) use ties::Asking;
