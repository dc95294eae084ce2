//! Foreign systems, one file or folder each, behind the traits of [`crate::port`].

pub mod embedded;
