//! The outside of the daemon: parse, call a step, render.

pub mod departures;
pub mod extract;
pub mod lola;
pub mod oauth;
pub mod problem;
pub mod redirects;
pub mod ui;

#[cfg(test)]
pub(crate) mod bench;
