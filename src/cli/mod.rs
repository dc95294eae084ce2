//! Commands of the one binary.

pub mod demo;
