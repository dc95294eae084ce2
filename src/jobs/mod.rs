//! Work that runs by itself: what waits to be sent.

pub mod deliveries;
