//! The waist: small traits between the story (`transfer`) and the world.
//!
//! To add a foreign system, implement [`source::Source`] or [`destination::Destination`] in one
//! file under `adapters/`; what a system does not have stays `None` or empty.

pub mod client_api;
pub mod clock;
pub mod destination;
pub mod entrance;
pub mod error;
pub mod host;
pub mod lookup;
pub mod mail;
pub mod neighbours;
pub mod permits;
pub mod remote;
pub mod scanner;
pub mod source;

#[cfg(test)]
pub(crate) mod fakes;
