//! The built-in server as source, destination and host of transfers: thin faces over [`crate::site`].

pub mod destination;
pub mod host;
mod read;
pub mod source;
#[cfg(test)]
mod tests;

pub use {destination::EmbeddedDestination, host::EmbeddedHost, source::EmbeddedSource};
