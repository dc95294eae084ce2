//! Plain data: what travels, what is remembered, what was decided. No I/O, no async, no SQL.

pub mod actor;
pub mod belonging;
pub mod canonical;
pub mod certificate;
pub mod choices;
pub mod collection;
pub mod digest;
pub mod ending;
pub mod finding;
pub mod handle;
pub mod id;
pub mod inventory;
pub mod item;
pub mod listing;
pub mod login;
pub mod mapping;
pub mod media;
pub mod moment;
pub mod object;
pub mod outlook;
pub mod pass;
pub mod policy;
pub mod problem;
pub mod report;
pub mod seal;
pub mod transfer;
