//! The steps of a transfer: the program's story, one step a file.
//!
//! At the destination: [`preflight`] → [`start`] (or [`bring`]) → [`authorize`] → [`survey`] → [`choose`] → [`admit`] → [`fetch`] → [`media`] → [`plan`] →
//! [`import`] (with `prepare` and [`remap`]) → [`verify`] → [`trial`] (with [`look`], [`pass`],
//! `differences` and `follow`) → [`give_map`].
//!
//! At the source: [`consent`] → [`tokens`] → [`export`] → [`hand_over`] → [`announce`] (with
//! [`findings`] and [`prove`]) → [`redirect`].

pub mod access;
pub mod admit;
mod again;
pub mod announce;
mod announce_there;
pub mod arrivals;
mod as_client;
pub mod authorize;
pub mod bring;
pub mod certificate;
pub mod check;
pub mod choose;
mod come_back;
pub mod compare;
pub mod consent;
pub mod departure_status;
pub mod desk;
mod differences;
pub mod discover;
pub mod engine;
pub mod erase;
pub mod error;
pub mod export;
#[cfg(test)]
pub(crate) mod fakes;
pub mod fetch;
pub mod findings;
mod follow;
pub mod forecast;
pub mod give_map;
pub mod guests;
pub mod hand_over;
pub mod heed;
pub mod held_names;
pub mod hide;
pub mod import;
pub mod inventory;
mod join;
pub mod kinds;
pub mod later;
pub mod leave;
pub mod ledger;
mod line;
pub mod look;
pub mod media;
pub mod onward;
pub mod pace;
pub mod pass;
pub mod pass_on;
pub mod plan;
pub mod preflight;
mod prepare;
pub mod prove;
pub mod recognize;
pub mod reconcile;
pub mod redirect;
pub mod refollow;
pub mod remap;
pub mod removal;
pub mod rest;
pub mod search;
pub mod share;
pub mod sign_in_again;
pub mod source_side;
pub mod start;
pub mod status;
pub mod step;
pub mod survey;
pub mod tokens;
pub mod trial;
pub mod trial_end;
pub mod trouble;
pub mod turn;
pub mod verify;
pub mod wake_up;
pub mod wall;
pub mod withdraw;

pub use engine::Engine;
pub use error::{TransferError, TransferResult};
pub use source_side::SourceSide;
