//! The outside of the daemon: parse, call a step, render.

pub mod extract;
pub mod problem;
pub mod site_inbox;
pub mod ui;
