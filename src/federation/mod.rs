//! Talking to other servers: guarded requests, signatures out and in, deliveries.

pub mod client;
