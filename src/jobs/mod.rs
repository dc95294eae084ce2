//! The queue: what runs without anybody watching.
//!
//! There is no job table: each kind of work is found in the rows that cause it (transfers in a
//! running state, departures being announced, deliveries that are due), so that nothing can be
//! queued twice or forgotten.

pub mod deliveries;
pub mod letters;
pub mod runner;
