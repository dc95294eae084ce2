//! The three faces together: what is written is on trial, can be released or taken back, and is
//! carried away again by nobody but its owner.

mod amended;
mod copied;
mod exported;
mod hosted;
mod story;
