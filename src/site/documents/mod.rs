//! The documents other servers read, written by our own rules of who may see what.

pub mod actor;
pub mod collections;
pub mod discovery;
pub mod objects;

/// Items on one page of a published collection.
pub const PAGE_ITEMS: usize = 40;
