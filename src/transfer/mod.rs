//! The steps of a transfer: the program's story, one step a file.
//!
//! At the destination: [`start`] → [`authorize`] → [`survey`] → [`fetch`] → [`media`] → [`plan`] →
//! [`import`] (with [`remap`]) → [`verify`] → [`trial`] → [`hand_over`] → [`settle`].

pub mod access;
pub mod authorize;
pub mod discover;
pub mod engine;
pub mod error;
pub mod fetch;
pub mod give_map;
pub mod import;
pub mod media;
pub mod plan;
pub mod remap;
pub mod start;
pub mod status;
pub mod step;
pub mod survey;
pub mod trial;
pub mod verify;

pub use engine::Engine;
pub use error::{TransferError, TransferResult};
