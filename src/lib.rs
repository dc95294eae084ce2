//! godwit moves a whole fediverse account from one server to another.
//!
//! The modules stand in floor order: each names only those above it in this list
//! (the exact table is a constant in `tests/architecture.rs`).

pub mod words;

pub mod model;

pub mod config;
pub mod telemetry;

pub mod wire;

pub mod oauth;
pub mod port;

pub mod store;

pub mod site;
pub mod transfer;

pub mod adapters;
pub mod federation;
pub mod jobs;

pub mod app;

pub mod http;

pub mod cli;

/// What comes in is read by one thread, put into words by another and given back by a third: with the system's allocator
/// they wait for each other, and what was given back stays with the thread it came from.
#[global_allocator]
static MEMORY: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;
