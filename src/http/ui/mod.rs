//! What people see: the frame of every page and its static files.

pub mod layout;
