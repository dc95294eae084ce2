//! An independent check of a transfer: it speaks only HTTP and reads the archive by itself.

pub(crate) mod archive;
pub(crate) mod audience;
pub(crate) mod html;
