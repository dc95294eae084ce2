//! The story: steps of a transfer, at the source and at the destination.

pub mod announce;
pub mod consent;
pub mod departure_status;
pub mod export;
pub mod findings;
pub mod hand_over;
pub mod prove;
pub mod redirect;
pub mod source_side;
pub mod tokens;

#[cfg(test)]
pub(crate) mod fakes;
