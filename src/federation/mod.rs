//! Talking to other servers: guarded requests, signatures out and in.

pub mod client;
pub mod guard;
pub mod inbound;
pub mod signing;
pub mod verify;

#[cfg(test)]
pub(crate) mod test_keys;
