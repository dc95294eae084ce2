//! Logging: one line per event on standard error, level by `RUST_LOG`.

use tracing_subscriber::EnvFilter;

/// Sets the log up once per process; a second call changes nothing.
pub fn start(default_level: &str) {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(default_level));
    let _already_set = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_target(false)
        .try_init();
}
