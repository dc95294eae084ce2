//! The keeper: a process of its own, under a user of its own, that alone may open the keys of accounts and write to
//! the server's Redis. The daemon, which speaks with the whole world, asks it for a few things by name and gets
//! nothing else: no key, no other word for Redis, no signature under anything but an account's own move.

mod asking;
mod obeying;
mod order;
mod signable;

pub use {
    asking::Keeper,
    obeying::{Keeping, keep},
    order::{Answer, Order},
};
