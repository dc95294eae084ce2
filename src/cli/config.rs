//! `godwit config`: the example configuration, every key with its default.

use std::io::Write;

/// Prints it.
pub(super) fn run() -> anyhow::Result<()> {
    std::io::stdout().write_all(crate::config::example().as_bytes())?;
    Ok(())
}
