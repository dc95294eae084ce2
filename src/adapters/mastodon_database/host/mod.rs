//! What a move changes at the server beside us: aliases, where an account went, and signing in its name.

mod acquaintance;
mod aliases;
mod entrance;
mod keys;
mod sealed;
mod told;

pub use {
    acquaintance::meet,
    aliases::{add_alias, remove_alias, set_moved_to},
    entrance::FrontDoor,
    keys::signer,
    sealed::Secrets,
    told::{is_told, note_told},
};
